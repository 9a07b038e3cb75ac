//! What a user gets who proved the password and still has to prove the second factor.
//!
//! Nothing is stored for it: it is signed. It is bound to the password that was proven, so a changed password ends it, and
//! it is used up by the sign-in that it leads to, which is stored anyway.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use types::{EmailAddress, UserId, Uuid};

use super::sign_in_methods::SignInMethod;

/// How long a user has to enter the code.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// How tokens start, so that scanners for leaked secrets know them.
const PREFIX: &str = "atoll_mfa_";
const FINGERPRINT_BYTES: usize = 16;
const BODY_BYTES: usize = 16 + 16 + 8 + FINGERPRINT_BYTES + 1;

/// The server's key of challenges. Its `Debug` shows nothing.
#[derive(Clone)]
pub struct ChallengeKey([u8; 32]);

impl std::fmt::Debug for ChallengeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChallengeKey(redacted)")
    }
}

/// A sign-in that waits for its second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Who signs in.
    pub user_id: UserId,
    /// Which sign-in.
    pub id: Uuid,
    /// Until when.
    pub expires_at: Timestamp,
    /// What was proven.
    pub method: SignInMethod,
    /// Stands for the first factor that was proven; it cannot be computed without the server's key.
    fingerprint: [u8; FINGERPRINT_BYTES],
}

/// The text is no challenge of ours, or its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoChallenge;

impl ChallengeKey {
    /// Wraps 32 secret bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn mac(&self, purpose: &[u8], content: &[u8]) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length");
        mac.update(purpose);
        mac.update(content);
        mac
    }

    /// What stands for a first factor.
    fn fingerprint(&self, user_id: UserId, factor: &str) -> [u8; FINGERPRINT_BYTES] {
        let mut mac = self.mac(b"first factor", user_id.uuid().as_bytes());
        mac.update(factor.as_bytes());
        let mut bytes = [0; FINGERPRINT_BYTES];
        bytes.copy_from_slice(&mac.finalize().into_bytes()[..FINGERPRINT_BYTES]);
        bytes
    }

    /// A challenge for a user who proved the first factor, and the text that the client keeps. `factor` is that of
    /// [`Account::first_factor`](super::account::Account::first_factor).
    pub fn issue(&self, user_id: UserId, method: SignInMethod, factor: &str, id: Uuid, now: Timestamp) -> String {
        let mut bytes = Vec::with_capacity(BODY_BYTES + 32);
        bytes.extend_from_slice(user_id.uuid().as_bytes());
        bytes.extend_from_slice(id.as_bytes());
        bytes.extend_from_slice(&(now + LIFETIME).as_second().to_be_bytes());
        bytes.extend_from_slice(&self.fingerprint(user_id, factor));
        bytes.push(byte_of(method));
        let tag = self.mac(b"challenge", &bytes).finalize().into_bytes();
        bytes.extend_from_slice(&tag);
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a client's text.
    pub fn read(&self, text: &str, now: Timestamp) -> Result<Challenge, NoChallenge> {
        let encoded = text.strip_prefix(PREFIX).ok_or(NoChallenge)?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| NoChallenge)?;
        let (body, tag) = bytes.split_at_checked(BODY_BYTES).ok_or(NoChallenge)?;
        self.mac(b"challenge", body).verify_slice(tag).map_err(|_| NoChallenge)?;
        let id = |range| Uuid::from_slice(&body[range]).map_err(|_| NoChallenge);
        let seconds = body[32..40].try_into().map(i64::from_be_bytes).map_err(|_| NoChallenge)?;
        let challenge = Challenge {
            user_id: UserId::new(id(0..16)?),
            id: id(16..32)?,
            expires_at: Timestamp::from_second(seconds).map_err(|_| NoChallenge)?,
            method: method_of(body[BODY_BYTES - 1])?,
            fingerprint: body[40..40 + FINGERPRINT_BYTES].try_into().map_err(|_| NoChallenge)?,
        };
        if now < challenge.expires_at { Ok(challenge) } else { Err(NoChallenge) }
    }

    /// What stands for an address in logs, where nothing is known by it. It cannot be computed without the server's key.
    pub fn log_subject(&self, address: &EmailAddress) -> String {
        types::hex(&self.mac(b"log subject", address.fingerprint().as_bytes()).finalize().into_bytes()[..8])
    }

    /// True if the challenge came from this first factor. Its fingerprint was signed, so plain comparison tells nothing.
    pub fn proves(&self, challenge: &Challenge, factor: &str) -> bool {
        challenge.fingerprint == self.fingerprint(challenge.user_id, factor)
    }
}

/// The byte of a method. A byte keeps its meaning for as long as a challenge lives.
const fn byte_of(method: SignInMethod) -> u8 {
    match method {
        SignInMethod::Password => 1,
        SignInMethod::Telegram => 2,
        SignInMethod::Email => 3,
    }
}

fn method_of(byte: u8) -> Result<SignInMethod, NoChallenge> {
    match byte {
        1 => Ok(SignInMethod::Password),
        2 => Ok(SignInMethod::Telegram),
        3 => Ok(SignInMethod::Email),
        _ => Err(NoChallenge),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::Account;
    use crate::domain::password::{HashingCost, Password};
    use crate::domain::refresh::{NotAToken, RefreshKey};
    use proptest::prelude::*;

    const KEY: ChallengeKey = ChallengeKey::new([6; 32]);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn user() -> UserId {
        UserId::new(Uuid::from_u128(1))
    }

    proptest! {
        #[test]
        fn no_changed_text_is_a_challenge(id: u128, at_byte in 0_usize..89, flip in 1_u8..=255) {
            let text = KEY.issue(user(), SignInMethod::Telegram, "", Uuid::from_u128(id), at(0));
            let read = KEY.read(&text, at(0)).unwrap();
            prop_assert_eq!((read.user_id, read.id, read.expires_at), (user(), Uuid::from_u128(id), at(300)));
            let mut bytes = URL_SAFE_NO_PAD.decode(&text[PREFIX.len()..]).unwrap();
            prop_assert_eq!(bytes.len(), 89);
            prop_assert_eq!(read.method, SignInMethod::Telegram);
            bytes[at_byte] ^= flip;
            let forged = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
            prop_assert_eq!(KEY.read(&forged, at(0)), Err(NoChallenge));
            prop_assert_eq!(ChallengeKey::new([7; 32]).read(&text, at(0)), Err(NoChallenge));
        }
    }

    #[test]
    fn it_ends_after_five_minutes() {
        let text = KEY.issue(user(), SignInMethod::Telegram, "", Uuid::from_u128(9), at(0));
        assert!(KEY.read(&text, at(299)).is_ok());
        assert_eq!(KEY.read(&text, at(300)), Err(NoChallenge));
    }

    #[test]
    fn it_holds_for_the_password_that_was_proven() {
        let old = Password::new("correct horse battery staple").hash(&[1; 16], HashingCost::FOR_TESTS).unwrap();
        let new = Password::new("correct horse battery staple").hash(&[2; 16], HashingCost::FOR_TESTS).unwrap();
        let challenge = KEY
            .read(&KEY.issue(user(), SignInMethod::Telegram, old.as_str(), Uuid::from_u128(9), at(0)), at(1))
            .unwrap();
        assert!(KEY.proves(&challenge, old.as_str()));
        assert!(!KEY.proves(&challenge, new.as_str()));
        assert!(!KEY.proves(&challenge, ""));
    }

    #[test]
    fn it_ends_with_the_address_or_the_telegram_account_that_was_proven() {
        let id = UserId::new(Uuid::from_u128(1));
        let email = "ann@example.com".parse().unwrap();
        let (mut account, ..) = Account::from_email(id, email, types::PersonName::parse("Ann").unwrap(), at(0));
        let issue = |account: &Account, method| {
            let text = KEY.issue(id, method, &account.first_factor(method), Uuid::from_u128(9), at(0));
            KEY.read(&text, at(1)).unwrap()
        };
        let proves =
            |account: &Account, challenge: &Challenge| KEY.proves(challenge, &account.first_factor(challenge.method));
        account.link_telegram(crate::domain::telegram::TelegramId::new(7).unwrap(), at(0));
        let (by_mail, by_telegram) = (issue(&account, SignInMethod::Email), issue(&account, SignInMethod::Telegram));
        assert!(proves(&account, &by_mail) && proves(&account, &by_telegram));
        account.email = Some("ann.winter@example.com".parse().unwrap());
        account.telegram = None;
        assert!(!proves(&account, &by_mail) && !proves(&account, &by_telegram));
    }

    #[test]
    fn nothing_else_is_a_challenge_and_it_is_no_refresh_token() {
        for bad in ["", "x", PREFIX, "atoll_mfa_AAAA", "atoll_mfa_!", "atoll_rt_AAAA"] {
            assert_eq!(KEY.read(bad, at(0)), Err(NoChallenge), "{bad}");
        }
        let text = KEY.issue(user(), SignInMethod::Telegram, "", Uuid::from_u128(9), at(0));
        assert_eq!(RefreshKey::new([6; 32]).read(&text), Err(NotAToken));
        assert_eq!(RefreshKey::new([6; 32]).read(&text.replace("_mfa_", "_rt_")), Err(NotAToken));
    }
}

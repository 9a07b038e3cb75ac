//! Links in mails that prove something when they are opened.
//!
//! The secret is the signature, and it exists in the mail only: events, which are archived, name the proof that is under
//! way, and the service that sends the mail signs that name. The service that asked for the proof checks the signature
//! and its own record of the proof: whether it is still open, and until when.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use types::{UserId, Uuid};

use crate::{ConfigError, Environment, Parameters, sdk};

/// What a link proves; a link for one purpose is none for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An address is the user's.
    VerifyEmail = 1,
    /// The user asked for a new password.
    ResetPassword = 2,
    /// The recipient of an e-mail unsubscribes from its category.
    Unsubscribe = 3,
    /// A phone number is the user's.
    ConfirmPhone = 4,
    /// A reader of the mailbox signs in.
    SignIn = 5,
    /// The new address of an account is the user's.
    ConfirmNewEmail = 6,
    /// The owner of the earlier address takes a change of address back.
    UndoEmailChange = 7,
    /// The user keeps the second factor.
    CancelMfaRemoval = 8,
}

/// The key that mails' links are signed with. Its `Debug` shows nothing.
#[derive(Clone)]
pub struct LinkKey(Vec<u8>);

types::redacted!(LinkKey);

/// The text is no token of ours for this purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a token that we sent")]
pub struct BadLink;

/// Purpose, user, proof.
const BODY_BYTES: usize = 1 + 16 + 16;
/// HMAC-SHA-256.
const MAC_BYTES: usize = 32;

impl LinkKey {
    /// Reads `LINK_KEY_NAME`, and loads the parameter of that name.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<String>("LINK_KEY_NAME"),);
        let (name,) = env.all(values)?;
        let text = Parameters::new(&sdk::config()).get(&name).await.map_err(ConfigError::because)?;
        Self::from_base64(&text).map_err(ConfigError::because)
    }

    /// Reads a key of at least 32 bytes in base64.
    pub fn from_base64(text: &str) -> Result<Self, crate::SecretError> {
        match STANDARD.decode(text.trim()) {
            Ok(bytes) if bytes.len() >= 32 => Ok(Self(bytes)),
            _ => Err(crate::SecretError::new("link key", "must be 32 bytes in base64")),
        }
    }

    fn mac(&self, body: &[u8]) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length");
        mac.update(body);
        mac
    }

    /// The token for a proof that is under way.
    pub fn sign(&self, purpose: Purpose, user_id: UserId, proof: Uuid) -> String {
        let mut bytes = vec![purpose as u8];
        bytes.extend_from_slice(user_id.uuid().as_bytes());
        bytes.extend_from_slice(proof.as_bytes());
        let mac = self.mac(&bytes).finalize().into_bytes();
        bytes.extend_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The code of six digits for a proof that is under way: what users can type where a link cannot be followed. The
    /// caller counts wrong ones.
    pub fn code(&self, purpose: Purpose, user_id: UserId, proof: Uuid) -> String {
        format!("{:06}", self.number(purpose, user_id, proof) % 1_000_000)
    }

    /// True if the code is the one for this proof; compared in constant time.
    pub fn is_code(&self, purpose: Purpose, user_id: UserId, proof: Uuid, code: &str) -> bool {
        self.code(purpose, user_id, proof).as_bytes().ct_eq(code.as_bytes()).into()
    }

    /// The code of eight digits for a proof, where a code alone opens an account.
    pub fn long_code(&self, purpose: Purpose, user_id: UserId, proof: Uuid) -> String {
        format!("{:08}", self.number(purpose, user_id, proof) % 100_000_000)
    }

    /// True if the code of eight digits is the one for this proof; compared in constant time.
    pub fn is_long_code(&self, purpose: Purpose, user_id: UserId, proof: Uuid, code: &str) -> bool {
        self.long_code(purpose, user_id, proof).as_bytes().ct_eq(code.as_bytes()).into()
    }

    fn number(&self, purpose: Purpose, user_id: UserId, proof: Uuid) -> u64 {
        let mut bytes = b"code".to_vec();
        bytes.push(purpose as u8);
        bytes.extend_from_slice(user_id.uuid().as_bytes());
        bytes.extend_from_slice(proof.as_bytes());
        let mac = self.mac(&bytes).finalize().into_bytes();
        mac.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
    }

    /// A token for the client that requested a proof: the proof's id and a text, signed. It opens nothing by itself, and no
    /// token of a mail is one: what is signed begins with another byte.
    pub fn sign_request(&self, purpose: Purpose, proof: Uuid, text: &str) -> String {
        let mut bytes = Self::request_prefix(purpose);
        bytes.extend_from_slice(proof.as_bytes());
        bytes.extend_from_slice(text.as_bytes());
        let mac = self.mac(&bytes).finalize().into_bytes();
        bytes.extend_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The proof and the text of a [`LinkKey::sign_request`].
    pub fn verify_request(&self, purpose: Purpose, token: &str) -> Result<(Uuid, String), BadLink> {
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| BadLink)?;
        let at = bytes.len().checked_sub(MAC_BYTES).ok_or(BadLink)?;
        let (body, mac) = bytes.split_at_checked(at).ok_or(BadLink)?;
        self.mac(body).verify_slice(mac).map_err(|_| BadLink)?;
        let body = body.strip_prefix(Self::request_prefix(purpose).as_slice()).ok_or(BadLink)?;
        let (proof, text) = body.split_at_checked(16).ok_or(BadLink)?;
        let proof = Uuid::from_slice(proof).map_err(|_| BadLink)?;
        Ok((proof, std::str::from_utf8(text).map_err(|_| BadLink)?.to_owned()))
    }

    fn request_prefix(purpose: Purpose) -> Vec<u8> {
        let mut bytes = b"request".to_vec();
        bytes.push(purpose as u8);
        bytes
    }

    /// Whose proof a token is, and which one.
    pub fn verify(&self, purpose: Purpose, token: &str) -> Result<(UserId, Uuid), BadLink> {
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| BadLink)?;
        let (body, mac) = bytes.split_at_checked(BODY_BYTES).ok_or(BadLink)?;
        self.mac(body).verify_slice(mac).map_err(|_| BadLink)?;
        if body[0] != purpose as u8 {
            return Err(BadLink);
        }
        let id = |range| Uuid::from_slice(&body[range]).map_err(|_| BadLink);
        Ok((UserId::new(id(1..17)?), id(17..33)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_for_one_proof_of_one_person() {
        let key = LinkKey(vec![5; 32]);
        let (user, proof) = (UserId::new(Uuid::from_u128(1)), Uuid::from_u128(9));
        let code = key.code(Purpose::ConfirmPhone, user, proof);
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        assert!(key.is_code(Purpose::ConfirmPhone, user, proof, &code));
        let others = [
            key.code(Purpose::ConfirmPhone, user, Uuid::from_u128(8)),
            key.code(Purpose::ConfirmPhone, UserId::new(Uuid::from_u128(2)), proof),
            key.code(Purpose::VerifyEmail, user, proof),
            LinkKey(vec![6; 32]).code(Purpose::ConfirmPhone, user, proof),
            String::new(),
        ];
        assert!(others.iter().all(|other| !key.is_code(Purpose::ConfirmPhone, user, proof, other)), "{others:?}");
    }

    #[test]
    fn a_long_code_has_eight_digits_and_is_for_one_proof() {
        let key = LinkKey(vec![5; 32]);
        let (user, proof) = (UserId::new(Uuid::from_u128(1)), Uuid::from_u128(9));
        let code = key.long_code(Purpose::SignIn, user, proof);
        assert!(code.len() == 8 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        assert!(key.is_long_code(Purpose::SignIn, user, proof, &code));
        let other = key.long_code(Purpose::SignIn, user, Uuid::from_u128(8));
        for wrong in [other.as_str(), &code[..7], ""] {
            assert!(!key.is_long_code(Purpose::SignIn, user, proof, wrong), "{wrong}");
        }
    }

    #[test]
    fn a_request_cannot_be_changed_and_is_no_link() {
        let key = LinkKey(vec![5; 32]);
        let (user, proof) = (UserId::generate(), Uuid::from_u128(9));
        let token = key.sign_request(Purpose::SignIn, proof, "ann@example.com");
        assert_eq!(key.verify_request(Purpose::SignIn, &token), Ok((proof, "ann@example.com".to_owned())));
        assert_eq!(key.verify_request(Purpose::VerifyEmail, &token), Err(BadLink));
        assert_eq!(key.verify(Purpose::SignIn, &token), Err(BadLink));
        assert_eq!(LinkKey(vec![6; 32]).verify_request(Purpose::SignIn, &token), Err(BadLink));
        let link = key.sign(Purpose::SignIn, user, proof);
        assert_eq!(key.verify_request(Purpose::SignIn, &link), Err(BadLink));
        let mut bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for at in 0..bytes.len() {
            bytes[at] ^= 1;
            assert_eq!(key.verify_request(Purpose::SignIn, &URL_SAFE_NO_PAD.encode(&bytes)), Err(BadLink), "byte {at}");
            bytes[at] ^= 1;
        }
        for bad in ["", "AAAA", "!", &token[..20]] {
            assert_eq!(key.verify_request(Purpose::SignIn, bad), Err(BadLink));
        }
    }

    #[test]
    fn a_link_is_for_one_purpose_and_cannot_be_changed() {
        let key = LinkKey(vec![5; 32]);
        let (user, proof) = (UserId::generate(), Uuid::from_u128(9));
        let token = key.sign(Purpose::VerifyEmail, user, proof);
        assert_eq!(key.verify(Purpose::VerifyEmail, &token), Ok((user, proof)));
        assert_eq!(key.verify(Purpose::ResetPassword, &token), Err(BadLink));
        assert_eq!(LinkKey(vec![6; 32]).verify(Purpose::VerifyEmail, &token), Err(BadLink));
        let mut bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for at in 0..bytes.len() {
            bytes[at] ^= 1;
            assert_eq!(key.verify(Purpose::VerifyEmail, &URL_SAFE_NO_PAD.encode(&bytes)), Err(BadLink), "byte {at}");
            bytes[at] ^= 1;
        }
        for bad in ["", "AAAA", "!", &token[..20]] {
            assert_eq!(key.verify(Purpose::VerifyEmail, bad), Err(BadLink));
        }
    }
}

//! Refresh tokens: opaque to clients, stored hashed, replaced at each use.
//!
//! A token's successor is an HMAC of it under a server key. So several tabs that refresh at once, or a client whose
//! answer was lost, get the same successor, and none of them is taken for a thief; while the table holds hashes only.
//! A tag under the same key proves that a token was made here: a stranger who knows a session's id cannot end it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use types::{SessionId, UserId, Uuid};

/// How tokens start, so that scanners for leaked secrets know them.
const PREFIX: &str = "atoll_rt_";
const SECRET_BYTES: usize = 32;
const TAG_BYTES: usize = 16;

/// The server's key of the chain. Its `Debug` shows nothing.
#[derive(Clone)]
pub struct RefreshKey([u8; 32]);

impl std::fmt::Debug for RefreshKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RefreshKey(redacted)")
    }
}

/// SHA-256 of a token's secret, in hexadecimal: what the table holds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct TokenHash(String);

/// A token that was made here. Its `Debug` shows no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// Whose it is.
    pub user_id: UserId,
    /// The session that it keeps alive.
    pub session_id: SessionId,
    secret: [u8; SECRET_BYTES],
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RefreshToken(session {}, secret redacted)", self.session_id)
    }
}

/// The text is no token of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a refresh token")]
pub struct NotAToken;

impl RefreshKey {
    /// Wraps 32 random bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn mac(&self, purpose: &[u8], token: &RefreshToken) -> [u8; 32] {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length");
        mac.update(purpose);
        mac.update(token.user_id.uuid().as_bytes());
        mac.update(token.session_id.uuid().as_bytes());
        mac.update(&token.secret);
        mac.finalize().into_bytes().into()
    }

    /// The text that the client keeps.
    pub fn write(&self, token: &RefreshToken) -> String {
        let mut bytes = Vec::with_capacity(32 + SECRET_BYTES + TAG_BYTES);
        bytes.extend_from_slice(token.user_id.uuid().as_bytes());
        bytes.extend_from_slice(token.session_id.uuid().as_bytes());
        bytes.extend_from_slice(&token.secret);
        bytes.extend_from_slice(&self.mac(b"tag", token)[..TAG_BYTES]);
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The token in a client's text, if it was made with this key.
    pub fn read(&self, text: &str) -> Result<RefreshToken, NotAToken> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX).ok_or(NotAToken)?).map_err(|_| NotAToken)?;
        let (body, tag) = bytes.split_at_checked(32 + SECRET_BYTES).ok_or(NotAToken)?;
        let id = |range| Uuid::from_slice(&body[range]).map_err(|_| NotAToken);
        let token = RefreshToken {
            user_id: UserId::new(id(0..16)?),
            session_id: SessionId::new(id(16..32)?),
            secret: body[32..].try_into().map_err(|_| NotAToken)?,
        };
        let expected = &self.mac(b"tag", &token)[..TAG_BYTES];
        if bool::from(expected.ct_eq(tag)) { Ok(token) } else { Err(NotAToken) }
    }

    /// The token that takes this one's place.
    pub fn successor(&self, token: &RefreshToken) -> RefreshToken {
        RefreshToken { secret: self.mac(b"next", token), ..token.clone() }
    }
}

impl RefreshToken {
    /// The first token of a session.
    pub const fn first(user_id: UserId, session_id: SessionId, random: [u8; SECRET_BYTES]) -> Self {
        Self { user_id, session_id, secret: random }
    }

    /// What the table holds of it.
    pub fn hash(&self) -> TokenHash {
        TokenHash(types::hex(&Sha256::digest(self.secret)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: RefreshKey = RefreshKey::new([9; 32]);

    fn token(secret: [u8; 32]) -> RefreshToken {
        RefreshToken::first(UserId::new(Uuid::from_u128(1)), SessionId::new(Uuid::from_u128(2)), secret)
    }

    proptest! {
        #[test]
        fn texts_come_back_as_the_token_and_no_changed_text_does(secret: [u8; 32], at in 0_usize..100, flip in 1_u8..=255) {
            let text = KEY.write(&token(secret));
            prop_assert_eq!(KEY.read(&text), Ok(token(secret)));
            let mut bytes = URL_SAFE_NO_PAD.decode(&text[PREFIX.len()..]).unwrap();
            let at = at % bytes.len();
            bytes[at] ^= flip;
            let forged = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
            prop_assert_eq!(KEY.read(&forged), Err(NotAToken));
            prop_assert_eq!(RefreshKey::new([8; 32]).read(&text), Err(NotAToken));
        }

        #[test]
        fn successors_are_the_same_for_all_who_ask_and_differ_from_the_token(secret: [u8; 32]) {
            prop_assert_eq!(KEY.successor(&token(secret)), KEY.successor(&token(secret)));
            prop_assert_ne!(KEY.successor(&token(secret)).hash(), token(secret).hash());
        }
    }

    #[test]
    fn nothing_else_is_a_token() {
        for bad in ["", "x", PREFIX, "atoll_rt_AAAA", "atoll_rt_!"] {
            assert_eq!(KEY.read(bad), Err(NotAToken), "{bad}");
        }
    }
}

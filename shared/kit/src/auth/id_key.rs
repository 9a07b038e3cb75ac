//! The key from which the ids of created resources are derived.
//!
//! A create is idempotent because its `Idempotency-Key` determines the id of the resource. Without a key of the server,
//! everybody who knows a user's id and guesses an `Idempotency-Key` would know the id of what that user created. The key is
//! an HMAC of the user's id by a secret of the deployment, and the access token carries it, so that functions need neither
//! the secret nor a call. It stays the same in all sessions of the user. A user who reads their own learns no other.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use types::{UserId, Uuid};

const BYTES: usize = 16;
/// Keeps this use of the secret apart from its others.
const LABEL: &[u8] = b"atoll id key v1";
/// Keeps what is derived from a guest's key apart from the stored hash of that key.
const GUEST_LABEL: &[u8] = b"atoll guest id key v1";

/// The key of one user, or of one service. Its `Debug` shows nothing.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdKey([u8; BYTES]);

/// The text is no such key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an id key")]
pub struct NotAnIdKey;

impl IdKey {
    /// The key of a user, by a secret of the deployment.
    pub fn of_user(secret: &[u8; 32], user: UserId) -> Self {
        Self::derive(secret, user.uuid().as_bytes())
    }

    /// The key of the service that holds an API key, by that key's own secret.
    pub(super) fn of_service(secret: &[u8; 32]) -> Self {
        Self::derive(secret, b"service")
    }

    /// The key of a guest, by the guest's own key. The stored hash of that key does not reveal it.
    pub(super) fn of_guest(key: &str) -> Self {
        let secret = Sha256::new().chain_update(GUEST_LABEL).chain_update(key).finalize();
        Self::derive(&secret.into(), b"guest")
    }

    fn derive(secret: &[u8; 32], subject: &[u8]) -> Self {
        Self(first_bytes(mac(secret).chain_update(LABEL).chain_update(subject)))
    }

    /// The id for these parts: always the same, and known only to those who have the key. A `UUIDv8` (RFC 9562, section 5.8).
    pub fn derive_id(&self, parts: &[&str]) -> Uuid {
        let mut hash = mac(&self.0);
        for part in parts {
            // The length keeps ("ab", "c") and ("a", "bc") apart.
            hash.update(&part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
        Uuid::new_v8(first_bytes(hash))
    }
}

fn mac(key: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac
}

fn first_bytes(mac: Hmac<Sha256>) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    bytes.copy_from_slice(&mac.finalize().into_bytes()[..BYTES]);
    bytes
}

types::redacted!(IdKey);

impl TryFrom<String> for IdKey {
    type Error = NotAnIdKey;

    fn try_from(text: String) -> Result<Self, NotAnIdKey> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NotAnIdKey)?;
        bytes.try_into().map(Self).map_err(|_| NotAnIdKey)
    }
}

impl From<IdKey> for String {
    fn from(key: IdKey) -> Self {
        URL_SAFE_NO_PAD.encode(key.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_depends_on_the_secret_the_user_and_each_part() {
        let (secret, user) = ([7; 32], UserId::generate());
        let key = IdKey::of_user(&secret, user);
        let id = key.derive_id(&["a", "b"]);
        assert_eq!(id, IdKey::of_user(&secret, user).derive_id(&["a", "b"]));
        assert_eq!(id.get_version_num(), 8);
        for other in [
            key.derive_id(&["ab", ""]),
            key.derive_id(&["a"]),
            IdKey::of_user(&[8; 32], user).derive_id(&["a", "b"]),
            IdKey::of_user(&secret, UserId::generate()).derive_id(&["a", "b"]),
            IdKey::of_service(&secret).derive_id(&["a", "b"]),
            types::derive_id(&["a", "b"]),
        ] {
            assert_ne!(id, other);
        }
    }

    #[test]
    fn its_text_is_read_again_and_its_debug_shows_nothing() {
        let key = IdKey::of_user(&[7; 32], UserId::generate());
        let text = serde_json::to_string(&key).unwrap();
        assert_eq!(serde_json::from_str::<IdKey>(&text).unwrap(), key);
        assert!(!format!("{key:?}").contains(text.trim_matches('"')));
        assert!(serde_json::from_str::<IdKey>("\"abc\"").is_err());
    }
}

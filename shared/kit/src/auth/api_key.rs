//! API keys: what a service holds, and what is kept of it.
//!
//! A key is 32 random bytes, so its plain SHA-256 cannot be searched for and needs no salt. Its text names the key's id,
//! which finds the one item, and starts so that scanners for leaked secrets know it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use types::{ApiKeyId, Scope, Uuid};

use super::IdKey;

/// How keys start.
const PREFIX: &str = "atoll_ak_";
/// The id in hexadecimal without hyphens.
const ID_CHARS: usize = 32;
const SECRET_BYTES: usize = 32;
const CHECKSUM_BYTES: usize = 4;

/// A key as its service holds it: `atoll_ak_<id>_<secret>`. Its `Debug` shows no secret.
#[derive(Clone)]
pub struct ApiKey {
    id: ApiKeyId,
    secret: [u8; SECRET_BYTES],
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApiKey({}, secret redacted)", self.id)
    }
}

/// The text is no key of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an API key")]
pub struct NotAKey;

impl ApiKey {
    /// A key of 32 random bytes.
    pub const fn new(id: ApiKeyId, random: [u8; SECRET_BYTES]) -> Self {
        Self { id, secret: random }
    }

    /// Which key it is.
    pub const fn id(&self) -> ApiKeyId {
        self.id
    }

    /// The text that the service sends. It ends with a checksum, so that a key that was cut or mistyped is refused
    /// without a look into the table; it proves nothing.
    pub fn write(&self) -> String {
        let mut bytes = self.secret.to_vec();
        bytes.extend_from_slice(&self.checksum());
        format!("{PREFIX}{}_{}", self.id.uuid().simple(), URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a service's text.
    pub fn read(text: &str) -> Result<Self, NotAKey> {
        let (id, rest) = text.strip_prefix(PREFIX).and_then(|text| text.split_at_checked(ID_CHARS)).ok_or(NotAKey)?;
        let id = Uuid::try_parse(id).map_err(|_| NotAKey)?;
        let bytes = URL_SAFE_NO_PAD.decode(rest.strip_prefix('_').ok_or(NotAKey)?).map_err(|_| NotAKey)?;
        let (secret, checksum) = bytes.split_at_checked(SECRET_BYTES).ok_or(NotAKey)?;
        let key = Self::new(ApiKeyId::new(id), secret.try_into().map_err(|_| NotAKey)?);
        if key.checksum() == *checksum { Ok(key) } else { Err(NotAKey) }
    }

    /// The key from which the ids of what its service creates are derived.
    pub(super) fn id_key(&self) -> IdKey {
        IdKey::of_service(&self.secret)
    }

    /// What the table holds of it.
    pub fn hash(&self) -> ApiKeyHash {
        ApiKeyHash(types::hex(&Sha256::digest(self.secret)))
    }

    fn checksum(&self) -> [u8; CHECKSUM_BYTES] {
        let digest = Sha256::new().chain_update(self.id.uuid()).chain_update(self.secret).finalize();
        let mut checksum = [0; CHECKSUM_BYTES];
        checksum.copy_from_slice(&digest[..CHECKSUM_BYTES]);
        checksum
    }
}

/// SHA-256 of a key's secret, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiKeyHash(String);

/// What the table holds of a key as far as those need it who check keys. The item has further attributes, which are
/// identity's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyRecord {
    /// Which key it is.
    pub id: ApiKeyId,
    /// The secret's hash.
    pub hash: ApiKeyHash,
    /// What it allows, by name: a function that does not know a newer scope can still read the others.
    pub scopes: Vec<String>,
    /// When it ends; none for a key that lives until it is deleted.
    pub valid_until: Option<Timestamp>,
}

/// Why a key is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApiKeyRejection {
    /// It is no key, or there is none with its id, or its secret is another.
    #[error("the API key is invalid")]
    Invalid,
    /// It was valid once.
    #[error("the API key has expired")]
    Expired,
}

impl ApiKeyRecord {
    /// The part of the partition key between the context and the id.
    pub const ENTITY: &'static str = "apikey";
    /// The sort key.
    pub const SORT: &'static str = "key";

    /// An error unless this is the record of the key, and the key is valid now.
    pub fn check(&self, key: &ApiKey, now: Timestamp) -> Result<(), ApiKeyRejection> {
        if !bool::from(self.hash.0.as_bytes().ct_eq(key.hash().0.as_bytes())) {
            return Err(ApiKeyRejection::Invalid);
        }
        // Only who holds the secret learns that the key existed.
        if self.valid_until.is_some_and(|end| end <= now) { Err(ApiKeyRejection::Expired) } else { Ok(()) }
    }

    /// True if the key allows this.
    pub fn allows(&self, scope: Scope) -> bool {
        self.scopes.iter().any(|held| held == scope.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(id: u128, secret: [u8; 32]) -> ApiKey {
        ApiKey::new(ApiKeyId::new(Uuid::from_u128(id)), secret)
    }

    fn record(key: &ApiKey, valid_until: Option<Timestamp>) -> ApiKeyRecord {
        ApiKeyRecord { id: key.id, hash: key.hash(), scopes: vec!["users:read".to_owned()], valid_until }
    }

    proptest! {
        #[test]
        fn texts_come_back_as_the_key_and_no_changed_text_does(id: u128, secret: [u8; 32], at in 0_usize..200) {
            let text = key(id, secret).write();
            let read = ApiKey::read(&text).unwrap();
            prop_assert_eq!((read.id, read.secret), (ApiKeyId::new(Uuid::from_u128(id)), secret));
            let mut bytes = text.into_bytes();
            let at = at % bytes.len();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            let changed = ApiKey::read(std::str::from_utf8(&bytes).unwrap());
            prop_assert!(changed.is_err(), "{:?}", changed);
        }

        #[test]
        fn a_record_knows_its_own_secret_only(secret: [u8; 32], other: [u8; 32]) {
            prop_assume!(secret != other);
            let (right, wrong) = (key(1, secret), key(1, other));
            prop_assert_eq!(record(&right, None).check(&right, Timestamp::MAX), Ok(()));
            prop_assert_eq!(record(&right, None).check(&wrong, Timestamp::MIN), Err(ApiKeyRejection::Invalid));
        }
    }

    #[test]
    fn a_key_ends_on_time_and_a_wrong_secret_does_not_learn_of_it() {
        let (right, wrong, end) = (key(1, [1; 32]), key(1, [2; 32]), Timestamp::from_second(1_800_000_000).unwrap());
        let record = record(&right, Some(end));
        assert_eq!(record.check(&right, end - jiff::SignedDuration::from_millis(1)), Ok(()));
        assert_eq!(record.check(&right, end), Err(ApiKeyRejection::Expired));
        assert_eq!(record.check(&wrong, end), Err(ApiKeyRejection::Invalid));
    }

    #[test]
    fn scopes_are_compared_whole_and_unknown_ones_do_no_harm() {
        let mut record = record(&key(1, [1; 32]), None);
        record.scopes = vec!["users:reader".to_owned(), "tides:turn".to_owned()];
        assert!(!record.allows(Scope::UsersRead));
        record.scopes.push("users:read".to_owned());
        assert!(record.allows(Scope::UsersRead) && !record.allows(Scope::NotificationsSend));
    }

    #[test]
    fn nothing_else_is_a_key_and_debug_shows_none() {
        for bad in ["", PREFIX, "atoll_ak_é", "atoll_ak_00000000000000000000000000000001_", "Bearer x"] {
            assert!(ApiKey::read(bad).is_err(), "{bad}");
        }
        assert_eq!(format!("{:?}", key(1, [7; 32])), "ApiKey(00000000-0000-0000-0000-000000000001, secret redacted)");
    }
}

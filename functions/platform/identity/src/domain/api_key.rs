//! API keys of services: what an admin gives away, and what is kept of it.

use std::collections::BTreeSet;

use contracts::identity::{ApiKeyCreated, ApiKeyDeleted};
use jiff::Timestamp;
use kit::auth::{ApiKey, ApiKeyRecord};
use serde::{Deserialize, Serialize};
use types::{ApiKeyId, Scope, TextError, UserId, line};

/// The longest name, in characters.
const MAX_NAME_CHARS: usize = 64;

/// What a key is called, so that admins know which to delete: 1 to 64 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyName(String);

impl KeyName {
    /// Reads a name; surrounding white space is dropped.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        line(text, MAX_NAME_CHARS).map(Self)
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A key allows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must name at least one scope")]
pub struct NoScope;

/// What a key allows: at least one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// These, each once.
    pub fn of(scopes: impl IntoIterator<Item = Scope>) -> Result<Self, NoScope> {
        let scopes: BTreeSet<_> = scopes.into_iter().collect();
        if scopes.is_empty() { Err(NoScope) } else { Ok(Self(scopes)) }
    }
}

/// The end lies in the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be in the future")]
pub struct PastEnd;

/// The end, unless it is past.
pub fn end_after(now: Timestamp, end: Timestamp) -> Result<Timestamp, PastEnd> {
    if end > now { Ok(end) } else { Err(PastEnd) }
}

/// A service's key as it is kept: never the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceKey {
    /// What those need who check it.
    #[serde(flatten)]
    pub record: ApiKeyRecord,
    /// What it is called.
    pub name: KeyName,
    /// The admin who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
}

impl ServiceKey {
    /// What is kept of a new key.
    pub fn new(
        key: &ApiKey,
        name: KeyName,
        scopes: &Scopes,
        valid_until: Option<Timestamp>,
        created_by: UserId,
        now: Timestamp,
    ) -> Self {
        let scopes = scopes.0.iter().map(|scope| scope.as_str().to_owned()).collect();
        let record = ApiKeyRecord { id: key.id(), hash: key.hash(), scopes, valid_until };
        Self { record, name, created_by, created_at: now }
    }

    /// The event that it was created.
    pub fn created(&self) -> ApiKeyCreated {
        ApiKeyCreated {
            user_id: self.created_by,
            api_key_id: self.id(),
            name: self.name.as_str().to_owned(),
            scopes: self.record.scopes.clone(),
        }
    }

    /// The event that an admin deletes it.
    pub fn deleted(&self, admin: UserId) -> ApiKeyDeleted {
        ApiKeyDeleted {
            user_id: self.created_by,
            api_key_id: self.id(),
            name: self.name.as_str().to_owned(),
            deleted_by: admin,
        }
    }

    /// Its id.
    pub fn id(&self) -> ApiKeyId {
        self.record.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use types::Uuid;

    fn scopes() -> impl Strategy<Value = Vec<Scope>> {
        proptest::collection::vec((0..Scope::ALL.len()).prop_map(|at| Scope::ALL[at]), 0..6)
    }

    proptest! {
        #[test]
        fn a_key_allows_what_was_asked_for_and_nothing_else(wanted in scopes(), secret: [u8; 32]) {
            let Ok(scopes) = Scopes::of(wanted.clone()) else {
                prop_assert!(wanted.is_empty());
                return Ok(());
            };
            let (id, admin) = (ApiKeyId::new(Uuid::from_u128(1)), UserId::new(Uuid::from_u128(2)));
            let (key, name) = (ApiKey::new(id, secret), KeyName::parse("shop").unwrap());
            let kept = ServiceKey::new(&key, name, &scopes, None, admin, Timestamp::UNIX_EPOCH);
            for scope in Scope::ALL {
                prop_assert_eq!(kept.record.allows(scope), wanted.contains(&scope));
            }
            prop_assert_eq!(kept.record.check(&key, Timestamp::UNIX_EPOCH), Ok(()));
            let json = serde_json::to_value(&kept).unwrap();
            prop_assert_eq!(serde_json::from_value::<ServiceKey>(json.clone()).unwrap(), kept.clone());
            // The attributes of the item, flat, so that a checker reads its part of it.
            prop_assert_eq!(serde_json::from_value::<ApiKeyRecord>(json).unwrap(), kept.record);
        }
    }

    #[test]
    fn names_are_short_and_ends_are_ahead() {
        assert_eq!(KeyName::parse(" shop ").map(|name| name.as_str().to_owned()), Ok("shop".to_owned()));
        for bad in [" ", "a\nb", &"a".repeat(MAX_NAME_CHARS + 1)] {
            assert!(KeyName::parse(bad).is_err(), "{bad:?}");
        }
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(end_after(now, now), Err(PastEnd));
        assert_eq!(end_after(now, Timestamp::MAX), Ok(Timestamp::MAX));
    }
}

//! Versions of a key: one makes what is new, and all of them read what exists.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The number of a key, which is stored beside everything that the key made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(u32);

impl KeyId {
    /// Wraps a number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number after this one; none after the last.
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }
}

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A key was removed that something stored still needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no key has the id {0}")]
pub struct UnknownKey(pub KeyId);

/// Keys of one purpose.
#[derive(Debug)]
pub struct KeySet<K> {
    active_id: KeyId,
    active: K,
    others: BTreeMap<KeyId, K>,
}

impl<K> KeySet<K> {
    /// A single key.
    pub const fn single(id: KeyId, key: K) -> Self {
        Self { active_id: id, active: key, others: BTreeMap::new() }
    }

    /// These keys, of which `active` makes what is new.
    pub fn new(active: KeyId, mut keys: BTreeMap<KeyId, K>) -> Result<Self, UnknownKey> {
        let key = keys.remove(&active).ok_or(UnknownKey(active))?;
        Ok(Self { active_id: active, active: key, others: keys })
    }

    /// The key that makes what is new, and its id.
    pub fn active(&self) -> (KeyId, &K) {
        (self.active_id, &self.active)
    }

    /// The key with this id.
    pub fn get(&self, id: KeyId) -> Result<&K, UnknownKey> {
        if id == self.active_id { Ok(&self.active) } else { self.others.get(&id).ok_or(UnknownKey(id)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_and_one_is_active() {
        let (first, second, third) = (KeyId::new(1), KeyId::new(2), KeyId::new(3));
        let keys = KeySet::new(second, BTreeMap::from([(first, "a"), (second, "b")])).unwrap();
        assert_eq!(keys.active(), (second, &"b"));
        assert_eq!((keys.get(first), keys.get(second), keys.get(third)), (Ok(&"a"), Ok(&"b"), Err(UnknownKey(third))));
        assert_eq!(KeySet::new(third, BTreeMap::from([(first, "a")])).unwrap_err(), UnknownKey(third));
        assert_eq!((first.next(), KeyId::new(u32::MAX).next()), (Some(second), None));
    }
}

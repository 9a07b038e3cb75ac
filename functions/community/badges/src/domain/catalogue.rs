//! All badges, as of one revision.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use types::BadgeId;

use super::badge::Badge;

/// The most badges there may be, retired ones included: all of them are read at once.
pub const MAX_BADGES: u32 = 200;

/// How many badges there are, and how often any of them changed. Every change of a badge writes it too, so changes have an
/// order, and who has read it knows whether what they kept is still right.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// The number of the last change.
    pub revision: u64,
    /// How many badges there are.
    pub badges: u32,
}

impl Counter {
    /// After one more change.
    #[must_use]
    pub fn changed(&self) -> Self {
        Self { revision: self.revision + 1, badges: self.badges }
    }

    /// After one more badge; none if there is no room for it.
    pub fn grown(&self) -> Option<Self> {
        let room = self.badges < MAX_BADGES;
        room.then(|| Self { revision: self.revision + 1, badges: self.badges + 1 })
    }
}

/// All badges.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    revision: u64,
    badges: Vec<Badge>,
    versions: BTreeMap<BadgeId, u64>,
}

impl Catalogue {
    /// The badges of a revision; later ones among them do no harm. None if one is missing that the revision has.
    pub fn new(revision: u64, mut badges: Vec<Badge>) -> Option<Self> {
        let newest = badges.iter().map(|badge| badge.changed).max().unwrap_or_default();
        badges.sort_by_key(|badge| badge.created);
        (newest >= revision).then_some(Self { revision, badges, versions: BTreeMap::new() })
    }

    /// The same with the versions of the badges as they are stored.
    #[must_use]
    pub fn with_versions(self, versions: BTreeMap<BadgeId, u64>) -> Self {
        Self { versions, ..self }
    }

    /// The stored version of a badge.
    pub fn version(&self, id: BadgeId) -> u64 {
        self.versions.get(&id).copied().unwrap_or_default()
    }

    /// Which changes it knows of.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// All, the oldest first.
    pub fn all(&self) -> &[Badge] {
        &self.badges
    }

    /// What people could earn at a revision, the oldest first.
    pub fn open_at(&self, revision: u64) -> impl Iterator<Item = &Badge> {
        self.badges.iter().filter(move |badge| badge.is_open_at(revision))
    }

    /// One of them.
    pub fn get(&self, id: BadgeId) -> Option<&Badge> {
        self.badges.iter().find(|badge| badge.id == id)
    }
}

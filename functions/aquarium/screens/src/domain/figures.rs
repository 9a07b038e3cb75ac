//! Figures of all aquariums for the staff, spread over shards.
//!
//! A shard changes in the transaction that changes the facts of an aquarium, by the difference between what the aquarium adds before
//! and after. So figures are the sum over all aquariums, however often events arrive. Each aquarium belongs to one shard.

use std::collections::BTreeMap;

use contracts::aquariums::AquariumKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, UserId};

use super::facts::Facts;

/// Number of shards. Keys depend on it: it never changes.
pub const SHARDS: u8 = 16;

/// What an aquarium adds to the figures. Aquariums add nothing before their name and kind are known, nor once they are removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contribution {
    /// Owner.
    pub owner_id: UserId,
    /// Type of water.
    pub kind: AquariumKind,
    /// Number of users with whom it is shared.
    pub members: u32,
    /// Number of open alarms.
    pub open_alarms: u32,
    /// Number of silent devices.
    pub silent_devices: u32,
    /// Time of the newest event about any of these.
    pub as_of: Timestamp,
}

impl Contribution {
    /// Returns what an aquarium adds.
    pub fn of(facts: &Facts) -> Option<Self> {
        let (details, owner_id) = (facts.details.as_ref()?, facts.owner_id?);
        let access = facts.access.as_ref();
        let times = [access.map(|access| access.at), facts.alarms.as_of(), facts.silent.as_of()];
        Some(Self {
            owner_id,
            kind: details.kind,
            members: access.map_or(0, |access| number(access.members.len())),
            open_alarms: number(facts.alarms.count()),
            silent_devices: number(facts.silent.count()),
            as_of: times.into_iter().flatten().fold(details.at, Timestamp::max),
        })
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// A list of aquariums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListName {
    /// All aquariums.
    All,
    /// Those with an open alarm.
    Alarmed,
}

impl ListName {
    /// Returns the name in keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Alarmed => "alarmed",
        }
    }
}

/// The entry of an aquarium in a list: it has no name and no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The list.
    pub list: ListName,
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// Owner.
    pub owner_id: UserId,
    /// Type of water.
    pub kind: AquariumKind,
    /// Number of users with whom it is shared.
    pub members: u32,
    /// Number of open alarms.
    pub open_alarms: u32,
    /// Number of silent devices.
    pub silent_devices: u32,
    /// Time of the newest event about any of these.
    pub as_of: Timestamp,
}

impl Listing {
    /// Returns the entry of an aquarium in a list; none if it is not part of it.
    pub fn of(list: ListName, aquarium_id: AquariumId, contribution: Option<&Contribution>) -> Option<Self> {
        let Contribution { owner_id, kind, members, open_alarms, silent_devices, as_of } = *contribution?;
        let is_listed = list == ListName::All || open_alarms > 0;
        is_listed.then_some(Self { list, aquarium_id, owner_id, kind, members, open_alarms, silent_devices, as_of })
    }
}

/// A part of the figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Number of the shard.
    pub shard: u8,
    /// Number of aquariums by type of water.
    pub kinds: BTreeMap<String, i64>,
    /// Number of shares: users with whom aquariums are shared, once per aquarium.
    pub members: i64,
    /// Number of open alarms.
    pub open_alarms: i64,
    /// Number of aquariums with an open alarm.
    pub alarmed: i64,
    /// Number of silent devices.
    pub silent_devices: i64,
    /// Time of the newest event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
}

/// Returns the shard of an aquarium. The last byte of an aquarium ID is random.
pub fn shard_of(aquarium: AquariumId) -> u8 {
    aquarium.uuid().as_bytes()[15] % SHARDS
}

impl Shard {
    /// A shard without aquariums.
    pub const fn empty(shard: u8) -> Self {
        Self { shard, kinds: BTreeMap::new(), members: 0, open_alarms: 0, alarmed: 0, silent_devices: 0, as_of: None }
    }

    /// Returns the shard after the facts of an aquarium changed. `counted_at` is the time of the newest event that they count.
    #[must_use]
    pub fn after(
        &self,
        before: Option<&Contribution>,
        after: Option<&Contribution>,
        counted_at: Option<Timestamp>,
    ) -> Self {
        let mut next = self.clone();
        for (contribution, sign) in before.map(|it| (it, -1)).into_iter().chain(after.map(|it| (it, 1))) {
            next.add(contribution, sign);
        }
        next.kinds.retain(|_, count| *count != 0);
        next.as_of = next.as_of.max(counted_at);
        next
    }

    fn add(&mut self, contribution: &Contribution, sign: i64) {
        let open_alarms = i64::from(contribution.open_alarms);
        *self.kinds.entry(contribution.kind.as_str().to_owned()).or_default() += sign;
        self.members += sign * i64::from(contribution.members);
        self.open_alarms += sign * open_alarms;
        self.alarmed += sign * open_alarms.min(1);
        self.silent_devices += sign * i64::from(contribution.silent_devices);
    }
}

/// Returns the sum of all shards.
pub fn total(shards: impl IntoIterator<Item = Shard>) -> Shard {
    shards.into_iter().fold(Shard::empty(0), |mut sum, shard| {
        for (kind, count) in shard.kinds {
            *sum.kinds.entry(kind).or_default() += count;
        }
        sum.members += shard.members;
        sum.open_alarms += shard.open_alarms;
        sum.alarmed += shard.alarmed;
        sum.silent_devices += shard.silent_devices;
        sum.as_of = sum.as_of.max(shard.as_of);
        sum
    })
}

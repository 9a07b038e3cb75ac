//! Keys of the items, and what else every item has.

use dynamo::{Entity, IndexKey, Key};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, DosePlanId, UserId, Uuid};

use super::Timeline;
use super::writing::Mark;
use crate::domain::access::Access;
use crate::domain::dose::DosePlan;
use crate::domain::entry::Entry;
use crate::domain::month::{Month, MonthView};
use crate::domain::projection::{Projection, Rebuild, RebuildOf, Snapshot};
use crate::domain::state::{FOLD_VERSION, SHAPE};
use crate::domain::stream::Head;

/// Number of index partitions over which aquariums are spread.
pub const SHARDS: u8 = 8;

/// Lists an aquarium for its owner, so that erasure finds what lies under the aquarium; and for the verification of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Owned {
    pub owner_id: UserId,
    pub aquarium_id: AquariumId,
}

/// What a user wrote into the timeline of an aquarium of another user: leads erasure to the entries, and has the user's words
/// for the export. It does not name the owner, who may be erased first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wrote {
    pub user_id: UserId,
    pub aquarium_id: AquariumId,
    pub first_seq: u64,
    pub last_seq: u64,
    pub recorded_at: Timestamp,
    pub notes: Vec<String>,
}

/// The number of dose plans of an aquarium. Transactions count within limits, so requests of several members do not conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DoseTally {
    pub aquarium_id: AquariumId,
}

/// Lists an aquarium for a user with whom it is shared. It only leads to the aquarium: the access decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shared {
    pub user_id: UserId,
    pub aquarium_id: AquariumId,
    /// Revision of the access; the highest one is kept.
    pub revision: u64,
    pub is_member: bool,
    /// When the mark of a user who was removed expires, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at_second: Option<i64>,
}

/// How long the mark of a user who was removed is kept, in seconds. Older events come within days.
const REMOVED_SECONDS: i64 = 90 * 24 * 60 * 60;

impl Shared {
    pub(super) fn new(
        user_id: UserId,
        aquarium_id: AquariumId,
        revision: u64,
        is_member: bool,
        now: Timestamp,
    ) -> Self {
        let expires_at_second = (!is_member).then(|| now.as_second() + REMOVED_SECONDS);
        Self { user_id, aquarium_id, revision, is_member, expires_at_second }
    }
}

pub(super) fn shared_with(user: UserId) -> Key<Timeline> {
    Key::new("user", user, "shared#")
}

pub(super) fn access_key(aquarium: AquariumId) -> Key<Timeline> {
    Key::new("aquarium", aquarium, "access")
}

pub(super) fn head_key(aquarium: AquariumId) -> Key<Timeline> {
    Key::new("aquarium", aquarium, "head")
}

pub(super) fn projection_key(aquarium: AquariumId) -> Key<Timeline> {
    Key::new("aquarium", aquarium, "projection")
}

/// Where this version of the code keeps how far it has computed a state again.
pub(super) fn rebuild_key(aquarium: AquariumId, of: RebuildOf) -> Key<Timeline> {
    version_key(aquarium, of, (FOLD_VERSION, SHAPE))
}

fn version_key(aquarium: AquariumId, of: RebuildOf, (fold_version, shape): (u32, u32)) -> Key<Timeline> {
    let of = match of {
        RebuildOf::Head => "",
        RebuildOf::Views => "#views",
    };
    Key::new("aquarium", aquarium, format!("rebuild#{fold_version}.{shape}{of}"))
}

pub(super) fn mark_key(aquarium: AquariumId, command: Uuid) -> Key<Timeline> {
    Key::new("aquarium", aquarium, format!("cmd#{command}"))
}

/// The start of the keys of marks, or of snapshots.
pub(super) fn of_kind(aquarium: AquariumId, kind: &str) -> Key<Timeline> {
    Key::new("aquarium", aquarium, format!("{kind}#"))
}

/// Before the snapshots that were recorded at this millisecond.
pub(super) fn snapshots_before(aquarium: AquariumId, millisecond: i64) -> Key<Timeline> {
    Key::new("aquarium", aquarium, format!("snap#{millisecond:014}#"))
}

pub(super) fn entry_key(owner: UserId, aquarium: AquariumId, seq: u64) -> Key<Timeline> {
    Key::new("user", owner, format!("entry#{aquarium}#{seq:010}"))
}

pub(super) fn entries_of(owner: UserId, aquarium: AquariumId) -> Key<Timeline> {
    Key::new("user", owner, format!("entry#{aquarium}#"))
}

pub(super) fn view_key(owner: UserId, aquarium: AquariumId, month: Month) -> Key<Timeline> {
    Key::new("user", owner, format!("view#{aquarium}#{month}"))
}

/// The start of the keys of the months of an aquarium.
pub(super) fn views_of(owner: UserId, aquarium: AquariumId) -> Key<Timeline> {
    Key::new("user", owner, format!("view#{aquarium}#"))
}

pub(super) fn dose_key(owner: UserId, aquarium: AquariumId, plan: DosePlanId) -> Key<Timeline> {
    Key::new("user", owner, format!("dose#{aquarium}#{plan}"))
}

/// The start of the keys of the dose plans of an aquarium.
pub(super) fn doses_of(owner: UserId, aquarium: AquariumId) -> Key<Timeline> {
    Key::new("user", owner, format!("dose#{aquarium}#"))
}

/// The place of a plan in the index of reservoirs: under the time when the members are to be notified.
pub(super) fn reservoir_key(shard: u128, at: Timestamp, plan: DosePlanId) -> IndexKey<Timeline> {
    IndexKey::new("reservoirs", shard, format!("at#{:014}#{plan}", at.as_millisecond().max(0)))
}

/// The places of the plans of a shard whose members are to be notified by an instant: before the first, and after the last.
pub(super) fn reservoirs_until(shard: u8, at: Timestamp) -> (IndexKey<Timeline>, IndexKey<Timeline>) {
    let last = format!("at#{:014}~", at.as_millisecond().max(0));
    (IndexKey::new("reservoirs", shard, "at#"), IndexKey::new("reservoirs", shard, last))
}

pub(super) fn dose_tally_key(aquarium: AquariumId) -> Key<Timeline> {
    Key::new("aquarium", aquarium, "dose-tally")
}

pub(super) fn owned_key(owner: UserId, aquarium: AquariumId) -> Key<Timeline> {
    Key::new("user", owner, format!("aquarium#{aquarium}"))
}

pub(super) fn owned_by(owner: UserId) -> Key<Timeline> {
    Key::new("user", owner, "aquarium#")
}

/// The aquariums of a shard, for the verification.
pub(super) fn owned_in(shard: u8) -> IndexKey<Timeline> {
    IndexKey::new("aquariums", shard, "aquarium#")
}

pub(super) fn written_by(user: UserId) -> Key<Timeline> {
    Key::new("user", user, "wrote#")
}

/// The place of an entry in the index.
pub(super) fn happened_key(aquarium: AquariumId, at: Timestamp, seq: u64) -> IndexKey<Timeline> {
    IndexKey::new("happened", aquarium, format!("at#{:014}#{seq:010}", at.as_millisecond()))
}

/// The start of the places of all entries.
pub(super) fn happened(aquarium: AquariumId) -> IndexKey<Timeline> {
    IndexKey::new("happened", aquarium, "at#")
}

impl Entity for Access {
    type Context = Timeline;

    fn key(&self) -> Key<Timeline> {
        access_key(self.aquarium_id)
    }

    fn expires_at(&self) -> Option<i64> {
        self.expires_at_second
    }
}

impl Entity for Head {
    type Context = Timeline;

    fn key(&self) -> Key<Timeline> {
        head_key(self.aquarium_id)
    }
}

impl Entity for Projection {
    type Context = Timeline;

    fn key(&self) -> Key<Timeline> {
        projection_key(self.aquarium_id)
    }
}

impl Entity for Snapshot {
    type Context = Timeline;

    /// The version is in the key: a snapshot of other code stands beside this one, not in its way.
    fn key(&self) -> Key<Timeline> {
        let (at, saved) = (self.recorded_at.as_millisecond(), &self.saved);
        let sort = format!("snap#{at:014}#{:010}#{}.{}", saved.seq, saved.fold_version, saved.shape);
        Key::new("aquarium", self.aquarium_id, sort)
    }
}

impl Entity for Rebuild {
    type Context = Timeline;

    fn key(&self) -> Key<Timeline> {
        version_key(self.aquarium_id, self.of, (self.saved.fold_version, self.saved.shape))
    }
}

impl Entity for Mark {
    type Context = Timeline;

    fn key(&self) -> Key<Timeline> {
        mark_key(self.aquarium_id, self.command_id)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.expires_at_second)
    }
}

impl Entity for Entry {
    type Context = Timeline;

    fn key(&self) -> Key<Timeline> {
        entry_key(self.owner_id, self.aquarium_id, self.seq)
    }

    /// Under the time when it happened as of the last correction. Corrections are not listed: they show at their entry.
    fn index(&self) -> Option<IndexKey<Timeline>> {
        let at = self.amended.as_ref().map_or(self.happened_at, |amended| amended.occurrence.happened_at);
        (!self.is_amendment()).then(|| happened_key(self.aquarium_id, at, self.seq))
    }
}

impl Entity for MonthView {
    type Context = Timeline;

    fn key(&self) -> Key<Timeline> {
        view_key(self.owner_id, self.aquarium_id, self.month)
    }
}

impl Entity for DosePlan {
    type Context = Timeline;

    fn key(&self) -> Key<Timeline> {
        dose_key(self.owner_id, self.aquarium_id, self.id)
    }

    fn index(&self) -> Option<IndexKey<Timeline>> {
        let shard = self.id.uuid().as_u128() % u128::from(SHARDS);
        self.watched_at().map(|at| reservoir_key(shard, at, self.id))
    }

    fn expires_at(&self) -> Option<i64> {
        self.expires_at_second
    }
}

impl Entity for DoseTally {
    type Context = Timeline;

    fn key(&self) -> Key<Timeline> {
        dose_tally_key(self.aquarium_id)
    }
}

impl Entity for Owned {
    type Context = Timeline;

    fn key(&self) -> Key<Timeline> {
        owned_key(self.owner_id, self.aquarium_id)
    }

    fn index(&self) -> Option<IndexKey<Timeline>> {
        let shard = self.aquarium_id.uuid().as_u128() % u128::from(SHARDS);
        Some(IndexKey::new("aquariums", shard, format!("aquarium#{}", self.aquarium_id)))
    }
}

impl Entity for Shared {
    type Context = Timeline;

    fn key(&self) -> Key<Timeline> {
        Key::new("user", self.user_id, format!("shared#{}", self.aquarium_id))
    }

    fn expires_at(&self) -> Option<i64> {
        self.expires_at_second
    }
}

impl Entity for Wrote {
    type Context = Timeline;

    fn key(&self) -> Key<Timeline> {
        Key::new("user", self.user_id, format!("wrote#{}#{:010}", self.aquarium_id, self.first_seq))
    }
}

//! How far the views of a timeline are, and the snapshots that are taken on the way.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::AquariumId;

use super::state::SavedState;

/// Number of entries between snapshots.
pub const SNAPSHOT_EVERY: u64 = 200;

/// The entries that the views of a timeline include.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Projection {
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// Sequence number of the last entry that is included.
    pub as_of: u64,
    /// The state after it, from which the next snapshot is computed.
    pub saved: SavedState,
}

/// The state of a timeline at an earlier entry: a cache that may be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// When the last included entry was recorded.
    pub recorded_at: Timestamp,
    /// The state.
    pub saved: SavedState,
}

/// What a state is computed again for. Each has a progress of its own: views can be thousands of entries behind the head.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RebuildOf {
    /// The end of the log.
    #[default]
    Head,
    /// The last entry that the views include.
    Views,
}

/// How far a state was computed again because the saved one is of other code or damaged. The next attempt goes on from here; it may be
/// deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebuild {
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// What it is for.
    #[serde(default)]
    pub of: RebuildOf,
    /// The state.
    pub saved: SavedState,
}

impl RebuildOf {
    /// True if a part that ends at entry `seq` is kept where one that ends at `known` is.
    ///
    /// A head only grows, so a part that ends before the known one is of a request that read an older head: the next one goes on from
    /// the known part. Views are made again from the first entry after a repair, and can then be before what is known.
    pub const fn keeps_part(self, seq: u64, known: u64) -> bool {
        match self {
            Self::Head => seq > known,
            Self::Views => true,
        }
    }
}

/// Whether a snapshot is taken after the entry with this sequence number.
pub const fn is_snapshot_due(seq: u64) -> bool {
    seq.is_multiple_of(SNAPSHOT_EVERY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_an_older_head_replaces_no_later_one() {
        assert!(RebuildOf::Head.keeps_part(2_000, 0));
        assert!(!RebuildOf::Head.keeps_part(2_000, 2_100));
        assert!(RebuildOf::Views.keeps_part(2_000, 2_100));
    }

    #[test]
    fn a_progress_from_before_views_had_their_own_is_of_the_head() {
        let saved = SavedState::of(&crate::domain::state::State::default()).unwrap();
        let id = AquariumId::generate();
        let old = serde_json::json!({ "aquarium_id": id, "saved": saved });
        let read: Rebuild = serde_json::from_value(old).unwrap();
        assert_eq!(read, Rebuild { aquarium_id: id, of: RebuildOf::Head, saved });
    }
}

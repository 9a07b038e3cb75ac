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

/// How far a state was computed again because the saved one is of other code or damaged. The next attempt goes on from here; it may be
/// deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebuild {
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// The state.
    pub saved: SavedState,
}

/// Whether a snapshot is taken after the entry with this sequence number.
pub const fn is_snapshot_due(seq: u64) -> bool {
    seq.is_multiple_of(SNAPSHOT_EVERY)
}

//! Events of the timelines of aquariums.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, UserId};
use utoipa::ToSchema;

/// A member of an aquarium appended entries to its timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntriesAppended {
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner of the aquarium.
    pub owner_id: UserId,
    /// The entries in the order of their sequence numbers, 1 to 20.
    #[schema(min_items = 1, max_items = 20)]
    pub entries: Vec<AppendedEntry>,
}

event!(EntriesAppended, "timeline.entries_appended", version = 1, subject = aquarium_id);

/// An entry of a timeline, without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppendedEntry {
    /// Sequence number within the timeline, from 1 and without gaps.
    pub seq: u64,
    /// Type, for example `water_change`.
    #[serde(rename = "type")]
    pub entry_type: String,
    /// Time when it happened (UTC). Entries can be back-dated.
    pub happened_at: Timestamp,
}

/// A member of an aquarium corrected or retracted an entry of its timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntryCorrected {
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner of the aquarium.
    pub owner_id: UserId,
    /// Sequence number of the correction.
    pub seq: u64,
    /// Sequence number of the entry that it corrects.
    pub corrected_seq: u64,
    /// Whether the entry is retracted: it no longer counts.
    pub retracted: bool,
}

event!(EntryCorrected, "timeline.entry_corrected", version = 1, subject = aquarium_id);

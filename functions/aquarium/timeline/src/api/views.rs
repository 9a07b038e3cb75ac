//! Views of entries.

use jiff::Timestamp;
use jiff::civil::Date;
use kit::http::Problem;
use serde::Serialize;
use types::UserId;
use utoipa::ToSchema;

use crate::domain::content::Content;
use crate::domain::correction::Recorded;
use crate::domain::entry::Entry;

/// Entry of a timeline, as of its last correction.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntryView {
    /// Sequence number within the timeline, from 1 and without gaps.
    #[schema(example = 7)]
    pub seq: u64,
    /// Type. Clients should expect types that they do not know.
    #[serde(rename = "type")]
    #[schema(example = "water_change")]
    pub entry_type: String,
    /// Status.
    pub status: EntryStatus,
    /// Content. Null for entries whose type this version of the service does not know, and for retractions.
    pub content: Option<Content>,
    /// Time when it happened (UTC).
    #[serde(serialize_with = "types::time::millis")]
    pub happened_at: Timestamp,
    /// Local date when it happened.
    #[schema(value_type = String, format = Date, example = "2026-11-29")]
    pub happened_on: Date,
    /// Time zone of the local date.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// Time when it was recorded (UTC).
    #[serde(serialize_with = "types::time::millis")]
    pub recorded_at: Timestamp,
    /// User ID of the author. Null if the account was deleted.
    pub author_id: Option<UserId>,
    /// Note of the author. Null if there is none, or the account was deleted.
    pub note: Option<String>,
    /// Sequence numbers of its corrections and its retraction.
    pub amended_by: Vec<u64>,
    /// Sequence number of the entry that it corrects or retracts.
    pub amends: Option<u64>,
    /// Version of the entry, which is also its `ETag`.
    #[schema(example = 1)]
    pub version: u64,
}

/// Status of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryStatus {
    /// It stands as it was recorded.
    Recorded,
    /// A later entry corrected it.
    Corrected,
    /// A later entry retracted it. It no longer counts.
    Retracted,
    /// This version of the service does not know its type.
    Unknown,
}

impl TimelineEntryView {
    /// The view of an entry in a version.
    pub fn of(entry: &Entry, version: u64) -> Result<Self, Problem> {
        let (current, amends) = match entry.recorded().map_err(Problem::internal)? {
            Recorded::Occurred(_) => (Some(entry.current().map_err(Problem::internal)?), None),
            Recorded::Corrected(correction) => (Some(correction.now), Some(correction.of)),
            Recorded::Retracted(retraction) => (None, Some(retraction.of)),
        };
        let content = current.as_ref().and_then(|current| current.content.content());
        let (happened_at, happened_on) =
            current.as_ref().map_or((entry.happened_at, entry.happened_on), |one| (one.happened_at, one.happened_on));
        let status = match &entry.amended {
            Some(amended) if amended.retracted => EntryStatus::Retracted,
            _ if current.is_some() && content.is_none() => EntryStatus::Unknown,
            Some(_) => EntryStatus::Corrected,
            None => EntryStatus::Recorded,
        };
        Ok(Self {
            seq: entry.seq,
            entry_type: entry.entry_type.clone(),
            status,
            content,
            happened_at,
            happened_on,
            time_zone: entry.zone.as_str().to_owned(),
            recorded_at: entry.recorded_at,
            author_id: entry.personal.as_ref().map(|personal| personal.by),
            note: entry.personal.as_ref().and_then(|personal| personal.note.clone()),
            amended_by: entry.amended.as_ref().map(|amended| amended.by.clone()).unwrap_or_default(),
            amends,
            version,
        })
    }
}

//! What an entry records: something that happened, or a change of what an earlier entry says.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::stored::Stored;

/// Type of entries that correct another one.
pub const CORRECTED: &str = "corrected";
/// Type of entries that retract another one.
pub const RETRACTED: &str = "retracted";
/// Version of the data of both.
pub const AMENDMENT_VERSION: u32 = 1;

/// Something that happened, and when. The local date is stored, so the fold needs no time zone database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Occurrence {
    /// What.
    pub content: Stored,
    /// The instant, in whole milliseconds.
    pub happened_at: Timestamp,
    /// The date at that instant in the time zone of the entry.
    pub happened_on: Date,
}

/// A correction. It has both sides, so the fold can take back the one and count the other without another entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Sequence number of the corrected entry.
    pub of: u64,
    /// What counted until now.
    pub was: Occurrence,
    /// What counts from now on.
    pub now: Occurrence,
}

/// A retraction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retraction {
    /// Sequence number of the retracted entry.
    pub of: u64,
    /// What counted until now.
    pub was: Occurrence,
}

/// What an entry records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// Something happened. Its type may be unknown to this code.
    Occurred(Occurrence),
    /// Another entry is corrected.
    Corrected(Box<Correction>),
    /// Another entry no longer counts.
    Retracted(Box<Retraction>),
}

impl Recorded {
    /// What the entry takes back and what it counts, each with the sequence number that it counts for.
    pub fn changes(&self, seq: u64) -> Changes<'_> {
        match self {
            Self::Occurred(occurrence) => Changes { removed: None, added: Some((seq, occurrence)) },
            Self::Corrected(correction) => Changes {
                removed: Some((correction.of, &correction.was)),
                added: Some((correction.of, &correction.now)),
            },
            Self::Retracted(retraction) => Changes { removed: Some((retraction.of, &retraction.was)), added: None },
        }
    }
}

/// The change that an entry makes to everything that is derived from a timeline.
#[derive(Debug, Clone, Copy)]
pub struct Changes<'a> {
    /// What no longer counts.
    pub removed: Option<(u64, &'a Occurrence)>,
    /// What counts.
    pub added: Option<(u64, &'a Occurrence)>,
}

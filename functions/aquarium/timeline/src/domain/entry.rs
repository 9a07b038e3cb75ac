//! Entries of a timeline, and the chain of hashes that proves that none was changed or left out.

use calendar::ZoneName;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use types::{AquariumId, UserId};

use super::correction::{AMENDMENT_VERSION, CORRECTED, Correction, Occurrence, RETRACTED, Recorded, Retraction};
use super::stored::Stored;

/// The chain value before the first entry.
pub const CHAIN_START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// An entry. Type, data and times never change; the personal part is deleted with its author's account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// The owner of the aquarium, in whose partition the entry lies.
    pub owner_id: UserId,
    /// Sequence number, from 1 and without gaps.
    pub seq: u64,
    /// Type.
    #[serde(rename = "type")]
    pub entry_type: String,
    /// Version of the data.
    pub v: u32,
    /// Data, as JSON text: exactly the bytes that the chain covers, whatever their type is.
    pub data: String,
    /// When it happened.
    pub happened_at: Timestamp,
    /// The local date then.
    pub happened_on: Date,
    /// The time zone of the local date.
    pub zone: ZoneName,
    /// When it was recorded. Never before the entry with the sequence number before.
    pub recorded_at: Timestamp,
    /// Author and note; none once the author's account is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal: Option<Personal>,
    /// Salted hash of the personal part, which the chain covers instead of the part itself.
    pub commitment: String,
    /// Hash of the chain up to this entry.
    pub chain: String,
    /// What later entries changed. Not covered by the chain, since it follows from them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amended: Option<Amended>,
}

/// The part of an entry that belongs to its author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Personal {
    /// Author.
    pub by: UserId,
    /// Note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Random text. Without it, a deleted note could be guessed from the commitment.
    pub salt: String,
}

/// What later entries changed of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amended {
    /// Sequence numbers of the corrections and the retraction, in their order.
    pub by: Vec<u64>,
    /// Whether the entry is retracted.
    pub retracted: bool,
    /// What the entry says now.
    pub occurrence: Occurrence,
}

/// Data of an entry is not what its type says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {seq} has unreadable data")]
pub struct UnreadableEntry {
    /// Which entry.
    pub seq: u64,
}

impl Personal {
    /// Returns the salted hash of the part.
    pub fn commitment(&self) -> String {
        hash(&["personal", &self.salt, &self.by.to_string(), self.note.as_deref().unwrap_or_default()])
    }
}

impl Entry {
    /// What the entry records.
    pub fn recorded(&self) -> Result<Recorded, UnreadableEntry> {
        let unreadable = |_| UnreadableEntry { seq: self.seq };
        let is_amendment = self.v == AMENDMENT_VERSION;
        if is_amendment && self.entry_type == CORRECTED {
            let correction = serde_json::from_str::<Correction>(&self.data).map_err(unreadable)?;
            return Ok(Recorded::Corrected(Box::new(correction)));
        }
        if is_amendment && self.entry_type == RETRACTED {
            let retraction = serde_json::from_str::<Retraction>(&self.data).map_err(unreadable)?;
            return Ok(Recorded::Retracted(Box::new(retraction)));
        }
        self.original().map(Recorded::Occurred)
    }

    /// What the entry said when it was recorded.
    fn original(&self) -> Result<Occurrence, UnreadableEntry> {
        let data = serde_json::from_str(&self.data).map_err(|_| UnreadableEntry { seq: self.seq })?;
        let content = Stored { entry_type: self.entry_type.clone(), v: self.v, data };
        Ok(Occurrence { content, happened_at: self.happened_at, happened_on: self.happened_on })
    }

    /// What the entry says now.
    pub fn current(&self) -> Result<Occurrence, UnreadableEntry> {
        self.amended.as_ref().map_or_else(|| self.original(), |amended| Ok(amended.occurrence.clone()))
    }

    /// Whether the entry corrects or retracts another one.
    pub fn is_amendment(&self) -> bool {
        self.entry_type == CORRECTED || self.entry_type == RETRACTED
    }

    /// Whether the entry no longer counts.
    pub fn is_retracted(&self) -> bool {
        self.amended.as_ref().is_some_and(|amended| amended.retracted)
    }

    /// Returns the hash of the chain up to this entry, if `before` is the hash up to the one before.
    pub fn chained(&self, before: &str) -> String {
        hash(&[
            "entry",
            before,
            &self.seq.to_string(),
            &self.entry_type,
            &self.v.to_string(),
            &self.data,
            &self.happened_at.to_string(),
            &self.happened_on.to_string(),
            self.zone.as_str(),
            &self.recorded_at.to_string(),
            &self.commitment,
        ])
    }

    /// Whether the entry follows `before` in the chain, and its personal part, if it is still there, is the committed one.
    pub fn is_intact(&self, before: &str) -> bool {
        let is_committed = self.personal.as_ref().is_none_or(|personal| personal.commitment() == self.commitment);
        is_committed && self.chained(before) == self.chain
    }

    /// Returns the entry without its author's words, if they are those of this user.
    pub fn redacted(&self, user: UserId) -> Option<Self> {
        let is_theirs = self.personal.as_ref().is_some_and(|personal| personal.by == user);
        is_theirs.then(|| Self { personal: None, ..self.clone() })
    }
}

/// Hash of parts. Their lengths keep different parts with the same text apart.
fn hash(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    types::hex(&hash.finalize())
}

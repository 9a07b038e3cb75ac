//! Decisions about a timeline: what an append, a correction and a retraction write.

use calendar::ZoneName;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, UserId};

use super::content::Content;
use super::correction::{AMENDMENT_VERSION, CORRECTED, Correction, Occurrence, RETRACTED, Recorded, Retraction};
use super::entry::{Amended, CHAIN_START, Entry, Personal, UnreadableEntry};
use super::state::{SavedState, State};
use super::stored::Stored;

/// Maximum number of entries of one append.
pub const MAX_ENTRIES_PER_APPEND: usize = 20;
/// Maximum number of corrections of an entry.
pub const MAX_CORRECTIONS: usize = 20;
/// Maximum length of a note in characters.
pub const MAX_NOTE_CHARS: usize = 500;

/// The head of a timeline as it is stored: everything that an append needs, and the live state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// Sequence number of the last entry.
    pub last_seq: u64,
    /// Hash of the chain up to it.
    pub chain: String,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The state after it.
    pub saved: SavedState,
}

/// A timeline at its end, ready for the next entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    aquarium_id: AquariumId,
    owner_id: UserId,
    chain: String,
    recorded_at: Option<Timestamp>,
    state: State,
}

/// Something that a user wants to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What happened.
    pub content: Content,
    /// When.
    pub happened_at: Timestamp,
    /// The time zone of the local date.
    pub zone: ZoneName,
    /// Note.
    pub note: Option<String>,
}

/// The user who records something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Who.
    pub user_id: UserId,
    /// When.
    pub now: Timestamp,
}

/// A change of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amendment {
    /// It says something else.
    Correct {
        /// What happened.
        content: Content,
        /// When, if that changes too.
        happened_at: Option<Timestamp>,
    },
    /// It no longer counts.
    Retract,
}

/// Result of a correction or a retraction.
#[derive(Debug, Clone, PartialEq)]
pub struct AmendedStream {
    /// The changed entry.
    pub target: Entry,
    /// The entry that changes it.
    pub entry: Entry,
    /// The timeline afterwards.
    pub stream: Stream,
}

/// Reason why nothing is written.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The entry is itself a correction or a retraction.
    #[error("the entry is a correction or a retraction")]
    NotCorrectable,
    /// The entry is retracted.
    #[error("the entry is retracted")]
    Retracted,
    /// The entry was corrected too often.
    #[error("the entry has the maximum number of corrections")]
    TooManyCorrections,
    /// A correction has another type than its entry.
    #[error("a correction has the type of its entry")]
    TypeChanged,
    /// Stored data is damaged.
    #[error(transparent)]
    Unreadable(#[from] UnreadableEntry),
    /// Data cannot be written as JSON.
    #[error("not written as JSON: {0}")]
    NotJson(#[from] serde_json::Error),
}

impl Stream {
    /// The timeline of an aquarium without entries.
    pub fn new(aquarium_id: AquariumId, owner_id: UserId) -> Self {
        Self { aquarium_id, owner_id, chain: CHAIN_START.to_owned(), recorded_at: None, state: State::default() }
    }

    /// The timeline that ends with `head`; its state is loaded from the head or computed from the entries.
    pub fn at(head: &Head, owner_id: UserId, state: State) -> Self {
        Self {
            aquarium_id: head.aquarium_id,
            owner_id,
            chain: head.chain.clone(),
            recorded_at: Some(head.recorded_at),
            state,
        }
    }

    /// The state.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Returns the stored form of the end of the timeline; none without entries.
    pub fn head(&self) -> Result<Option<Head>, serde_json::Error> {
        let saved = SavedState::of(&self.state)?;
        Ok(self.recorded_at.map(|recorded_at| Head {
            aquarium_id: self.aquarium_id,
            last_seq: self.state.seq,
            chain: self.chain.clone(),
            recorded_at,
            saved,
        }))
    }

    /// Appends entries. Each needs a random salt; drafts without one are left out.
    pub fn append(
        mut self,
        drafts: Vec<Draft>,
        author: &Author,
        salts: Vec<String>,
    ) -> Result<(Vec<Entry>, Self), StreamError> {
        let mut entries = Vec::new();
        for (draft, salt) in drafts.into_iter().zip(salts) {
            let occurrence = Occurrence {
                content: Stored::of(&draft.content)?,
                happened_at: draft.happened_at,
                happened_on: draft.zone.local(draft.happened_at).date(),
            };
            let note = Personal { by: author.user_id, note: draft.note, salt };
            entries.push(self.push(&Recorded::Occurred(occurrence), &draft.zone, note, author.now)?);
        }
        Ok((entries, self))
    }

    /// Corrects or retracts an entry.
    pub fn amend(
        mut self,
        target: &Entry,
        amendment: &Amendment,
        note: Option<String>,
        author: &Author,
        salt: String,
    ) -> Result<AmendedStream, StreamError> {
        if target.is_amendment() {
            return Err(StreamError::NotCorrectable);
        }
        let mut by = target.amended.as_ref().map(|amended| amended.by.clone()).unwrap_or_default();
        if target.is_retracted() {
            return Err(StreamError::Retracted);
        }
        let (was, of) = (target.current()?, target.seq);
        let (recorded, occurrence) = match amendment {
            Amendment::Correct { content, happened_at } => {
                if by.len() >= MAX_CORRECTIONS {
                    return Err(StreamError::TooManyCorrections);
                }
                let now = corrected(target, &was, content, *happened_at)?;
                (Recorded::Corrected(Box::new(Correction { of, was, now: now.clone() })), now)
            }
            Amendment::Retract => (Recorded::Retracted(Box::new(Retraction { of, was: was.clone() })), was),
        };
        let personal = Personal { by: author.user_id, note, salt };
        let entry = self.push(&recorded, &target.zone, personal, author.now)?;
        by.push(entry.seq);
        let retracted = *amendment == Amendment::Retract;
        let target = Entry { amended: Some(Amended { by, retracted, occurrence }), ..target.clone() };
        Ok(AmendedStream { target, entry, stream: self })
    }

    fn push(
        &mut self,
        recorded: &Recorded,
        zone: &ZoneName,
        personal: Personal,
        now: Timestamp,
    ) -> Result<Entry, StreamError> {
        let seq = self.state.seq + 1;
        // Clocks of two machines differ by milliseconds; a timeline does not go back.
        let recorded_at = self.recorded_at.map_or(now, |last| last.max(now));
        let (entry_type, v, data) = stored(recorded)?;
        let (happened_at, happened_on) = match recorded {
            Recorded::Occurred(occurrence) => (occurrence.happened_at, occurrence.happened_on),
            Recorded::Corrected(_) | Recorded::Retracted(_) => (recorded_at, zone.local(recorded_at).date()),
        };
        let mut entry = Entry {
            aquarium_id: self.aquarium_id,
            owner_id: self.owner_id,
            seq,
            entry_type,
            v,
            data,
            happened_at,
            happened_on,
            zone: zone.clone(),
            recorded_at,
            commitment: personal.commitment(),
            personal: Some(personal),
            chain: String::new(),
            amended: None,
        };
        entry.chain = entry.chained(&self.chain);
        self.state = self.state.after(seq, recorded);
        self.recorded_at = Some(recorded_at);
        self.chain.clone_from(&entry.chain);
        Ok(entry)
    }
}

fn corrected(
    target: &Entry,
    was: &Occurrence,
    content: &Content,
    happened_at: Option<Timestamp>,
) -> Result<Occurrence, StreamError> {
    if content.entry_type() != target.entry_type {
        return Err(StreamError::TypeChanged);
    }
    let happened_at = happened_at.unwrap_or(was.happened_at);
    let happened_on = target.zone.local(happened_at).date();
    Ok(Occurrence { content: Stored::of(content)?, happened_at, happened_on })
}

fn stored(recorded: &Recorded) -> Result<(String, u32, String), serde_json::Error> {
    Ok(match recorded {
        Recorded::Occurred(Occurrence { content, .. }) => {
            (content.entry_type.clone(), content.v, serde_json::to_string(&content.data)?)
        }
        Recorded::Corrected(correction) => {
            (CORRECTED.to_owned(), AMENDMENT_VERSION, serde_json::to_string(correction)?)
        }
        Recorded::Retracted(retraction) => {
            (RETRACTED.to_owned(), AMENDMENT_VERSION, serde_json::to_string(retraction)?)
        }
    })
}

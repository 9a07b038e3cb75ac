//! A picture from the wish to upload it to its end.
//!
//! ```text
//! awaiting_upload ──> pending ──> published ──> deleted
//!        │               └──────> rejected ──────┘
//!        └─> gone (nothing came)
//! ```
//! The first two and `published` hold room of the owner's quota. Each step out of them frees it, in the same transaction.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{MediaId, UserId};
use utoipa::ToSchema;

use super::purpose::{ContentType, Purpose};

/// How long a form to upload with works.
pub const FORM_LIFETIME: Duration = Duration::from_mins(15);
/// How long after the first request the same request gets a new form.
pub const UPLOAD_WINDOW: Duration = Duration::from_hours(1);
/// How long after the last form may end an upload may still be on its way here.
const UPLOAD_GRACE: Duration = Duration::from_mins(15);
/// How long a check may take with all its tries; what takes longer is stuck. The queue tries for half an hour.
const CHECK_WINDOW: Duration = Duration::from_mins(40);
/// How often a stuck picture is put into the queue again: a day of trying.
const MAX_REDRIVES: u32 = 36;
/// When a deletion looks once more for objects that a check wrote beside it. No check lasts as long.
const PURGE_AFTER: Duration = Duration::from_hours(1);
/// How long an owner can read why a picture was rejected.
const REJECTED_MEMORY: Duration = Duration::from_hours(30 * 24);
/// How long a deleted picture keeps its id from being used again by a late repeat of the first request.
const DELETED_MEMORY: Duration = Duration::from_hours(2 * 24);

/// A picture, from the wish to upload it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Medium {
    /// Which picture.
    pub id: MediaId,
    /// Whose it is.
    pub owner_id: UserId,
    /// What it is for.
    pub purpose: Purpose,
    /// What the file was said to be.
    pub content_type: ContentType,
    /// How large the file was said to be at the most, in bytes: this much of the quota is reserved.
    pub bytes: u64,
    /// What the request set in motion is told under.
    pub correlation_id: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// How far it is.
    pub status: Status,
}

/// How far a picture is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Status {
    /// The owner has a form to upload it with.
    AwaitingUpload,
    /// The file is here, and has not been checked yet.
    Pending {
        /// Since when.
        since: Timestamp,
        /// From when on it counts as stuck.
        stuck_at: Timestamp,
        /// How often it was put into the queue again.
        redrives: u32,
    },
    /// Everybody who is signed in may see it.
    Published {
        /// Since when.
        at: Timestamp,
        /// The file that it was made of: a part of the objects' names.
        revision: String,
        /// What was made of the file, the largest first.
        variants: Vec<Variant>,
    },
    /// It is not shown to anybody.
    Rejected {
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: Reason,
    },
    /// The owner took it away.
    Deleted {
        /// Since when.
        at: Timestamp,
        /// True once nothing can be left of it.
        purged: bool,
    },
}

/// One size of a published picture, always a JPEG.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// `full`, `large`, `medium` or `small`.
    pub name: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The object's size.
    pub bytes: u64,
}

/// Why a picture was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MediaRejection)]
pub enum Reason {
    /// It moves.
    Animated,
    /// There is nothing in it.
    Empty,
    /// A moderator found something that is not shown here.
    Moderated,
    /// It could not be checked in a day of trying; it may be uploaded again.
    NotChecked,
    /// It is a file of another kind at the same time.
    Polyglot,
    /// It is larger than was said.
    TooLarge,
    /// It would take more time or memory than pictures do.
    TooManyPixels,
    /// It ends too early.
    Truncated,
    /// It is of another kind than was said.
    TypeMismatch,
    /// It is no picture, or a broken one.
    Unreadable,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Animated,
        Self::Empty,
        Self::Moderated,
        Self::NotChecked,
        Self::Polyglot,
        Self::TooLarge,
        Self::TooManyPixels,
        Self::Truncated,
        Self::TypeMismatch,
        Self::Unreadable,
    ];

    /// Its name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Animated => "animated",
            Self::Empty => "empty",
            Self::Moderated => "moderated",
            Self::NotChecked => "not_checked",
            Self::Polyglot => "polyglot",
            Self::TooLarge => "too_large",
            Self::TooManyPixels => "too_many_pixels",
            Self::Truncated => "truncated",
            Self::TypeMismatch => "type_mismatch",
            Self::Unreadable => "unreadable",
        }
    }
}

impl Medium {
    /// The same picture further on.
    #[must_use]
    fn with(&self, status: Status) -> Self {
        Self { status, ..self.clone() }
    }

    /// The picture whose file has come: it is being checked from now on.
    #[must_use]
    pub fn received(&self, now: Timestamp) -> Self {
        self.with(Status::Pending { since: now, stuck_at: now + CHECK_WINDOW, redrives: 0 })
    }

    /// The picture that everybody may see.
    #[must_use]
    pub fn published(&self, revision: String, variants: Vec<Variant>, now: Timestamp) -> Self {
        self.with(Status::Published { at: now, revision, variants })
    }

    /// The picture that is not shown.
    #[must_use]
    pub fn rejected(&self, reason: Reason, now: Timestamp) -> Self {
        self.with(Status::Rejected { at: now, reason })
    }

    /// The picture that its owner took away.
    #[must_use]
    pub fn deleted(&self, now: Timestamp) -> Self {
        self.with(Status::Deleted { at: now, purged: false })
    }

    /// The picture of which nothing can be left.
    #[must_use]
    pub fn purged(&self, now: Timestamp) -> Self {
        self.with(Status::Deleted { at: now, purged: true })
    }

    /// The stuck picture that is put into the queue again; none where that was done often enough.
    pub fn redriven(&self, now: Timestamp) -> Option<Self> {
        let (since, redrives) = match self.status {
            Status::Pending { since, redrives, .. } => (since, redrives + 1),
            // Its file came, and the word of it did not.
            Status::AwaitingUpload => (now, 1),
            Status::Published { .. } | Status::Rejected { .. } | Status::Deleted { .. } => return None,
        };
        let again = Status::Pending { since, stuck_at: now + CHECK_WINDOW, redrives };
        (redrives <= MAX_REDRIVES).then(|| self.with(again))
    }

    /// True while it takes room of its owner's quota.
    pub fn holds_room(&self) -> bool {
        match self.status {
            Status::AwaitingUpload | Status::Pending { .. } | Status::Published { .. } => true,
            Status::Rejected { .. } | Status::Deleted { .. } => false,
        }
    }

    /// True while its owner can read of it.
    pub fn is_there(&self, now: Timestamp) -> bool {
        match self.status {
            Status::AwaitingUpload | Status::Pending { .. } | Status::Published { .. } => true,
            Status::Rejected { at, .. } => now < at + REJECTED_MEMORY,
            Status::Deleted { .. } => false,
        }
    }

    /// Until when a form to upload with may work that is made now; none where it is too late for one.
    pub fn form_until(&self, now: Timestamp) -> Option<Timestamp> {
        let end = self.created_at + UPLOAD_WINDOW;
        (now < end).then(|| end.min(now + FORM_LIFETIME))
    }

    /// When the sweep must handle it, if it does not move on by itself.
    pub fn due_at(&self) -> Option<Timestamp> {
        match self.status {
            Status::AwaitingUpload => Some(self.created_at + UPLOAD_WINDOW + UPLOAD_GRACE),
            Status::Pending { stuck_at, .. } => Some(stuck_at),
            Status::Deleted { at, purged: false } => Some(at + PURGE_AFTER),
            Status::Published { .. } | Status::Rejected { .. } | Status::Deleted { purged: true, .. } => None,
        }
    }

    /// From when on nothing of it need be known any more.
    pub fn forgotten_at(&self) -> Option<Timestamp> {
        match self.status {
            Status::AwaitingUpload | Status::Pending { .. } | Status::Published { .. } => None,
            Status::Rejected { at, .. } => Some(at + REJECTED_MEMORY),
            // Only once nothing is left: what is still listed as due must not vanish before it was looked after.
            Status::Deleted { at, purged } => purged.then(|| at + DELETED_MEMORY),
        }
    }
}

#[cfg(test)]
#[path = "medium_tests.rs"]
mod tests;

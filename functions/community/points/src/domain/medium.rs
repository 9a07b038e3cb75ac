//! What this context knows of pictures: which ones may be shown, and whose they are.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{MediaId, UserId};

/// The purpose of pictures that points show.
pub const PURPOSE: &str = "photo";
/// How long a deleted picture leaves a mark. No event comes later: the bus's archive keeps them for 30 days, and a queue of
/// dead letters for 14.
const MARK_LIFETIME: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A picture that was published, or the mark of one that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Medium {
    /// Whose it is.
    pub owner_id: UserId,
    /// Which picture.
    pub media_id: MediaId,
    /// Path of its files; none if the event did not name it, and of one that was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// When it was deleted: nothing brings it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deleted_at: Option<Timestamp>,
}

impl Medium {
    /// One that was published.
    pub fn published(owner_id: UserId, media_id: MediaId, path: Option<String>) -> Self {
        Self { owner_id, media_id, path, deleted_at: None }
    }

    /// The mark of one that was deleted.
    pub fn deleted(owner_id: UserId, media_id: MediaId, at: Timestamp) -> Self {
        Self { owner_id, media_id, path: None, deleted_at: Some(at) }
    }

    /// True if it may be shown.
    pub fn is_there(&self) -> bool {
        self.deleted_at.is_none()
    }

    /// When its mark may go.
    pub fn forgotten_at(&self) -> Option<Timestamp> {
        self.deleted_at.map(|at| at.saturating_add(MARK_LIFETIME).unwrap_or(Timestamp::MAX))
    }
}

//! What this context knows of pictures: copies from the events of media.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{MediaId, UserId};

/// The purpose of the pictures that can be identified.
pub const PURPOSE: &str = "photo";
/// The size that models look at: at most 1280 pixels on the longer side.
const VARIANT: &str = "large.jpg";
/// How long the mark of a deleted picture stays, in seconds: the archive of the bus keeps events for 30 days, a
/// dead-letter queue for 14.
const MARK_SECONDS: i64 = 90 * 24 * 60 * 60;

/// A published picture, or the mark of a deleted one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureCopy {
    /// User ID of the owner.
    pub owner_id: UserId,
    /// Media ID.
    pub media_id: MediaId,
    /// False once it was deleted, which is final.
    pub published: bool,
    /// Path of its files. None for a deleted picture, and if the event did not name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// End of the mark of a deleted picture, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}

impl PictureCopy {
    /// A picture that can be identified.
    pub fn published(owner_id: UserId, media_id: MediaId, path: Option<String>) -> Self {
        Self { owner_id, media_id, published: true, path, until: None }
    }

    /// The mark of a deleted picture.
    pub fn deleted(owner_id: UserId, media_id: MediaId, now: Timestamp) -> Self {
        let until = Some(now.as_second() + MARK_SECONDS);
        Self { owner_id, media_id, published: false, path: None, until }
    }

    /// Returns this copy unless what is known is as new: a picture is published once, and deleted after that.
    pub fn after(self, known: Option<&Self>) -> Option<Self> {
        known.is_none_or(|known| known.published && !self.published).then_some(self)
    }

    /// Returns the key of the file that a model looks at; none if the picture was deleted.
    pub fn file(&self) -> Option<String> {
        let path = self.path.as_ref().filter(|_| self.published)?;
        Some(format!("{path}{VARIANT}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn ids() -> (UserId, MediaId) {
        (UserId::new(Uuid::from_u128(1)), MediaId::new(Uuid::from_u128(2)))
    }

    proptest! {
        #[test]
        fn a_deleted_picture_stays_deleted_in_whatever_order_events_come(
            order in prop::collection::vec(any::<bool>(), 1..10),
        ) {
            let (owner, id) = ids();
            let mut known: Option<PictureCopy> = None;
            for published in &order {
                let path = Some("published/a/".to_owned());
                let copy = if *published {
                    PictureCopy::published(owner, id, path)
                } else {
                    PictureCopy::deleted(owner, id, NOW)
                };
                known = copy.after(known.as_ref()).or(known);
            }
            let is_there = order.iter().all(|published| *published);
            prop_assert_eq!(known.and_then(|known| known.file()).is_some(), is_there);
        }
    }

    #[test]
    fn a_model_looks_at_the_large_size() {
        let (owner, id) = ids();
        let copy = PictureCopy::published(owner, id, Some("published/u/m/0123/".to_owned()));
        assert_eq!(copy.file().as_deref(), Some("published/u/m/0123/large.jpg"));
        assert_eq!(PictureCopy::published(owner, id, None).file(), None);
    }
}

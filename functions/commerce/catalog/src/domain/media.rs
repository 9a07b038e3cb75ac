//! Pictures of products, and what this context knows of published pictures.
//!
//! Pictures belong to who uploaded them, and are files of the context `media`. A manager may show an own picture, which stays
//! when others change the product; a deleted picture is taken away from all products.

use std::collections::BTreeSet;

use contracts::catalog::ProductMedia;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{MediaId, ProductId, UserId};

/// The purpose of pictures that products show.
pub const PURPOSE: &str = "product";
/// Maximum number of pictures of a product.
pub const MAX_MEDIA: usize = 20;
/// Maximum length of an alternative text in characters.
pub const MAX_ALT_CHARS: usize = 300;
/// How long the mark of a deleted picture stays. No event comes later: the bus's archive keeps them for 30 days, and a
/// dead-letter queue for 14.
const MARK_LIFETIME: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A picture that a product is to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Picture {
    /// Media ID.
    pub media_id: MediaId,
    /// Alternative text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
}

/// A picture that a product shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownPicture {
    /// Media ID.
    pub media_id: MediaId,
    /// User ID of its owner.
    pub owner_id: UserId,
    /// Alternative text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
    /// Path of its files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

impl ShownPicture {
    /// The picture as events show it.
    pub fn snapshot(&self) -> ProductMedia {
        ProductMedia { media_id: self.media_id, alt: self.alt.clone(), path: self.path.clone() }
    }
}

/// A picture that was published, or the mark of one that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Medium {
    /// User ID of its owner.
    pub owner_id: UserId,
    /// Media ID.
    pub media_id: MediaId,
    /// Path of its files; none if the event did not name it, and of one that was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Whether it may be shown.
    there: bool,
    /// When it was deleted: nothing brings it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deleted_at: Option<Timestamp>,
}

impl Medium {
    /// One that was published.
    pub fn published(owner_id: UserId, media_id: MediaId, path: Option<String>) -> Self {
        Self { owner_id, media_id, path, there: true, deleted_at: None }
    }

    /// The mark of one that was deleted.
    pub fn deleted(owner_id: UserId, media_id: MediaId, at: Timestamp) -> Self {
        Self { owner_id, media_id, path: None, there: false, deleted_at: Some(at) }
    }

    /// True if it may be shown.
    pub fn is_there(&self) -> bool {
        self.there
    }

    /// Returns when its mark may be deleted.
    pub fn forgotten_at(&self) -> Option<Timestamp> {
        self.deleted_at.map(|at| at.saturating_add(MARK_LIFETIME).unwrap_or(Timestamp::MAX))
    }
}

/// That a product shows a picture: a record of the picture's owner, which changes in the product's transaction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Placement {
    /// User ID of the owner.
    pub owner_id: UserId,
    /// Media ID.
    pub media_id: MediaId,
    /// Product ID.
    pub product_id: ProductId,
}

/// The caller has no published picture with this ID and the purpose `product`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotPublished(pub MediaId);

/// Returns pictures as a product shows them: those that it shows already, and published ones of the caller, which are in `known`.
pub fn resolve(
    wanted: &[Picture],
    shown: &[ShownPicture],
    known: &[Medium],
) -> Result<Vec<ShownPicture>, NotPublished> {
    let resolve = |picture: &Picture| {
        let Picture { media_id, alt } = picture.clone();
        if let Some(shown) = shown.iter().find(|shown| shown.media_id == media_id) {
            return Ok(ShownPicture { alt, ..shown.clone() });
        }
        let medium = known.iter().find(|medium| medium.media_id == media_id && medium.is_there());
        let medium = medium.ok_or(NotPublished(media_id))?;
        Ok(ShownPicture { media_id, owner_id: medium.owner_id, alt, path: medium.path.clone() })
    };
    wanted.iter().map(resolve).collect()
}

/// Returns where a product begins to show pictures, and where it ceases to.
pub fn moved(
    product_id: ProductId,
    before: &[ShownPicture],
    next: &[ShownPicture],
) -> (Vec<Placement>, Vec<Placement>) {
    let placements = |pictures: &[ShownPicture]| -> BTreeSet<Placement> {
        let placement =
            |picture: &ShownPicture| Placement { owner_id: picture.owner_id, media_id: picture.media_id, product_id };
        pictures.iter().map(placement).collect()
    };
    let (before, next) = (placements(before), placements(next));
    (next.difference(&before).cloned().collect(), before.difference(&next).cloned().collect())
}

#[cfg(test)]
#[path = "media_tests.rs"]
mod tests;

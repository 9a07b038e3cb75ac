//! Pictures: which ones may be shown.

use serde::{Deserialize, Serialize};
use types::{MediaId, UserId};
use utoipa::ToSchema;

/// A picture was checked, and everybody may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MediaPublished {
    /// Which picture.
    pub media_id: MediaId,
    /// Whose it is.
    pub owner_id: UserId,
    /// What it is for: `avatar`, `message`, `photo`, `product`.
    pub purpose: String,
    /// What every variant is.
    pub content_type: String,
    /// The largest variant's width, in pixels.
    pub width: u32,
    /// The largest variant's height, in pixels.
    pub height: u32,
    /// The sizes that there are, the largest first.
    pub variants: Vec<MediaVariant>,
}

/// One size of a picture. Its URL ends, so it is asked for at `GET /v1/media/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MediaVariant {
    /// `full`, `large`, `medium` or `small`.
    pub name: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

event!(MediaPublished, "media.published", version = 1, subject = media_id);

/// A picture was checked, and nobody will see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MediaRejected {
    /// Which picture.
    pub media_id: MediaId,
    /// Whose it is.
    pub owner_id: UserId,
    /// What it was for.
    pub purpose: String,
    /// Why: `animated`, `empty`, `moderated`, `not_checked`, `polyglot`, `too_large`, `too_many_pixels`, `truncated`,
    /// `type_mismatch`, `unreadable`.
    pub reason: String,
}

event!(MediaRejected, "media.rejected", version = 1, subject = media_id);

/// A picture that everybody could see was taken away by its owner: whoever shows it stops.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MediaDeleted {
    /// Which picture.
    pub media_id: MediaId,
    /// Whose it was.
    pub owner_id: UserId,
    /// What it was for.
    pub purpose: String,
}

event!(MediaDeleted, "media.deleted", version = 1, subject = media_id);

//! Events of images.

use serde::{Deserialize, Serialize};
use types::{MediaId, UserId};
use utoipa::ToSchema;

/// An image passed all checks and is visible to all users.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MediaPublished {
    /// Media ID.
    pub media_id: MediaId,
    /// User ID of the owner.
    pub owner_id: UserId,
    /// Purpose: `avatar`, `message`, `photo`, `product`.
    pub purpose: String,
    /// Content type of every variant.
    pub content_type: String,
    /// Width of the largest variant in pixels.
    pub width: u32,
    /// Height of the largest variant in pixels.
    pub height: u32,
    /// Available sizes, largest first.
    pub variants: Vec<MediaVariant>,
    /// Path of the files in the media bucket and below `MediaBaseUrl`. The key of a variant is the path, its name and
    /// `.jpg`. The files under a path never change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// One size of an image. URLs expire: get one with `GET /v1/media/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MediaVariant {
    /// `full`, `large`, `medium` or `small`.
    pub name: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

event!(MediaPublished, "media.published", version = 1, subject = media_id);

/// An image failed a check and is not published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MediaRejected {
    /// Media ID.
    pub media_id: MediaId,
    /// User ID of the owner.
    pub owner_id: UserId,
    /// Purpose.
    pub purpose: String,
    /// Reason: `animated`, `empty`, `moderated`, `not_checked`, `polyglot`, `too_large`, `too_many_pixels`, `truncated`,
    /// `type_mismatch`, `unreadable`.
    pub reason: String,
}

event!(MediaRejected, "media.rejected", version = 1, subject = media_id);

/// The owner deleted a published image. Contexts that show it must remove it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MediaDeleted {
    /// Media ID.
    pub media_id: MediaId,
    /// User ID of the owner.
    pub owner_id: UserId,
    /// Purpose.
    pub purpose: String,
}

event!(MediaDeleted, "media.deleted", version = 1, subject = media_id);

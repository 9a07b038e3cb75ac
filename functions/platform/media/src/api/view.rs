//! Views of images in responses.

use jiff::Timestamp;
use serde::Serialize;
use types::{MediaId, UserId};
use utoipa::ToSchema;

use crate::domain::keys;
use crate::domain::medium::{Medium, Reason, Status};
use crate::domain::purpose::Purpose;
use crate::objects::{BucketError, Objects};

/// An image.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MediaView {
    /// Media ID.
    pub id: MediaId,
    /// User ID of the owner.
    pub owner_id: UserId,
    /// Purpose.
    pub purpose: Purpose,
    /// Processing status.
    pub status: StatusView,
    /// Reason of the rejection.
    pub reason: Option<Reason>,
    /// Time when the upload was created.
    #[serde(serialize_with = "types::time::millis")]
    pub created_at: Timestamp,
    /// Available sizes, largest first. Empty until the image is published.
    pub variants: Vec<VariantView>,
    /// Time until the URLs are valid. Null if they do not expire.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub urls_expire_at: Option<Timestamp>,
}

/// Processing status of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MediaStatus)]
pub enum StatusView {
    /// The file was not uploaded yet.
    AwaitingUpload,
    /// The file is being checked.
    Pending,
    /// Visible to all signed-in users.
    Published,
    /// Rejected; visible to the owner only, without files.
    Rejected,
}

/// One size of an image, always a JPEG and never larger than the original.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VariantView {
    /// `full`, `large`, `medium` or `small`: at most 4096, 1280, 640 or 160 pixels on the longer side.
    #[schema(example = "medium")]
    pub name: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// File size in bytes.
    pub bytes: u64,
    /// URL of the file.
    pub url: String,
}

impl MediaView {
    /// Returns the view of an image, or `None` if it was deleted.
    pub async fn of(medium: &Medium, objects: &Objects, now: Timestamp) -> Result<Option<Self>, BucketError> {
        if !medium.is_there(now) {
            return Ok(None);
        }
        let (status, reason) = match &medium.status {
            Status::AwaitingUpload => (StatusView::AwaitingUpload, None),
            Status::Pending { .. } => (StatusView::Pending, None),
            Status::Published { .. } => (StatusView::Published, None),
            Status::Rejected { reason, .. } => (StatusView::Rejected, Some(*reason)),
            Status::Deleted { .. } => return Ok(None),
        };
        let mut view = Self {
            id: medium.id,
            owner_id: medium.owner_id,
            purpose: medium.purpose,
            status,
            reason,
            created_at: medium.created_at,
            variants: Vec::new(),
            urls_expire_at: None,
        };
        if let Status::Published { revision, variants, .. } = &medium.status {
            for variant in variants {
                let key = keys::variant(medium.owner_id, medium.id, revision, &variant.name);
                let (url, until) = objects.url(&key, now).await?;
                view.urls_expire_at = until;
                let (name, width, height) = (variant.name.clone(), variant.width, variant.height);
                view.variants.push(VariantView { name, width, height, bytes: variant.bytes, url });
            }
        }
        Ok(Some(view))
    }
}

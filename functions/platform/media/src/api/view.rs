//! A picture as its owner and others see it.

use jiff::Timestamp;
use serde::Serialize;
use types::{MediaId, UserId};
use utoipa::ToSchema;

use crate::domain::keys;
use crate::domain::medium::{Medium, Reason, Status};
use crate::domain::purpose::Purpose;
use crate::objects::{BucketError, Objects};

/// A picture.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MediaView {
    /// Its id.
    pub id: MediaId,
    /// Whose it is.
    pub owner_id: UserId,
    /// What it is for.
    pub purpose: Purpose,
    /// How far it is.
    pub status: StatusView,
    /// Why it was rejected, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Its sizes, the largest first; empty until it is published.
    pub variants: Vec<VariantView>,
    /// Until when the URLs work; absent where they do not end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urls_expire_at: Option<Timestamp>,
}

/// How far a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusView {
    /// Nothing was uploaded yet.
    AwaitingUpload,
    /// It is being checked.
    Pending,
    /// Everybody who is signed in may see it.
    Published,
    /// Nobody sees it.
    Rejected,
}

/// One size of a picture, always a JPEG. It is never larger than what was uploaded.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VariantView {
    /// `full`, `large`, `medium` or `small`: at most 4096, 1280, 640, 160 pixels long.
    #[schema(example = "medium")]
    pub name: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The file's size.
    pub bytes: u64,
    /// Where it is shown.
    pub url: String,
}

impl MediaView {
    /// What is shown of a picture; none of one that is gone.
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

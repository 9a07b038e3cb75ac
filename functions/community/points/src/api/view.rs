//! A point and its photos, as everybody sees them who is signed in.

use contracts::points::PointKind;
use jiff::Timestamp;
use serde::Serialize;
use types::{GeoPoint, MediaId, PointId, UserId};
use utoipa::ToSchema;

use crate::domain::album::Photo;
use crate::domain::point::Point;

/// A point.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointView {
    /// Its id.
    pub id: PointId,
    /// What it is called.
    #[schema(example = "Fountain behind the market")]
    pub name: String,
    /// What animals find there.
    pub kind: PointKind,
    /// Where it is.
    pub location: GeoPoint,
    /// What else there is to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who made it and keeps it; absent once they deleted their account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keeper_id: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl PointView {
    /// What is shown of a point; none of one that was removed.
    pub fn of(point: &Point) -> Option<Self> {
        let details = point.details.clone()?;
        Some(Self {
            id: point.id,
            name: details.name,
            kind: details.kind,
            location: details.location,
            description: details.description,
            keeper_id: point.keeper_id,
            created_at: point.created_at,
        })
    }
}

/// A photo of a point. Its files are at `GET /v1/media/{mediaId}`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PhotoView {
    /// Which picture.
    pub media_id: MediaId,
    /// Who put it there.
    pub added_by: UserId,
    /// When.
    pub added_at: Timestamp,
}

impl From<Photo> for PhotoView {
    fn from(photo: Photo) -> Self {
        Self { media_id: photo.media_id, added_by: photo.added_by, added_at: photo.added_at }
    }
}

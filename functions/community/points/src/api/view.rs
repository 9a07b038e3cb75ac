//! Views of points and photos in responses.

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
    /// Point ID.
    pub id: PointId,
    /// Name.
    #[schema(example = "Fountain behind the market")]
    pub name: String,
    /// What the point offers.
    pub kind: PointKind,
    /// Location.
    pub location: GeoPoint,
    /// Description.
    pub description: Option<String>,
    /// User ID of the keeper. Null after the keeper deleted the account.
    pub keeper_id: Option<UserId>,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
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

/// A photo of a point. Get its files with `GET /v1/media/{mediaId}`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PhotoView {
    /// Media ID.
    pub media_id: MediaId,
    /// User ID of the user who added it.
    pub added_by: UserId,
    /// Time of addition.
    #[serde(serialize_with = "types::time::millis")]
    pub added_at: Timestamp,
}

impl From<Photo> for PhotoView {
    fn from(photo: Photo) -> Self {
        Self { media_id: photo.media_id, added_by: photo.added_by, added_at: photo.added_at }
    }
}

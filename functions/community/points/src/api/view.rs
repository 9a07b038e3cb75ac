//! Views of points and photos in responses.

use contracts::points::PointKind;
use futures::future::try_join_all;
use jiff::Timestamp;
use kit::file_urls::{FileUrl, FileUrls, UrlError};
use serde::Serialize;
use types::{CareEventId, GeoPoint, MediaId, PointId, UserId};
use utoipa::ToSchema;

use crate::domain::album::{Album, Photo};
use crate::domain::figures::RecentEvent;
use crate::domain::point::Point;
use crate::store::Activity;

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

/// A photo of a point.
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
    /// URL of a JPEG of at most 1280 pixels on the longer side. Null while it is not known.
    #[schema(example = "https://media.example.com/published/photo/large.jpg")]
    pub url: Option<String>,
    /// URL of a JPEG of at most 640 pixels on the longer side. Null while it is not known.
    #[schema(example = "https://media.example.com/published/photo/medium.jpg")]
    pub thumbnail_url: Option<String>,
    /// Time until the URLs are valid. Null if they do not expire.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub urls_expire_at: Option<Timestamp>,
}

impl PhotoView {
    /// The view of a photo.
    pub async fn of(photo: &Photo, files: &FileUrls, now: Timestamp) -> Result<Self, UrlError> {
        let large = variant(photo, LARGE, files, now).await?;
        let thumbnail = variant(photo, THUMBNAIL, files, now).await?;
        Ok(Self {
            media_id: photo.media_id,
            added_by: photo.added_by,
            added_at: photo.added_at,
            urls_expire_at: large.as_ref().and_then(|file| file.expires_at),
            url: large.map(|file| file.url),
            thumbnail_url: thumbnail.map(|file| file.url),
        })
    }

    /// The views of all photos of an album.
    pub async fn of_album(album: &Album, files: &FileUrls, now: Timestamp) -> Result<Vec<Self>, UrlError> {
        try_join_all(album.photos.iter().map(|photo| Self::of(photo, files, now))).await
    }
}

/// The first photo of a point, as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CoverPhoto {
    /// Media ID.
    media_id: MediaId,
    /// URL of a JPEG of at most 640 pixels on the longer side. Null while it is not known.
    #[schema(example = "https://media.example.com/published/photo/medium.jpg")]
    thumbnail_url: Option<String>,
    /// Time until the URL is valid. Null if it does not expire.
    #[serde(serialize_with = "types::time::optional_millis")]
    thumbnail_url_expires_at: Option<Timestamp>,
}

/// The latest care event at a point.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastEvent {
    /// Care event ID.
    event_id: CareEventId,
    /// Code of the event type.
    #[schema(example = "feeding")]
    code: String,
    /// Name of the event type at the time of the report.
    #[schema(example = "Feeding")]
    type_name: String,
    /// Time when it happened.
    #[serde(serialize_with = "types::time::millis")]
    occurred_at: Timestamp,
}

impl From<&RecentEvent> for LastEvent {
    fn from(event: &RecentEvent) -> Self {
        let RecentEvent { event_id, code, type_name, occurred_at } = event.clone();
        Self { event_id, code, type_name, occurred_at }
    }
}

/// A point with what lists show of it. Counts follow changes within seconds.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointSummary {
    /// The point.
    #[serde(flatten)]
    point: PointView,
    /// Number of photos.
    #[schema(example = 3)]
    photo_count: u32,
    /// The oldest photo. Null if there is none.
    cover_photo: Option<CoverPhoto>,
    /// Number of subscribers.
    #[schema(example = 12)]
    subscriber_count: u32,
    /// Number of care events that were reported and not deleted.
    #[schema(example = 48)]
    event_count: u32,
    /// The latest care event. Null if there is none.
    last_event: Option<LastEvent>,
    /// Whether the caller subscribes to the point.
    subscribed: bool,
}

impl PointSummary {
    /// The view of a point; none of one that was removed.
    pub async fn of(
        point: &Point,
        activity: &Activity,
        files: &FileUrls,
        now: Timestamp,
    ) -> Result<Option<Self>, UrlError> {
        let Some(point) = PointView::of(point) else { return Ok(None) };
        let photos = &activity.album.photos;
        let cover_photo = match photos.first() {
            None => None,
            Some(photo) => {
                let file = variant(photo, THUMBNAIL, files, now).await?;
                let thumbnail_url_expires_at = file.as_ref().and_then(|file| file.expires_at);
                let thumbnail_url = file.map(|file| file.url);
                Some(CoverPhoto { media_id: photo.media_id, thumbnail_url, thumbnail_url_expires_at })
            }
        };
        Ok(Some(Self {
            point,
            photo_count: u32::try_from(photos.len()).unwrap_or(u32::MAX),
            cover_photo,
            subscriber_count: activity.figures.subscribers,
            event_count: activity.figures.events,
            last_event: activity.figures.last_event().map(LastEvent::from),
            subscribed: activity.subscribed,
        }))
    }
}

/// Name of the variant of a picture that is shown alone.
const LARGE: &str = "large";
/// Name of the variant of a picture that is shown in lists.
const THUMBNAIL: &str = "medium";

/// The URL of a variant; none while the path of the photo is not known.
async fn variant(photo: &Photo, name: &str, files: &FileUrls, now: Timestamp) -> Result<Option<FileUrl>, UrlError> {
    match &photo.path {
        Some(path) => files.url(&format!("{path}{name}.jpg"), now).await.map(Some),
        None => Ok(None),
    }
}

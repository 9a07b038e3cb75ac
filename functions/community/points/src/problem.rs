//! How this context's refusals read: every code it answers with is in this file.

use http::StatusCode;
use kit::http::Problem;

use crate::domain::album::MAX_PHOTOS;

/// What this context refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such point, or none any more.
    NoSuchPoint,
    /// The point does not show this picture.
    NoSuchPhoto,
    /// The token's account is gone.
    NoSuchUser,
    /// Somebody else keeps the point.
    NotKeeper,
    /// The photo is somebody else's, and so is the point.
    NotYourPhoto,
    /// The Idempotency-Key has made another point.
    KeyReused,
    /// The Idempotency-Key's point was removed.
    Removed,
    /// There are too many points in one place.
    TooCrowded,
    /// The caller has no published photo of this id.
    NotPublished,
    /// The point has all the photos that it may have.
    AlbumFull,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchPoint => Self::not_found("points.no_such_point"),
            Refusal::NoSuchPhoto => Self::not_found("points.no_such_photo"),
            Refusal::NoSuchUser => Self::not_found("points.no_such_user"),
            Refusal::NotKeeper => Self::new(
                StatusCode::FORBIDDEN,
                "points.not_keeper",
                "Only the keeper of the point and admins may do this",
            ),
            Refusal::NotYourPhoto => Self::new(
                StatusCode::FORBIDDEN,
                "points.not_your_photo",
                "Only who put the photo there, the keeper of the point and admins may do this",
            ),
            Refusal::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "points.key_reused",
                "This Idempotency-Key has made another point",
            ),
            Refusal::Removed => Self::new(
                StatusCode::CONFLICT,
                "points.removed",
                "The point of this Idempotency-Key was removed: make another with another key",
            ),
            Refusal::TooCrowded => {
                Self::new(StatusCode::CONFLICT, "points.too_crowded", "There are too many points in this place")
            }
            Refusal::NotPublished => {
                Self::new(StatusCode::CONFLICT, "points.media_not_published", "You have no published photo of this id")
            }
            Refusal::AlbumFull => {
                Self::new(StatusCode::CONFLICT, "points.album_full", "The point has all the photos that it may have")
                    .with_detail(format!("at most {MAX_PHOTOS}"))
            }
        }
    }
}

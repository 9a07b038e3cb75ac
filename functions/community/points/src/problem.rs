//! Problems of this context: every error code that it returns is in this file.

use http::StatusCode;
use kit::http::{IdempotencyKey, Problem};

use crate::domain::album::MAX_PHOTOS;

/// A refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No point with this ID exists.
    NoSuchPoint,
    /// The point has no such photo.
    NoSuchPhoto,
    /// The account was deleted.
    NoSuchUser,
    /// The caller is neither the keeper nor an admin.
    NotKeeper,
    /// The caller neither added the photo nor keeps the point.
    NotYourPhoto,
    /// The Idempotency-Key was used with a different request.
    KeyReused,
    /// The point of the Idempotency-Key was deleted.
    Removed,
    /// There are too many points near the location.
    TooCrowded,
    /// The caller has no published photo with this ID.
    NotPublished,
    /// The point has the maximum number of photos.
    AlbumFull,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchPoint => {
                Self::not_found("points.no_such_point").with_detail("No point with this ID exists.")
            }
            Refusal::NoSuchPhoto => {
                Self::not_found("points.no_such_photo").with_detail("The point has no photo with this ID.")
            }
            Refusal::NoSuchUser => Self::not_found("points.no_such_user").with_detail("The account was deleted."),
            Refusal::NotKeeper => Self::new(StatusCode::FORBIDDEN, "points.not_keeper", "Not the keeper")
                .with_detail("Only the keeper of the point and admins can change it."),
            Refusal::NotYourPhoto => Self::new(StatusCode::FORBIDDEN, "points.not_your_photo", "Not your photo")
                .with_detail("Only the user who added the photo, the keeper of the point and admins can remove it."),
            Refusal::KeyReused => IdempotencyKey::reused(),
            Refusal::Removed => Self::new(StatusCode::CONFLICT, "points.removed", "Point deleted")
                .with_detail("The point of this Idempotency-Key was deleted. Create a point with a new key."),
            Refusal::TooCrowded => Self::new(StatusCode::CONFLICT, "points.too_crowded", "Too many points nearby")
                .with_detail("There are too many points near this location. Choose another location."),
            Refusal::NotPublished => {
                Self::new(StatusCode::CONFLICT, "points.media_not_published", "Photo not published")
                    .with_detail("You have no published photo with this ID. Wait until its status is `published`.")
            }
            Refusal::AlbumFull => Self::new(StatusCode::CONFLICT, "points.album_full", "Too many photos")
                .with_detail(format!("A point has at most {MAX_PHOTOS} photos. Remove one first.")),
        }
    }
}

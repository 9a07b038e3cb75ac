//! How this context's refusals read: every code it answers with is in this file.

use kit::http::Problem;

/// What this context refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such point, or the caller may not know of it.
    NoSuchPoint,
    /// There is no such photo, or the caller may not know of it.
    NoSuchPhoto,
    /// There is no such photos, or the caller may not know of it.
    NoSuchPhotos,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchPoint => Self::not_found("points.no_such_point"),
            Refusal::NoSuchPhoto => Self::not_found("points.no_such_photo"),
            Refusal::NoSuchPhotos => Self::not_found("points.no_such_photos"),
        }
    }
}

//! Problems of this context: every error code that it returns is in this file.

use http::StatusCode;
use kit::http::{IdempotencyKey, Problem};

use crate::domain::account::Quota;

/// A refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The image does not exist, or the caller may not see it.
    NoSuchMedia,
    /// No public profile.
    NoSuchProfile,
    /// The account was deleted.
    NoSuchUser,
    /// The quota of the plan is used up.
    QuotaExceeded(Quota),
    /// The Idempotency-Key was used with a different request.
    KeyReused,
    /// The upload of this Idempotency-Key was deleted or has expired.
    UploadExpired,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchMedia => Self::not_found("media.no_such_media")
                .with_detail("No media item with this ID exists, or you may not see it."),
            Refusal::NoSuchProfile => Self::not_found("media.no_such_profile")
                .with_detail("No user with this ID exists, or the account was deleted."),
            Refusal::NoSuchUser => Self::not_found("media.no_such_user").with_detail("The account was deleted."),
            Refusal::QuotaExceeded(quota) => {
                Self::new(StatusCode::CONFLICT, "media.quota_exceeded", "Media quota exceeded").with_detail(format!(
                    "Your plan allows {} images and {} bytes. Delete images or upgrade the plan.",
                    quota.items, quota.bytes
                ))
            }
            Refusal::KeyReused => IdempotencyKey::reused(),
            Refusal::UploadExpired => Self::new(StatusCode::CONFLICT, "media.upload_expired", "Upload expired")
                .with_detail("The upload period has ended. Create another upload with a new Idempotency-Key."),
        }
    }
}

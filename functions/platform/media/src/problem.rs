//! How this context's refusals read: every code it answers with is in this file.

use http::StatusCode;
use kit::http::Problem;

use crate::domain::account::Quota;

/// What this context refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such picture, or the caller may not know of it.
    NoSuchMedia,
    /// The token's account is gone.
    NoSuchUser,
    /// The plan allows no more.
    QuotaExceeded(Quota),
    /// The Idempotency-Key has asked for another picture.
    KeyReused,
    /// The Idempotency-Key's picture is gone, or its time to be uploaded is over.
    UploadExpired,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchMedia => Self::not_found("media.no_such_media"),
            Refusal::NoSuchUser => Self::not_found("media.no_such_user"),
            Refusal::QuotaExceeded(quota) => {
                Self::new(StatusCode::CONFLICT, "media.quota_exceeded", "There is no room for another picture")
                    .with_detail(format!("the plan allows {} pictures and {} bytes", quota.items, quota.bytes))
            }
            Refusal::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "media.key_reused",
                "This Idempotency-Key has asked for another picture",
            ),
            Refusal::UploadExpired => Self::new(
                StatusCode::CONFLICT,
                "media.upload_expired",
                "This upload is over: ask for another with another Idempotency-Key",
            ),
        }
    }
}

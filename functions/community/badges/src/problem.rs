//! How this context's refusals read: every code it answers with is in this file.

use http::StatusCode;
use kit::http::Problem;

use crate::domain::catalogue::MAX_BADGES;
use crate::store::NotChanged;

/// What this context refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such badge.
    NoSuchBadge,
    /// Another badge has the code.
    CodeTaken,
    /// The Idempotency-Key has made another badge.
    KeyReused,
    /// There is no room for another badge.
    TooMany,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchBadge => Self::not_found("badges.no_such_badge"),
            Refusal::CodeTaken => Self::new(StatusCode::CONFLICT, "badges.code_taken", "Another badge has this code")
                .with_detail("codes of retired badges stay taken"),
            Refusal::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "badges.key_reused",
                "This Idempotency-Key has made another badge",
            ),
            Refusal::TooMany => {
                Self::new(StatusCode::CONFLICT, "badges.too_many", "There is no room for another badge")
                    .with_detail(format!("at most {MAX_BADGES}, retired ones included"))
            }
        }
    }
}

impl From<NotChanged> for Problem {
    fn from(not_changed: NotChanged) -> Self {
        match not_changed {
            // A create looks at what is there before it comes to this.
            NotChanged::Exists(_) => Refusal::KeyReused.into(),
            NotChanged::Missing => Refusal::NoSuchBadge.into(),
            NotChanged::CodeTaken => Refusal::CodeTaken.into(),
            NotChanged::Full => Refusal::TooMany.into(),
            NotChanged::Store(error) => error.into(),
        }
    }
}

//! Problems of this context: every error code that it returns is in this file.

use http::StatusCode;
use kit::http::{IdempotencyKey, Problem};

use crate::domain::catalogue::MAX_BADGES;
use crate::store::NotChanged;

/// A refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No badge with this ID exists.
    NoSuchBadge,
    /// The badge is retired.
    Retired,
    /// The code is taken.
    CodeTaken,
    /// The Idempotency-Key was used with a different request.
    KeyReused,
    /// The maximum number of badges is reached.
    TooMany,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchBadge => {
                Self::not_found("badges.no_such_badge").with_detail("No badge with this ID exists.")
            }
            Refusal::Retired => Self::new(StatusCode::CONFLICT, "badges.badge_retired", "Badge retired")
                .with_detail("The badge is retired and cannot be updated. Create another badge."),
            Refusal::CodeTaken => Self::new(StatusCode::CONFLICT, "badges.code_taken", "Code already taken")
                .with_detail("Another badge has this code. Codes of retired badges stay taken. Choose another code."),
            Refusal::KeyReused => IdempotencyKey::reused(),
            Refusal::TooMany => Self::new(StatusCode::CONFLICT, "badges.too_many", "Too many badges")
                .with_detail(format!("A deployment has at most {MAX_BADGES} badges, including retired ones.")),
        }
    }
}

impl From<NotChanged> for Problem {
    fn from(not_changed: NotChanged) -> Self {
        match not_changed {
            // A create handles an existing badge before this conversion.
            NotChanged::Exists(_) => Refusal::KeyReused.into(),
            NotChanged::Missing => Refusal::NoSuchBadge.into(),
            NotChanged::CodeTaken => Refusal::CodeTaken.into(),
            NotChanged::Full => Refusal::TooMany.into(),
            NotChanged::Store(error) => error.into(),
        }
    }
}

//! The problem codes of this context: every code that it responds with is in this file.

use axum::http::StatusCode;
use kit::http::{IdempotencyKey, Problem};

use crate::domain::phone::PhoneRefusal;
use crate::store::PlanError;

/// A request that this context refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The caller deleted their account.
    NoSuchUser,
    /// The notification is not in the caller's inbox.
    NoSuchNotification,
    /// The caller has no device with this id.
    NoSuchDevice,
    /// The deployment has no push application for this platform.
    PushNotConfigured,
    /// The idempotency key was used with a different request.
    KeyReused,
    /// The unsubscribe token is not valid.
    UnsubscribeTokenInvalid,
    /// Verification codes were requested too often.
    CodeTooSoon {
        /// Seconds until the next request is allowed.
        retry_after_seconds: u64,
    },
    /// No phone number waits for confirmation.
    NoCodePending,
    /// The code is wrong.
    CodeWrong,
    /// Nothing stops e-mails to the user.
    NoSuchMailSuppression,
}

impl From<PhoneRefusal> for Refusal {
    fn from(refusal: PhoneRefusal) -> Self {
        match refusal {
            PhoneRefusal::TooSoon(seconds) => Self::CodeTooSoon { retry_after_seconds: seconds.unsigned_abs() },
            PhoneRefusal::NothingPending => Self::NoCodePending,
            PhoneRefusal::WrongCode => Self::CodeWrong,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchUser => Self::not_found("notifications.no_such_user"),
            Refusal::NoSuchNotification => Self::not_found("notifications.no_such_notification"),
            Refusal::NoSuchDevice => Self::not_found("notifications.no_such_device"),
            Refusal::NoSuchMailSuppression => Self::not_found("notifications.no_such_mail_suppression"),
            Refusal::PushNotConfigured => Self::new(
                StatusCode::CONFLICT,
                "notifications.push_not_configured",
                "Push notifications are not configured for this platform",
            ),
            Refusal::KeyReused => IdempotencyKey::reused(),
            Refusal::UnsubscribeTokenInvalid => Self::new(
                StatusCode::BAD_REQUEST,
                "notifications.unsubscribe_token_invalid",
                "Invalid unsubscribe link",
            ),
            Refusal::CodeTooSoon { retry_after_seconds } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "notifications.code_too_soon",
                "Too many verification codes requested",
            )
            .retry_after(retry_after_seconds),
            Refusal::NoCodePending => {
                Self::new(StatusCode::CONFLICT, "notifications.no_code_pending", "No phone number to confirm")
            }
            // 403, because 401 would tell a signed-in client that its access token is not valid.
            Refusal::CodeWrong => {
                Self::new(StatusCode::FORBIDDEN, "notifications.code_wrong", "Wrong verification code")
            }
        }
    }
}

impl From<PlanError> for Problem {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Store(error) => error.into(),
            PlanError::Outbox(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_this_context_s_own() {
        let all = [
            Refusal::NoSuchUser,
            Refusal::NoSuchNotification,
            Refusal::NoSuchDevice,
            Refusal::PushNotConfigured,
            Refusal::UnsubscribeTokenInvalid,
            Refusal::CodeTooSoon { retry_after_seconds: 1 },
            Refusal::NoCodePending,
            Refusal::CodeWrong,
            Refusal::NoSuchMailSuppression,
        ];
        let mut codes: Vec<_> = all
            .into_iter()
            .map(|refusal| serde_json::to_value(Problem::from(refusal)).unwrap()["code"].as_str().unwrap().to_owned())
            .collect();
        assert!(codes.iter().all(|code| code.starts_with("notifications.")), "{codes:?}");
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), all.len());
    }
}

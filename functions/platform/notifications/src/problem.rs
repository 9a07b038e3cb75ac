//! How this context's refusals read: every code it answers with is in this file.

use axum::http::StatusCode;
use kit::http::Problem;

use crate::domain::phone::PhoneRefusal;
use crate::store::PlanError;

/// What this context refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The caller deleted their account.
    NoSuchUser,
    /// There is no such notification in the caller's inbox.
    NoSuchNotification,
    /// The caller has no such device.
    NoSuchDevice,
    /// The operator named no application for this platform.
    PushNotConfigured,
    /// The key has been used for another request.
    KeyReused,
    /// The token is not from a mail of ours.
    UnsubscribeTokenInvalid,
    /// A code, or another number, was asked for a moment ago, or too often.
    CodeTooSoon {
        /// When it may be asked for again.
        retry_after_seconds: u64,
    },
    /// No number waits for its code.
    NoCodePending,
    /// The code is wrong.
    CodeWrong,
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
            Refusal::PushNotConfigured => Self::new(
                StatusCode::CONFLICT,
                "notifications.push_not_configured",
                "Push messages to this platform are not set up here",
            ),
            Refusal::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "notifications.idempotency_key_reused",
                "This Idempotency-Key came with another request before",
            ),
            Refusal::UnsubscribeTokenInvalid => Self::new(
                StatusCode::BAD_REQUEST,
                "notifications.unsubscribe_token_invalid",
                "This link is not from a mail of ours",
            ),
            Refusal::CodeTooSoon { retry_after_seconds } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "notifications.code_too_soon",
                "A code was sent a moment ago, or too many were",
            )
            .retry_after(retry_after_seconds),
            Refusal::NoCodePending => Self::new(
                StatusCode::CONFLICT,
                "notifications.no_code_pending",
                "No number waits for its code: give the number again",
            ),
            // 403, since to a signed-in client 401 would say that its token is not valid.
            Refusal::CodeWrong => Self::new(StatusCode::FORBIDDEN, "notifications.code_wrong", "The code is wrong"),
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
            Refusal::KeyReused,
            Refusal::UnsubscribeTokenInvalid,
            Refusal::CodeTooSoon { retry_after_seconds: 1 },
            Refusal::NoCodePending,
            Refusal::CodeWrong,
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

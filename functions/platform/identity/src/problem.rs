//! How this context's refusals read: every code it answers with is in this file.

use http::StatusCode;
use kit::SecretError;
use kit::http::Problem;

use crate::domain::password::HashError;

/// What this context refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The address has an account.
    EmailTaken,
    /// The address or the password is wrong; which one is not told.
    BadCredentials,
    /// The account is closed for now.
    Suspended,
    /// The token's account is gone.
    NoSuchUser,
    /// Signing in failed too often.
    TooManyAttempts {
        /// When to try again.
        seconds: u64,
    },
    /// The refresh token is none of ours, or its session is over.
    RefreshInvalid,
    /// The refresh token was replaced long ago: its session is over now.
    RefreshReplayed,
    /// The session that the access token belongs to is over.
    SessionEnded,
    /// The caller has no such session.
    NoSuchSession,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::EmailTaken => {
                Self::new(StatusCode::CONFLICT, "identity.email_taken", "This address has an account")
            }
            Refusal::BadCredentials => {
                Self::new(StatusCode::UNAUTHORIZED, "identity.bad_credentials", "The address or the password is wrong")
            }
            Refusal::Suspended => Self::new(StatusCode::FORBIDDEN, "identity.suspended", "This account is suspended"),
            Refusal::NoSuchUser => Self::not_found("identity.no_such_user"),
            Refusal::TooManyAttempts { seconds } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "identity.too_many_attempts",
                "Too many attempts; wait a while",
            )
            .retry_after(seconds),
            Refusal::RefreshInvalid => {
                Self::new(StatusCode::UNAUTHORIZED, "identity.refresh_invalid", "This session is over; sign in again")
            }
            Refusal::RefreshReplayed => Self::new(
                StatusCode::UNAUTHORIZED,
                "identity.refresh_replayed",
                "This token was used before; the session was ended for safety",
            ),
            Refusal::SessionEnded => {
                Self::new(StatusCode::UNAUTHORIZED, "identity.session_ended", "This session is over; sign in again")
            }
            Refusal::NoSuchSession => Self::not_found("identity.no_such_session"),
        }
    }
}

/// A secret that cannot be used is ours to mend.
pub fn secret(error: SecretError) -> Problem {
    Problem::internal(error)
}

/// A hash that cannot be used is ours to mend.
pub fn hash(error: HashError) -> Problem {
    Problem::internal(error)
}

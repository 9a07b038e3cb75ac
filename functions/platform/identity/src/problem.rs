//! How this context's refusals read: every code it answers with is in this file.

use dynamo::StoreError;
use dynamo::outbox::OutboxError;
use http::StatusCode;
use kit::SecretError;
use kit::http::Problem;

use crate::domain::password::HashError;
use crate::domain::proof::{NotAsked, StaleProof};

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
    /// The link is not ours, was used, has expired or was replaced; which one is not told.
    LinkInvalid,
    /// There is nothing left to prove.
    EmailAlreadyVerified,
    /// The account has no address.
    NoEmail,
    /// The account has no password.
    NoPassword,
    /// The current password is another.
    WrongPassword,
    /// The same was asked for a moment ago.
    TooSoon {
        /// When it may be asked for again.
        retry_after_seconds: u64,
    },
}

impl From<StaleProof> for Refusal {
    fn from(_: StaleProof) -> Self {
        Self::LinkInvalid
    }
}

impl From<NotAsked> for Refusal {
    fn from(reason: NotAsked) -> Self {
        match reason {
            NotAsked::NoEmail => Self::NoEmail,
            NotAsked::AlreadyVerified => Self::EmailAlreadyVerified,
            // Rounded up: who comes back then is not sent away again.
            NotAsked::TooSoon { wait } => {
                let seconds = wait.as_secs() + i64::from(wait.subsec_nanos() > 0);
                Self::TooSoon { retry_after_seconds: seconds.unsigned_abs() }
            }
        }
    }
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
            Refusal::LinkInvalid => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "identity.link_invalid",
                "This link does not work any more: ask for a new one",
            ),
            Refusal::EmailAlreadyVerified => {
                Self::new(StatusCode::CONFLICT, "identity.email_already_verified", "This address is proven already")
            }
            Refusal::NoEmail => Self::new(StatusCode::CONFLICT, "identity.no_email", "This account has no address"),
            Refusal::NoPassword => {
                Self::new(StatusCode::CONFLICT, "identity.no_password", "This account has no password")
            }
            Refusal::WrongPassword => {
                Self::new(StatusCode::FORBIDDEN, "identity.wrong_password", "The current password is wrong")
            }
            Refusal::TooSoon { retry_after_seconds } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "identity.too_soon", "You asked for this a moment ago")
                    .retry_after(retry_after_seconds)
            }
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

/// Why a change was not written.
#[derive(Debug)]
pub enum Unwritten {
    /// It would change nothing.
    Nothing,
    /// It is refused, or failed.
    Refused(Box<Problem>),
}

impl Unwritten {
    /// What was written, or none where there was nothing to write.
    pub fn or_nothing<T>(written: Result<T, Self>) -> Result<Option<T>, Problem> {
        match written {
            Ok(written) => Ok(Some(written)),
            Err(Self::Nothing) => Ok(None),
            Err(Self::Refused(problem)) => Err(*problem),
        }
    }
}

impl From<Refusal> for Unwritten {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal.into()))
    }
}

impl From<StoreError> for Unwritten {
    fn from(error: StoreError) -> Self {
        Self::Refused(Box::new(error.into()))
    }
}

impl From<OutboxError> for Unwritten {
    fn from(error: OutboxError) -> Self {
        Self::Refused(Box::new(error.into()))
    }
}

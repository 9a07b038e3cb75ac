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

//! How this context's refusals read: every code it answers with is in this file.

use http::StatusCode;
use kit::SecretError;
use kit::http::Problem;

use crate::domain::administration::OwnAccount;
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
    /// An admin would take their own role or close their own account.
    OwnAccount,
    /// There is no such API key.
    NoSuchApiKey,
    /// The Idempotency-Key has made an API key before, whose text is not shown again.
    ApiKeyExists,
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
            Refusal::OwnAccount => {
                Self::new(StatusCode::CONFLICT, "identity.own_account", "Another admin has to do this to your account")
            }
            Refusal::NoSuchApiKey => Self::not_found("identity.no_such_api_key"),
            Refusal::ApiKeyExists => Self::new(
                StatusCode::CONFLICT,
                "identity.api_key_exists",
                "This request has made an API key, which was shown once: delete it and make another",
            ),
        }
    }
}

impl From<OwnAccount> for Problem {
    fn from(_: OwnAccount) -> Self {
        Refusal::OwnAccount.into()
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

//! How this context's refusals read: every code it answers with is in this file.

use http::StatusCode;
use kit::SecretError;
use kit::http::Problem;

use crate::domain::password::HashError;
use crate::domain::telegram::InitDataError;
use crate::store::{ClaimError, Taken};

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
    /// The deployment has no bot.
    TelegramOff,
    /// The init data proves nobody.
    TelegramInvalid,
    /// The init data proved somebody once.
    TelegramExpired,
    /// The Telegram account signs in to another account.
    TelegramTaken,
    /// Without it nobody could sign in.
    LastSignInMethod,
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
            Refusal::TelegramOff => {
                Self::new(StatusCode::NOT_FOUND, "identity.telegram_off", "Telegram sign-in is not set up here")
            }
            Refusal::TelegramInvalid => {
                Self::new(StatusCode::UNAUTHORIZED, "identity.telegram_invalid", "This does not prove a Telegram user")
            }
            Refusal::TelegramExpired => {
                Self::new(StatusCode::UNAUTHORIZED, "identity.telegram_expired", "Open the app in Telegram again")
            }
            Refusal::TelegramTaken => Self::new(
                StatusCode::CONFLICT,
                "identity.telegram_taken",
                "This Telegram account signs in to another account",
            ),
            Refusal::LastSignInMethod => {
                Self::new(StatusCode::CONFLICT, "identity.last_sign_in_method", "There would be no way left to sign in")
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

/// What init data says too late is another matter than what it never said: the client can mend the former.
impl From<InitDataError> for Problem {
    fn from(error: InitDataError) -> Self {
        let refusal = match error {
            InitDataError::TooOld => Refusal::TelegramExpired,
            InitDataError::Malformed
            | InitDataError::Duplicate
            | InitDataError::Forged
            | InitDataError::TooNew
            | InitDataError::NoUser => Refusal::TelegramInvalid,
        };
        Self::from(refusal).with_detail(error.to_string())
    }
}

impl From<ClaimError> for Problem {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::Taken(Taken::Email(_)) => Refusal::EmailTaken.into(),
            ClaimError::Taken(Taken::Telegram(_)) => Refusal::TelegramTaken.into(),
            ClaimError::Store(error) => error.into(),
        }
    }
}

//! How this context's refusals read: every code it answers with is in this file.

use dynamo::StoreError;
use dynamo::outbox::OutboxError;
use http::StatusCode;
use kit::SecretError;
use kit::http::Problem;

use crate::domain::administration::OwnAccount;
use crate::domain::guesses::TooMany;
use crate::domain::mfa::MfaError;
use crate::domain::password::HashError;
use crate::domain::proof::{NotAsked, StaleProof};
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
    /// Too many passwords or codes were wrong.
    TooManyAttempts {
        /// How long to wait, in seconds.
        retry_after_seconds: u64,
    },
    /// The refresh token is none of ours, or its session is over.
    RefreshInvalid,
    /// The refresh token was replaced long ago: its session is over now.
    RefreshReplayed,
    /// The session that the access token belongs to is over.
    SessionEnded,
    /// The caller has no such session.
    NoSuchSession,
    /// The password that was given again is wrong.
    WrongPassword,
    /// The account has no password: its owner signs in through another service.
    NoPassword,
    /// The second factor is on.
    MfaAlreadyOn,
    /// The second factor is off.
    MfaOff,
    /// There is no enrolment to confirm.
    MfaNotPending,
    /// A signed-in user gave a wrong code.
    MfaCodeWrong,
    /// Somebody who signs in gave a wrong code.
    MfaSignInFailed,
    /// It is no sign-in that waits for its second factor.
    MfaTokenInvalid,
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
    /// The link is not ours, was used, has expired or was replaced; which one is not told.
    LinkInvalid,
    /// There is nothing left to prove.
    EmailAlreadyVerified,
    /// The account has no address.
    NoEmail,
    /// The same was asked for a moment ago.
    TooSoon {
        /// When it may be asked for again.
        retry_after_seconds: u64,
    },
    /// An admin would take their own role or close their own account.
    OwnAccount,
    /// There is no such API key.
    NoSuchApiKey,
    /// The Idempotency-Key has made an API key before, whose text is not shown again.
    ApiKeyExists,
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
            Refusal::TooManyAttempts { retry_after_seconds } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "identity.too_many_attempts",
                "Too many attempts; wait a while",
            )
            .retry_after(retry_after_seconds),
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
            Refusal::WrongPassword => {
                Self::new(StatusCode::FORBIDDEN, "identity.wrong_password", "The password is wrong")
            }
            Refusal::NoPassword => {
                Self::new(StatusCode::CONFLICT, "identity.no_password", "This account has no password")
            }
            Refusal::MfaAlreadyOn => {
                Self::new(StatusCode::CONFLICT, "identity.mfa_already_on", "The second factor is on already")
            }
            Refusal::MfaOff => Self::new(StatusCode::CONFLICT, "identity.mfa_off", "The second factor is off"),
            Refusal::MfaNotPending => {
                Self::new(StatusCode::CONFLICT, "identity.mfa_not_pending", "Enrol an authenticator app first")
            }
            // The same code twice: to a signed-in client 401 would say that its token is not valid.
            Refusal::MfaCodeWrong => Self::new(StatusCode::FORBIDDEN, MFA_CODE_WRONG, "The code is wrong"),
            Refusal::MfaSignInFailed => Self::new(StatusCode::UNAUTHORIZED, MFA_CODE_WRONG, "The code is wrong"),
            Refusal::MfaTokenInvalid => {
                Self::new(StatusCode::UNAUTHORIZED, "identity.mfa_token_invalid", "Sign in again from the start")
            }
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
            Refusal::OwnAccount => {
                Self::new(StatusCode::CONFLICT, "identity.own_account", "Another admin has to do this to your account")
            }
            Refusal::NoSuchApiKey => Self::not_found("identity.no_such_api_key"),
            Refusal::ApiKeyExists => Self::new(
                StatusCode::CONFLICT,
                "identity.api_key_exists",
                "This request has made an API key, which was shown once: delete it and make another",
            ),
            Refusal::LinkInvalid => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "identity.link_invalid",
                "This link does not work any more: ask for a new one",
            ),
            Refusal::EmailAlreadyVerified => {
                Self::new(StatusCode::CONFLICT, "identity.email_already_verified", "This address is proven already")
            }
            Refusal::NoEmail => Self::new(StatusCode::CONFLICT, "identity.no_email", "This account has no address"),
            Refusal::TooSoon { retry_after_seconds } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "identity.too_soon", "You asked for this a moment ago")
                    .retry_after(retry_after_seconds)
            }
        }
    }
}

/// The code is wrong, was used before, or is too old.
const MFA_CODE_WRONG: &str = "identity.mfa_code_wrong";

impl From<TooMany> for Problem {
    fn from(TooMany { retry_after_seconds }: TooMany) -> Self {
        Refusal::TooManyAttempts { retry_after_seconds }.into()
    }
}

impl From<MfaError> for Problem {
    fn from(error: MfaError) -> Self {
        match error {
            MfaError::AlreadyOn => Refusal::MfaAlreadyOn.into(),
            MfaError::Off => Refusal::MfaOff.into(),
            MfaError::NotPending => Refusal::MfaNotPending.into(),
            MfaError::Answered => Refusal::MfaTokenInvalid.into(),
            MfaError::TooMany(too_many) => too_many.into(),
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

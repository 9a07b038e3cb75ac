//! Problems of this context: every error code that it returns is in this file.

use dynamo::StoreError;
use dynamo::outbox::OutboxError;
use http::StatusCode;
use jiff::SignedDuration;
use kit::SecretError;
use kit::auth::StandingError;
use kit::http::{Fields, Problem};
use kit::limits::Exceeded;

use crate::domain::administration::OwnAccount;
use crate::domain::email_change::ChangeNotRequested;
use crate::domain::email_code::{CodeNotSent, StaleRequest};
use crate::domain::guesses::TooMany;
use crate::domain::mfa::MfaError;
use crate::domain::mfa_removal::RemovalError;
use crate::domain::password::HashError;
use crate::domain::proof::{NotRequested, NotVerified, StaleProof};
use crate::domain::proofs::TooSoon;
use crate::domain::telegram::InitDataError;
use crate::store::{ClaimError, Taken};

/// A refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The e-mail address is registered.
    EmailTaken,
    /// The e-mail address or the password is wrong. The response does not say which.
    BadCredentials,
    /// The account is suspended.
    Suspended,
    /// The account does not exist or was deleted.
    NoSuchUser,
    /// Too many wrong passwords or codes.
    TooManyAttempts {
        /// Time to wait, in seconds.
        retry_after_seconds: u64,
    },
    /// The refresh token is unknown, or its session has ended.
    RefreshInvalid,
    /// The refresh token was reused after the grace period, so its session was ended.
    RefreshReplayed,
    /// The session of the access token has ended.
    SessionEnded,
    /// The caller has no session with this ID.
    NoSuchSession,
    /// The password is wrong (reauthentication).
    WrongPassword,
    /// The account has no password: it was registered through Telegram.
    NoPassword,
    /// TOTP is enabled.
    MfaAlreadyOn,
    /// TOTP is not enabled.
    MfaOff,
    /// No TOTP enrolment is pending.
    MfaNotPending,
    /// A signed-in user sent a wrong code.
    MfaCodeWrong,
    /// A wrong code during sign-in.
    MfaSignInFailed,
    /// Two-step verification is enabled, and the request has no code.
    MfaCodeRequired,
    /// The `mfaToken` is invalid, expired or used.
    MfaTokenInvalid,
    /// The deployment has no Telegram bot.
    TelegramOff,
    /// The init data is not signed by the bot.
    TelegramInvalid,
    /// The init data has expired.
    TelegramExpired,
    /// The Telegram account is linked to another account.
    TelegramTaken,
    /// The account has no other sign-in method.
    LastSignInMethod,
    /// The token is invalid, used or expired. The response does not say which.
    LinkInvalid,
    /// The token proves the mailbox; possession of the account is not proven.
    PasswordRequired,
    /// The e-mail address is already verified.
    EmailAlreadyVerified,
    /// The account has no e-mail address.
    NoEmail,
    /// A wrong code of an e-mail.
    EmailCodeWrong,
    /// The code or link of an e-mail is used, expired or not of this request. The response does not say which.
    EmailCodeInvalid,
    /// The account has no password, and the caller signed in too long ago.
    ReauthenticationRequired,
    /// The account has changed its address too often.
    TooManyAddresses {
        /// Time to wait, in seconds.
        retry_after_seconds: u64,
    },
    /// The same e-mail was requested recently.
    TooSoon {
        /// Time to wait, in seconds.
        retry_after_seconds: u64,
    },
    /// Admins cannot remove their own role or suspend their own account.
    OwnAccount,
    /// No API key with this ID exists.
    NoSuchApiKey,
    /// The Idempotency-Key has created an API key, which is not shown again.
    ApiKeyExists,
    /// The caller has no export with this ID.
    NoSuchExport,
    /// The caller has an unfinished export.
    ExportRunning,
    /// No removal of the second factor is pending.
    NoSuchMfaRemoval,
    /// A removal of the second factor is pending.
    MfaRemovalPending,
    /// The address of the account is not verified, so a password reset removes the second factor.
    MfaRemovalUnverified,
    /// The admin who requested the removal cannot confirm it.
    SecondAdminRequired,
}

impl From<StaleProof> for Refusal {
    fn from(_: StaleProof) -> Self {
        Self::LinkInvalid
    }
}

impl From<NotVerified> for Refusal {
    fn from(reason: NotVerified) -> Self {
        match reason {
            NotVerified::Stale => Self::LinkInvalid,
            NotVerified::PossessionUnproven => Self::PasswordRequired,
        }
    }
}

impl From<NotRequested> for Refusal {
    fn from(reason: NotRequested) -> Self {
        match reason {
            NotRequested::NoEmail => Self::NoEmail,
            NotRequested::AlreadyVerified => Self::EmailAlreadyVerified,
            NotRequested::TooSoon(TooSoon { wait }) => Self::TooSoon { retry_after_seconds: rounded_up(wait) },
        }
    }
}

/// One wrong field of a body.
pub fn wrong_field(field: &str, message: &'static str) -> Problem {
    let mut fields = Fields::new();
    let value = fields.check(field, Err::<(), _>(message));
    fields.all((value,)).err().unwrap_or_else(|| Problem::internal("a wrong field is no error"))
}

impl From<ChangeNotRequested> for Problem {
    fn from(reason: ChangeNotRequested) -> Self {
        match reason {
            ChangeNotRequested::SameAddress => wrong_field("email", "must differ from the address of the account"),
            ChangeNotRequested::TooSoon { wait } => Refusal::TooSoon { retry_after_seconds: rounded_up(wait) }.into(),
            ChangeNotRequested::TooMany { wait } => {
                Refusal::TooManyAddresses { retry_after_seconds: rounded_up(wait) }.into()
            }
        }
    }
}

impl From<CodeNotSent> for Refusal {
    fn from(CodeNotSent { retry_after_seconds }: CodeNotSent) -> Self {
        Self::TooSoon { retry_after_seconds }
    }
}

impl From<StaleRequest> for Refusal {
    fn from(_: StaleRequest) -> Self {
        Self::EmailCodeInvalid
    }
}

/// Whole seconds, so that a retry after this time succeeds.
fn rounded_up(wait: SignedDuration) -> u64 {
    (wait.as_secs() + i64::from(wait.subsec_nanos() > 0)).unsigned_abs()
}

impl From<Refusal> for Problem {
    #[expect(clippy::too_many_lines, reason = "one arm per code, and nothing else")]
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::EmailTaken => {
                Self::new(StatusCode::CONFLICT, "identity.email_taken", "E-mail address already registered")
                    .with_detail("An account with this e-mail address already exists. Sign in or reset the password.")
            }
            Refusal::BadCredentials => {
                Self::new(StatusCode::UNAUTHORIZED, "identity.bad_credentials", "Wrong e-mail address or password")
                    .with_detail("The e-mail address or the password is wrong.")
            }
            Refusal::Suspended => StandingError::Suspended.into(),
            Refusal::NoSuchUser => {
                Self::not_found("identity.no_such_user").with_detail("The account does not exist or was deleted.")
            }
            Refusal::TooManyAttempts { retry_after_seconds } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "identity.too_many_attempts", "Too many failed attempts")
                    .with_detail("Wait until `Retry-After` has passed, then try again.")
                    .retry_after(retry_after_seconds)
            }
            Refusal::RefreshInvalid => {
                Self::new(StatusCode::UNAUTHORIZED, "identity.refresh_invalid", "Invalid refresh token")
                    .with_detail("The refresh token is unknown or its session has ended. Sign in again.")
            }
            Refusal::RefreshReplayed => {
                Self::new(StatusCode::UNAUTHORIZED, "identity.refresh_replayed", "Refresh token reused").with_detail(
                    "The refresh token was used before, so its session was ended for security. Sign in again.",
                )
            }
            Refusal::SessionEnded => StandingError::SessionEnded.into(),
            Refusal::NoSuchSession => {
                Self::not_found("identity.no_such_session").with_detail("You have no active session with this ID.")
            }
            Refusal::WrongPassword => Self::new(StatusCode::FORBIDDEN, "identity.wrong_password", "Wrong password")
                .with_detail("The password is wrong."),
            Refusal::NoPassword => Self::new(StatusCode::CONFLICT, "identity.no_password", "No password set")
                .with_detail("The account has no password. Set one with a password reset."),
            Refusal::MfaAlreadyOn => Self::new(StatusCode::CONFLICT, "identity.mfa_already_on", "TOTP already enabled")
                .with_detail("TOTP is enabled. Disable it before you enrol another app."),
            Refusal::MfaOff => Self::new(StatusCode::CONFLICT, "identity.mfa_off", "TOTP not enabled")
                .with_detail("TOTP is not enabled for this account."),
            Refusal::MfaNotPending => {
                Self::new(StatusCode::CONFLICT, "identity.mfa_not_pending", "No pending TOTP enrolment").with_detail(
                    "No enrolment was started within the last 15 minutes. Start one with `POST /v1/auth/mfa/totp`.",
                )
            }
            // Two statuses for one code: a signed-in client would read 401 as an invalid access token.
            Refusal::MfaCodeWrong => Self::new(StatusCode::FORBIDDEN, MFA_CODE_WRONG, "Wrong code")
                .with_detail("The code is wrong, expired or already used. Enter the current code."),
            Refusal::MfaCodeRequired => {
                Self::new(StatusCode::FORBIDDEN, "identity.mfa_code_required", "Code required").with_detail(
                    "Two-step verification is enabled. Send `code`: a code of the authenticator app, or a recovery code.",
                )
            }
            Refusal::MfaSignInFailed => Self::new(StatusCode::UNAUTHORIZED, MFA_CODE_WRONG, "Wrong code")
                .with_detail("The code is wrong, expired or already used. Enter the current code."),
            Refusal::MfaTokenInvalid => {
                Self::new(StatusCode::UNAUTHORIZED, "identity.mfa_token_invalid", "Invalid mfaToken")
                    .with_detail("`mfaToken` is invalid, expired or already used. Sign in again with the password.")
            }
            Refusal::TelegramOff => {
                Self::new(StatusCode::NOT_FOUND, "identity.telegram_off", "Telegram sign-in not configured")
                    .with_detail("This deployment has no Telegram bot.")
            }
            Refusal::TelegramInvalid => {
                Self::new(StatusCode::UNAUTHORIZED, "identity.telegram_invalid", "Invalid Telegram init data")
            }
            Refusal::TelegramExpired => {
                Self::new(StatusCode::UNAUTHORIZED, "identity.telegram_expired", "Telegram init data expired")
            }
            Refusal::TelegramTaken => {
                Self::new(StatusCode::CONFLICT, "identity.telegram_taken", "Telegram account already linked")
                    .with_detail("The Telegram account is linked to another account. Unlink it there first.")
            }
            Refusal::LastSignInMethod => {
                Self::new(StatusCode::CONFLICT, "identity.last_sign_in_method", "Last sign-in method")
                    .with_detail("Set a password before you unlink Telegram: there is no other way to sign in.")
            }
            Refusal::OwnAccount => {
                Self::new(StatusCode::CONFLICT, "identity.own_account", "Not allowed for your own account")
                    .with_detail("Ask another admin to make this change to your account.")
            }
            Refusal::NoSuchApiKey => {
                Self::not_found("identity.no_such_api_key").with_detail("No API key with this ID exists.")
            }
            Refusal::ApiKeyExists => Self::new(
                StatusCode::CONFLICT,
                "identity.api_key_exists",
                "API key already created",
            )
            .with_detail(
                "This Idempotency-Key has created an API key, which is shown once. Revoke it and create another key.",
            ),
            Refusal::LinkInvalid => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "identity.link_invalid", "Link invalid or expired")
                    .with_detail(
                        "The token is invalid or expired, or was used. Request a new e-mail.",
                    )
            }
            Refusal::PasswordRequired => {
                Self::new(StatusCode::FORBIDDEN, "identity.password_required", "Password required").with_detail(
                    "Send an access token of the account or `password`. If you do not know the password, send `newPassword`.",
                )
            }
            Refusal::EmailAlreadyVerified => {
                Self::new(StatusCode::CONFLICT, "identity.email_already_verified", "E-mail address already verified")
                    .with_detail("The e-mail address of this account is already verified.")
            }
            Refusal::NoEmail => Self::new(StatusCode::CONFLICT, "identity.no_email", "No e-mail address")
                .with_detail("The account has no e-mail address."),
            Refusal::EmailCodeWrong => Self::new(StatusCode::UNAUTHORIZED, "identity.email_code_wrong", "Wrong code")
                .with_detail("The code is wrong. Enter the code of the newest e-mail. Five wrong codes invalidate it."),
            Refusal::EmailCodeInvalid => Self::new(
                StatusCode::UNAUTHORIZED,
                "identity.email_code_invalid",
                "Code invalid or expired",
            )
            .with_detail(
                "The code or link was used, has expired, had too many wrong attempts, or does not belong to this `requestToken`. Request a new code.",
            ),
            Refusal::ReauthenticationRequired => Self::new(
                StatusCode::FORBIDDEN,
                "identity.reauthentication_required",
                "Recent sign-in required",
            )
            .with_detail(
                "The account has no password, so this requires a sign-in within the last five minutes. Sign in again, then repeat the request with the new access token.",
            ),
            Refusal::TooManyAddresses { retry_after_seconds } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "identity.too_many_addresses",
                "Address changed too often",
            )
            .with_detail(
                "Three earlier addresses of the account are still reserved. Wait until `Retry-After` has passed, then try again.",
            )
            .retry_after(retry_after_seconds),
            Refusal::TooSoon { retry_after_seconds } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "identity.too_soon",
                "E-mail sent recently",
            )
            .with_detail(
                "An e-mail was sent within the last minute. Wait until `Retry-After` has passed, then try again.",
            )
            .retry_after(retry_after_seconds),
            Refusal::NoSuchExport => {
                Self::not_found("identity.no_such_export").with_detail("You have no export with this ID.")
            }
            Refusal::ExportRunning => Self::new(StatusCode::CONFLICT, "identity.export_running", "Export in progress")
                .with_detail("An earlier export is not finished. Wait for it, then try again."),
            Refusal::NoSuchMfaRemoval => Self::not_found("identity.no_such_mfa_removal")
                .with_detail("No removal of the second factor is pending for this account."),
            Refusal::MfaRemovalPending => {
                Self::new(StatusCode::CONFLICT, "identity.mfa_removal_pending", "Removal already pending").with_detail(
                    "A removal of the second factor is pending. Wait for it, or cancel it and request another.",
                )
            }
            Refusal::MfaRemovalUnverified => {
                Self::new(StatusCode::CONFLICT, "identity.mfa_removal_unverified", "E-mail address not verified")
                    .with_detail(
                        "The user's address is not verified. A password reset by the user removes the second factor.",
                    )
            }
            Refusal::SecondAdminRequired => {
                Self::new(StatusCode::CONFLICT, "identity.second_admin_required", "Second admin required")
                    .with_detail("You requested this removal. Another admin has to confirm it.")
            }
        }
    }
}

/// The code is wrong, used or expired.
const MFA_CODE_WRONG: &str = "identity.mfa_code_wrong";

impl From<Exceeded> for Refusal {
    fn from(Exceeded { retry_after_seconds, .. }: Exceeded) -> Self {
        Self::TooManyAttempts { retry_after_seconds }
    }
}

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
            MfaError::UnknownKey(unknown) => Self::internal(unknown),
        }
    }
}

impl From<RemovalError> for Problem {
    fn from(error: RemovalError) -> Self {
        let refusal = match error {
            RemovalError::OwnAccount => Refusal::OwnAccount,
            RemovalError::Off => Refusal::MfaOff,
            RemovalError::EmailUnverified => Refusal::MfaRemovalUnverified,
            RemovalError::Pending => Refusal::MfaRemovalPending,
            RemovalError::NotPending => Refusal::NoSuchMfaRemoval,
            RemovalError::SameAdmin => Refusal::SecondAdminRequired,
        };
        refusal.into()
    }
}

impl From<OwnAccount> for Problem {
    fn from(_: OwnAccount) -> Self {
        Refusal::OwnAccount.into()
    }
}

/// An unusable secret is an internal error.
pub fn secret(error: SecretError) -> Problem {
    Problem::internal(error)
}

/// An unusable hash is an internal error.
pub fn hash(error: HashError) -> Problem {
    Problem::internal(error)
}

/// Expired init data has a code of its own, because the client can fix it by opening the Mini App again.
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
            ClaimError::Limit(exceeded) => exceeded.into(),
            ClaimError::Store(error) => error.into(),
        }
    }
}

/// Reason why a change was not written.
#[derive(Debug)]
pub enum Unwritten {
    /// The change has no effect.
    Nothing,
    /// The change was refused or failed.
    Refused(Box<Problem>),
}

impl Unwritten {
    /// Returns what was written, or `None` if there was nothing to write.
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
        match refusal {
            // The account was deleted meanwhile.
            Refusal::NoSuchUser => Self::Nothing,
            refusal => Self::Refused(Box::new(refusal.into())),
        }
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

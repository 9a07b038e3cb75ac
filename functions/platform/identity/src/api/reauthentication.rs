//! A signed-in user proves again who they are before something sensitive (OWASP ASVS 5.0, 7.5.1): with the password, or, in an
//! account without one, by a recent sign-in.

use jiff::Timestamp;
use kit::http::{Fields, Problem};
use types::SessionId;

use crate::api::sign_in::check_open;
use crate::domain::account::Account;
use crate::domain::password::{Password, PasswordHashText};
use crate::problem::{self, Refusal};

/// What was presented. A password was compared once, since that is slow; a change may ask for the answer as often as it is
/// tried.
pub enum Reauthentication {
    /// A password.
    Password {
        /// The hash that it was compared with.
        hash: PasswordHashText,
        /// Whether it was right.
        right: bool,
    },
    /// The session of the caller, whose account has no password.
    RecentSignIn(SessionId),
}

impl Reauthentication {
    /// Compares a password with that of the account as it was read.
    pub fn new(account: &Account, password: &Password, now: Timestamp) -> Result<Self, Problem> {
        let hash = account.password.clone().ok_or(Refusal::NoPassword)?;
        account.mfa.allow_password(now)?;
        let right = password.matches(&hash).map_err(problem::hash)?.is_match();
        Ok(Self::Password { hash, right })
    }

    /// What a signed-in user presents. `password` is required if the account has one; otherwise the session must be recent.
    pub fn of_caller(
        account: &Account,
        session: SessionId,
        password: Option<&Password>,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        if account.password.is_none() {
            return Ok(Self::RecentSignIn(session));
        }
        let mut fields = Fields::new();
        let password = fields.check("password", password.ok_or("is required"));
        let (password,) = fields.all((password,))?;
        Self::new(account, password, now)
    }

    /// Whether the caller may go on. A wrong password is counted in `account`, so that has to be written in any case.
    pub fn check(&self, account: &mut Account, now: Timestamp) -> Result<Result<(), Refusal>, Problem> {
        check_open(account)?;
        self.compare(account, now)
    }

    /// As [`Self::check`], also for suspended accounts.
    pub fn compare(&self, account: &mut Account, now: Timestamp) -> Result<Result<(), Refusal>, Problem> {
        match self {
            Self::Password { hash, right } => {
                if account.password.as_ref() != Some(hash) {
                    // It was changed a moment ago: what was compared says nothing now.
                    return Err(Refusal::WrongPassword.into());
                }
                let right = account.mfa.reauthenticate(*right, now)?;
                Ok(if right { Ok(()) } else { Err(Refusal::WrongPassword) })
            }
            // A password was set a moment ago, so nothing was proven.
            Self::RecentSignIn(_) if account.password.is_some() => Err(Refusal::WrongPassword.into()),
            Self::RecentSignIn(session) if account.signed_in_recently(*session, now) => Ok(Ok(())),
            Self::RecentSignIn(_) => Err(Refusal::ReauthenticationRequired.into()),
        }
    }
}

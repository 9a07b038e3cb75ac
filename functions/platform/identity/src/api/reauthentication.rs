//! A signed-in user gives their password again before something sensitive (OWASP ASVS 5.0, 7.5.1).

use jiff::Timestamp;
use kit::http::Problem;

use crate::api::sign_in::check_open;
use crate::domain::account::Account;
use crate::domain::password::{Password, PasswordHashText};
use crate::problem::{self, Refusal};

/// A password that was compared once, since that is slow; a change may ask for the answer as often as it is tried.
pub struct Reauthentication {
    hash: PasswordHashText,
    right: bool,
}

impl Reauthentication {
    /// Compares a password with that of the account as it was read.
    pub fn new(account: &Account, password: &Password, now: Timestamp) -> Result<Self, Problem> {
        let hash = account.password.clone().ok_or(Refusal::NoPassword)?;
        account.mfa.allow_password(now)?;
        let right = password.matches(&hash).map_err(problem::hash)?.is_match();
        Ok(Self { hash, right })
    }

    /// Whether the caller may go on. A wrong password is counted in `account`, so that has to be written in any case.
    pub fn check(&self, account: &mut Account, now: Timestamp) -> Result<Result<(), Refusal>, Problem> {
        check_open(account)?;
        self.compare(account, now)
    }

    /// As [`Self::check`], also for suspended accounts.
    pub fn compare(&self, account: &mut Account, now: Timestamp) -> Result<Result<(), Refusal>, Problem> {
        if account.password.as_ref() != Some(&self.hash) {
            // It was changed a moment ago: what was compared says nothing now.
            return Err(Refusal::WrongPassword.into());
        }
        let right = account.mfa.reauthenticate(self.right, now)?;
        Ok(if right { Ok(()) } else { Err(Refusal::WrongPassword) })
    }
}

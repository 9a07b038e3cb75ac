//! Password and second factor, required again from a signed-in user before a change of who can sign in, and before a
//! copy of all personal data.

use jiff::Timestamp;
use kit::http::{Fields, Problem};
use types::SessionId;

use crate::api::reauthentication::Reauthentication;
use crate::api::sign_in::check_open;
use crate::domain::account::Account;
use crate::domain::mfa::{Code, Presented};
use crate::domain::password::Password;
use crate::mfa_keys::MfaKeys;
use crate::problem::{self, Refusal};

/// The factors that a request carries. Passwords are compared once, because that is slow.
pub struct StepUp {
    first: Reauthentication,
    code: Option<Code>,
}

impl StepUp {
    /// Reads the factors. `password` is required if the account has one; otherwise the caller's session must be recent.
    pub fn new(
        account: &Account,
        session: SessionId,
        password: Option<&Password>,
        code: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let required = account.password.is_some();
        let values = (
            fields.check("password", if required { password.map(Some).ok_or("is required") } else { Ok(None) }),
            fields.check("code", code.map(Code::parse).transpose()),
        );
        let (password, code) = fields.all(values)?;
        Ok(Self { first: Reauthentication::of_caller(account, session, password, now)?, code })
    }

    /// Whether the caller may go on. A wrong password or code is counted in `account`, which must be written in any case;
    /// a right code is used up.
    pub fn check(&self, account: &mut Account, keys: &MfaKeys, now: Timestamp) -> Result<Result<(), Refusal>, Problem> {
        check_open(account)?;
        self.check_factors(account, keys, now)
    }

    /// As [`Self::check`], also for suspended accounts.
    pub fn check_factors(
        &self,
        account: &mut Account,
        keys: &MfaKeys,
        now: Timestamp,
    ) -> Result<Result<(), Refusal>, Problem> {
        if let Err(refusal) = self.first.compare(account, now)? {
            // Codes are not looked at: guesses at the password must not use up guesses at codes.
            return Ok(Err(refusal));
        }
        if !account.mfa.is_on() {
            return Ok(Ok(()));
        }
        let Some(code) = &self.code else { return Ok(Err(Refusal::MfaCodeRequired)) };
        let secret = keys.sealers.open(account.id, account.mfa.secret()?).map_err(problem::secret)?;
        let presented = Presented { code, secret: &secret, keys: &keys.recovery, at: now };
        Ok(if account.accept_code(presented)? { Ok(()) } else { Err(Refusal::MfaCodeWrong) })
    }
}

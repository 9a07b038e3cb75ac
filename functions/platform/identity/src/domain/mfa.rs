//! The second factor: an authenticator app (TOTP), and recovery codes for those who lost it.
//!
//! All of it lies in the account's item, so what is used up, and how many wrong codes were presented, holds under its version
//! however many try at once. The app's secret lies there encrypted: who decides gets it opened, as an argument.

use contracts::identity::{MfaDisabled, MfaEnabled, RecoveryCodesReplaced};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};

use super::account::Account;
use super::challenge::Challenge;
use super::guesses::{Guesses, TooMany};
use super::key_set::{KeySet, UnknownKey};
use super::mfa_removal::Removal;
use super::recovery::{RecoveryCode, RecoveryHashes, RecoveryKey};
use super::totp::{CODE_DIGITS, TotpSecret};

/// How long an enrolment waits for its first code. It was the password that allowed it, so it must not wait for ever.
pub const PENDING_LIFETIME: SignedDuration = SignedDuration::from_mins(15);

/// A secret that only a function with the deployment's key can read, as text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealedSecret(String);

impl SealedSecret {
    /// Wraps a text that was sealed.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedSecret(redacted)")
    }
}

/// A code as a user typed it. Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub enum Code {
    /// Of the app: digits.
    Totp(String),
    /// One of the recovery codes.
    Recovery(RecoveryCode),
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(redacted)")
    }
}

/// The text has the form of no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the app's {CODE_DIGITS} digits or a recovery code")]
pub struct BadCode;

/// The longest text that is read as a code, with spaces and dashes.
const MAX_TYPED_CHARS: usize = 64;

impl Code {
    /// Reads a code; spaces do not count.
    pub fn parse(text: &str) -> Result<Self, BadCode> {
        if text.chars().count() > MAX_TYPED_CHARS {
            return Err(BadCode);
        }
        let digits: String = text.chars().filter(|char| *char != ' ').take(usize::from(CODE_DIGITS) + 1).collect();
        if digits.len() == usize::from(CODE_DIGITS) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self::Totp(digits));
        }
        RecoveryCode::parse(text).map(Self::Recovery).ok_or(BadCode)
    }
}

impl Code {
    /// The factor that it proves.
    pub const fn method(&self) -> MfaMethod {
        match self {
            Self::Totp(_) => MfaMethod::Totp,
            Self::Recovery(_) => MfaMethod::RecoveryCode,
        }
    }
}

/// A code that a user presents, and what it is checked with.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    /// The code.
    pub code: &'a Code,
    /// The account's secret, opened.
    pub secret: &'a TotpSecret,
    /// The keys of recovery codes.
    pub keys: &'a KeySet<RecoveryKey>,
    /// The time.
    pub at: Timestamp,
}

/// A way to prove the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MfaMethod {
    /// A code of the app.
    Totp,
    /// One of the codes that were shown once.
    RecoveryCode,
}

/// The state of an account's second factor. Most accounts have none, and nothing is stored of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mfa {
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<Pending>,
    #[serde(skip_serializing_if = "Option::is_none")]
    factor: Option<Factor>,
    /// The removal that an admin requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) removal: Option<Removal>,
    #[serde(skip_serializing_if = "Guesses::is_empty")]
    wrong_codes: Guesses,
    #[serde(skip_serializing_if = "Guesses::is_empty")]
    wrong_passwords: Guesses,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    answered: Vec<Answered>,
}

/// An enrolment that waits for its first code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Pending {
    secret: SealedSecret,
    expires_at: Timestamp,
}

/// A second factor that is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Factor {
    secret: SealedSecret,
    /// The step of the last code that was accepted: neither it nor an older one is accepted again (RFC 6238, section 5.2).
    last_step: u64,
    recovery: RecoveryHashes,
    since: Timestamp,
}

/// A challenge that led to a sign-in; it is remembered for as long as it would be valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Answered {
    id: Uuid,
    expires_at: Timestamp,
}

/// Why the second factor stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MfaError {
    /// It is on.
    AlreadyOn,
    /// It is off.
    Off,
    /// There is no enrolment to confirm, or it has waited too long.
    NotPending,
    /// The challenge has led to a sign-in.
    Answered,
    /// Too many guesses were wrong.
    TooMany(TooMany),
    /// The recovery codes were hashed with a key that is gone.
    UnknownKey(UnknownKey),
}

impl From<UnknownKey> for MfaError {
    fn from(unknown: UnknownKey) -> Self {
        Self::UnknownKey(unknown)
    }
}

impl From<TooMany> for MfaError {
    fn from(too_many: TooMany) -> Self {
        Self::TooMany(too_many)
    }
}

impl Mfa {
    /// True if signing in needs a code.
    pub fn is_on(&self) -> bool {
        self.factor.is_some()
    }

    /// Time since which signing in needs a code.
    pub fn on_since(&self) -> Option<Timestamp> {
        self.factor.as_ref().map(|factor| factor.since)
    }

    /// How the second factor can be proven.
    pub fn methods(&self) -> Vec<MfaMethod> {
        let Some(factor) = &self.factor else { return Vec::new() };
        let recovery = (!factor.recovery.is_empty()).then_some(MfaMethod::RecoveryCode);
        std::iter::once(MfaMethod::Totp).chain(recovery).collect()
    }

    /// The secret of the factor that is on.
    pub fn secret(&self) -> Result<&SealedSecret, MfaError> {
        self.factor.as_ref().map(|factor| &factor.secret).ok_or(MfaError::Off)
    }

    /// The secret of the enrolment that waits for its first code.
    pub fn pending_secret(&self, now: Timestamp) -> Result<&SealedSecret, MfaError> {
        if self.is_on() {
            return Err(MfaError::AlreadyOn);
        }
        let pending = self.pending.as_ref().filter(|pending| now < pending.expires_at);
        pending.map(|pending| &pending.secret).ok_or(MfaError::NotPending)
    }

    /// An error if the password was given wrongly too often to be asked for again now.
    pub fn allow_password(&self, now: Timestamp) -> Result<(), TooMany> {
        self.wrong_passwords.allow(now)
    }

    /// Takes note of a password that was given again, and says whether it was right; if there were too many wrong ones
    /// before, not even that.
    pub fn reauthenticate(&mut self, right: bool, now: Timestamp) -> Result<bool, TooMany> {
        self.wrong_passwords.allow(now)?;
        if !right {
            self.wrong_passwords.count(now);
        }
        Ok(right)
    }

    /// Begins an enrolment. It takes the place of one that was begun before.
    pub fn enrol(&mut self, secret: SealedSecret, now: Timestamp) -> Result<(), MfaError> {
        if self.is_on() {
            return Err(MfaError::AlreadyOn);
        }
        self.pending = Some(Pending { secret, expires_at: now + PENDING_LIFETIME });
        Ok(())
    }

    /// The removal of the factor that an admin requested, pending or lapsed.
    pub fn removal(&self) -> Option<&Removal> {
        self.removal.as_ref()
    }

    /// Removes the factor and what belongs to it. Wrong codes and passwords still count.
    pub(super) fn remove_factor(&mut self) {
        (self.factor, self.pending, self.removal) = (None, None, None);
    }

    /// Whether a code proves the factor that is on. It is used up then; a wrong one counts.
    fn accept(&mut self, user_id: UserId, presented: Presented<'_>) -> Result<bool, MfaError> {
        let factor = self.factor.as_mut().ok_or(MfaError::Off)?;
        self.wrong_codes.allow(presented.at)?;
        let right = factor.accept(user_id, presented)?;
        if !right {
            self.wrong_codes.count(presented.at);
        }
        Ok(right)
    }
}

impl Factor {
    fn accept(&mut self, user_id: UserId, presented: Presented<'_>) -> Result<bool, UnknownKey> {
        match presented.code {
            Code::Totp(digits) => match presented.secret.step_of(digits, presented.at) {
                Some(step) if step > self.last_step => {
                    self.last_step = step;
                    Ok(true)
                }
                _ => Ok(false),
            },
            Code::Recovery(code) => self.recovery.take(user_id, code, presented.keys),
        }
    }
}

impl Account {
    /// Turns the second factor on with the first code of the enrolled app: the fact to tell, or none if the code was wrong.
    /// The code is used up.
    pub fn confirm_mfa(
        &mut self,
        presented: Presented<'_>,
        recovery: RecoveryHashes,
    ) -> Result<Option<MfaEnabled>, MfaError> {
        let secret = self.mfa.pending_secret(presented.at)?.clone();
        self.mfa.wrong_codes.allow(presented.at)?;
        let step = match presented.code {
            Code::Totp(digits) => presented.secret.step_of(digits, presented.at),
            Code::Recovery(_) => None,
        };
        let Some(last_step) = step else {
            self.mfa.wrong_codes.count(presented.at);
            return Ok(None);
        };
        self.mfa.factor = Some(Factor { secret, last_step, recovery, since: presented.at });
        self.mfa.pending = None;
        Ok(Some(MfaEnabled { user_id: self.id }))
    }

    /// Turns the second factor off with a code: the fact to tell, or none if the code was wrong.
    pub fn disable_mfa(&mut self, presented: Presented<'_>) -> Result<Option<MfaDisabled>, MfaError> {
        if !self.mfa.accept(self.id, presented)? {
            return Ok(None);
        }
        self.mfa.remove_factor();
        Ok(Some(MfaDisabled { user_id: self.id }))
    }

    /// Replaces the recovery codes of the factor that is on. The old ones are invalid.
    pub fn replace_recovery_codes(&mut self, codes: RecoveryHashes) -> Result<RecoveryCodesReplaced, MfaError> {
        self.mfa.factor.as_mut().ok_or(MfaError::Off)?.recovery = codes;
        Ok(RecoveryCodesReplaced { user_id: self.id })
    }

    /// Checks a code of a signed-in user: true if it was right. It is used up then; a wrong one is counted.
    pub fn accept_code(&mut self, presented: Presented<'_>) -> Result<bool, MfaError> {
        self.mfa.accept(self.id, presented)
    }

    /// Answers a challenge with a code: true if it was right. Code and challenge are used up then.
    pub fn answer(&mut self, challenge: &Challenge, presented: Presented<'_>) -> Result<bool, MfaError> {
        let answered = &mut self.mfa.answered;
        // As many stay as codes were accepted within a challenge's lifetime: one per step, and the recovery codes.
        answered.retain(|answered| presented.at < answered.expires_at);
        if answered.iter().any(|answered| answered.id == challenge.id) {
            return Err(MfaError::Answered);
        }
        let right = self.mfa.accept(self.id, presented)?;
        if right {
            self.mfa.answered.push(Answered { id: challenge.id, expires_at: challenge.expires_at });
        }
        Ok(right)
    }
}

#[cfg(test)]
#[path = "mfa_tests.rs"]
mod tests;

//! Proofs by e-mail: verification of the address, and password resets.
//!
//! Until the address is verified, everything that was set up (password, sessions, Telegram, second factor) is provisional:
//! the person who registered may not own the mailbox. Verification keeps it only for a request that also shows possession
//! of the account. Setting a password by e-mail discards it ([ADR 0036](../../../../../docs/adr/0036-provisional-accounts.md)).

use contracts::identity::{
    AccountReclaimed, EmailVerified, PasswordChanged, PasswordResetRequested, SessionEndReason, SessionEnded,
    TelegramUnlinked, VerificationRequested,
};
use jiff::{SignedDuration, Timestamp};
use types::{EmailAddress, PersonName, SessionId, Uuid};

use super::account::Account;
use super::attempts::KnownSources;
use super::mfa::Mfa;
use super::password::PasswordHashText;
use super::proofs::{Proofs, TooSoon};

pub use super::proofs::StaleProof;

/// Minimum time for which the link of a verification e-mail is valid.
pub const VERIFICATION_LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// Minimum time for which the link of a reset e-mail is valid. It is short because the link opens the account.
pub const RESET_LIFETIME: SignedDuration = SignedDuration::from_mins(30);

/// Reason why no e-mail is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRequested {
    /// The account has no address.
    NoEmail,
    /// The address is verified.
    AlreadyVerified,
    /// The last e-mail was requested less than a minute ago.
    TooSoon(TooSoon),
}

impl From<TooSoon> for NotRequested {
    fn from(too_soon: TooSoon) -> Self {
        Self::TooSoon(too_soon)
    }
}

/// What a request shows in addition to the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Possession {
    /// Nothing: it proves the mailbox only.
    Unproven,
    /// A live session of the account, or its password.
    Proven,
}

/// Reason why the address stays unverified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotVerified {
    /// The link is invalid.
    Stale,
    /// The request proves the mailbox, but not possession of the account.
    PossessionUnproven,
}

impl From<StaleProof> for NotVerified {
    fn from(_: StaleProof) -> Self {
        Self::Stale
    }
}

/// Events of a new password.
#[derive(Debug, Clone, PartialEq)]
pub struct PasswordSet {
    /// The password changed.
    pub changed: PasswordChanged,
    /// The address was verified by the same link, and everything that was set up before is gone.
    pub reclaimed: Option<(EmailVerified, AccountReclaimed)>,
    /// A Telegram account was unlinked.
    pub unlinked: Option<TelegramUnlinked>,
    /// Sessions that ended.
    pub ended: Vec<SessionEnded>,
}

impl Account {
    /// Requests another verification e-mail.
    pub fn request_verification(&mut self, id: Uuid, now: Timestamp) -> Result<VerificationRequested, NotRequested> {
        let email = self.email.clone().ok_or(NotRequested::NoEmail)?;
        if self.email_verified_at.is_some() {
            return Err(NotRequested::AlreadyVerified);
        }
        let verification_id = Proofs::request(&mut self.verification, id, VERIFICATION_LIFETIME, now)?;
        Ok(VerificationRequested { user_id: self.id, email, name: self.name.clone(), verification_id })
    }

    /// Verifies the address with the link of proof `id`, and keeps the account as it is. Returns the event, or `None` if
    /// the address was verified before.
    pub fn verify_email(
        &mut self,
        id: Uuid,
        possession: Possession,
        now: Timestamp,
    ) -> Result<Option<EmailVerified>, NotVerified> {
        if self.email_verified_at.is_some() {
            return Ok(None);
        }
        self.check_verification(id, now)?;
        let email = self.email.clone().ok_or(StaleProof)?;
        match possession {
            Possession::Unproven => Err(NotVerified::PossessionUnproven),
            Possession::Proven => Ok(Some(self.verify(email, now))),
        }
    }

    /// Returns an error unless the verification `id` can be completed now.
    pub fn check_verification(&self, id: Uuid, now: Timestamp) -> Result<(), StaleProof> {
        Proofs::check(self.verification.as_ref(), id, now)
    }

    /// Verifies the address with the link of proof `id` by setting a password. Everything that was set up before is
    /// discarded.
    pub fn reclaim(&mut self, id: Uuid, password: PasswordHashText, now: Timestamp) -> Result<PasswordSet, StaleProof> {
        self.check_verification(id, now)?;
        Ok(self.set_password_by_mail(password, now))
    }

    /// Requests a password reset. Anyone can request one, so the rest of the account stays as it is.
    pub fn request_reset(&mut self, id: Uuid, now: Timestamp) -> Result<PasswordResetRequested, NotRequested> {
        let email = self.email.clone().ok_or(NotRequested::NoEmail)?;
        let reset_id = Proofs::request(&mut self.reset, id, RESET_LIFETIME, now)?;
        let address_verified = self.email_verified_at.is_some();
        Ok(PasswordResetRequested { user_id: self.id, email, name: self.name.clone(), reset_id, address_verified })
    }

    /// Returns an error unless the reset `id` can be completed now.
    pub fn check_reset(&self, id: Uuid, now: Timestamp) -> Result<(), StaleProof> {
        Proofs::check(self.reset.as_ref(), id, now)
    }

    /// Completes the reset `id` with a new password.
    pub fn reset_password(
        &mut self,
        id: Uuid,
        password: PasswordHashText,
        now: Timestamp,
    ) -> Result<PasswordSet, StaleProof> {
        self.check_reset(id, now)?;
        Ok(self.set_password_by_mail(password, now))
    }

    /// Sets a new password for a user who knows the old one. Other sessions end, and so do open resets if the address is
    /// verified. Those of an unverified address stay open: its mailbox owner, who may be another person, requested them.
    pub fn change_password(&mut self, password: PasswordHashText, kept: SessionId, now: Timestamp) -> PasswordSet {
        let resets = self.reset.clone().filter(|_| self.email_verified_at.is_none());
        let set = self.set_password(password, Some(kept), now);
        self.reset = resets;
        set
    }

    fn verify(&mut self, email: EmailAddress, now: Timestamp) -> EmailVerified {
        // A change that was requested before had nobody to tell.
        (self.verification, self.email_change) = (None, None);
        self.email_verified_at = Some(now);
        EmailVerified { user_id: self.id, email }
    }

    /// Sets the password of the mailbox owner, who becomes the only one who can sign in. The second factor of a verified
    /// account stays required: its owner enrolled it.
    pub(super) fn set_password_by_mail(&mut self, password: PasswordHashText, now: Timestamp) -> PasswordSet {
        self.known_sources = KnownSources::default();
        let telegram = self.telegram.take();
        let unverified = self.email.clone().filter(|_| self.email_verified_at.is_none());
        let reclaimed = unverified.map(|email| {
            self.mfa = Mfa::default();
            // The registrant chose the name, and it may be a message to the owner of the mailbox.
            self.name = PersonName::unnamed();
            self.reclaimed_at = Some(now);
            (self.verify(email, now), AccountReclaimed { user_id: self.id })
        });
        // The mailbox owner never linked a Telegram account to an account that was not verified.
        let unlinked = telegram.filter(|_| reclaimed.is_none()).map(|_| TelegramUnlinked { user_id: self.id });
        PasswordSet { reclaimed, unlinked, ..self.set_password(password, None, now) }
    }

    fn set_password(&mut self, password: PasswordHashText, kept: Option<SessionId>, now: Timestamp) -> PasswordSet {
        self.password = Some(password);
        // An attacker who knows the old password may have requested a change of the address.
        (self.reset, self.email_change) = (None, None);
        // Only a user who is signed in can change it, and keeps that session.
        let reason = if kept.is_some() { SessionEndReason::PasswordChanged } else { SessionEndReason::PasswordReset };
        let ended = self.sessions.end_all(kept, reason, now);
        PasswordSet {
            changed: PasswordChanged {
                user_id: self.id,
                email: self.email.clone(),
                name: self.name.clone(),
                address_verified: self.email_verified_at.is_some(),
            },
            reclaimed: None,
            unlinked: None,
            ended: ended.into_iter().map(|ended| self.tell(ended)).collect(),
        }
    }
}

#[cfg(test)]
#[path = "proof_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "ownership_tests.rs"]
mod ownership_tests;

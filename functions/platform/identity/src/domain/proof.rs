//! Proofs by mail: that an address is somebody's, and that somebody may set a new password.
//!
//! An account has at most one open proof of each kind. A newer one takes the place of an older one, so of all the links
//! that were mailed only the newest works: once, and before its end.

use contracts::identity::{
    EmailVerified, PasswordChanged, PasswordResetRequested, SessionEndReason, SessionEnded, VerificationRequested,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{EmailAddress, SessionId, Uuid};

use super::account::Account;
use super::mfa::Mfa;
use super::password::PasswordHashText;

/// How long the link of a verification mail works.
pub const VERIFICATION_LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// How long the link of a mail for a new password works: it opens the account, so not for long.
pub const RESET_LIFETIME: SignedDuration = SignedDuration::from_mins(30);
/// How long an account waits between two mails of a kind, so that nobody can flood somebody's mailbox through us.
pub const REQUEST_INTERVAL: SignedDuration = SignedDuration::from_secs(60);

/// A proof by mail that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Which one: a later one replaces it.
    pub id: Uuid,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// From when on it cannot be completed.
    pub expires_at: Timestamp,
}

impl Proof {
    /// A proof that is open from now on.
    pub fn open(id: Uuid, lifetime: SignedDuration, now: Timestamp) -> Self {
        Self { id, requested_at: now, expires_at: now + lifetime }
    }

    /// Completes the proof `id`, if it is this one and in time.
    fn complete(open: Option<&Self>, id: Uuid, now: Timestamp) -> Result<(), StaleProof> {
        open.filter(|proof| proof.id == id && now < proof.expires_at).map(drop).ok_or(StaleProof)
    }

    /// Refuses to ask again so soon.
    fn may_ask_again(open: Option<&Self>, now: Timestamp) -> Result<(), NotAsked> {
        let wait = open.map_or(SignedDuration::ZERO, |proof| REQUEST_INTERVAL - now.duration_since(proof.requested_at));
        if wait.is_positive() { Err(NotAsked::TooSoon { wait }) } else { Ok(()) }
    }
}

/// The proof was completed, was replaced, or has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaleProof;

/// Why no proof is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAsked {
    /// There is no address to send it to.
    NoEmail,
    /// The address is proven.
    AlreadyVerified,
    /// One was asked for a moment ago.
    TooSoon {
        /// How long to wait.
        wait: SignedDuration,
    },
}

/// What a new password leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct PasswordSet {
    /// There is a new password.
    pub changed: PasswordChanged,
    /// The address was proven along with it.
    pub verified: Option<EmailVerified>,
    /// The sessions that ended.
    pub ended: Vec<SessionEnded>,
}

impl Account {
    /// Asks for the proof of the address once more.
    pub fn request_verification(&mut self, id: Uuid, now: Timestamp) -> Result<VerificationRequested, NotAsked> {
        let email = self.email.clone().ok_or(NotAsked::NoEmail)?;
        if self.email_verified_at.is_some() {
            return Err(NotAsked::AlreadyVerified);
        }
        Proof::may_ask_again(self.verification.as_ref(), now)?;
        self.verification = Some(Proof::open(id, VERIFICATION_LIFETIME, now));
        Ok(VerificationRequested { user_id: self.id, email, name: self.name.clone(), verification_id: id })
    }

    /// Completes the verification `id`: the fact to tell, or none where the address was proven before. Who follows a
    /// link twice, or an older link once the address is proven, hears that it is.
    pub fn verify_email(&mut self, id: Uuid, now: Timestamp) -> Result<Option<EmailVerified>, StaleProof> {
        if self.email_verified_at.is_some() {
            return Ok(None);
        }
        Proof::complete(self.verification.as_ref(), id, now)?;
        let email = self.email.clone().ok_or(StaleProof)?;
        Ok(Some(self.prove(email, now)))
    }

    /// Asks for a new password. The account's own state stays as it is: whoever asks may be anybody.
    pub fn request_reset(&mut self, id: Uuid, now: Timestamp) -> Result<PasswordResetRequested, NotAsked> {
        let email = self.email.clone().ok_or(NotAsked::NoEmail)?;
        Proof::may_ask_again(self.reset.as_ref(), now)?;
        self.reset = Some(Proof::open(id, RESET_LIFETIME, now));
        Ok(PasswordResetRequested { user_id: self.id, email, name: self.name.clone(), reset_id: id })
    }

    /// Whether the reset `id` can be completed now.
    pub fn check_reset(&self, id: Uuid, now: Timestamp) -> Result<(), StaleProof> {
        Proof::complete(self.reset.as_ref(), id, now)
    }

    /// Completes the reset `id` with a new password. All sessions end, since one of them may be why it was reset; and
    /// the address is proven, since the link was in a mail to it.
    pub fn reset_password(
        &mut self,
        id: Uuid,
        password: PasswordHashText,
        now: Timestamp,
    ) -> Result<PasswordSet, StaleProof> {
        self.check_reset(id, now)?;
        let unproven = self.email.clone().filter(|_| self.email_verified_at.is_none());
        if unproven.is_some() {
            // Whoever made the account may not be whose address it is: no other way in of theirs stays.
            self.telegram = None;
            self.mfa = Mfa::default();
        }
        let verified = unproven.map(|email| self.prove(email, now));
        let set = self.set_password(password, None, now);
        Ok(PasswordSet { verified, ..set })
    }

    /// Sets a new password for somebody who knows the old one. The sessions of other devices end, and so does a reset
    /// that is under way.
    pub fn change_password(&mut self, password: PasswordHashText, kept: SessionId, now: Timestamp) -> PasswordSet {
        self.set_password(password, Some(kept), now)
    }

    fn prove(&mut self, email: EmailAddress, now: Timestamp) -> EmailVerified {
        self.verification = None;
        self.email_verified_at = Some(now);
        EmailVerified { user_id: self.id, email }
    }

    fn set_password(&mut self, password: PasswordHashText, kept: Option<SessionId>, now: Timestamp) -> PasswordSet {
        self.password = Some(password);
        self.reset = None;
        let ended = self.sessions.end_all(kept, SessionEndReason::PasswordReset, now);
        PasswordSet {
            changed: PasswordChanged { user_id: self.id, email: self.email.clone(), name: self.name.clone() },
            verified: None,
            ended: ended.into_iter().map(|ended| self.tell(ended)).collect(),
        }
    }
}

#[cfg(test)]
#[path = "proof_tests.rs"]
mod tests;

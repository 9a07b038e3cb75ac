//! Removal of a lost second factor by admins: requested, delayed, and cancelled by the first sign of its owner
//! ([ADR 0041](../../../../../docs/adr/0041-removal-of-a-lost-factor.md)).
//!
//! The removal takes effect at the first sign-in after the delay, so no schedule has to find it. It lapses without a sign-in
//! within [`WINDOW`] after that.

use contracts::identity::{
    MfaRemovalCancelled, MfaRemovalCanceller, MfaRemovalRequested, MfaRemovalScheduled, MfaRemoved, SessionEndReason,
    SessionEnded,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{Role, TextError, UserId, Uuid, line};

use super::account::Account;

/// Time between the approval of a removal and its effect. The parameter `MfaRemovalDelayHours` sets another.
pub const DELAY: SignedDuration = SignedDuration::from_hours(72);
/// Time within which an approved removal takes effect, and within which a second admin confirms it. Then it lapses.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(24 * 7);
/// Maximum length of a reason, in characters.
const MAX_REASON_CHARS: usize = 200;

/// The reason that an admin gives: 1 to 200 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reason(String);

impl Reason {
    /// Reads a reason; surrounding white space is dropped.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        line(text, MAX_REASON_CHARS).map(Self)
    }

    /// The reason itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A removal that was requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// Removal ID, part of the signed link.
    pub id: Uuid,
    /// Admin who requested it.
    pub requested_by: UserId,
    /// Second admin, who confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<UserId>,
    /// Reason.
    pub reason: Reason,
    /// Time of the request.
    pub requested_at: Timestamp,
    /// Time from which it takes effect; `None` until a second admin confirms it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
}

impl Removal {
    /// True if it can no longer be confirmed or take effect.
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        now >= self.due_at.unwrap_or(self.requested_at) + WINDOW
    }

    fn is_due(&self, now: Timestamp) -> bool {
        self.due_at.is_some_and(|due_at| due_at <= now) && !self.has_lapsed(now)
    }

    fn scheduled(&self, user_id: UserId, takes_effect_at: Timestamp) -> MfaRemovalScheduled {
        MfaRemovalScheduled { user_id, removal_id: self.id, takes_effect_at, confirmed_by: self.confirmed_by }
    }
}

/// A request for a removal.
#[derive(Debug, Clone)]
pub struct RemovalRequest {
    /// Removal ID.
    pub id: Uuid,
    /// Admin who requests it.
    pub admin: UserId,
    /// Reason.
    pub reason: Reason,
}

/// Reason why a removal was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemovalError {
    /// Admins cannot remove their own factor in this way.
    OwnAccount,
    /// The account has no second factor.
    Off,
    /// The address is not verified: its owner removes the factor with a password reset.
    EmailUnverified,
    /// A removal is pending.
    Pending,
    /// No removal is pending.
    NotPending,
    /// The admin who requested the removal cannot confirm it.
    SameAdmin,
}

impl Account {
    /// Requests the removal of the second factor. For admins, a second admin has to confirm it before the delay starts.
    pub fn request_mfa_removal(
        &mut self,
        request: RemovalRequest,
        delay: SignedDuration,
        now: Timestamp,
    ) -> Result<(MfaRemovalRequested, Option<MfaRemovalScheduled>), RemovalError> {
        if self.id == request.admin {
            return Err(RemovalError::OwnAccount);
        }
        if !self.mfa.is_on() {
            return Err(RemovalError::Off);
        }
        if self.email_verified_at.is_none() {
            return Err(RemovalError::EmailUnverified);
        }
        if self.pending_removal(now).is_some() {
            return Err(RemovalError::Pending);
        }
        let needs_confirmation = self.roles.contains(&Role::Admin);
        let due_at = (!needs_confirmation).then_some(now + delay);
        let RemovalRequest { id, admin, reason } = request;
        let requested = MfaRemovalRequested {
            user_id: self.id,
            removal_id: id,
            requested_by: admin,
            reason: reason.as_str().to_owned(),
            needs_confirmation,
        };
        let removal = Removal { id, requested_by: admin, confirmed_by: None, reason, requested_at: now, due_at };
        let scheduled = due_at.map(|due_at| removal.scheduled(self.id, due_at));
        self.mfa.removal = Some(removal);
        Ok((requested, scheduled))
    }

    /// Confirms the removal as a second admin, which starts the delay. Returns `None` if no confirmation was missing.
    pub fn confirm_mfa_removal(
        &mut self,
        admin: UserId,
        delay: SignedDuration,
        now: Timestamp,
    ) -> Result<Option<MfaRemovalScheduled>, RemovalError> {
        let (user_id, is_admin) = (self.id, self.roles.contains(&Role::Admin));
        let removal = self.mfa.removal.as_mut().filter(|removal| !removal.has_lapsed(now));
        let removal = removal.ok_or(RemovalError::NotPending)?;
        // The role may have been added after the request, so the delay may have started without a confirmation.
        if removal.confirmed_by.is_some() || (removal.due_at.is_some() && !is_admin) {
            return Ok(None);
        }
        if user_id == admin {
            return Err(RemovalError::OwnAccount);
        }
        if removal.requested_by == admin {
            return Err(RemovalError::SameAdmin);
        }
        let due_at = now + delay;
        (removal.confirmed_by, removal.due_at) = (Some(admin), Some(due_at));
        Ok(Some(removal.scheduled(user_id, due_at)))
    }

    /// Cancels the removal. Returns `None` if none is pending.
    pub fn cancel_mfa_removal(&mut self, by: MfaRemovalCanceller, now: Timestamp) -> Option<MfaRemovalCancelled> {
        let removal = self.mfa.removal.take().filter(|removal| !removal.has_lapsed(now))?;
        Some(MfaRemovalCancelled { user_id: self.id, removal_id: removal.id, cancelled_by: by })
    }

    /// Removes the second factor if an admin requested it and the delay has passed, and ends all sessions. Returns `None` if
    /// there is nothing to do.
    pub fn remove_mfa_if_due(&mut self, now: Timestamp) -> Option<(MfaRemoved, Vec<SessionEnded>)> {
        let removal = self.mfa.removal.clone().filter(|removal| removal.is_due(now) && self.mfa.is_on())?;
        // The role may have been added after the request.
        if self.roles.contains(&Role::Admin) && removal.confirmed_by.is_none() {
            return None;
        }
        self.mfa.remove_factor();
        let ended = self.sessions.end_all(None, SessionEndReason::MfaRemoved, now);
        let removed = MfaRemoved {
            user_id: self.id,
            removal_id: removal.id,
            requested_by: removal.requested_by,
            confirmed_by: removal.confirmed_by,
        };
        Some((removed, ended.into_iter().map(|ended| self.tell(ended)).collect()))
    }

    /// The removal that can still be confirmed or take effect.
    pub fn pending_removal(&self, now: Timestamp) -> Option<&Removal> {
        self.mfa.removal().filter(|removal| !removal.has_lapsed(now))
    }
}

#[cfg(test)]
#[path = "mfa_removal_tests.rs"]
mod tests;

//! Change of the e-mail address ([ADR 0040](../../../../../docs/adr/0040-change-of-address.md)).
//!
//! The address that an account has works until the new one is confirmed by its link and by possession of the account. For
//! seven days after that the earlier address, if it was verified, is reserved, and its owner can take the change back.
//!
//! Each link names an id that is derived from the user, the address and what is stored of the change, so that it is for one
//! user and one address. Whether an address was verified is stored with that address and never moves to another.

use contracts::identity::{EmailChangeRequested, EmailChanged, MfaDisabled, SessionEndReason, SessionEnded};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{EmailAddress, SessionId, UserId, Uuid, derive_id};

use super::account::Account;
use super::mfa::Mfa;
use super::password::PasswordHashText;
use super::proof::{NotVerified, PasswordSet, Possession, StaleProof};

/// Time for which the link to the new address is valid.
pub const CHANGE_LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// Time for which the earlier address is reserved and the change can be undone.
pub const UNDO_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 7);
/// Minimum time between two requests of a user.
pub const CHANGE_INTERVAL: SignedDuration = SignedDuration::from_secs(60);
/// A second factor that was turned on less than this time before a change was requested goes with the change when it is undone:
/// an attacker who took the account may have enrolled it. One that is older is the owner's.
pub const DOUBTED_FACTOR: SignedDuration = SignedDuration::from_hours(24 * 7);
/// Maximum number of addresses that are reserved for one account at a time.
pub const MAX_FORMER_EMAILS: usize = 3;

/// A change that waits for the confirmation of the new address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailChange {
    nonce: Uuid,
    /// The new address.
    pub email: EmailAddress,
    requested_at: Timestamp,
    /// Time from which the link is invalid.
    pub expires_at: Timestamp,
}

/// A verified address that the account had, which is reserved for its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerEmail {
    /// The address.
    pub email: EmailAddress,
    verified_at: Timestamp,
    /// Time from which the address is free, and the change final.
    pub reserved_until: Timestamp,
}

/// Reason why a change is not requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeNotRequested {
    /// The account has this address.
    SameAddress,
    /// The last request was less than [`CHANGE_INTERVAL`] ago.
    TooSoon {
        /// Time to wait.
        wait: SignedDuration,
    },
    /// [`MAX_FORMER_EMAILS`] addresses are reserved.
    TooMany {
        /// Time to wait.
        wait: SignedDuration,
    },
}

/// Events of a confirmed change.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeConfirmed {
    /// The address changed.
    pub changed: EmailChanged,
    /// Sessions that ended.
    pub ended: Vec<SessionEnded>,
}

/// Events of an undone change.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeUndone {
    /// The earlier address is back; `None` if the change was not confirmed yet.
    pub changed: Option<EmailChanged>,
    /// The password was set, and everything that it ends.
    pub password: PasswordSet,
    /// The second factor was removed.
    pub mfa_disabled: Option<MfaDisabled>,
}

/// What the link to the new address names.
fn confirmation_id(user_id: UserId, nonce: Uuid, email: &EmailAddress) -> Uuid {
    derive_id(&["confirm_new_email", &user_id.to_string(), &nonce.to_string(), &email.fingerprint()])
}

/// What the link to the earlier address names. It is the same for each change as long as the address was verified by the same
/// proof: another request must not invalidate a link that was sent before. An undo is a proof too, so the link works once.
fn undo_id(user_id: UserId, email: &EmailAddress, verified_at: Timestamp) -> Uuid {
    let verified_at = verified_at.as_nanosecond().to_string();
    derive_id(&["undo_email_change", &user_id.to_string(), &email.fingerprint(), &verified_at])
}

impl Account {
    /// Requests a change of the address. `nonce` is a random id. A request for the same address sends the same link again; one
    /// for another address takes its place.
    pub fn request_email_change(
        &mut self,
        email: EmailAddress,
        nonce: Uuid,
        now: Timestamp,
    ) -> Result<EmailChangeRequested, ChangeNotRequested> {
        if self.email.as_ref() == Some(&email) {
            return Err(ChangeNotRequested::SameAddress);
        }
        if let Some(change) = &self.email_change {
            let wait = CHANGE_INTERVAL - now.duration_since(change.requested_at);
            if wait.is_positive() {
                return Err(ChangeNotRequested::TooSoon { wait });
            }
        }
        let reserved: Vec<_> = self.former_emails.iter().filter(|former| now < former.reserved_until).collect();
        if reserved.len() >= MAX_FORMER_EMAILS
            && let Some(first) = reserved.first()
        {
            return Err(ChangeNotRequested::TooMany { wait: first.reserved_until.duration_since(now) });
        }
        let repeated = self.email_change.as_ref().filter(|change| change.email == email && now < change.expires_at);
        let nonce = repeated.map_or(nonce, |change| change.nonce);
        let confirmation_id = confirmation_id(self.id, nonce, &email);
        self.email_change =
            Some(EmailChange { nonce, email: email.clone(), requested_at: now, expires_at: now + CHANGE_LIFETIME });
        let current = self.verified_email();
        Ok(EmailChangeRequested {
            user_id: self.id,
            email,
            confirmation_id,
            undo_id: current.as_ref().map(|(email, verified_at)| undo_id(self.id, email, *verified_at)),
            current_email: current.map(|(email, _)| email),
        })
    }

    /// Returns an error unless the change `id` can be confirmed now.
    pub fn check_email_change(&self, id: Uuid, now: Timestamp) -> Result<&EmailAddress, StaleProof> {
        let change = self.email_change.as_ref().filter(|change| now < change.expires_at).ok_or(StaleProof)?;
        let is_this = confirmation_id(self.id, change.nonce, &change.email) == id;
        if is_this { Ok(&change.email) } else { Err(StaleProof) }
    }

    /// Confirms the change `id`: the account has the new address from now on, and it is verified. The earlier one is reserved if
    /// it was verified, unless the account goes back to an address that is reserved for it. Sessions other than `kept` end, and so do all open proofs.
    pub fn confirm_email_change(
        &mut self,
        id: Uuid,
        possession: Possession,
        kept: Option<SessionId>,
        now: Timestamp,
    ) -> Result<ChangeConfirmed, NotVerified> {
        let email = self.check_email_change(id, now)?.clone();
        if possession == Possession::Unproven {
            return Err(NotVerified::PossessionUnproven);
        }
        self.former_emails.retain(|former| now < former.reserved_until);
        if let Some(index) = self.former_emails.iter().position(|former| former.email == email) {
            // Going back is an undo too: who had the address in between may not return.
            self.former_emails.truncate(index);
        } else if let Some((email, verified_at)) = self.verified_email() {
            self.former_emails.push(FormerEmail { email, verified_at, reserved_until: now + UNDO_LIFETIME });
        }
        let ended = self.sessions.end_all(kept, SessionEndReason::Revoked, now);
        let ended = ended.into_iter().map(|ended| self.tell(ended)).collect();
        Ok(ChangeConfirmed { changed: self.move_to(email, now), ended })
    }

    /// Returns an error unless the change `id` can be undone now.
    pub fn check_undo(&self, id: Uuid, now: Timestamp) -> Result<(), StaleProof> {
        let is_former = self.former_email(id, now).is_some();
        if is_former || self.is_undo_of_open_change(id, now) { Ok(()) } else { Err(StaleProof) }
    }

    /// Takes the change `id` back: the account has the earlier address again, and its owner, who sets a new password, is the
    /// only one who can sign in. Addresses that the account had in between are free again.
    pub fn undo_email_change(
        &mut self,
        id: Uuid,
        password: PasswordHashText,
        now: Timestamp,
    ) -> Result<ChangeUndone, StaleProof> {
        self.check_undo(id, now)?;
        let mfa_disabled = self.remove_doubted_factor(id, now);
        let changed = self.former_email(id, now).map(|index| {
            let former = self.former_emails.drain(index..).next();
            former.map(|former| self.move_to(former.email, now))
        });
        // The link proves the mailbox anew, and does not work a second time.
        self.email_verified_at = Some(now);
        self.email_change = None;
        Ok(ChangeUndone {
            changed: changed.flatten(),
            password: self.set_password_by_mail(password, now),
            mfa_disabled,
        })
    }

    fn move_to(&mut self, email: EmailAddress, now: Timestamp) -> EmailChanged {
        (self.verification, self.reset, self.email_change) = (None, None, None);
        self.email = Some(email.clone());
        self.email_verified_at = Some(now);
        EmailChanged { user_id: self.id, email }
    }

    fn verified_email(&self) -> Option<(EmailAddress, Timestamp)> {
        self.email.clone().zip(self.email_verified_at)
    }

    /// Removes a second factor that the user who changed the address may have enrolled.
    fn remove_doubted_factor(&mut self, id: Uuid, now: Timestamp) -> Option<MfaDisabled> {
        let former = self.former_email(id, now).and_then(|index| self.former_emails.get(index));
        // A change is confirmed within its lifetime, so it was requested that long before at most.
        let requested_at = match former {
            Some(former) => former.reserved_until - UNDO_LIFETIME - CHANGE_LIFETIME,
            None => self.email_change.as_ref()?.requested_at,
        };
        let is_doubted = self.mfa.on_since().is_some_and(|since| since > requested_at - DOUBTED_FACTOR);
        is_doubted.then(|| {
            self.mfa = Mfa::default();
            MfaDisabled { user_id: self.id }
        })
    }

    fn is_undo_of_open_change(&self, id: Uuid, now: Timestamp) -> bool {
        let is_open = |change: &EmailChange| now < change.requested_at + UNDO_LIFETIME;
        let current = self.verified_email().filter(|_| self.email_change.as_ref().is_some_and(is_open));
        current.is_some_and(|(email, verified_at)| undo_id(self.id, &email, verified_at) == id)
    }

    fn former_email(&self, id: Uuid, now: Timestamp) -> Option<usize> {
        self.former_emails
            .iter()
            .position(|former| now < former.reserved_until && undo_id(self.id, &former.email, former.verified_at) == id)
    }
}

#[cfg(test)]
#[path = "email_change_tests.rs"]
mod tests;

//! What admins do to accounts, and how the first admin comes to be.
//!
//! A change that changes nothing tells nothing: each function says what to tell, or none.

use contracts::billing::{EntitlementChanged, KnownEntitlement};
use contracts::identity::{PlanChanged, RolesChanged, SessionEndReason, SessionEnded, UserRestored, UserSuspended};
use jiff::Timestamp;
use types::{EmailAddress, Role, UserId};

use super::account::{Account, Status};
use super::plan::Plan;

/// An admin would lock themselves out: another one has to do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnAccount;

impl Account {
    /// True if its owner may administer now. A token says so for ten minutes after it is no longer true.
    pub fn administers(&self) -> bool {
        self.status == Status::Active && self.roles.contains(&Role::Admin)
    }

    /// Gives the account these roles and takes all others. Everybody stays a user.
    pub fn set_roles(&mut self, roles: &[Role], admin: UserId) -> Result<Option<RolesChanged>, OwnAccount> {
        let mut wanted = vec![Role::User];
        wanted.extend_from_slice(roles);
        wanted.sort_unstable();
        wanted.dedup();
        if self.id == admin && !wanted.contains(&Role::Admin) {
            return Err(OwnAccount);
        }
        if self.roles == wanted {
            return Ok(None);
        }
        self.roles.clone_from(&wanted);
        Ok(Some(RolesChanged { user_id: self.id, roles: wanted }))
    }

    /// Sets the plan that the account has while billing gives it none. Where the plan that counts has less room, the oldest
    /// sessions end.
    pub fn set_plan(&mut self, plan: Plan, now: Timestamp) -> Option<(PlanChanged, Vec<SessionEnded>)> {
        if self.plan == plan {
            return None;
        }
        self.plan = plan;
        let ended = self.sessions.shrink(self.plan_at(now).limits().devices, now);
        let changed = PlanChanged { user_id: self.id, plan: self.plan.as_str().to_owned() };
        Some((changed, ended.into_iter().map(|ended| self.tell(ended)).collect()))
    }

    /// Keeps what billing says of the plan. Where it has less room, the oldest sessions end. None if it is not newer than what
    /// is known.
    pub fn set_entitlement(&mut self, event: &EntitlementChanged, now: Timestamp) -> Option<Vec<SessionEnded>> {
        self.entitlement = Some(KnownEntitlement::after(self.entitlement.as_ref(), event)?);
        let ended = self.sessions.shrink(self.plan_at(now).limits().devices, now);
        Some(ended.into_iter().map(|ended| self.tell(ended)).collect())
    }

    /// Closes the account until it is restored, and ends all its sessions.
    pub fn suspend(
        &mut self,
        admin: UserId,
        now: Timestamp,
    ) -> Result<Option<(UserSuspended, Vec<SessionEnded>)>, OwnAccount> {
        if self.id == admin {
            return Err(OwnAccount);
        }
        if self.status != Status::Active {
            return Ok(None);
        }
        self.status = Status::Suspended;
        let ended = self.sessions.end_all(None, SessionEndReason::Suspended, now);
        Ok(Some((UserSuspended { user_id: self.id }, ended.into_iter().map(|ended| self.tell(ended)).collect())))
    }

    /// Opens a suspended account again.
    pub fn restore(&mut self) -> Option<UserRestored> {
        if self.status != Status::Suspended {
            return None;
        }
        self.status = Status::Active;
        Some(UserRestored { user_id: self.id })
    }

    /// Assigns the admin role if the deployment names the account's address as the first admin's and the address is
    /// verified. A verified address implies possession of the credentials too: only a request with both verifies it, or a
    /// new password by e-mail, which discards the credentials of the person who registered.
    pub fn claim_first_admin(&mut self, first_admin: Option<&EmailAddress>) -> Option<RolesChanged> {
        let is_theirs = first_admin.is_some() && self.email.as_ref() == first_admin && self.email_verified_at.is_some();
        if !is_theirs || self.status != Status::Active || self.roles.contains(&Role::Admin) {
            return None;
        }
        self.roles.push(Role::Admin);
        Some(RolesChanged { user_id: self.id, roles: self.roles.clone() })
    }
}

#[cfg(test)]
#[path = "administration_tests.rs"]
mod tests;

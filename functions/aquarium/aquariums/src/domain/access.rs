//! Who may do what with an aquarium.

use std::collections::{BTreeMap, BTreeSet};

use contracts::aquariums::{AccessChanged, AquariumMember, AquariumRemoved, MemberRole};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{AquariumId, UserId};

use super::quota::{RAW_DAYS, Retention};

/// Maximum number of users with whom an aquarium is shared.
pub const MAX_MEMBERS: usize = 20;

/// How long the tombstone of a removed aquarium stays, so that the request that created it does not create it again.
const TOMBSTONE_LIFETIME: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What a user may do with an aquarium. Each role includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AquariumRole)]
pub enum Role {
    /// Reads everything.
    Viewer,
    /// Records readings, and manages equipment, livestock, sensors and alarms.
    Keeper,
    /// Also changes and deletes the aquarium, and manages its members. There is exactly one owner.
    Owner,
}

impl From<MemberRole> for Role {
    fn from(role: MemberRole) -> Self {
        match role {
            MemberRole::Viewer => Self::Viewer,
            MemberRole::Keeper => Self::Keeper,
        }
    }
}

/// The users of an aquarium: the only source of authority over it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// Its owner, in whose partition its data lies; none once the aquarium was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner_id: Option<UserId>,
    /// The users with whom it is shared.
    members: BTreeMap<UserId, MemberRole>,
    /// The revision with which each member became one. None for members of accesses that were stored without it: they have not left
    /// since.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    members_since: BTreeMap<UserId, u64>,
    /// The revision with which each keeper became one. None for keepers of accesses that were stored without it: they have not left
    /// since.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    keepers_since: BTreeMap<UserId, u64>,
    /// Those of its users whose account is suspended. It lies here, since each batch of samples reads the access: the keys that were
    /// issued to them are refused.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    suspended: BTreeSet<UserId>,
    /// Number of changes of the members. Copies in other contexts keep the highest.
    revision: u64,
    /// When the aquarium was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    removed_at: Option<Timestamp>,
    /// For how many days samples are kept, by the plan of the owner. It lies here, since each batch of samples reads the
    /// access. None is [`RAW_DAYS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    raw_days: Option<u16>,
    /// The days of each step of the plan, before which `raw_days` does not count yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    raw_days_until: Vec<(Timestamp, u16)>,
}

/// A user's authority over one aquarium. It is derived from [`Access`] alone, and keys of an aquarium's data are built from it
/// alone, so code that reads or writes such data has checked the membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    aquarium_id: AquariumId,
    owner_id: UserId,
    user_id: UserId,
    role: Role,
    keeper_since: Option<u64>,
}

/// The role of a member does not include the operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleTooLow {
    /// The lowest role that includes it.
    pub required: Role,
}

/// Why a user cannot become a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAdmitted {
    /// The aquarium was removed.
    Removed,
    /// The user is the owner or a member already.
    HasAccess,
    /// There are [`MAX_MEMBERS`] members.
    Full,
}

impl Access {
    /// The access to a new aquarium, which is not shared.
    pub const fn new(aquarium_id: AquariumId, owner_id: UserId) -> Self {
        Self {
            aquarium_id,
            owner_id: Some(owner_id),
            members: BTreeMap::new(),
            members_since: BTreeMap::new(),
            keepers_since: BTreeMap::new(),
            suspended: BTreeSet::new(),
            revision: 1,
            removed_at: None,
            raw_days: None,
            raw_days_until: Vec::new(),
        }
    }

    /// Returns the authority of a user; none for users to whom the aquarium must look as if it did not exist.
    pub fn scope(&self, user_id: UserId) -> Option<Scope> {
        let owner_id = self.owner_id?;
        let shared = || self.members.get(&user_id).copied().map(Role::from);
        let role = if user_id == owner_id { Some(Role::Owner) } else { shared() };
        let keeper_since = self.keepers_since.get(&user_id).copied();
        role.map(|role| Scope { aquarium_id: self.aquarium_id, owner_id, user_id, role, keeper_since })
    }

    /// The owner; none once the aquarium was removed.
    pub const fn owner_id(&self) -> Option<UserId> {
        self.owner_id
    }

    /// For how many days samples are kept, by the time at which they are stored.
    pub fn retention(&self) -> Retention {
        Retention { steps: self.raw_days_until.clone(), days: self.raw_days.unwrap_or(RAW_DAYS) }
    }

    /// The access under another retention of samples; none if that changes nothing, or the aquarium was removed. The members stay
    /// as they are, and so does the revision.
    pub fn with_retention(&self, retention: &Retention) -> Option<Self> {
        let is_new = self.owner_id.is_some() && self.retention() != *retention;
        let Retention { steps: raw_days_until, days } = retention.clone();
        is_new.then(|| Self { raw_days: Some(days), raw_days_until, ..self.clone() })
    }

    /// True if the account of a user of the aquarium is suspended.
    pub fn is_suspended(&self, user_id: UserId) -> bool {
        self.suspended.contains(&user_id)
    }

    /// The access after the account of a user was suspended or restored; none if that is known, or the user has no part in it. The
    /// members stay as they are, and so does the revision: requests check the account themselves.
    pub fn with_suspension(&self, user_id: UserId, is_suspended: bool) -> Option<Self> {
        self.scope(user_id).filter(|_| self.is_suspended(user_id) != is_suspended)?;
        let mut next = self.clone();
        if is_suspended {
            next.suspended.insert(user_id)
        } else {
            next.suspended.remove(&user_id)
        };
        Some(next)
    }

    /// The users with whom the aquarium is shared, ordered by ID.
    pub fn members(&self) -> impl Iterator<Item = (UserId, MemberRole)> + '_ {
        self.members.iter().map(|(user, role)| (*user, *role))
    }

    /// The role of a user with whom the aquarium is shared.
    pub fn member(&self, user_id: UserId) -> Option<MemberRole> {
        self.members.get(&user_id).copied()
    }

    /// The access with one more member.
    pub fn admit(&self, user_id: UserId, role: MemberRole) -> Result<Self, NotAdmitted> {
        if self.owner_id.is_none() {
            return Err(NotAdmitted::Removed);
        }
        if self.scope(user_id).is_some() {
            return Err(NotAdmitted::HasAccess);
        }
        if self.members.len() >= MAX_MEMBERS {
            return Err(NotAdmitted::Full);
        }
        Ok(self.changed(|members| members.insert(user_id, role)))
    }

    /// The access with another role of a member; none if the user is no member or has this role.
    pub fn with_role(&self, user_id: UserId, role: MemberRole) -> Option<Self> {
        let before = self.member(user_id)?;
        (before != role).then(|| self.changed(|members| members.insert(user_id, role)))
    }

    /// The access without a member; none if the user is no member.
    pub fn without(&self, user_id: UserId) -> Option<Self> {
        self.member(user_id)?;
        Some(self.changed(|members| members.remove(&user_id)))
    }

    /// The tombstone of the aquarium, which names no user.
    #[must_use]
    pub fn removed(&self, now: Timestamp) -> Self {
        let next = self.changed(BTreeMap::clear);
        Self { owner_id: None, suspended: BTreeSet::new(), removed_at: Some(now), ..next }
    }

    fn changed<T>(&self, change: impl FnOnce(&mut BTreeMap<UserId, MemberRole>) -> T) -> Self {
        let mut next = self.clone();
        change(&mut next.members);
        next.revision += 1;
        next.members_since = self.since(&self.members_since, &next, |_| true);
        next.keepers_since = self.since(&self.keepers_since, &next, |role| role == MemberRole::Keeper);
        next.suspended = self.suspended.iter().copied().filter(|user| next.scope(*user).is_some()).collect();
        next
    }

    /// Since when members of the next revision have one of some roles: what is `known` of those who had one before, and that revision
    /// for those who had none.
    fn since(
        &self,
        known: &BTreeMap<UserId, u64>,
        next: &Self,
        is_counted: impl Fn(MemberRole) -> bool,
    ) -> BTreeMap<UserId, u64> {
        let counted = next.members().filter(|(_, role)| is_counted(*role));
        let since = |user: UserId| {
            let had_one = self.member(user).is_some_and(&is_counted);
            if had_one { known.get(&user).copied() } else { Some(next.revision) }
        };
        counted.filter_map(|(user, _)| since(user).map(|revision| (user, revision))).collect()
    }

    /// When the tombstone may be deleted.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.removed_at.map(|at| at.saturating_add(TOMBSTONE_LIFETIME).unwrap_or(Timestamp::MAX))
    }

    /// The fact that the access is now this; none once the aquarium was removed.
    pub fn changed_fact(&self) -> Option<AccessChanged> {
        let members = self.members().map(|(user_id, role)| AquariumMember { user_id, role }).collect();
        let (aquarium_id, revision) = (self.aquarium_id, self.revision);
        let members_since = self.members_since.clone();
        self.owner_id.map(|owner_id| AccessChanged { aquarium_id, owner_id, revision, members, members_since })
    }

    /// The fact that the aquarium of this owner was removed.
    pub const fn removed_fact(&self, owner_id: UserId) -> AquariumRemoved {
        AquariumRemoved { aquarium_id: self.aquarium_id, owner_id, revision: self.revision }
    }
}

impl Scope {
    /// The aquarium.
    pub const fn aquarium_id(&self) -> AquariumId {
        self.aquarium_id
    }

    /// The owner of the aquarium.
    pub const fn owner_id(&self) -> UserId {
        self.owner_id
    }

    /// The user who has this authority.
    pub const fn user_id(&self) -> UserId {
        self.user_id
    }

    /// The role of the user.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// The revision of the access with which the user became a keeper: another one after the user left, or was a viewer in between.
    /// None for the owner, and for keepers of accesses that were stored without it.
    pub const fn keeper_since(&self) -> Option<u64> {
        self.keeper_since
    }

    /// Fails unless the role includes `required`.
    pub fn at_least(&self, required: Role) -> Result<(), RoleTooLow> {
        if self.role >= required { Ok(()) } else { Err(RoleTooLow { required }) }
    }
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;

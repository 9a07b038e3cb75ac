//! Who may read and write a timeline: a copy of the members of its aquarium, kept from events.

use std::collections::BTreeMap;

use contracts::aquariums::{AccessChanged, MemberRole};
use serde::{Deserialize, Serialize};
use types::{AquariumId, UserId};

use super::calendar_token::{CalendarLink, CalendarToken};

/// What a user may do with a timeline. Each role includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads it.
    Viewer,
    /// Also appends, corrects and retracts entries.
    Keeper,
    /// Owns the aquarium.
    Owner,
}

/// The members of an aquarium, as of the newest event that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// The owner, in whose partition the entries lie; none once the aquarium is deleted.
    pub owner_id: Option<UserId>,
    /// The users with whom it is shared.
    pub members: BTreeMap<UserId, MemberRole>,
    /// Revision of the members; the highest one is kept.
    pub revision: u64,
    /// Calendar links of members. They are here, so that a link ends with the membership in the same write.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub calendars: BTreeMap<UserId, CalendarLink>,
    /// When the remains of a deleted aquarium expire, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at_second: Option<i64>,
}

/// A user's authority over one timeline. Keys of entries are built from it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    aquarium_id: AquariumId,
    owner_id: UserId,
    user_id: UserId,
    role: Role,
}

/// The role of a member does not include the operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleTooLow;

/// How long the mark of a deleted aquarium is kept, in seconds. Late events about it come within days.
const REMOVED_SECONDS: i64 = 90 * 24 * 60 * 60;

impl Access {
    /// Returns the access after an event; none if something as new is known, or the aquarium is deleted. Calendar links stay with users
    /// who have been members ever since the access that is known.
    pub fn after(known: Option<&Self>, fact: &AccessChanged) -> Option<Self> {
        let is_newer = known.is_none_or(|known| known.owner_id.is_some() && known.revision < fact.revision);
        is_newer.then(|| {
            let mut next = Self {
                aquarium_id: fact.aquarium_id,
                owner_id: Some(fact.owner_id),
                members: fact.members.iter().map(|member| (member.user_id, member.role)).collect(),
                revision: fact.revision,
                calendars: BTreeMap::new(),
                expires_at_second: None,
            };
            if let Some(known) = known {
                let kept = known.calendars.iter().filter(|(user, _)| {
                    // Events come in any order: the one with which the user left may come after the one with which they came back.
                    let since = fact.members_since.get(*user);
                    next.scope(**user).is_some() && since.is_none_or(|since| *since <= known.revision)
                });
                next.calendars = kept.map(|(user, link)| (*user, link.clone())).collect();
            }
            next
        })
    }

    /// The mark of a deleted aquarium: no user has access, and no event gives it again.
    pub const fn removed(aquarium_id: AquariumId, now_second: i64) -> Self {
        Self {
            aquarium_id,
            owner_id: None,
            members: BTreeMap::new(),
            revision: u64::MAX,
            calendars: BTreeMap::new(),
            expires_at_second: Some(now_second + REMOVED_SECONDS),
        }
    }

    /// The access with another calendar link of a user, or without one.
    #[must_use]
    pub fn with_calendar(&self, user_id: UserId, link: Option<CalendarLink>) -> Self {
        let mut next = self.clone();
        match link {
            Some(link) => next.calendars.insert(user_id, link),
            None => next.calendars.remove(&user_id),
        };
        next
    }

    /// Returns the authority of the member whose calendar link has this token.
    pub fn scope_of_link(&self, token: &CalendarToken) -> Option<Scope> {
        let mut links = self.calendars.iter();
        let (user_id, _) = links.find(|(_, link)| link.is_of(token))?;
        self.scope(*user_id)
    }

    /// The owner and the keepers, who are notified of what is to be done.
    pub fn keepers(&self) -> Vec<UserId> {
        let keepers = self.members.iter().filter(|(_, role)| **role == MemberRole::Keeper);
        self.owner_id.into_iter().chain(keepers.map(|(user_id, _)| *user_id)).collect()
    }

    /// Returns the authority of a user; none for users to whom the aquarium must look as if it did not exist.
    pub fn scope(&self, user_id: UserId) -> Option<Scope> {
        let owner_id = self.owner_id?;
        let role = if user_id == owner_id {
            Role::Owner
        } else {
            match self.members.get(&user_id)? {
                MemberRole::Viewer => Role::Viewer,
                MemberRole::Keeper => Role::Keeper,
            }
        };
        Some(Scope { aquarium_id: self.aquarium_id, owner_id, user_id, role })
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

    /// Whether the user owns the aquarium.
    pub fn is_owner(&self) -> bool {
        self.role == Role::Owner
    }

    /// Fails unless the role includes `required`.
    pub fn at_least(&self, required: Role) -> Result<(), RoleTooLow> {
        if self.role >= required { Ok(()) } else { Err(RoleTooLow) }
    }
}

#[cfg(test)]
mod tests {
    use contracts::aquariums::AquariumMember;
    use proptest::prelude::*;

    use super::*;

    fn changed(
        aquarium_id: AquariumId,
        owner_id: UserId,
        revision: u64,
        members: Vec<AquariumMember>,
    ) -> AccessChanged {
        AccessChanged { aquarium_id, owner_id, revision, members, members_since: BTreeMap::new() }
    }

    #[test]
    fn members_have_their_role_and_strangers_none() {
        let (id, owner, keeper, viewer) =
            (AquariumId::generate(), UserId::generate(), UserId::generate(), UserId::generate());
        let members = vec![
            AquariumMember { user_id: keeper, role: MemberRole::Keeper },
            AquariumMember { user_id: viewer, role: MemberRole::Viewer },
        ];
        let access = Access::after(None, &changed(id, owner, 1, members)).unwrap();
        let may_write = |user| access.scope(user).map(|scope| scope.at_least(Role::Keeper).is_ok());
        assert_eq!(may_write(owner), Some(true));
        assert_eq!(may_write(keeper), Some(true));
        assert_eq!(may_write(viewer), Some(false));
        assert_eq!(may_write(UserId::generate()), None);
        assert_eq!(access.keepers(), [owner, keeper]);
        assert!(Access::removed(id, 0).keepers().is_empty());
    }

    #[test]
    fn a_deleted_aquarium_is_open_to_nobody_and_stays_deleted() {
        let (id, owner) = (AquariumId::generate(), UserId::generate());
        let removed = Access::removed(id, 0);
        assert_eq!(removed.scope(owner), None);
        assert_eq!(Access::after(Some(&removed), &changed(id, owner, 9, Vec::new())), None);
    }

    #[test]
    fn a_calendar_link_ends_with_the_membership_and_not_with_other_changes() {
        let (id, owner, keeper) = (AquariumId::generate(), UserId::generate(), UserId::generate());
        let member = |role| vec![AquariumMember { user_id: keeper, role }];
        let first = Access::after(None, &changed(id, owner, 1, member(MemberRole::Keeper))).unwrap();
        let (token, other) = (CalendarToken::new(id, [1; 32]), CalendarToken::new(id, [2; 32]));
        let link = |token: &CalendarToken| Some(CalendarLink::new(token, jiff::Timestamp::UNIX_EPOCH));
        let linked = first.with_calendar(keeper, link(&token)).with_calendar(owner, link(&other));
        let user_of = |access: &Access, token: &CalendarToken| access.scope_of_link(token).map(|scope| scope.user_id());
        assert_eq!([user_of(&linked, &token), user_of(&linked, &other)], [Some(keeper), Some(owner)]);
        let viewer = Access::after(Some(&linked), &changed(id, owner, 2, member(MemberRole::Viewer))).unwrap();
        assert_eq!(user_of(&viewer, &token), Some(keeper));
        let gone = Access::after(Some(&viewer), &changed(id, owner, 3, Vec::new())).unwrap();
        assert_eq!([user_of(&gone, &token), user_of(&gone, &other)], [None, Some(owner)]);
        let back = Access::after(Some(&gone), &changed(id, owner, 4, member(MemberRole::Keeper))).unwrap();
        assert_eq!(user_of(&back, &token), None);
        assert_eq!(user_of(&linked.with_calendar(keeper, None), &token), None);
        assert_eq!(linked.keepers(), [owner, keeper]);
        assert_eq!(viewer.keepers(), [owner]);
    }

    #[test]
    fn a_calendar_link_ends_with_the_membership_also_if_the_end_comes_after_the_next_beginning() {
        let (id, owner, keeper) = (AquariumId::generate(), UserId::generate(), UserId::generate());
        let since = |revision, since| AccessChanged {
            members_since: BTreeMap::from([(keeper, since)]),
            ..changed(id, owner, revision, vec![AquariumMember { user_id: keeper, role: MemberRole::Keeper }])
        };
        let token = CalendarToken::new(id, [1; 32]);
        let link = CalendarLink::new(&token, jiff::Timestamp::UNIX_EPOCH);
        let linked = Access::after(None, &since(2, 2)).unwrap().with_calendar(keeper, Some(link.clone()));
        // Others came and went.
        let later = Access::after(Some(&linked), &since(4, 2)).unwrap();
        assert!(later.scope_of_link(&token).is_some());
        // Removed in revision 5, which comes last, and a member again in revision 6.
        let back = Access::after(Some(&later), &since(6, 6)).unwrap();
        assert_eq!((back.scope_of_link(&token), back.scope(keeper).is_some()), (None, true));
        assert_eq!(Access::after(Some(&back), &changed(id, owner, 5, Vec::new())), None);
        // A link of the new membership stays, and so do those of owners, who never become members.
        let linked = back.with_calendar(keeper, Some(link.clone())).with_calendar(owner, Some(link));
        assert_eq!(Access::after(Some(&linked), &since(7, 6)).unwrap().calendars.len(), 2);
    }

    #[test]
    fn an_event_from_before_memberships_had_a_revision_keeps_the_links_of_members() {
        let (id, owner, keeper) = (AquariumId::generate(), UserId::generate(), UserId::generate());
        let member = || vec![AquariumMember { user_id: keeper, role: MemberRole::Keeper }];
        let event = serde_json::to_value(changed(id, owner, 2, member())).unwrap();
        assert!(event.get("membersSince").is_none());
        let event: AccessChanged = serde_json::from_value(event).unwrap();
        let token = CalendarToken::new(id, [1; 32]);
        let link = CalendarLink::new(&token, jiff::Timestamp::UNIX_EPOCH);
        let linked = Access::after(None, &changed(id, owner, 1, member())).unwrap().with_calendar(keeper, Some(link));
        assert!(Access::after(Some(&linked), &event).unwrap().scope_of_link(&token).is_some());
    }

    proptest! {
        #[test]
        fn whatever_order_events_come_in_the_highest_revision_stands(revisions in proptest::collection::vec(1_u64..20, 1..40)) {
            let (id, owner) = (AquariumId::generate(), UserId::generate());
            let mut known = None;
            for revision in &revisions {
                let user_id = UserId::new(types::Uuid::from_u128(u128::from(*revision)));
                let members = vec![AquariumMember { user_id, role: MemberRole::Viewer }];
                known = Access::after(known.as_ref(), &changed(id, owner, *revision, members)).or(known);
            }
            let known = known.unwrap();
            let highest = revisions.iter().copied().max().unwrap();
            prop_assert_eq!(known.revision, highest);
            prop_assert!(known.members.contains_key(&UserId::new(types::Uuid::from_u128(u128::from(highest)))));
        }
    }
}

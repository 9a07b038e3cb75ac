use proptest::prelude::*;
use types::Uuid;

use super::*;

fn user(number: u8) -> UserId {
    UserId::new(Uuid::from_u128(u128::from(number)))
}

fn new() -> Access {
    Access::new(AquariumId::new(Uuid::from_u128(1_000)), user(0))
}

#[test]
fn a_scope_exists_for_members_only_and_has_their_role() {
    let (keeper, stranger) = (user(1), user(2));
    let access = new().admit(keeper, MemberRole::Keeper).unwrap();
    assert_eq!(access.scope(user(0)).map(|scope| scope.role()), Some(Role::Owner));
    assert_eq!(access.scope(stranger), None);
    let scope = access.scope(keeper).unwrap();
    assert_eq!(scope.at_least(Role::Viewer), Ok(()));
    assert_eq!(scope.at_least(Role::Keeper), Ok(()));
    assert_eq!(scope.at_least(Role::Owner), Err(RoleTooLow { required: Role::Owner }));
    assert_eq!(scope.owner_id(), user(0));
}

#[test]
fn a_tombstone_names_nobody_and_admits_nobody() {
    let access = new().admit(user(1), MemberRole::Viewer).unwrap();
    let gone = access.removed(Timestamp::UNIX_EPOCH);
    assert!((0..3).all(|number| gone.scope(user(number)).is_none()));
    assert_eq!((gone.owner_id(), gone.members().count(), gone.changed_fact()), (None, 0, None));
    assert_eq!(gone.admit(user(2), MemberRole::Viewer), Err(NotAdmitted::Removed));
    assert!(gone.removed_fact(user(0)).revision > access.changed_fact().unwrap().revision);
    assert!(gone.expires_at() > Some(Timestamp::UNIX_EPOCH));
}

#[test]
fn a_keeper_who_comes_back_is_a_keeper_anew() {
    let (keeper, other) = (user(1), user(2));
    let since = |access: &Access, user| access.scope(user).and_then(|scope| scope.keeper_since());
    let access = new().admit(keeper, MemberRole::Keeper).unwrap();
    assert_eq!((since(&access, keeper), since(&access, user(0))), (Some(2), None));
    let shared = access.admit(other, MemberRole::Viewer).unwrap();
    assert_eq!((since(&shared, keeper), since(&shared, other)), (Some(2), None));
    let left = shared.without(keeper).unwrap();
    assert!(left.keepers_since.is_empty());
    assert_eq!(since(&left.admit(keeper, MemberRole::Keeper).unwrap(), keeper), Some(5));
    let demoted = shared.with_role(keeper, MemberRole::Viewer).unwrap();
    assert_eq!(since(&demoted, keeper), None);
    assert_eq!(since(&demoted.with_role(keeper, MemberRole::Keeper).unwrap(), keeper), Some(5));
}

#[test]
fn a_member_who_comes_back_is_a_member_anew_and_one_with_another_role_is_not() {
    let (member, other) = (user(1), user(2));
    let since = |access: &Access, user| access.changed_fact().unwrap().members_since.get(&user).copied();
    let access = new().admit(member, MemberRole::Viewer).unwrap();
    assert_eq!((since(&access, member), since(&access, user(0))), (Some(2), None));
    let shared = access.admit(other, MemberRole::Keeper).unwrap();
    let promoted = shared.with_role(member, MemberRole::Keeper).unwrap();
    assert_eq!([&shared, &promoted].map(|access| since(access, member)), [Some(2); 2]);
    let left = promoted.without(member).unwrap();
    assert_eq!((since(&left, member), since(&left, other)), (None, Some(3)));
    assert_eq!(since(&left.admit(member, MemberRole::Viewer).unwrap(), member), Some(6));
    assert!(left.removed(Timestamp::UNIX_EPOCH).members_since.is_empty());
}

#[test]
fn a_keeper_of_an_access_that_was_stored_without_it_gets_it_by_coming_back() {
    let keeper = user(1);
    let mut stored = serde_json::to_value(new().admit(keeper, MemberRole::Keeper).unwrap()).unwrap();
    stored.as_object_mut().unwrap().remove("keepers_since").unwrap();
    let access: Access = serde_json::from_value(stored).unwrap();
    let since = |access: &Access| access.scope(keeper).and_then(|scope| scope.keeper_since());
    assert_eq!(since(&access), None);
    let shared = access.admit(user(2), MemberRole::Keeper).unwrap();
    assert_eq!(since(&shared), None);
    assert_eq!(since(&shared.without(keeper).unwrap().admit(keeper, MemberRole::Keeper).unwrap()), Some(5));
}

#[test]
fn a_retention_leaves_the_members_and_the_revision_as_they_are() {
    let access = new().admit(user(1), MemberRole::Keeper).unwrap();
    let (short, long) = (Retention::of(30), Retention { steps: vec![(Timestamp::UNIX_EPOCH, 400)], days: 60 });
    assert_eq!((access.retention(), access.with_retention(&short)), (short.clone(), None));
    let longer = access.with_retention(&long).unwrap();
    assert_eq!(
        (longer.retention(), longer.revision, &longer.members),
        (long.clone(), access.revision, &access.members)
    );
    assert_eq!(longer.with_retention(&long), None);
    assert_eq!(longer.without(user(1)).unwrap().retention(), long);
    assert_eq!(longer.removed(Timestamp::UNIX_EPOCH).with_retention(&short), None);
}

#[test]
fn a_suspension_is_of_users_only_and_leaves_the_members_and_the_revision_as_they_are() {
    let (owner, keeper) = (user(0), user(1));
    let access = new().admit(keeper, MemberRole::Keeper).unwrap();
    assert_eq!((access.with_suspension(user(2), true), access.with_suspension(keeper, false)), (None, None));
    let suspended = access.with_suspension(keeper, true).unwrap().with_suspension(owner, true).unwrap();
    assert_eq!([owner, keeper, user(2)].map(|user| suspended.is_suspended(user)), [true, true, false]);
    assert_eq!((suspended.changed_fact(), suspended.scope(keeper)), (access.changed_fact(), access.scope(keeper)));
    assert_eq!(suspended.with_suspension(keeper, true), None);
    let restored = suspended.with_suspension(keeper, false).unwrap().with_suspension(owner, false).unwrap();
    assert_eq!(restored, access);
    // It ends with the membership, and a tombstone names nobody.
    let left = suspended.without(keeper).unwrap();
    assert_eq!((left.is_suspended(keeper), left.is_suspended(owner)), (false, true));
    assert!(suspended.removed(Timestamp::UNIX_EPOCH).suspended.is_empty());
}

#[derive(Debug, Clone, Copy)]
enum Change {
    Admit(u8, MemberRole),
    Role(u8, MemberRole),
    Leave(u8),
}

fn change() -> impl Strategy<Value = Change> {
    // More users than an aquarium admits, the owner among them.
    let member = || (0..30_u8, prop::sample::select(vec![MemberRole::Viewer, MemberRole::Keeper]));
    prop_oneof![
        3 => member().prop_map(|(user, role)| Change::Admit(user, role)),
        1 => member().prop_map(|(user, role)| Change::Role(user, role)),
        1 => (0..30_u8).prop_map(Change::Leave),
    ]
}

proptest! {
    #[test]
    fn members_are_bounded_the_owner_is_none_of_them_and_each_change_is_a_revision(
        changes in prop::collection::vec(change(), 0..120),
    ) {
        let mut access = new();
        for change in changes {
            let next = match change {
                Change::Admit(number, role) => access.admit(user(number), role).ok(),
                Change::Role(number, role) => access.with_role(user(number), role),
                Change::Leave(number) => access.without(user(number)),
            };
            if let Some(next) = next {
                prop_assert_eq!(next.revision, access.revision + 1);
                prop_assert_ne!(&next.members, &access.members);
                access = next;
            }
            prop_assert!(access.members.len() <= MAX_MEMBERS);
            prop_assert_eq!(access.member(user(0)), None);
            prop_assert_eq!(access.scope(user(0)).map(|scope| scope.role()), Some(Role::Owner));
            let fact = access.changed_fact().unwrap();
            prop_assert_eq!((fact.revision, fact.members.len()), (access.revision, access.members.len()));
        }
    }
}

use contracts::billing::{EntitlementSource, EntitlementStep};
use contracts::identity::Device;
use jiff::SignedDuration;
use proptest::prelude::*;
use types::{PersonName, SessionId, Uuid};

use super::*;
use crate::domain::account::NewAccount;
use crate::domain::password::{HashingCost, Password};
use crate::domain::refresh::RefreshToken;

const ADMIN: UserId = UserId::new(Uuid::from_u128(1));
const ANN: UserId = UserId::new(Uuid::from_u128(2));

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn account(id: UserId) -> Account {
    // A hash takes a while, and each case needs one account.
    static HASH: std::sync::LazyLock<crate::domain::password::PasswordHashText> = std::sync::LazyLock::new(|| {
        Password::new("correct horse battery staple").hash(&[1; 16], HashingCost::FOR_TESTS).unwrap()
    });
    let new =
        NewAccount { email: email("ann@example.com"), name: PersonName::parse("Ann").unwrap(), password: HASH.clone() };
    Account::register(id, Uuid::from_u128(9), new, at(0)).0
}

fn sign_in(account: &mut Account, number: u8) -> SessionId {
    let token = RefreshToken::first(account.id, SessionId::new(Uuid::from_u128(number.into())), [number; 32]);
    let device = Device { name: "phone".into(), platform: "ios".into() };
    account.sign_in(&token, device, at(number.into()));
    token.session_id
}

fn plan(name: &str) -> Plan {
    Plan::try_from(name.to_owned()).unwrap()
}

fn roles() -> impl Strategy<Value = Vec<Role>> {
    proptest::collection::vec(prop_oneof![Just(Role::User), Just(Role::Manager), Just(Role::Admin)], 0..6)
}

#[derive(Debug, Clone)]
enum Step {
    SetRoles(bool, Vec<Role>),
    Suspend(bool),
    Restore,
    ClaimFirst,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (any::<bool>(), roles()).prop_map(|(own, roles)| Step::SetRoles(own, roles)),
        any::<bool>().prop_map(Step::Suspend),
        Just(Step::Restore),
        Just(Step::ClaimFirst),
    ];
    proptest::collection::vec(step, 0..30)
}

proptest! {
    /// Whatever happens, roles are a sorted set with `user` in it, what is told is what is, and nobody loses their own
    /// admin role or suspends themselves.
    #[test]
    fn roles_stay_a_set_and_every_change_is_told(steps in steps()) {
        let mut account = account(ANN);
        account.email_verified_at = Some(at(0));
        for step in steps {
            let (before, was) = (account.clone(), account.roles.contains(&Role::Admin));
            let told = match step {
                Step::SetRoles(own, roles) => {
                    let told = account.set_roles(&roles, if own { ANN } else { ADMIN });
                    prop_assert_eq!(told.is_err(), own && !roles.contains(&Role::Admin));
                    if told.is_ok() {
                        prop_assert!(roles.iter().all(|role| account.roles.contains(role)));
                    }
                    told.unwrap_or_default().map(|told| told.roles)
                }
                Step::Suspend(own) => {
                    prop_assert_eq!(account.suspend(if own { ANN } else { ADMIN }, at(1)).is_err(), own);
                    None
                }
                Step::Restore => {
                    account.restore();
                    None
                }
                Step::ClaimFirst => {
                    let told = account.claim_first_admin(Some(&email("ann@example.com")));
                    prop_assert_eq!(told.is_some(), before.status == Status::Active && !was);
                    told.map(|told| told.roles)
                }
            };
            prop_assert_eq!(told.is_some(), before.roles != account.roles);
            if let Some(told) = told {
                prop_assert_eq!(&told, &account.roles);
            }
            prop_assert!(account.roles.contains(&Role::User));
            let may = account.status == Status::Active && account.roles.contains(&Role::Admin);
            prop_assert_eq!(account.administers(), may);
            prop_assert!(account.roles.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    /// Every session that was live is live still, or its end was told; those that stay are the newest.
    #[test]
    fn a_smaller_plan_ends_the_oldest_sessions(devices in 0_u8..12, name in prop_oneof!["free", "premium", "family"]) {
        let mut account = account(ANN);
        account.plan = plan("family");
        let opened: Vec<_> = (1..=devices).map(|number| sign_in(&mut account, number)).collect();
        let before: Vec<_> = account.sessions.live(at(100)).map(|session| session.id).collect();
        let change = account.set_plan(plan(&name), at(100));
        prop_assert_eq!(change.is_none(), name == "family");
        let ended: Vec<_> = change.into_iter().flat_map(|(_, ended)| ended).collect();
        let live: Vec<_> = account.sessions.live(at(100)).map(|session| session.id).collect();
        prop_assert!(live.len() <= account.plan.limits().devices);
        prop_assert!(opened.ends_with(&live));
        prop_assert!(ended.iter().all(|ended| ended.reason == SessionEndReason::DeviceLimit));
        let told: Vec<_> = ended.iter().map(|ended| ended.session_id).chain(live).collect();
        prop_assert_eq!(told, before);
    }
}

#[test]
fn suspending_ends_every_session_and_restoring_opens_none() {
    let mut account = account(ANN);
    account.plan = plan("premium");
    let opened: Vec<_> = (1..=3).map(|number| sign_in(&mut account, number)).collect();
    let (told, ended) = account.suspend(ADMIN, at(10)).unwrap().unwrap();
    assert_eq!(told.user_id, ANN);
    assert_eq!(ended.iter().map(|ended| ended.session_id).collect::<Vec<_>>(), opened);
    assert!(ended.iter().all(|ended| ended.reason == SessionEndReason::Suspended));
    assert_eq!(account.suspend(ADMIN, at(11)), Ok(None));
    assert!(account.restore().is_some());
    assert_eq!(account.restore(), None);
    assert_eq!((account.status, account.sessions.live(at(12)).count()), (Status::Active, 0));
}

#[test]
fn what_was_deleted_stays_so() {
    let mut account = account(ANN);
    account.status = Status::Deleted;
    account.email_verified_at = Some(at(0));
    assert_eq!(account.suspend(ADMIN, at(1)), Ok(None));
    assert_eq!(account.restore(), None);
    assert_eq!(account.claim_first_admin(Some(&email("ann@example.com"))), None);
    assert_eq!(account.status, Status::Deleted);
}

#[test]
fn the_first_admin_is_who_proved_the_named_address_and_nobody_else() {
    let mut account = account(ANN);
    let (named, other) = (email("Ann@Example.com"), email("bob@example.com"));
    assert_eq!(account.claim_first_admin(Some(&named)), None, "the address is not verified");
    account.email_verified_at = Some(at(0) - SignedDuration::from_secs(1));
    assert_eq!(account.claim_first_admin(Some(&other)), None, "another address is named");
    assert_eq!(account.claim_first_admin(None), None, "none is named");
    let without_address = Account { email: None, ..account.clone() }.claim_first_admin(None);
    assert_eq!(without_address, None, "no address is not the address that nobody named");
    let told = account.claim_first_admin(Some(&named)).unwrap();
    assert_eq!(told.roles, [Role::User, Role::Admin]);
    assert_eq!(account.claim_first_admin(Some(&named)), None, "they are one already");
}

fn entitled(revision: u64, name: &str, until: i64) -> EntitlementChanged {
    let step = |plan: Option<&str>, source, until: Option<i64>| EntitlementStep {
        plan: plan.map(str::to_owned),
        source,
        until: until.map(at),
    };
    let granted = step(Some(name), EntitlementSource::Grant, Some(until));
    EntitlementChanged { user_id: ANN, revision, steps: vec![granted, step(None, EntitlementSource::None, None)] }
}

#[test]
fn a_plan_from_billing_counts_until_its_end_and_then_that_of_the_account() {
    let mut account = account(ANN);
    assert_eq!(account.set_entitlement(&entitled(2, "premium", 100), at(0)), Some(vec![]));
    assert_eq!(account.set_entitlement(&entitled(1, "family", 500), at(1)), None, "an older event");
    for number in 1..=6 {
        sign_in(&mut account, number);
    }
    assert_eq!(account.sessions.live(at(7)).count(), 5);
    assert_eq!((account.plan_at(at(99)), account.plan_at(at(100))), (plan("premium"), Plan::free()));
    sign_in(&mut account, 101);
    assert_eq!(account.sessions.live(at(102)).count(), 1, "no event said that the plan has ended");
}

#[test]
fn a_plan_from_billing_with_less_room_ends_the_oldest_sessions_and_counts_above_that_of_the_account() {
    let mut account = account(ANN);
    account.set_plan(plan("family"), at(0)).unwrap();
    for number in 1..=7 {
        sign_in(&mut account, number);
    }
    assert_eq!(account.set_entitlement(&entitled(1, "premium", 100), at(8)).unwrap().len(), 2);
    let (changed, ended) = account.set_plan(Plan::free(), at(9)).unwrap();
    assert_eq!((changed.plan.as_str(), ended.len()), ("free", 0));
    let unknown = account.set_entitlement(&entitled(2, "gold", 100), at(10)).unwrap();
    assert_eq!(unknown.len(), 4, "a plan that is not known here has the smallest limits");
}

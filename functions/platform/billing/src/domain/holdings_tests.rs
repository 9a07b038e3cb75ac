//! What users hold, and what follows from it.

use contracts::billing::KnownEntitlement;
use proptest::prelude::*;
use types::{TaxClass, Uuid};

use super::*;
use crate::domain::catalogue::{Plan, Product};
use crate::domain::codes::{PlanCode, ProductCode};
use crate::domain::fixture::{day, managed, mirrored};
use crate::domain::mirror::{Store, StoreState};

fn user() -> UserId {
    UserId::new(Uuid::from_u128(7))
}

fn plan(code: &str) -> PlanCode {
    PlanCode::parse(code).unwrap()
}

fn grant(code: &str, until: i64) -> Grant {
    Grant { plan: plan(code), until: day(until) }
}

fn known(event: &EntitlementChanged) -> KnownEntitlement {
    KnownEntitlement::after(None, event).unwrap()
}

#[test]
fn a_grant_ends_on_time_and_gives_way_to_the_subscription_under_it() {
    let subscription = mirrored(Store::Apple, StoreState::Cancelled, day(30));
    let holdings = Holdings::new(user()).with_subscriptions(vec![subscription]);
    let (_, event) = holdings.with_grant(grant("family", 10), day(0)).unwrap();
    let plans: Vec<_> =
        [0, 9, 10, 29, 40].iter().map(|at| known(&event).plan_at(day(*at)).map(str::to_owned)).collect();
    let expected = [Some("family"), Some("family"), Some("pro"), Some("pro"), None];
    assert_eq!(plans, expected.map(|plan| plan.map(str::to_owned)));
    let sources: Vec<_> = event.steps.iter().map(|step| step.source).collect();
    assert_eq!(sources, [EntitlementSource::Grant, EntitlementSource::Subscription, EntitlementSource::None]);
}

#[test]
fn a_grant_without_a_subscription_is_followed_by_nothing() {
    let (holdings, event) = Holdings::new(user()).with_grant(grant("family", 10), day(0)).unwrap();
    assert_eq!((event.revision, event.steps.len()), (1, 2));
    assert_eq!(known(&event).plan_at(day(10)), None);
    assert!(holdings.granted(day(9)).is_some() && holdings.granted(day(10)).is_none());
}

#[test]
fn only_changes_are_published_and_each_has_a_higher_revision() {
    let (first, one) = Holdings::new(user()).with_grant(grant("family", 10), day(0)).unwrap();
    assert_eq!(first.with_grant(grant("family", 10), day(1)), None);
    let (second, two) = first.with_grant(grant("family", 20), day(1)).unwrap();
    let (third, three) = second.without_grant(day(2)).unwrap();
    assert_eq!([one.revision, two.revision, three.revision], [1, 2, 3]);
    assert_eq!((third.without_grant(day(3)), known(&three).plan_at(day(2))), (None, None));
    assert_eq!(first.without_grant(day(10)), None, "it has ended by itself");
    let (_, again) = first.with_grant(grant("family", 30), day(15)).unwrap();
    assert_eq!(again.revision, 2);
}

#[test]
fn a_takeover_ends_grants_from_before_it() {
    let (holdings, _) = Holdings::new(user()).with_grant(grant("family", 10), day(1)).unwrap();
    assert_eq!(holdings.without_grant_before(day(1), day(2)), None);
    let (after, event) = holdings.without_grant_before(day(2), day(2)).unwrap();
    assert_eq!((after.granted(day(2)), event.steps[0].plan.as_deref()), (None, None));
}

#[test]
fn a_new_grant_names_an_offered_plan_and_ends_within_five_years() {
    let (mut catalogue, product) = (Catalogue::default(), ProductCode::parse("atoll").unwrap());
    let tax_class = TaxClass::standard();
    catalogue.set_product(Product { code: product.clone(), name: "Atoll".to_owned(), tax_class }).unwrap();
    let family = Plan { code: plan("family"), product, name: "Family".to_owned(), rank: 1, entitlements: [].into() };
    catalogue.set_plan(family).unwrap();
    let check = |grant: Grant, catalogue: &Catalogue| grant.check(catalogue, day(0));
    assert_eq!(check(grant("family", MAX_GRANT_DAYS), &catalogue), []);
    assert_eq!(check(grant("family", MAX_GRANT_DAYS + 1), &catalogue), [GrantError::TooLong]);
    assert_eq!(check(grant("gold", 0), &catalogue), [GrantError::NoSuchPlan, GrantError::Past]);
    catalogue.retire_plan(&plan("family"));
    assert_eq!(check(grant("family", 1), &catalogue), [GrantError::NoSuchPlan]);
}

#[test]
fn holdings_are_stored_with_their_subscriptions() {
    let held = vec![managed(999), mirrored(Store::Google, StoreState::Active, day(9))];
    let (holdings, _) = Holdings::new(user()).with_subscriptions(held).with_grant(grant("family", 10), day(0)).unwrap();
    let text = serde_json::to_string(&holdings).unwrap();
    assert_eq!(serde_json::from_str::<Holdings>(&text).unwrap(), holdings);
}

fn subscriptions() -> impl Strategy<Value = Vec<Subscription>> {
    let states = prop_oneof![
        Just(StoreState::Active),
        Just(StoreState::Grace),
        Just(StoreState::Cancelled),
        Just(StoreState::OnHold),
        Just(StoreState::Pending),
        Just(StoreState::Expired),
    ];
    let store = (states, 0_i64..60).prop_map(|(state, end)| mirrored(Store::Apple, state, day(end)));
    let one = prop_oneof![Just(managed(999)), store].prop_map(|one| vec![one]);
    prop_oneof![one, Just(Vec::new())]
}

proptest! {
    #[test]
    fn the_steps_say_what_the_rules_say_at_every_later_time(
        held in subscriptions(), end in 1_i64..80, now in 0_i64..60, later in 0_i64..120,
    ) {
        let holdings = Holdings::new(user()).with_subscriptions(held);
        let (holdings, event) = holdings.with_grant(grant("family", now + end), day(now)).unwrap();
        let at = day(now + later);
        let expected = holdings.entitlement(at).plan.map(|plan| plan.to_string());
        prop_assert_eq!(known(&event).plan_at(at).map(str::to_owned), expected);
        prop_assert!(event.steps.windows(2).all(|pair| (&pair[0].plan, pair[0].source) != (&pair[1].plan, pair[1].source)));
        prop_assert!(event.steps.windows(2).all(|pair| pair[0].until < pair[1].until || pair[1].until.is_none()));
    }
}

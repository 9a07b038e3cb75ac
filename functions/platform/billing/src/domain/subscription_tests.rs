//! Entitlements of users.

use super::*;
use crate::domain::cancel::{Cancellation, cancel};
use crate::domain::fixture::{day, managed, mirrored, with};
use crate::domain::mirror::StoreState;

fn plan(entitlement: &Entitlement) -> Option<&str> {
    entitlement.plan.as_ref().map(PlanCode::as_str)
}

#[test]
fn a_user_without_a_subscription_is_on_no_plan_of_ours() {
    let none = entitlement(&[], None, day(0));
    assert_eq!((plan(&none), none.until, none.reason), (None, None, Reason::NoSubscription));
}

#[test]
fn a_grant_of_an_admin_counts_until_its_end_and_then_the_subscription() {
    let subscriptions = [managed(999)];
    let grant = Grant { plan: PlanCode::parse("staff").unwrap(), until: day(5) };
    let granted = entitlement(&subscriptions, Some(&grant), day(4));
    assert_eq!((plan(&granted), granted.until, granted.reason), (Some("staff"), Some(day(5)), Reason::Granted));
    let after = entitlement(&subscriptions, Some(&grant), day(5));
    assert_eq!((plan(&after), after.reason), (Some("pro"), Reason::Subscription { status: Status::Active }));
}

#[test]
fn of_several_subscriptions_the_one_in_force_that_lasts_longest_counts() {
    let ended = cancel(&managed(999), Cancellation::Now, day(1)).unwrap().managed;
    let ended = with(managed(999).id, ended);
    let store = mirrored(Store::Apple, StoreState::Active, day(300));
    for subscriptions in [[ended.clone(), store.clone()], [store.clone(), ended.clone()], [managed(999), store.clone()]]
    {
        let found = entitlement(&subscriptions, None, day(2));
        assert_eq!((plan(&found), found.until), (Some("pro"), Some(day(300))));
    }
    let over = entitlement(&[ended], None, day(2));
    assert_eq!((plan(&over), over.reason), (None, Reason::Subscription { status: Status::Ended }));
}

#[test]
fn only_trials_paid_time_and_grace_entitle() {
    use Status::{Active, Ended, Incomplete, PastDue, Paused, Suspended, Trialing};
    let all = [Incomplete, Trialing, Active, PastDue, Suspended, Paused, Ended];
    let entitled: Vec<Status> = all.into_iter().filter(|status| status.is_entitled()).collect();
    assert_eq!(entitled, [Trialing, Active, PastDue]);
}

//! Mirrored subscriptions: the order of the store's clock.

use jiff::SignedDuration;
use proptest::prelude::*;
use types::{SubscriptionId, UserId, Uuid};

use super::*;
use crate::domain::fixture::{day, snapshot};
use crate::domain::subscription::{Mode, Subscription};

fn plan(code: &str) -> PlanCode {
    PlanCode::parse(code).unwrap()
}

fn folded(snapshots: &[Snapshot]) -> Mirror {
    snapshots.iter().fold(Mirror::new(Store::Google), |mirror, one| mirror.fold(one.clone()).0)
}

fn status(snapshots: &[Snapshot], now: Timestamp) -> Status {
    folded(snapshots).state(now).status
}

#[test]
fn case_17_notifications_of_one_time_in_either_order_lead_to_what_the_store_answers() {
    let ending = Snapshot { plan: plan("basic"), ..snapshot(5, StoreState::Active, day(30)) };
    let updated = Snapshot { plan: plan("pro"), ..snapshot(5, StoreState::Active, day(30)) };
    let answer = Snapshot { source: Source::Fetched { at: day(1) }, ..updated.clone() };
    for order in [[&ending, &updated], [&updated, &ending]] {
        let (first, _) = Mirror::new(Store::PayPal).fold(order[0].clone());
        let (second, outcome) = first.fold(order[1].clone());
        assert_eq!((outcome, second.needs_fetch()), (Folded::Tie, true));
        let (asked, _) = second.fold(answer.clone());
        assert_eq!((asked.plan(), asked.needs_fetch()), (Some(&plan("pro")), false));
        let (late, outcome) = asked.fold(ending.clone());
        assert_eq!((late, outcome), (asked, Folded::Older));
    }
}

#[test]
fn case_17_created_after_updated_stays_active() {
    let created = snapshot(1, StoreState::Pending, day(30));
    let updated = snapshot(2, StoreState::Active, day(30));
    assert_eq!(status(&[updated, created], day(1)), Status::Active);
}

#[test]
fn access_follows_the_state_of_the_store() {
    use StoreState::{Active, Cancelled, Expired, Grace, OnHold, Paused, Pending, Revoked};
    let at = |state, now| status(&[snapshot(1, state, day(30))], now);
    let during = [Pending, Active, Grace, OnHold, Paused, Cancelled, Expired, Revoked].map(|state| at(state, day(1)));
    let wanted = [
        Status::Incomplete,
        Status::Active,
        Status::PastDue,
        Status::Suspended,
        Status::Paused,
        Status::Active,
        Status::Ended,
        Status::Ended,
    ];
    assert_eq!(during, wanted);
    assert_eq!((at(Cancelled, day(30)), at(Grace, day(30))), (Status::Ended, Status::Suspended));
    let grace = Snapshot { grace_until: Some(day(36)), ..snapshot(1, Grace, day(30)) };
    assert_eq!(status(std::slice::from_ref(&grace), day(35)), Status::PastDue);
    assert_eq!(status(&[grace], day(36)), Status::Suspended);
}

#[test]
fn a_renewal_may_be_announced_late() {
    let renewing = [snapshot(1, StoreState::Active, day(30))];
    assert_eq!(status(&renewing, day(30)), Status::PastDue);
    assert_eq!(folded(&renewing).state(day(30)).until, Some(day(31)));
    assert_eq!(status(&renewing, day(31)), Status::Suspended);
    let last = Snapshot { renews: false, ..snapshot(1, StoreState::Active, day(30)) };
    assert_eq!(status(&[last], day(30)), Status::Ended);
}

#[test]
fn a_purchase_that_ended_stays_ended_until_another_purchase() {
    let revoked = snapshot(2, StoreState::Revoked, day(30));
    let stale = snapshot(3, StoreState::Active, day(60));
    assert_eq!(status(&[revoked.clone(), stale], day(1)), Status::Ended);
    let bought = Snapshot { purchase: "order-2".to_owned(), ..snapshot(4, StoreState::Active, day(60)) };
    assert_eq!(status(&[revoked.clone(), bought], day(1)), Status::Active);
    let reinstated = Snapshot { is_reinstated: true, ..snapshot(5, StoreState::Active, day(60)) };
    assert_eq!(status(&[revoked.clone(), reinstated.clone()], day(1)), Status::Active);
    let again = snapshot(6, StoreState::Revoked, day(60));
    let stale = snapshot(7, StoreState::Active, day(60));
    assert_eq!(status(&[revoked, reinstated, again, stale], day(1)), Status::Ended);
}

/// State, purchase, days until the end, days until the end of the grace period, and flags.
type Said = (StoreState, u8, i64, Option<i64>, [bool; 4]);

/// What a store says over time. Each `together` of them have one time.
fn snapshots(together: i64) -> impl Strategy<Value = Vec<Snapshot>> {
    use StoreState::{Active, Cancelled, Expired, Grace, OnHold, Paused, Pending, Revoked};
    let state =
        prop::sample::select(vec![Pending, Active, Active, Active, Grace, OnHold, Paused, Cancelled, Expired, Revoked]);
    let one = (state, 0..4_u8, 1..90_i64, prop::option::of(1..90_i64), any::<[bool; 4]>());
    prop::collection::vec(one, 1..12).prop_map(move |all| {
        let one = |(clock, (state, purchase, ends, grace, flags)): (i64, Said)| Snapshot {
            purchase: format!("order-{purchase}"),
            grace_until: grace.map(day),
            renews: flags[0],
            is_trial: flags[1],
            is_reinstated: flags[2] && flags[3],
            ..snapshot(clock / together, state, day(ends))
        };
        (0..).zip(all).map(one).collect()
    })
}

/// The last instant that a store has paid or granted, with our tolerance.
fn granted(snapshots: &[Snapshot]) -> Timestamp {
    let ends = |one: &Snapshot| one.grace_until.unwrap_or(one.expires_at).max(one.expires_at + RENEWAL_TOLERANCE);
    snapshots.iter().map(ends).max().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn snapshots_that_are_late_duplicated_and_reordered_lead_to_the_same_state(
        told in snapshots(2),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..30),
    ) {
        let expected = folded(&told);
        let mut shuffled: Vec<Snapshot> = order.iter().map(|index| told[index.index(told.len())].clone()).collect();
        shuffled.extend(told.iter().rev().cloned());
        let found = folded(&shuffled);
        prop_assert_eq!((found.plan(), found.needs_fetch()), (expected.plan(), expected.needs_fetch()));
        for days in 0..100 {
            prop_assert_eq!(found.state(day(days)), expected.state(day(days)));
        }
    }

    #[test]
    fn lost_snapshots_are_made_up_for_by_the_last_one_unless_they_ended_a_purchase(
        told in snapshots(1),
        lost in prop::collection::vec(any::<bool>(), 12),
    ) {
        let is_kept = |(index, one): &(usize, &Snapshot)| {
            *index + 1 == told.len() || !lost[*index] || one.state.is_terminal() || one.is_reinstated
        };
        let heard: Vec<Snapshot> = told.iter().enumerate().filter(is_kept).map(|(_, one)| one.clone()).collect();
        prop_assert_eq!(folded(&heard).state(day(5)), folded(&told).state(day(5)));
    }

    #[test]
    fn there_is_no_entitlement_after_what_a_store_has_paid_or_granted(told in snapshots(1), seconds in 0..10_000_000_i64) {
        let now = granted(&told) + SignedDuration::from_secs(seconds);
        let subscription = Subscription {
            id: SubscriptionId::new(Uuid::from_u128(1)),
            user: UserId::new(Uuid::from_u128(2)),
            started_at: day(0),
            mode: Mode::Mirrored(Box::new(folded(&told))),
        };
        prop_assert_eq!(subscription.entitlement(now).plan, None);
    }
}

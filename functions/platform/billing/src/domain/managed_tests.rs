//! Managed subscriptions: trials, renewals, payments, ends.

use calendar::ZoneName;
use money::Rate;
use types::Uuid;

use super::*;
use crate::domain::codes::CouponCode;
use crate::domain::coupon::{Coupon, Discount, Redemptions};
use crate::domain::fixture::{at, day, managed, price, with};
use crate::domain::subscription::{Mode, Subscription};

fn id() -> SubscriptionId {
    SubscriptionId::new(Uuid::from_u128(10))
}

fn inner(subscription: &Subscription) -> &Managed {
    match &subscription.mode {
        Mode::Managed(managed) => managed,
        Mode::Mirrored(_) => panic!("not managed"),
    }
}

fn start(price: Price, coupon: Option<Redeemed>, with_trial: bool) -> Step {
    Managed::start(id(), price, coupon, Anchor::new(at(0), ZoneName::utc()), with_trial).unwrap()
}

fn pay(managed: &Managed, now: Timestamp) -> Managed {
    match managed.paid(managed.open.as_ref().unwrap().invoice, at(0), now) {
        Payment::Applied(managed) => *managed,
        Payment::Superfluous => panic!("the invoice is open"),
    }
}

fn status(managed: &Managed, now: Timestamp) -> Status {
    with(id(), managed.clone()).status(now)
}

fn plan(managed: &Managed, now: Timestamp) -> Option<String> {
    with(id(), managed.clone()).entitlement(now).plan.map(|plan| plan.to_string())
}

fn renewed(managed: &Managed, now: Timestamp) -> Step {
    managed.renew(id(), at(0), now).unwrap()
}

#[test]
fn a_new_subscription_waits_for_its_first_payment_and_then_ends() {
    let step = start(price("pro", 999), None, false);
    let first = step.managed;
    assert_eq!((status(&first, at(0)), plan(&first, at(0)), step.lines.len()), (Status::Incomplete, None, 1));
    let late = at(0) + INCOMPLETE_LIFETIME;
    assert_eq!((status(&first, late), first.due(at(0), late)), (Status::Ended, Due::Abandonment));
    let invoice = first.open.as_ref().unwrap().invoice;
    assert_eq!(first.paid(invoice, at(0), late), Payment::Superfluous);
    let given_up = first.abandon(late).unwrap();
    assert_eq!(given_up.void, Some(invoice));
    assert_eq!(given_up.managed.ended.map(|ended| ended.reason), Some(EndReason::NeverPaid));
    assert_eq!(given_up.managed.due(at(0), late), Due::Never);
}

#[test]
fn a_trial_is_free_and_its_end_starts_the_first_period() {
    let trial = Price { trial_days: 14, ..price("pro", 999) };
    let step = start(trial, None, true);
    assert_eq!((step.lines, status(&step.managed, day(13))), (vec![], Status::Trialing));
    assert_eq!(step.managed.due(at(0), day(13)), Due::At(day(14)));
    let first = renewed(&step.managed, day(14));
    let period = first.managed.account.as_ref().unwrap().period;
    assert_eq!((first.lines[0].amount, period.number, period.start), (999, 0, day(14)));
    assert_eq!(status(&first.managed, day(14)), Status::PastDue);
    assert_eq!(status(&pay(&first.managed, day(14)), day(20)), Status::Active);
}

#[test]
fn a_trial_lasts_whole_days_of_the_customers_clock() {
    let trial = Price { trial_days: 14, ..price("pro", 999) };
    let started: Timestamp = "2026-03-20T11:00:00Z".parse().unwrap();
    let anchor = Anchor::new(started, ZoneName::parse("Europe/Berlin").unwrap());
    let step = Managed::start(id(), trial, None, anchor, true).unwrap();
    assert_eq!(step.managed.trial_until.unwrap().to_string(), "2026-04-03T10:00:00Z");
}

#[test]
fn periods_touch_and_a_repeated_renewal_has_the_same_invoice() {
    let first = managed(999);
    let end = inner(&first).renewal_at().unwrap();
    let step = renewed(inner(&first), end + SignedDuration::from_hours(5));
    assert_eq!(step.managed.account.as_ref().unwrap().period.start, end);
    assert_eq!(step, renewed(inner(&first), end + SignedDuration::from_hours(5)));
    assert_eq!(step.managed.renew(id(), at(0), end + SignedDuration::from_hours(6)), None, "once");
    assert_eq!(inner(&first).renew(id(), at(0), end - SignedDuration::from_secs(1)), None, "not before its time");
}

#[test]
fn a_failed_renewal_is_kept_for_the_grace_period_then_suspended_and_then_ended() {
    let first = managed(999);
    let end = inner(&first).renewal_at().unwrap();
    let open = renewed(inner(&first), end).managed;
    let invoice = open.open.as_ref().unwrap().invoice;
    let failed = open.payment_failed(invoice, Schedule::usual());
    assert_eq!(failed.payment_failed(invoice, Schedule::usual()), failed);
    let later = |days: i64| end + SignedDuration::from_hours(24 * days);
    let states = [0, 6, 7, 20, 21].map(|days| status(&failed, later(days)));
    let wanted = [Status::PastDue, Status::PastDue, Status::Suspended, Status::Suspended, Status::Ended];
    assert_eq!(states, wanted);
    assert_eq!(status(&pay(&failed, later(15)), later(15)), Status::Active, "a payment restores it");
    assert_eq!(failed.paid(invoice, at(0), later(21)), Payment::Superfluous, "a late success is refunded");
    let ended = failed.abandon(later(21)).unwrap();
    assert_eq!((ended.void, ended.managed.ended.map(|ended| ended.reason)), (Some(invoice), Some(EndReason::Unpaid)));
}

#[test]
fn a_period_that_nobody_renewed_while_it_lasted_is_not_billed() {
    let first = managed(999);
    let step = renewed(inner(&first), day(100));
    let period = step.managed.account.as_ref().unwrap().period;
    assert!(period.contains(day(100)));
    assert_eq!((period.number, step.lines.len()), (3, 1));
    assert_eq!(plan(inner(&first), day(99)), None, "nor was it granted");
}

#[test]
fn a_renewal_that_is_awaited_is_kept_for_a_day() {
    let first = managed(999);
    let end = inner(&first).renewal_at().unwrap();
    assert_eq!(status(inner(&first), end), Status::PastDue);
    assert_eq!(status(inner(&first), end + RENEWAL_TOLERANCE), Status::Suspended);
}

#[test]
fn a_coupon_of_everything_needs_no_payment() {
    let all = Coupon {
        code: CouponCode::parse("free").unwrap(),
        discount: Discount::Fraction(Rate::from_millionths(1_000_000).unwrap()),
        periods: Some(1),
        redeem_before: None,
        max_redemptions: None,
        max_per_user: 1,
        plans: [].into(),
    };
    let coupon = all.redeem(&price("pro", 999), Redemptions::default(), at(0)).unwrap();
    let step = start(price("pro", 999), Some(coupon), false);
    assert_eq!((&step.lines[..], &step.managed.open, status(&step.managed, at(0))), (&[][..], &None, Status::Active));
    let end = step.managed.renewal_at().unwrap();
    assert_eq!(renewed(&step.managed, end).lines[0].amount, 999);
}

#[test]
fn a_payment_for_another_invoice_or_a_repeated_one_is_superfluous() {
    let first = managed(999);
    let paid = period_invoice(id(), at(0));
    assert_eq!(inner(&first).paid(paid, at(0), at(5)), Payment::Superfluous);
    let end = inner(&first).renewal_at().unwrap();
    let open = renewed(inner(&first), end).managed;
    assert_eq!(open.paid(paid, at(0), end), Payment::Superfluous);
    assert_eq!(open.payment_failed(paid, Schedule::usual()), open);
}

#[test]
fn a_stored_subscription_reads_back_as_it_was() {
    let first = managed(999);
    let text = serde_json::to_string(&first).unwrap();
    assert_eq!(serde_json::from_str::<Subscription>(&text).unwrap(), first);
}

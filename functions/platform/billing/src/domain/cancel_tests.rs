//! Cancelling, resuming and pausing.

use jiff::SignedDuration;

use super::*;
use crate::domain::dunning::Schedule;
use crate::domain::fixture::{at, day, managed, mirrored, with};
use crate::domain::managed::Due;
use crate::domain::mirror::StoreState;

fn inner(subscription: &Subscription) -> &Managed {
    match &subscription.mode {
        Mode::Managed(managed) => managed,
        Mode::Mirrored(_) => panic!("not managed"),
    }
}

fn sum(step: &Step) -> i64 {
    step.lines.iter().map(|line| line.amount).sum()
}

#[test]
fn a_cancelled_subscription_lasts_until_the_end_of_the_period_and_can_be_resumed() {
    let subscription = managed(999);
    let end = inner(&subscription).renewal_at().unwrap();
    let step = cancel(&subscription, Cancellation::PeriodEnd, day(3)).unwrap();
    let ending = with(subscription.id, step.managed.clone());
    assert_eq!(
        (ending.status(end - SignedDuration::from_secs(1)), ending.status(end)),
        (Status::Active, Status::Ended)
    );
    assert_eq!(ending.entitlement(day(3)).until, Some(end));
    assert_eq!(resume(&ending, day(4)), Ok(inner(&subscription).clone()));
    assert_eq!(resume(&ending, end), Err(ActionError::Ended));
    assert_eq!(resume(&subscription, day(4)), Err(ActionError::NotCancelled));
    assert_eq!(step.managed.due(at(0), end), Due::End);
    let finished = step.managed.finish(end).unwrap();
    assert_eq!(finished.managed.ended, Some(Ended { at: end, reason: EndReason::Cancelled }));
    assert_eq!(cancel(&ending, Cancellation::Now, end), Err(ActionError::Ended));
}

#[test]
fn a_cancellation_at_once_credits_nothing_the_rest_or_all() {
    let subscription = managed(999);
    let refunded = Cancellation::NowRefunded { invoice: inner(&subscription).invoices[0] };
    let credits = [Cancellation::Now, Cancellation::NowWithCredit, refunded].map(|how| {
        let step = cancel(&subscription, how, day(10)).unwrap();
        assert_eq!(with(subscription.id, step.managed.clone()).entitlement(day(10)).plan, None);
        sum(&step)
    });
    assert_eq!(credits, [0, -677, -999]);
}

#[test]
fn case_26_a_subscription_that_is_past_due_can_be_cancelled_and_its_invoice_is_voided() {
    let subscription = managed(999);
    let end = inner(&subscription).renewal_at().unwrap();
    let open = inner(&subscription).renew(subscription.id, at(0), end).unwrap().managed;
    let invoice = open.open.as_ref().unwrap().invoice;
    let failed = with(subscription.id, open.payment_failed(invoice, Schedule::usual()));
    assert_eq!(failed.status(end), Status::PastDue);
    for how in [Cancellation::PeriodEnd, Cancellation::Now] {
        let step = cancel(&failed, how, end + SignedDuration::from_hours(5)).unwrap();
        assert_eq!((step.void, sum(&step), step.managed.open.as_ref()), (Some(invoice), 0, None));
        assert_eq!(step.managed.due(at(0), day(400)), Due::Never);
    }
}

#[test]
fn pausing_is_for_stores_that_can_do_it() {
    let paypal = mirrored(Store::PayPal, StoreState::Active, day(30));
    assert_eq!(pause(&paypal, day(1)), Ok(Store::PayPal));
    for store in [Store::Apple, Store::Google] {
        let at_store = Err(ActionError::AtStore { manage_at: store.manage_at() });
        assert_eq!(pause(&mirrored(store, StoreState::Active, day(30)), day(1)), at_store);
    }
    assert_eq!(pause(&managed(999), day(1)), Err(ActionError::NoPause));
    let expired = mirrored(Store::PayPal, StoreState::Expired, day(30));
    assert_eq!(pause(&expired, day(1)), Err(ActionError::Ended));
}

#[test]
fn a_subscription_of_a_store_is_cancelled_there() {
    let at =
        |store| cancel(&mirrored(store, StoreState::Active, day(30)), Cancellation::PeriodEnd, day(1)).unwrap_err();
    assert_eq!(at(Store::Apple), ActionError::AtStore { manage_at: Store::Apple.manage_at() });
    assert_eq!(
        (at(Store::Google), at(Store::PayPal)),
        (ActionError::ThroughStore(Store::Google), ActionError::ThroughStore(Store::PayPal),)
    );
}

//! Requests, sweeps and webhooks at the same time. Each write is conditional on the version that was read, so of two that race
//! one is decided again after the other. Both orders must be right.

use calendar::ZoneName;
use jiff::{SignedDuration, Timestamp};
use money::Rate;
use types::{SubscriptionId, Uuid};

use crate::domain::cancel::{ActionError, Cancellation, cancel, resume};
use crate::domain::change::{Ask, ChangeError, Timing, change, preview};
use crate::domain::dunning::{ATTEMPT_LEASE, CaseState, DunningCase, NoAttempt, Success};
use crate::domain::fixture::{at, day, managed, price, with};
use crate::domain::managed::{Due, Managed, Payment, period_invoice};
use crate::domain::period::Anchor;
use crate::domain::subscription::{Mode, Status, Subscription};
use crate::domain::tax::{PriceTax, Treatment};

fn inner(subscription: &Subscription) -> &Managed {
    match &subscription.mode {
        Mode::Managed(managed) => managed,
        Mode::Mirrored(_) => panic!("not managed"),
    }
}

fn id() -> SubscriptionId {
    managed(1).id
}

fn upgrade() -> Ask {
    Ask {
        price: price("max", 1_999),
        timing: Timing::Usual,
        prices: PriceTax::Inclusive,
        treatment: Treatment::Standard,
        rate: Rate::ZERO,
    }
}

/// A subscription whose renewal waits for its payment, and the start of that period.
fn renewing() -> (Subscription, Timestamp) {
    let first = managed(999);
    let end = inner(&first).renewal_at().unwrap();
    (with(id(), inner(&first).renew(id(), at(0), end).unwrap().managed), end)
}

#[test]
fn of_a_payment_and_the_sweep_that_gives_its_invoice_up_one_counts() {
    let (open, start) = renewing();
    let invoice = period_invoice(id(), start);
    let Payment::Applied(paid) = inner(&open).paid(invoice, at(0), start) else { panic!("the invoice is open") };
    assert_eq!((paid.abandon(start), paid.paid(invoice, at(0), start)), (None, Payment::Superfluous));
    let given_up = inner(&open).abandon(start).unwrap();
    assert_eq!(given_up.void, Some(invoice));
    assert_eq!(given_up.managed.paid(invoice, at(0), start), Payment::Superfluous);
    assert_eq!(given_up.managed.abandon(start), None, "voided once");
}

#[test]
fn of_a_cancellation_and_a_renewal_in_any_order_nothing_is_charged() {
    let first = managed(999);
    let end = inner(&first).renewal_at().unwrap();
    let ending = cancel(&first, Cancellation::PeriodEnd, end - SignedDuration::from_secs(1)).unwrap().managed;
    assert_eq!((ending.due(at(0), end), ending.renew(id(), at(0), end)), (Due::End, None));
    let (open, start) = renewing();
    let step = cancel(&open, Cancellation::PeriodEnd, start).unwrap();
    assert_eq!((step.void, step.managed.due(at(0), day(90))), (Some(period_invoice(id(), start)), Due::Never));
    assert_eq!(with(id(), step.managed).status(start), Status::Ended);
}

#[test]
fn of_a_resumption_and_the_end_the_end_stays() {
    let first = managed(999);
    let end = inner(&first).renewal_at().unwrap();
    let ending = cancel(&first, Cancellation::PeriodEnd, day(1)).unwrap().managed;
    assert_eq!(resume(&with(id(), ending.clone()), end), Err(ActionError::Ended), "before the sweep came");
    let finished = ending.finish(end).unwrap().managed;
    assert_eq!((resume(&with(id(), finished.clone()), end), finished.finish(end)), (Err(ActionError::Ended), None));
    // Resumed in time, the sweep that was decided before has nothing to end.
    let resumed = resume(&with(id(), ending), end - SignedDuration::from_secs(1)).unwrap();
    assert_eq!((resumed.finish(end), resumed.due(at(0), end)), (None, Due::Renewal));
}

#[test]
fn a_change_that_is_sent_twice_is_charged_once() {
    let subscription = managed(999);
    let quote = preview(&subscription, 7, &upgrade(), day(10)).unwrap();
    let chosen = (day(10), quote.hash.as_str());
    let made = change(&subscription, 7, &upgrade(), chosen, day(10)).unwrap();
    assert_eq!(change(&made.subscription, 8, &upgrade(), chosen, day(10)), Err(ChangeError::InvoiceOpen));
    let Payment::Applied(paid) = inner(&made.subscription).paid(made.invoice, at(0), day(10)) else { panic!("open") };
    let again = change(&with(id(), *paid), 9, &upgrade(), chosen, day(10));
    assert_eq!(again, Err(ChangeError::NothingChanges));
}

#[test]
fn a_change_and_a_cancellation_in_any_order_leave_no_open_invoice() {
    let subscription = managed(999);
    let quote = preview(&subscription, 7, &upgrade(), day(10)).unwrap();
    let ending = with(id(), cancel(&subscription, Cancellation::PeriodEnd, day(10)).unwrap().managed);
    let late = change(&ending, 8, &upgrade(), (day(10), quote.hash.as_str()), day(10));
    assert_eq!(late, Err(ChangeError::Cancelled));
    let step = cancel(&quote.subscription, Cancellation::PeriodEnd, day(10)).unwrap();
    assert_eq!((step.void, step.managed.open), (Some(quote.invoice), None));
    assert_eq!(
        (step.managed.account, step.managed.cancel_at),
        (inner(&ending).account.clone(), inner(&ending).cancel_at)
    );
}

#[test]
fn a_payment_of_a_subscription_that_ended_pays_for_no_other_one() {
    let (open, start) = renewing();
    let late = period_invoice(id(), start);
    let ended = with(id(), cancel(&open, Cancellation::Now, start).unwrap().managed);
    let other = SubscriptionId::new(Uuid::from_u128(11));
    let anchor = Anchor::new(start, ZoneName::utc());
    let next = Managed::start(other, price("pro", 999), None, anchor, false).unwrap().managed;
    assert_eq!(inner(&ended).paid(late, at(0), start), Payment::Superfluous);
    assert_eq!(next.paid(late, start, start), Payment::Superfluous);
    assert_ne!(next.open.unwrap().invoice, late);
}

#[test]
fn a_dispute_of_last_months_payment_does_not_pay_back_this_month_too() {
    let first = managed(999);
    let disputed = inner(&first).invoices[0];
    let (open, start) = renewing();
    let Payment::Applied(paid) = inner(&open).paid(period_invoice(id(), start), at(0), start) else { panic!("open") };
    let step = cancel(&with(id(), *paid), Cancellation::NowRefunded { invoice: disputed }, start).unwrap();
    assert_eq!((step.lines, step.managed.ended.map(|ended| ended.at)), (vec![], Some(start)));
    let step = cancel(&first, Cancellation::NowRefunded { invoice: disputed }, day(3)).unwrap();
    assert_eq!(step.lines.iter().map(|line| line.amount).sum::<i64>(), -999);
}

#[test]
fn a_new_card_the_sweep_and_a_cancellation_never_make_two_charges() {
    let (_, start) = renewing();
    let case = DunningCase::open(period_invoice(id(), start), start);
    let replaced = case.method_replaced(start).unwrap();
    let (first, charging) = replaced.begin(start).unwrap();
    let soon = start + SignedDuration::from_secs(1);
    assert_eq!(charging.begin(soon).unwrap_err(), NoAttempt::InProgress);
    assert_eq!(charging.method_replaced(soon).unwrap_err(), NoAttempt::InProgress);
    // The answer is lost: the same key again, and never a second one.
    let (again, _) = charging.begin(start + ATTEMPT_LEASE).unwrap();
    assert_eq!(again, first);
    // Cancelled meanwhile: the answer is looked up and paid back.
    let closing = charging.close();
    assert_eq!(closing.close(), closing);
    assert_eq!(closing.method_replaced(soon).unwrap_err(), NoAttempt::Over);
    let (closed, success) = closing.succeeded();
    assert_eq!((closed.state, success, closed.succeeded().1), (CaseState::Closed, Success::TooLate, Success::TooLate));
}

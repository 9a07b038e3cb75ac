//! Payments under any order of what the provider says, and under concurrent requests.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use payment_providers::{DisputeProgress, PaymentError, Progressed, RefundProgress};
use proptest::prelude::*;
use types::{CurrencyCode, Uuid};

use super::*;
use crate::domain::accounting::RefundState;
use crate::domain::events::{self, PaymentEvent};
use crate::domain::limits::MAX_SESSIONS;
use crate::domain::requests::{NotRequested, ShippedCaptures};
use crate::domain::steps::{Request, Step};

const AMOUNT: i64 = 100;

pub(super) fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap() + SignedDuration::from_mins(minutes)
}

fn eur(amount: i64) -> Money {
    Money::new(amount, CurrencyCode::parse("EUR").unwrap())
}

fn quote(capture: CaptureMode) -> Quote {
    let user = UserId::new(Uuid::from_u128(2));
    Quote {
        order: OrderId::new(Uuid::from_u128(1)),
        number: "7ZK2M0QX9D".to_owned(),
        payer: BuyerId::User(user),
        amount: AMOUNT,
        currency: CurrencyCode::parse("EUR").unwrap(),
        capture,
        until: at(9),
    }
}

fn chosen(provider: PaymentProviderName) -> NextSession {
    NextSession { provider, method: None, save_method: false }
}

pub(super) fn started(capture: CaptureMode) -> Payment {
    let payer = BuyerId::User(UserId::new(Uuid::from_u128(2)));
    Payment::start(&quote(capture), payer, chosen(PaymentProviderName::Stripe), "c".to_owned(), at(0))
}

pub(super) fn view(facts: PaymentFacts) -> ProviderPayment {
    ProviderPayment {
        id: ProviderPaymentId::new("pi_1"),
        reference: None,
        money: eur(AMOUNT),
        facts,
        our_captures: BTreeSet::new(),
        needs_confirm: false,
        multi_capture: true,
        next: None,
        decline: None,
        method: None,
        customer: None,
    }
}

pub(super) fn captured(amount: i64) -> PaymentFacts {
    PaymentFacts {
        authorized_minor: AMOUNT,
        captures: BTreeMap::from([("ch_1".to_owned(), amount)]),
        ..PaymentFacts::default()
    }
}

pub(super) fn authorized() -> PaymentFacts {
    PaymentFacts { authorized_minor: AMOUNT, ..PaymentFacts::default() }
}

pub(super) fn with_refund(
    mut facts: PaymentFacts,
    id: &str,
    amount_minor: i64,
    progress: RefundProgress,
) -> PaymentFacts {
    facts.refunds.insert(id.to_owned(), Progressed { amount_minor, progress });
    facts
}

pub(super) fn with_capture(mut facts: PaymentFacts, id: &str, amount_minor: i64) -> PaymentFacts {
    facts.captures.insert(id.to_owned(), amount_minor);
    facts
}

pub(super) fn refund(number: u128) -> RefundId {
    RefundId::new(Uuid::from_u128(number))
}

/// All that the provider says over time: each view has what the earlier ones had.
fn history() -> Vec<PaymentFacts> {
    let created = PaymentFacts::default();
    let failed = PaymentFacts { failed_attempts: BTreeSet::from(["ch_0".to_owned()]), ..created.clone() };
    let action = PaymentFacts { actions: BTreeSet::from(["a_1".to_owned()]), ..failed.clone() };
    let authorized = PaymentFacts { authorized_minor: AMOUNT, capture_before: Some(at(10_000)), ..action.clone() };
    let captured = PaymentFacts { captures: BTreeMap::from([("ch_1".to_owned(), AMOUNT)]), ..authorized.clone() };
    let thirty = with_refund(captured.clone(), &refund(30).to_string(), 30, RefundProgress::Pending);
    let sent = with_refund(thirty.clone(), &refund(30).to_string(), 30, RefundProgress::Succeeded);
    let twenty = with_refund(sent.clone(), &refund(20).to_string(), 20, RefundProgress::Succeeded);
    let mut disputed = twenty.clone();
    let dispute = |progress| Progressed { amount_minor: 50, progress };
    disputed.disputes.insert("dp_1".to_owned(), dispute(DisputeProgress::Open));
    let mut won = disputed.clone();
    won.disputes.insert("dp_1".to_owned(), dispute(DisputeProgress::Won));
    vec![created, failed, action, authorized, captured, thirty, sent, twenty, disputed, won]
}

fn after(payment: &Payment, views: &[PaymentFacts]) -> (Payment, Vec<PaymentEvent>) {
    views.iter().fold((payment.clone(), Vec::new()), |(payment, mut events), facts| {
        let next = payment.merged(&view(facts.clone()), at(1));
        events.extend(events::between(&payment, &next));
        (next, events)
    })
}

/// The facts. What waits for the payer is what the last view says.
fn known(payment: &Payment) -> PaymentFacts {
    PaymentFacts { actions: BTreeSet::new(), ..payment.facts.clone() }
}

proptest! {
    #[test]
    fn any_order_of_views_with_repetitions_and_losses_ends_in_the_provider_s_state(
        heard in prop::collection::vec(0..10_usize, 0..30),
    ) {
        let history = history();
        let last = history.last().unwrap().clone();
        let heard: Vec<PaymentFacts> = heard.into_iter().map(|index| history[index].clone()).chain([last.clone()]).collect();
        let (payment, events) = after(&started(CaptureMode::OnShipment), &heard);
        let (expected, _) = after(&started(CaptureMode::OnShipment), &[last]);
        prop_assert_eq!(known(&payment), known(&expected));
        prop_assert_eq!((payment.status(), payment.attention), (FactStatus::PartiallyRefunded, expected.attention));
        // Each fact is told once.
        let count = |is: fn(&PaymentEvent) -> bool| events.iter().filter(|event| is(event)).count();
        prop_assert_eq!(count(|event| matches!(event, PaymentEvent::Captured(_))), 1);
        prop_assert_eq!(count(|event| matches!(event, PaymentEvent::RefundSucceeded(_))), 2);
        prop_assert_eq!(count(|event| matches!(event, PaymentEvent::DisputeOpened(_))), 1);
        prop_assert_eq!(count(|event| matches!(event, PaymentEvent::DisputeClosed(_))), 1);
        prop_assert_eq!(count(|event| matches!(event, PaymentEvent::Closed(_))), 0);
    }

    #[test]
    fn merges_commute(one in 0..10_usize, other in 0..10_usize) {
        let history = history();
        let (one, other) = (history[one].clone(), history[other].clone());
        let (there, _) = after(&started(CaptureMode::OnShipment), &[one.clone(), other.clone()]);
        let (back, _) = after(&started(CaptureMode::OnShipment), &[other, one.clone(), one]);
        prop_assert_eq!(known(&there), known(&back));
    }

    #[test]
    fn sums_stay_within_what_was_captured_and_authorized(actions in prop::collection::vec((0..6_u8, 1..120_i64), 1..60)) {
        let mut world = World::new();
        for (action, amount) in actions {
            world.act(action, amount);
            world.check();
        }
        world.finish();
        world.check();
        prop_assert_eq!(world.payment.pending_refunds().count(), 0);
    }
}

/// A payment, and a provider that enforces its own bounds.
struct World {
    payment: Payment,
    truth: PaymentFacts,
    requests: u128,
}

impl World {
    fn new() -> Self {
        let payment = started(CaptureMode::OnShipment).merged(&view(authorized()), at(1));
        Self { payment, truth: authorized(), requests: 0 }
    }

    fn act(&mut self, action: u8, amount: i64) {
        self.requests += 1;
        match action {
            0 => {
                let requested = self.payment.request_refund(refund(self.requests), amount, at(2));
                if let Ok(Some(next)) = requested {
                    self.payment = next;
                }
            }
            1 => {
                let id = format!("capture-{}", self.requests);
                if let Ok(Some(next)) = self.payment.request_capture(&id, amount, false, at(2)) {
                    self.payment = next;
                }
            }
            2 => drop(self.call()),
            // The answer is lost: the provider has done it.
            3 => {
                let lost = self.payment.clone();
                self.call();
                self.payment = lost;
            }
            4 => self.fail_a_refund(),
            _ => self.look(),
        }
    }

    fn look(&mut self) {
        self.payment = self.payment.merged(&view(self.truth.clone()), at(3));
    }

    fn fail_a_refund(&mut self) {
        if let Some(refund) = self.truth.refunds.values_mut().next() {
            refund.progress = RefundProgress::Failed;
        }
    }

    /// Does the next step; false if there is none.
    fn call(&mut self) -> bool {
        match self.payment.next_step(at(3), false) {
            Step::Capture { amount_minor, .. } => {
                let id = format!("ch_{}", self.truth.captures.len());
                // The provider's own bound; a lost answer is not done twice because its key is known.
                if self.truth.captured_minor() + amount_minor <= AMOUNT && !self.was_done(amount_minor) {
                    self.truth.captures.insert(id, amount_minor);
                }
            }
            Step::Refund { id, amount_minor, .. } => {
                let fits = amount_minor <= self.truth.refundable_minor();
                let (id, progress) = (id.to_string(), RefundProgress::Succeeded);
                if self.truth.refund(&id).is_none() {
                    if fits {
                        self.truth = with_refund(self.truth.clone(), &id, amount_minor, progress);
                    } else {
                        self.look();
                        let request = Request::Refund(id.parse().unwrap());
                        self.payment = self.payment.with_refused(&request, at(3)).unwrap_or(self.payment.clone());
                        return true;
                    }
                }
            }
            Step::Wait => return false,
            other => panic!("{other:?}"),
        }
        self.look();
        true
    }

    fn was_done(&self, _: i64) -> bool {
        self.truth.captured_minor() > self.payment.facts.captured_minor()
    }

    fn finish(&mut self) {
        self.look();
        for _ in 0..500 {
            if !self.call() {
                return;
            }
        }
        panic!("it does not end: {:?}", self.payment);
    }

    fn check(&self) {
        let payment = &self.payment;
        assert!(payment.facts.captured_minor() <= payment.facts.authorized_minor);
        assert!(payment.requested_captures_minor() <= payment.facts.authorized_minor);
        assert!(payment.refunding_minor() <= payment.facts.captured_minor(), "{payment:?}");
        assert!(self.truth.refunded_minor() <= self.truth.captured_minor());
        assert!(self.truth.captured_minor() <= AMOUNT);
    }
}

#[test]
fn a_payment_has_ten_sessions_at_most() {
    let mut payment = started(CaptureMode::Immediate);
    payment.session.number = MAX_SESSIONS - 2;
    let other = NextSession { provider: PaymentProviderName::Paypal, method: None, save_method: false };
    assert!(payment.continued(&quote(CaptureMode::Immediate), &other, at(1)).unwrap().is_some());
    payment.session.number += 1;
    assert_eq!(payment.continued(&quote(CaptureMode::Immediate), &other, at(1)), Err(NotStarted::TooManySessions));
}

#[test]
fn a_saved_method_that_the_provider_refuses_is_not_charged_again() {
    let method = Some(MethodId::new("pm_gone"));
    let with_method = NextSession { method, ..chosen(PaymentProviderName::Stripe) };
    let payment = started(CaptureMode::Immediate).merged(&view(PaymentFacts::default()), at(0));
    let payment = payment.continued(&quote(CaptureMode::Immediate), &with_method, at(1)).unwrap().unwrap();
    assert!(matches!(payment.next_step(at(1), true), Step::Confirm { method: Some(_), .. }));
    let refused = payment.with_refused(&Request::Charge, at(1)).unwrap();
    assert_eq!(refused.next_step(at(1), true), Step::Wait);
}

#[test]
fn another_choice_before_the_registration_has_another_key() {
    let method = Some(MethodId::new("pm_gone"));
    let with_method = NextSession { method, ..chosen(PaymentProviderName::Stripe) };
    let quote = quote(CaptureMode::Immediate);
    let before = Payment::start(&quote, quote.payer, with_method.clone(), "c".to_owned(), at(0));
    assert_eq!(before.continued(&quote, &with_method, at(1)), Ok(None));
    let after = before.continued(&quote, &chosen(PaymentProviderName::Stripe), at(1)).unwrap().unwrap();
    assert_eq!(after.session.method, None);
    assert_ne!(after.session.key, before.session.key);
}

#[test]
fn of_two_refunds_of_sixty_of_a_hundred_one_is_accepted() {
    let payment = started(CaptureMode::Immediate).merged(&view(captured(100)), at(1));
    let one = payment.request_refund(refund(1), 60, at(2)).unwrap().unwrap();
    assert_eq!(one.request_refund(refund(2), 60, at(2)), Err(NotRequested::TooMuch { remaining_minor: 40 }));
    assert_eq!(one.request_refund(refund(1), 60, at(3)), Ok(None));
    assert_eq!(one.request_refund(refund(1), 50, at(3)), Err(NotRequested::Other));
    // A refund that fails gives its room back.
    let failed =
        one.merged(&view(with_refund(captured(100), &refund(1).to_string(), 60, RefundProgress::Failed)), at(3));
    assert_eq!((failed.refundable_minor(), failed.has_failed_refund()), (100, true));
    assert!(failed.attention.contains_key(&AttentionKind::RefundFailed));
}

#[test]
fn refunds_of_nothing_and_of_less_are_refused() {
    let payment = started(CaptureMode::Immediate).merged(&view(captured(100)), at(1));
    for amount in [0, -500] {
        assert_eq!(payment.request_refund(refund(1), amount, at(2)), Err(NotRequested::NotPositive));
    }
}

#[test]
fn a_refund_is_recognized_by_our_id_however_it_is_heard_of() {
    let payment = started(CaptureMode::Immediate).merged(&view(captured(100)), at(1));
    let requested = payment.request_refund(refund(1), 60, at(2)).unwrap().unwrap();
    let step = Step::Refund { id: refund(1), amount_minor: 60, attempt: 0 };
    assert_eq!(requested.next_step(at(2), false), step);
    let heard = with_refund(captured(100), &refund(1).to_string(), 60, RefundProgress::Succeeded);
    let known = requested.merged(&view(heard), at(3));
    assert_eq!((known.next_step(at(3), false), known.refundable_minor()), (Step::Wait, 40));
    assert_eq!(known.refund_state(&known.refunds[0]), RefundState::Succeeded);
    assert_eq!(events::between(&requested, &known).len(), 1);
    assert_eq!(known.due_at(), None);
}

#[test]
fn a_payment_that_was_never_registered_closes_without_a_call() {
    let payment = started(CaptureMode::Immediate);
    assert_eq!(payment.next_step(at(0), true), Step::Register { attempt: 0 });
    assert_eq!(payment.next_step(at(3), false), Step::Wait);
    assert_eq!(payment.next_step(at(30), false), Step::CloseUnregistered);
    let closed = payment.closed_unregistered(at(30));
    assert!(matches!(events::between(&payment, &closed)[..], [PaymentEvent::Closed(_)]));
}

#[test]
fn the_sweep_looks_more_and_more_rarely_until_the_buyer_s_time_ends() {
    let mut payment = started(CaptureMode::Immediate).merged(&view(PaymentFacts::default()), at(0));
    let mut minutes = Vec::new();
    for _ in 0..7 {
        let due = payment.due_at().unwrap();
        minutes.push(due.duration_since(at(0)).as_mins());
        payment = payment.swept(due);
    }
    assert_eq!(minutes, [2, 4, 8, 16, 30, 62, 126]);
    assert_eq!(payment.next_step(at(30), false), Step::Close);
}

#[test]
fn a_lost_webhook_is_recovered_before_the_payment_is_cancelled() {
    let payment = started(CaptureMode::Immediate).merged(&view(PaymentFacts::default()), at(0));
    let found = payment.swept(at(30)).merged(&view(captured(100)), at(30));
    assert_eq!((found.next_step(at(30), false), found.due_at()), (Step::Wait, None));
    assert!(matches!(events::between(&payment, &found)[..], [PaymentEvent::Captured(_)]));
}

#[test]
fn another_provider_is_used_only_after_the_first_one_closed() {
    let payment = started(CaptureMode::Immediate).merged(&view(PaymentFacts::default()), at(0));
    let paypal = chosen(PaymentProviderName::Paypal);
    let switching = payment.continued(&quote(CaptureMode::Immediate), &paypal, at(1)).unwrap().unwrap();
    assert_eq!(switching.next_step(at(1), true), Step::Close);
    let closed = PaymentFacts { closed: true, ..PaymentFacts::default() };
    let switched = switching.merged(&view(closed.clone()), at(1));
    assert_eq!(switched.session.provider, PaymentProviderName::Paypal);
    assert_eq!(switched.reference(), format!("{}.1", switched.id));
    assert_eq!(Payment::of_reference(&switched.reference()), Some(switched.id));
    assert!(switched.has_left(PaymentProviderName::Stripe, &ProviderPaymentId::new("pi_1")));
    // The order is still being paid.
    assert_eq!(events::between(&switching, &switched), []);
    assert_eq!(switched.next_step(at(1), true), Step::Register { attempt: 0 });
    // Who paid at the first provider meanwhile has paid.
    let paid = switching.merged(&view(captured(100)), at(1));
    assert_eq!((paid.session.provider, paid.switching_to), (PaymentProviderName::Stripe, None));
    // Who comes back before the first one closed stays there.
    let back = switching.continued(&quote(CaptureMode::Immediate), &chosen(PaymentProviderName::Stripe), at(1));
    assert_eq!(back.unwrap().unwrap().switching_to, None);
}

#[test]
fn a_payment_that_has_ended_does_not_start_again() {
    let quote = quote(CaptureMode::Immediate);
    let stripe = chosen(PaymentProviderName::Stripe);
    let payment = started(CaptureMode::Immediate);
    assert_eq!(payment.continued(&quote, &stripe, at(1)), Ok(None));
    assert_eq!(payment.continued(&Quote { amount: 1, ..quote.clone() }, &stripe, at(1)), Err(NotStarted::OtherAmount));
    let paid = payment.merged(&view(captured(100)), at(1));
    assert_eq!(paid.continued(&quote, &stripe, at(2)), Err(NotStarted::Paid));
    let closed = payment.closed_unregistered(at(1));
    assert_eq!(closed.continued(&quote, &stripe, at(2)), Err(NotStarted::Closed));
    assert_eq!(payment.unwanted(at(1)).continued(&quote, &stripe, at(2)), Err(NotStarted::Closed));
}

#[test]
fn another_amount_confirms_nothing() {
    let other = ProviderPayment { money: eur(1), ..view(captured(1)) };
    let payment = started(CaptureMode::Immediate);
    let mismatched = payment.merged(&other, at(1));
    assert!(mismatched.attention.contains_key(&AttentionKind::AmountMismatch));
    assert_eq!(events::between(&payment, &mismatched), []);
    assert_eq!(mismatched.refundable_minor(), 1);
    let dollars =
        ProviderPayment { money: Money::new(100, CurrencyCode::parse("USD").unwrap()), ..view(captured(100)) };
    let foreign = payment.merged(&dollars, at(1));
    assert_eq!((foreign.facts.captured_minor(), foreign.is_mismatched), (0, true));
}

#[test]
fn captures_are_done_in_their_order_and_once() {
    let payment = started(CaptureMode::OnShipment).merged(&view(authorized()), at(1));
    let one = payment.request_capture("s1", 30, false, at(2)).unwrap().unwrap();
    let both = one.request_capture("s2", 70, true, at(2)).unwrap().unwrap();
    assert_eq!(both.request_capture("s3", 1, true, at(2)), Err(NotRequested::TooMuch { remaining_minor: 0 }));
    assert_eq!(both.request_capture("s1", 30, false, at(2)), Ok(None));
    let capture =
        |id: &str, amount_minor, is_final| Step::Capture { id: id.to_owned(), amount_minor, is_final, attempt: 0 };
    assert_eq!(both.next_step(at(2), false), capture("s1", 30, false));
    let first = both.merged(&view(captured(30)), at(3));
    assert_eq!(first.next_step(at(3), false), capture("s2", 70, true));
    let mut all = captured(30);
    all.captures.insert("ch_2".to_owned(), 70);
    let done = first.merged(&view(all), at(4));
    assert_eq!((done.next_step(at(4), false), done.due_at(), done.status()), (Step::Wait, None, FactStatus::Captured));
}

#[test]
fn a_provider_with_one_capture_gets_it_with_the_last_shipment() {
    let single = |facts| ProviderPayment { multi_capture: false, ..view(facts) };
    let payment = started(CaptureMode::OnShipment).merged(&single(authorized()), at(1));
    let waiting = payment.request_capture("s1", 30, false, at(2)).unwrap().unwrap();
    assert_eq!(waiting.next_step(at(2), false), Step::Wait);
    assert!(waiting.attention.contains_key(&AttentionKind::CaptureWaiting));
    let last = waiting.request_capture("s2", 60, true, at(3)).unwrap().unwrap();
    let step = Step::Capture { id: "s1".to_owned(), amount_minor: 90, is_final: true, attempt: 0 };
    assert_eq!(last.next_step(at(3), false), step);
    assert!(last.attention.is_empty());
    let done = last.merged(&single(captured(90)), at(4));
    assert_eq!((done.next_step(at(4), false), done.due_at()), (Step::Wait, None));
    // Before the authorization ends, what was shipped is taken.
    let ending = PaymentFacts { capture_before: Some(at(60)), ..authorized() };
    let ending = waiting.merged(&single(ending), at(4));
    assert!(matches!(ending.next_step(at(4), false), Step::Capture { amount_minor: 30, .. }));
}

#[test]
fn an_authorization_that_ends_within_a_day_is_told_once() {
    let end = at(10_000);
    let payment = started(CaptureMode::OnShipment);
    let payment = payment.merged(&view(PaymentFacts { capture_before: Some(end), ..authorized() }), at(1));
    let due = payment.due_at().unwrap();
    assert_eq!(end.duration_since(due), crate::domain::attention::EXPIRY_NOTICE);
    let swept = payment.swept(due);
    assert!(matches!(events::between(&payment, &swept)[..], [PaymentEvent::Expiring(_)]));
    let again = swept.swept(swept.due_at().unwrap());
    assert_eq!(events::between(&swept, &again), []);
    assert!(again.due_at().unwrap() > end);
    // What was captured in time needs no attention.
    assert!(again.merged(&view(captured(100)), at(9_000)).attention.is_empty());
}

#[test]
fn an_ended_authorization_gives_up_its_captures() {
    let payment = started(CaptureMode::OnShipment).merged(&view(authorized()), at(1));
    let requested = payment.request_capture("s1", 30, false, at(2)).unwrap().unwrap();
    let ended = requested.merged(&view(PaymentFacts { closed: true, ..authorized() }), at(3));
    assert!(ended.attention.contains_key(&AttentionKind::CaptureRefused));
    assert_eq!((ended.next_step(at(3), false), ended.due_at()), (Step::Wait, None));
}

#[test]
fn a_void_releases_what_is_reserved_and_nothing_else() {
    let payment = started(CaptureMode::OnShipment);
    assert_eq!(payment.request_void(at(1)), Err(NotRequested::NothingAuthorized));
    let reserved = payment.merged(&view(authorized()), at(1));
    let void = reserved.request_void(at(2)).unwrap().unwrap();
    assert_eq!((void.next_step(at(2), false), void.request_void(at(3))), (Step::Close, Ok(None)));
    assert_eq!(void.request_capture("s1", 1, true, at(3)), Err(NotRequested::Ending));
    let taken = reserved.merged(&view(captured(30)), at(2));
    assert_eq!(taken.request_void(at(3)), Err(NotRequested::Captured));
}

#[test]
fn an_old_or_spoilt_key_is_renewed_after_a_look() {
    let payment = started(CaptureMode::Immediate).merged(&view(captured(100)), at(1));
    let requested = payment.request_refund(refund(1), 60, at(2)).unwrap().unwrap();
    let request = Request::Refund(refund(1));
    assert_eq!(requested.next_step(at(2_000), false), Step::Renew(request.clone()));
    let failure = PaymentError::Unknown(kit::outbound::OutboundError::Status { status: 500 });
    let spoilt = requested.with_noted_error(&request, &failure).unwrap();
    assert_eq!(spoilt.next_step(at(3), false), Step::Renew(request.clone()));
    let renewed = spoilt.with_renewed_key(&request, at(3));
    assert!(matches!(renewed.next_step(at(3), false), Step::Refund { attempt: 1, .. }));
    let lost = PaymentError::Unknown(kit::outbound::OutboundError::TimedOut);
    assert_eq!(requested.with_noted_error(&request, &lost), None);
}

#[test]
fn a_saved_method_is_charged_once_and_another_one_after_a_refusal() {
    let method = |id: &str| NextSession { method: Some(MethodId::new(id)), ..chosen(PaymentProviderName::Stripe) };
    let payer = BuyerId::User(UserId::new(Uuid::from_u128(2)));
    let quote = quote(CaptureMode::Immediate);
    let payment = Payment::start(&quote, payer, method("pm_1"), "c".to_owned(), at(0));
    let registered = payment.merged(&view(PaymentFacts::default()), at(0));
    let charge = |id: &str, attempt| Step::Confirm { method: Some(MethodId::new(id)), attempt };
    assert_eq!(registered.next_step(at(0), true), charge("pm_1", 0));
    // Nobody waits for the sweep: it charges nothing.
    assert_eq!(registered.next_step(at(3), false), Step::Wait);
    let failed = PaymentFacts { failed_attempts: BTreeSet::from(["ch_0".to_owned()]), ..PaymentFacts::default() };
    let declined = registered.merged(&view(failed), at(1));
    assert_eq!(declined.next_step(at(1), true), Step::Wait);
    let other = declined.continued(&quote, &method("pm_2"), at(2)).unwrap().unwrap();
    assert_eq!(other.next_step(at(2), true), charge("pm_2", 1));
}

#[test]
fn a_payment_on_which_cards_are_tried_out_is_cancelled() {
    let failed_attempts = (0..MAX_FAILED_ATTEMPTS).map(|number| format!("ch_{number}")).collect();
    let facts = PaymentFacts { failed_attempts, ..PaymentFacts::default() };
    let payment = started(CaptureMode::Immediate).merged(&view(facts), at(1));
    assert_eq!(payment.next_step(at(1), false), Step::Close);
}

#[test]
fn an_erased_payer_leaves_the_amounts() {
    let paid = started(CaptureMode::Immediate).merged(&view(captured(100)), at(1));
    let erased = paid.without_payer();
    assert_eq!((erased.user_id(), erased.summary().user_id, erased.facts.captured_minor()), (None, None, 100));
}

pub(super) fn shipped(id: &str, total_minor: i64, is_last: bool) -> ShippedCaptures<'_> {
    // The amount of the shipment itself does not matter beside the sum.
    ShippedCaptures { id, amount_minor: 1, total_minor: Some(total_minor), is_last }
}

pub(super) fn single(facts: PaymentFacts) -> ProviderPayment {
    ProviderPayment { multi_capture: false, ..view(facts) }
}

pub(super) fn capture(id: &str, amount_minor: i64, is_final: bool) -> Step {
    Step::Capture { id: id.to_owned(), amount_minor, is_final, attempt: 0 }
}

//! What orders make due: captures of their shipments, and refunds of cancelled and returned units.

use proptest::prelude::*;
use types::CurrencyCode;

use super::tests::{at, authorized, capture, captured, refund, shipped, single, started, view};
use super::*;
use crate::domain::requests::NotRequested;
use crate::domain::steps::{Request, Step};

#[test]
fn the_last_shipment_captures_what_an_earlier_event_has_not_requested_yet() {
    let payment = started(CaptureMode::OnShipment).merged(&view(authorized()), at(1));
    let last = payment.request_shipped(shipped("s2", 30, true), at(2)).unwrap().unwrap();
    assert_eq!(last.next_step(at(2), false), capture("s2", 30, true));
    let done = last.merged(&view(PaymentFacts { closed: true, ..captured(30) }), at(3));
    assert_eq!(done.request_shipped(shipped("s1", 10, false), at(4)), Ok(None));
    assert_eq!(done.request_shipped(shipped("s2", 30, true), at(4)), Ok(None));
    assert_eq!((done.attention.len(), done.due_at()), (0, None));
}

proptest! {
    #[test]
    fn shipments_capture_their_sum_in_whatever_order_they_are_heard_of(
        order in Just((0..4_usize).collect::<Vec<_>>()).prop_shuffle(),
        repeated in prop::collection::vec(0..4_usize, 0..4),
        is_multi in any::<bool>(),
    ) {
        let ids = ["s1", "s2", "s3", "s4"];
        let totals = [10, 30, 30, 60];
        let mut truth = authorized();
        let seen = |facts: &PaymentFacts| ProviderPayment { multi_capture: is_multi, ..view(facts.clone()) };
        let mut payment = started(CaptureMode::OnShipment).merged(&seen(&truth), at(1));
        for index in order.into_iter().chain(repeated) {
            let event = shipped(ids[index], totals[index], index == 3);
            payment = payment.request_shipped(event, at(2)).unwrap().unwrap_or(payment);
            while let Step::Capture { amount_minor, is_final, .. } = payment.next_step(at(2), false) {
                prop_assert!(!truth.closed, "nothing is captured after the rest was released");
                truth.captures.insert(format!("ch_{}", truth.captures.len()), amount_minor);
                truth.closed = is_final;
                payment = payment.merged(&seen(&truth), at(2));
            }
        }
        prop_assert_eq!((truth.captured_minor(), truth.closed), (60, true));
        prop_assert_eq!((payment.next_step(at(3), false), payment.attention.len()), (Step::Wait, 0));
    }
}

#[test]
fn an_end_of_shipments_captures_what_waits_and_releases_the_rest() {
    // One capture: what waited for the last shipment is captured now.
    let payment = started(CaptureMode::OnShipment).merged(&single(authorized()), at(1));
    let waiting = payment.request_shipped(shipped("s1", 30, false), at(2)).unwrap().unwrap();
    assert_eq!(waiting.next_step(at(2), false), Step::Wait);
    let ended = waiting.request_shipped(shipped("end", 30, true), at(3)).unwrap().unwrap();
    assert_eq!(ended.next_step(at(3), false), capture("s1", 30, true));
    assert!(ended.due_at().is_some() && ended.attention.is_empty());
    // Several captures: the rest is released after the last one.
    let payment = started(CaptureMode::OnShipment).merged(&view(authorized()), at(1));
    let one = payment.request_shipped(shipped("s1", 30, false), at(2)).unwrap().unwrap();
    let ended = one.request_shipped(shipped("end", 30, true), at(3)).unwrap().unwrap();
    assert_eq!(ended.next_step(at(3), false), capture("s1", 30, false));
    let taken = ended.merged(&view(captured(30)), at(4));
    assert_eq!((taken.next_step(at(4), false), taken.due_at().is_some()), (Step::Close, true));
    let released = taken.merged(&view(PaymentFacts { closed: true, ..captured(30) }), at(5));
    assert_eq!((released.next_step(at(5), false), released.due_at()), (Step::Wait, None));
    // Only free units were shipped: all of it is released.
    let nothing = payment.request_shipped(shipped("end", 0, true), at(3)).unwrap().unwrap();
    assert_eq!(nothing.next_step(at(3), false), Step::Close);
    assert_eq!(nothing.request_shipped(shipped("end", 0, true), at(4)), Ok(None));
}

#[test]
fn what_the_provider_refused_to_capture_stays_reserved_for_a_manager() {
    let payment = started(CaptureMode::OnShipment).merged(&view(authorized()), at(1));
    let last = payment.request_shipped(shipped("s1", 30, true), at(2)).unwrap().unwrap();
    let refused = last.with_refused(&Request::Capture("s1".to_owned()), at(3)).unwrap();
    assert_eq!(refused.next_step(at(3), false), Step::Wait);
    assert!(refused.attention.contains_key(&AttentionKind::CaptureRefused));
    assert!(refused.request_capture("by hand", 30, true, at(4)).is_ok());
    // A later shipment does not request it again.
    let later = refused.request_shipped(shipped("s2", 50, true), at(4)).unwrap().unwrap();
    assert_eq!(later.next_step(at(4), false), capture("s2", 20, true));
}

#[test]
fn a_refund_that_is_due_before_its_capture_waits_for_it() {
    let payment = started(CaptureMode::OnShipment).merged(&single(authorized()), at(1));
    let waiting = payment.request_shipped(shipped("s1", 30, false), at(2)).unwrap().unwrap();
    let due = waiting.request_due_refund(refund(1), 30, at(3)).unwrap().unwrap();
    assert_eq!((due.next_step(at(3), false), due.due_at(), due.has_failed_refund()), (Step::Wait, None, false));
    assert_eq!(due.request_due_refund(refund(1), 30, at(3)), Ok(None));
    let too_much = due.request_due_refund(refund(2), 1, at(3));
    assert_eq!(too_much, Err(NotRequested::TooMuch { remaining_minor: 0 }));
    // Managers refund what was captured.
    let too_early = due.request_refund(refund(2), 1, at(3));
    assert_eq!(too_early, Err(NotRequested::TooMuch { remaining_minor: 0 }));
    let last = due.request_shipped(shipped("s2", 90, true), at(4)).unwrap().unwrap();
    assert_eq!(last.next_step(at(4), false), capture("s1", 90, true));
    let taken = last.merged(&single(captured(90)), at(5));
    let step = Step::Refund { id: refund(1), amount_minor: 30, attempt: 0 };
    assert_eq!((taken.next_step(at(5), false), taken.refundable_minor()), (step, 60));
    // Without the capture it is the provider's to refuse.
    let ended = due.merged(&single(PaymentFacts { closed: true, ..authorized() }), at(5));
    assert!(matches!(ended.next_step(at(5), false), Step::Refund { .. }));
}

#[test]
fn of_a_payment_that_is_refunded_in_full_nothing_else_is_due() {
    let paid = started(CaptureMode::OnShipment).merged(&view(captured(100)), at(1));
    // The cancellation of the whole order is heard of before that of a part.
    let unwanted = paid.unwanted(at(2));
    assert_eq!(unwanted.request_due_refund(refund(1), 30, at(3)), Ok(None));
    // In the other order the rest goes back.
    let both = paid.request_due_refund(refund(1), 30, at(2)).unwrap().unwrap().unwanted(at(3));
    assert_eq!(both.refunds.iter().map(|refund| refund.amount_minor).collect::<Vec<_>>(), [30, 70]);
    // A refund that waits for a capture that nobody wants any more needs no attention.
    let payment = started(CaptureMode::OnShipment).merged(&single(authorized()), at(1));
    let waiting = payment.request_shipped(shipped("s1", 30, false), at(2)).unwrap().unwrap();
    let unwanted = waiting.request_due_refund(refund(1), 10, at(3)).unwrap().unwrap().unwanted(at(4));
    assert_eq!(unwanted.next_step(at(4), false), Step::Close);
    let released = unwanted.merged(&single(PaymentFacts { closed: true, ..authorized() }), at(5));
    assert_eq!((released.next_step(at(5), false), released.due_at()), (Step::Wait, None));
    assert!(released.attention.is_empty(), "{:?}", released.attention);
}

#[test]
fn refunds_and_captures_of_orders_have_room_beside_those_of_managers() {
    let mut payment = started(CaptureMode::OnShipment).merged(&view(captured(100)), at(1));
    payment.refunds = (0..100).map(|number| RequestedRefund::new(refund(1_000 + number), 0, at(1))).collect();
    assert_eq!(payment.request_refund(refund(1), 1, at(2)), Err(NotRequested::TooMany));
    assert!(payment.request_due_refund(refund(1), 1, at(2)).unwrap().is_some());
    let recorded = payment.refuse_refund(refund(1), 500, at(2)).unwrap().unwrap();
    assert!(recorded.attention.contains_key(&AttentionKind::RefundFailed));
    // What does not fit is told instead of dropped.
    payment.refunds = (0..350).map(|number| RequestedRefund::new(refund(1_000 + number), 0, at(1))).collect();
    assert_eq!(payment.request_due_refund(refund(1), 1, at(2)), Err(NotRequested::TooMany));
    assert_eq!(payment.refuse_refund(refund(1), 500, at(2)), Err(NotRequested::TooMany));
}

/// A payment of 1,000.00 HUF at PayPal, which takes no decimals of it.
fn forints(capture: CaptureMode) -> Payment {
    let mut payment = started(capture);
    payment.money = Money::new(100_000, CurrencyCode::parse("HUF").unwrap());
    payment.session.provider = PaymentProviderName::Paypal;
    payment.facts.authorized_minor = 100_000;
    payment
}

#[test]
fn refunds_that_are_due_are_rounded_to_steps_and_sum_to_the_whole() {
    let mut payment = forints(CaptureMode::Immediate);
    payment.facts.captures.insert("c".to_owned(), 100_000);
    for (number, due) in [(1, 33_333), (2, 33_334), (3, 33_333)] {
        payment = payment.request_due_refund(refund(number), due, at(1)).unwrap().unwrap();
        assert_eq!(payment.request_due_refund(refund(number), due, at(1)), Ok(None));
    }
    let amounts: Vec<i64> = payment.refunds.iter().map(|refund| refund.amount_minor).collect();
    assert_eq!((amounts, payment.refundable_minor()), (vec![33_400, 33_300, 33_300], 0));
    assert_eq!(payment.request_refund(refund(4), 150, at(1)), Err(NotRequested::Step(100)));
}

proptest! {
    #[test]
    fn rounded_refunds_are_never_less_than_what_is_due(shares in prop::collection::vec(1_i64..40_000, 1..8)) {
        let mut payment = forints(CaptureMode::Immediate);
        payment.facts.captures.insert("c".to_owned(), 1_000_000);
        let mut due = 0;
        for (number, share) in (1..).zip(shares) {
            due += share;
            payment = payment.request_due_refund(refund(number), share, at(1)).unwrap().unwrap_or(payment);
            let returned = payment.refunding_minor();
            prop_assert!(returned % 100 == 0 && returned >= due - 99 && returned < due + 100, "{returned} of {due}");
        }
    }
}

#[test]
fn captures_of_shipments_are_rounded_to_steps_and_sum_to_the_whole() {
    let mut payment = forints(CaptureMode::OnShipment);
    for (id, total, is_last) in [("s1", 33_333, false), ("s2", 66_667, false), ("s3", 100_000, true)] {
        payment = payment.request_shipped(shipped(id, total, is_last), at(1)).unwrap().unwrap();
    }
    let amounts: Vec<i64> = payment.captures.iter().map(|capture| capture.amount_minor).collect();
    assert_eq!(amounts, [33_300, 33_300, 33_400]);
}

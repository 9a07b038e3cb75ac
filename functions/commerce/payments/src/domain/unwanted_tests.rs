//! Payments that their orders do not want, and those that end early.

use std::collections::BTreeMap;

use contracts::payments::CaptureMode;
use payment_providers::{PaymentFacts, RefundProgress};

use super::Payment;
use super::tests::{at, authorized, captured, refund, shipped, started, view, with_capture, with_refund};
use crate::domain::attention::AttentionKind;
use crate::domain::events::{self, PaymentEvent};
use crate::domain::steps::Step;

#[test]
fn money_after_a_cancellation_is_refunded_in_full() {
    let unwanted = started(CaptureMode::Immediate).merged(&view(PaymentFacts::default()), at(1)).unwanted(at(2));
    assert_eq!(unwanted.next_step(at(2), false), Step::Close);
    let paid = unwanted.merged(&view(captured(100)), at(40));
    assert_eq!(paid.refunds.len(), 1);
    let step = Step::Refund { id: paid.refunds[0].id, amount_minor: 100, attempt: 0 };
    assert_eq!(paid.next_step(at(40), false), step);
    // Another cancellation of the same order owes nothing more.
    assert_eq!(paid.unwanted(at(41)).refunds, paid.refunds);
    // A part that was refunded before is not refunded again.
    let partly = started(CaptureMode::Immediate).merged(&view(captured(100)), at(1));
    let partly = partly.request_refund(refund(1), 30, at(2)).unwrap().unwrap().unwanted(at(3));
    assert_eq!(partly.refunds.iter().map(|refund| refund.amount_minor).collect::<Vec<_>>(), [30, 70]);
}

#[test]
fn an_authorization_that_nobody_wants_is_released() {
    let unwanted = started(CaptureMode::OnShipment).merged(&view(authorized()), at(1)).unwanted(at(2));
    assert_eq!(unwanted.next_step(at(2), false), Step::Close);
    let released = unwanted.merged(&view(PaymentFacts { closed: true, ..authorized() }), at(3));
    let events = events::between(&unwanted, &released);
    assert!(matches!(events[..], [PaymentEvent::Closed(_), PaymentEvent::UnwantedSettled(_)]), "{events:?}");
    assert_eq!((released.next_step(at(4), false), released.due_at()), (Step::Wait, None));
}

/// The facts with each of the payment's refunds in this state.
fn decided(payment: &Payment, facts: PaymentFacts, progress: RefundProgress) -> PaymentFacts {
    let refunds = payment.refunds.iter();
    refunds.fold(facts, |facts, refund| with_refund(facts, &refund.id.to_string(), refund.amount_minor, progress))
}

fn amounts(payment: &Payment) -> Vec<i64> {
    payment.refunds.iter().map(|refund| refund.amount_minor).collect()
}

#[test]
fn a_refund_that_failed_leaves_the_rest_of_unwanted_money_to_be_refunded() {
    let closed = PaymentFacts { closed: true, ..captured(100) };
    let paid = started(CaptureMode::Immediate).merged(&view(closed.clone()), at(1));
    let goodwill = paid.request_refund(refund(1), 30, at(2)).unwrap().unwrap();
    let failed = with_refund(closed.clone(), &refund(1).to_string(), 30, RefundProgress::Failed);
    let goodwill = goodwill.merged(&view(failed.clone()), at(3));
    let unwanted = goodwill.unwanted(at(4));
    assert_eq!(amounts(&unwanted), [30, 70]);
    assert!(unwanted.attention.contains_key(&AttentionKind::RefundFailed));
    let id = unwanted.refunds[1].id;
    let sent = with_refund(failed.clone(), &id.to_string(), 70, RefundProgress::Succeeded);
    let sent = unwanted.merged(&view(sent), at(5));
    // What failed is a manager's. Nothing says that the payment is settled until it went back.
    assert_eq!((amounts(&sent), sent.due_at(), sent.is_unwanted_settled()), (vec![30, 70], None, false));
    let repeated = sent.request_refund(refund(2), 30, at(6)).unwrap().unwrap();
    let facts = with_refund(sent.facts.clone(), &refund(2).to_string(), 30, RefundProgress::Succeeded);
    let settled = repeated.merged(&view(facts), at(7));
    let events = events::between(&repeated, &settled);
    assert!(matches!(events[..], [PaymentEvent::RefundSucceeded(_), PaymentEvent::UnwantedSettled(_)]), "{events:?}");
    // If all fails, nothing is repeated for ever.
    let lost = unwanted.merged(&view(decided(&unwanted, failed, RefundProgress::Failed)), at(5));
    assert_eq!((amounts(&lost), lost.unwanted(at(6)).refunds), (vec![30, 70], lost.refunds.clone()));
}

#[test]
fn money_that_comes_after_a_failed_refund_of_unwanted_money_goes_back() {
    let part = with_capture(authorized(), "ch_1", 40);
    let unwanted = started(CaptureMode::OnShipment).merged(&view(part.clone()), at(1)).unwanted(at(2));
    assert_eq!(amounts(&unwanted), [40]);
    let failed = decided(&unwanted, part, RefundProgress::Failed);
    let failed = unwanted.merged(&view(failed), at(3));
    assert_eq!(amounts(&failed), [40]);
    // A capture that was under way, and then a refund in the provider's dashboard for the one that failed.
    let more = failed.merged(&view(with_capture(failed.facts.clone(), "ch_2", 20)), at(4));
    assert_eq!(amounts(&more), [40, 20]);
    let repeated = with_refund(more.facts.clone(), "re_dashboard", 40, RefundProgress::Succeeded);
    let sent = with_refund(repeated, &more.refunds[1].id.to_string(), 20, RefundProgress::Succeeded);
    let sent = more.merged(&view(PaymentFacts { closed: true, ..sent }), at(5));
    assert_eq!((amounts(&sent), sent.is_unwanted_settled(), sent.due_at()), (vec![40, 20], true, None));
}

#[test]
fn a_due_refund_without_room_does_not_keep_unwanted_money() {
    let paid = started(CaptureMode::Immediate).merged(&view(captured(100)), at(1));
    let refused = paid.refuse_refund(refund(1), 500, at(2)).unwrap().unwrap();
    assert_eq!(amounts(&refused.unwanted(at(3))), [500, 100]);
}

#[test]
fn a_payment_that_ends_after_a_part_was_captured_is_reported() {
    let part = started(CaptureMode::OnShipment).merged(&view(with_capture(authorized(), "ch_1", 40)), at(1));
    let closed = view(PaymentFacts { closed: true, ..part.facts.clone() });
    let ended = part.merged(&closed, at(2));
    let events = events::between(&part, &ended);
    let PaymentEvent::Ended(fact) = &events[0] else { panic!("{events:?}") };
    assert_eq!((events.len(), fact.authorized_minor, fact.captured_minor), (1, 100, 40));
    assert!(ended.attention.contains_key(&AttentionKind::AuthorizationEnded));
    assert_eq!(events::between(&ended, &ended.merged(&closed, at(3))), []);
    // Nothing is lost if the order, or a manager, released the rest.
    let last = shipped("s1", 40, true);
    let released = part.request_shipped(last, at(2)).unwrap().unwrap_or_else(|| part.clone()).merged(&closed, at(3));
    assert_eq!(released.attention, BTreeMap::new());
    assert_eq!(part.unwanted(at(2)).merged(&closed, at(3)).attention, BTreeMap::new());
    // What was captured completely ends without news.
    let whole = started(CaptureMode::OnShipment).merged(&view(captured(100)), at(1));
    let events = events::between(&whole, &whole.merged(&view(PaymentFacts { closed: true, ..captured(100) }), at(2)));
    assert_eq!(events, []);
}

//! Single cases of payments and cancellations, from bugs of other shops.

use super::super::cancellation::CancellationError;
use super::super::order::{ItemUnits, LineUnits, NotPossible};
use super::super::placed_fixture::{at, one_line, place, source, variant};
use super::*;
use contracts::payments::CaptureMode::{Immediate, OnShipment};
use types::Uuid;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn pay(order: &Order, news: &PaymentNews, second: i64) -> Step {
    order.after_payment(source(), news, at(second)).unwrap()
}

fn after(order: &Order, all: &[(PaymentNews, i64)]) -> Order {
    all.iter().fold(order.clone(), |order, (news, second)| pay(&order, news, *second).order)
}

fn paid(capture: CaptureMode, news: PaymentNews) -> Order {
    after(&one_line(3, 1_000, capture), &[(PaymentNews::Started, 1), (news, 2)])
}

/// The units that a step frees.
fn freed(step: &Step) -> i64 {
    step.units.iter().flat_map(|(_, _, change)| change.free.values()).map(|free| free.by).sum()
}

fn names(step: &Step) -> Vec<&'static str> {
    let name = |fact: &OrderFact| match fact {
        OrderFact::Placed(_) => "placed",
        OrderFact::Confirmed(_) => "confirmed",
        OrderFact::Lapsed(_) => "lapsed",
        OrderFact::Cancelled(_) => "cancelled",
        OrderFact::RefundDue(_) => "refund_due",
        OrderFact::PaymentUnwanted(_) => "payment_unwanted",
    };
    step.facts.iter().map(name).collect()
}

#[test]
fn client_and_webhook_confirm_one_payment_once() {
    // medusajs/medusa#13301, #3556.
    let order = one_line(3, 1_000, Immediate);
    let first = pay(&order, &PaymentNews::Captured(1_000), 5);
    assert_eq!((names(&first), first.order.fulfilment.state), (vec!["confirmed"], State::Confirmed));
    assert_eq!(first.order.after_payment(source(), &PaymentNews::Captured(1_000), at(6)), None);
    // The start arrives after the end.
    assert_eq!(first.order.after_payment(source(), &PaymentNews::Started, at(1)), None);
}

#[test]
fn what_waits_for_a_capture_is_not_owed_beside_the_refund_of_an_order_that_ended() {
    // The capture is heard of after the refund of all of it.
    let order = paid(Immediate, PaymentNews::Authorized(1_000));
    let part = order.after_cancellation(id(1), &[LineUnits { line: 0, quantity: 1 }], at(9)).unwrap().unwrap();
    // The last of the three units, without the odd cent.
    assert_eq!(part.order.payment.refunded_or_due(), 333);
    let rest = part.order.after_cancellation(id(2), &[], at(10)).unwrap().unwrap();
    assert_eq!((names(&rest), rest.order.payment.refunded_or_due()), (vec!["cancelled", "payment_unwanted"], 0));
    let refunded = PaymentNews::Refunded(RefundId::new(id(3)), 1_000, RefundState::Succeeded);
    let refunded = pay(&rest.order, &refunded, 12).order;
    assert_eq!(refunded.payment.refunded_or_due(), 1_000);
    assert_eq!(pay(&refunded, &PaymentNews::Captured(1_000), 11).order.payment.refunded_or_due(), 1_000);
}

#[test]
fn a_lost_webhook_confirms_when_the_provider_is_asked_although_the_hold_is_over() {
    // woocommerce/woocommerce-gateway-stripe#5759.
    let order = after(&one_line(3, 1_000, Immediate), &[(PaymentNews::Started, 500)]);
    assert_eq!(order.after_lapse(at(100_000)), None, "only the provider ends a payment");
    let step = pay(&order, &PaymentNews::Captured(1_000), 100_000);
    assert_eq!(names(&step), ["confirmed"]);
}

#[test]
fn money_for_a_cancelled_order_goes_back_and_revives_nothing() {
    // woocommerce/woocommerce#11867: cancelled at 20:06, payment at 20:46.
    let order = one_line(3, 1_000, Immediate);
    let cancelled = order.after_cancellation(id(1), &[], at(60)).unwrap().unwrap();
    assert_eq!((names(&cancelled), freed(&cancelled)), (vec!["cancelled"], 3));
    let late = pay(&cancelled.order, &PaymentNews::Captured(1_000), 2_400);
    assert_eq!((names(&late), freed(&late)), (vec!["payment_unwanted"], 0));
    assert_eq!(late.order.fulfilment.state, State::Cancelled);
}

#[test]
fn a_hold_that_lapsed_is_never_confirmed() {
    // vendurehq/vendure#3065: A's hold is over when the payment starts; money that comes all the same goes back.
    let order = one_line(1, 1_000, Immediate);
    let started = pay(&order, &PaymentNews::Started, 602);
    assert_eq!((names(&started), freed(&started)), (vec!["lapsed", "payment_unwanted"], 1));
    let money = pay(&started.order, &PaymentNews::Captured(1_000), 603);
    assert_eq!((names(&money), money.order.fulfilment.state), (vec!["payment_unwanted"], State::Lapsed));
    // The same if the start was never heard of.
    let at_once = pay(&order, &PaymentNews::Captured(1_000), 602);
    assert_eq!(names(&at_once), ["lapsed", "payment_unwanted"]);
    // Only the time at which the payment began counts, however late the news is.
    assert_eq!(pay(&order, &PaymentNews::Started, 601).order.fulfilment.state, State::Paying { since: at(601) });
}

#[test]
fn a_part_of_the_amount_confirms_nothing_and_goes_back_if_the_order_has_ended() {
    let order = after(&one_line(3, 1_000, Immediate), &[(PaymentNews::Started, 1)]);
    let part = pay(&order, &PaymentNews::Captured(999), 2);
    assert!(part.facts.is_empty());
    let closed = one_line(3, 1_000, Immediate).after_lapse(at(700)).unwrap().order;
    assert_eq!(names(&pay(&closed, &PaymentNews::Captured(1), 701)), ["payment_unwanted"]);
}

#[test]
fn a_payment_that_was_closed_frees_the_units_in_every_order_of_events() {
    let order = one_line(3, 1_000, OnShipment);
    let closed = pay(&after(&order, &[(PaymentNews::Started, 1)]), &PaymentNews::Closed, 9);
    assert_eq!((names(&closed), freed(&closed)), (vec!["lapsed"], 3));
    // The end arrives before the start, and an authorization that was voided after both.
    let closed = pay(&order, &PaymentNews::Closed, 9);
    assert_eq!((names(&closed), freed(&closed)), (vec!["lapsed"], 3));
    assert_eq!(closed.order.after_payment(source(), &PaymentNews::Started, at(1)), None);
    let voided = pay(&closed.order, &PaymentNews::Authorized(1_000), 2);
    assert_eq!((names(&voided), voided.order.fulfilment.state), (vec![], State::Lapsed));
}

#[test]
fn a_cancellation_during_the_payment_ends_when_the_payment_was_closed() {
    let paying = after(&one_line(3, 1_000, OnShipment), &[(PaymentNews::Started, 1)]);
    let cancelling = paying.after_cancellation(id(1), &[], at(5)).unwrap().unwrap();
    assert_eq!((names(&cancelling), freed(&cancelling)), (vec!["payment_unwanted"], 0));
    assert_eq!(cancelling.order.after_cancellation(id(1), &[], at(6)), Ok(None));
    let other = cancelling.order.after_cancellation(id(2), &[], at(6));
    assert_eq!(other, Err(CancellationError::NotPossible(NotPossible::State(State::Cancelling))));
    let ended = pay(&cancelling.order, &PaymentNews::Closed, 9);
    assert_eq!((names(&ended), freed(&ended)), (vec!["cancelled"], 3));
}

#[test]
fn a_cancellation_during_the_payment_ends_when_its_money_went_back() {
    let paying = after(&one_line(3, 1_000, Immediate), &[(PaymentNews::Started, 1)]);
    let cancelling = paying.after_cancellation(id(1), &[], at(5)).unwrap().unwrap().order;
    let (captured, refund) = (PaymentNews::Captured(1_000), RefundId::new(id(9)));
    let refunded = PaymentNews::Refunded(refund, 1_000, RefundState::Succeeded);
    let half = PaymentNews::Refunded(RefundId::new(id(8)), 400, RefundState::Succeeded);
    let money = pay(&cancelling, &captured, 6);
    assert_eq!((names(&money), freed(&money)), (vec!["payment_unwanted"], 0));
    assert!(pay(&money.order, &half, 7).facts.is_empty(), "not all of it went back");
    let ended = pay(&money.order, &refunded, 8);
    assert_eq!((names(&ended), freed(&ended)), (vec!["cancelled"], 3));
    // The refund is known before the capture.
    let early = pay(&cancelling, &refunded, 6);
    assert_eq!((names(&early), freed(&early)), (vec!["cancelled"], 3));
    assert_eq!(names(&pay(&early.order, &captured, 7)), ["payment_unwanted"]);
}

#[test]
fn a_cancelled_paid_order_owes_all_of_it_once() {
    // reactioncommerce/reaction#4931: free +n, on hand unchanged.
    let order = paid(Immediate, PaymentNews::Captured(1_000));
    let first = order.after_cancellation(id(1), &[LineUnits { line: 0, quantity: 1 }], at(9)).unwrap().unwrap();
    assert_eq!((names(&first), freed(&first)), (vec!["cancelled", "refund_due"], 1));
    assert!(first.units.iter().all(|(_, _, change)| change.on_hand == 0));
    let rest = first.order.after_cancellation(id(2), &[], at(10)).unwrap().unwrap();
    assert_eq!((names(&rest), freed(&rest)), (vec!["cancelled", "refund_due"], 2));
    assert_eq!(rest.order.payment.refunded_or_due(), 1_000);
    assert_eq!(rest.order.after_payment(source(), &PaymentNews::Captured(1_000), at(11)), None);
    // The same request with other units is not the same request.
    let changed = rest.order.after_cancellation(id(1), &[LineUnits { line: 0, quantity: 2 }], at(9));
    assert_eq!(changed, Err(CancellationError::Differs));
}

#[test]
fn an_order_with_cancelled_units_can_still_be_cancelled_as_a_whole() {
    let order = paid(OnShipment, PaymentNews::Authorized(1_000));
    let part = order.after_cancellation(id(1), &[LineUnits { line: 0, quantity: 1 }], at(9)).unwrap().unwrap();
    assert_eq!(names(&part), ["cancelled"], "later shipments capture less, so nothing is owed");
    let rest = part.order.after_cancellation(id(2), &[], at(10)).unwrap().unwrap();
    assert_eq!((names(&rest), freed(&rest)), (vec!["cancelled", "payment_unwanted"], 2));
}

#[test]
fn what_was_cancelled_before_the_capture_is_owed_with_it() {
    let order = paid(Immediate, PaymentNews::Authorized(1_000));
    let part = order.after_cancellation(id(1), &[LineUnits { line: 0, quantity: 1 }], at(9)).unwrap().unwrap();
    assert_eq!(names(&part), ["cancelled"]);
    let captured = pay(&part.order, &PaymentNews::Captured(1_000), 10);
    assert_eq!(names(&captured), ["refund_due"]);
    assert_eq!(captured.order.payment.refunded_or_due(), 333);
    // If nothing of it remains, all of the money is unwanted instead.
    let rest = part.order.after_cancellation(id(2), &[], at(10)).unwrap().unwrap();
    assert_eq!(names(&rest), ["cancelled", "payment_unwanted"]);
    let captured = pay(&rest.order, &PaymentNews::Captured(1_000), 11);
    assert_eq!((names(&captured), captured.order.payment.refunded_or_due()), (vec!["payment_unwanted"], 0));
}

#[test]
fn an_authorization_that_was_voided_cancels_what_was_not_shipped() {
    let order = paid(OnShipment, PaymentNews::Authorized(1_000));
    let voided = pay(&order, &PaymentNews::Closed, 9);
    assert_eq!((names(&voided), freed(&voided)), (vec!["cancelled"], 3));
    let mut shipped = order;
    let units = [ItemUnits { line: 0, variant_id: variant(1), quantity: 1 }];
    shipped.fulfilment.ship(place(100), &units).unwrap();
    let closed = pay(&shipped, &PaymentNews::Closed, 9);
    assert_eq!((names(&closed), closed.order.fulfilment.state), (vec![], State::Confirmed));
    let refused = shipped.after_cancellation(id(1), &[], at(9));
    assert_eq!(refused, Err(CancellationError::NotPossible(NotPossible::State(State::Confirmed))));
}

#[test]
fn nothing_is_paid_or_owed_for_an_order_that_costs_nothing() {
    // medusajs/medusa#14899: a discount larger than the cart leaves 0.
    let order = one_line(3, 0, Immediate);
    assert_eq!((order.fulfilment.state, order.payable_until(at(1))), (State::Confirmed, None));
    let cancelled = order.after_cancellation(id(1), &[], at(9)).unwrap().unwrap();
    assert_eq!((names(&cancelled), freed(&cancelled)), (vec!["cancelled"], 3));
}

#[test]
fn a_payment_that_ends_after_a_part_was_captured_is_noted() {
    let order = paid(OnShipment, PaymentNews::Authorized(1_000));
    let ended = PaymentNews::Ended { authorized: 1_000, captured: 400 };
    let step = pay(&order, &ended, 9);
    assert_eq!((names(&step), step.order.fulfilment.state), (vec![], State::Confirmed));
    assert_eq!((step.order.payment.is_closed, step.order.payment.captured), (true, 400));
    assert_eq!(step.order.after_payment(source(), &ended, at(10)), None);
    // It says what was authorized, so an order whose other news is still to come is not held for ever.
    let early = after(&one_line(3, 1_000, OnShipment), &[(PaymentNews::Started, 1), (ended, 2)]);
    assert_eq!((early.fulfilment.state, early.payment.authorized), (State::Confirmed, 1_000));
    assert_eq!(early.after_payment(source(), &PaymentNews::Authorized(1_000), at(3)), None);
    assert_eq!(early.after_payment(source(), &PaymentNews::Captured(400), at(3)), None);
}

#[test]
fn a_cancellation_ends_once_nothing_is_left_of_its_payment() {
    let paying = after(&one_line(3, 1_000, Immediate), &[(PaymentNews::Started, 1)]);
    let cancelling = paying.after_cancellation(id(1), &[], at(2)).unwrap().unwrap().order;
    assert_eq!(cancelling.fulfilment.state, State::Cancelling);
    let settled = pay(&cancelling, &PaymentNews::UnwantedSettled, 9);
    assert_eq!((names(&settled), settled.order.fulfilment.state), (vec!["cancelled"], State::Cancelled));
    assert_eq!(freed(&settled), 3);
    assert_eq!(settled.order.after_payment(source(), &PaymentNews::UnwantedSettled, at(10)), None);
    assert_eq!(paying.after_payment(source(), &PaymentNews::UnwantedSettled, at(10)), None);
}

#[test]
fn a_quote_ends_a_minute_before_the_hold() {
    let order = one_line(3, 1_000, Immediate);
    assert_eq!(order.payable_until(at(0)), Some(at(540)));
    assert_eq!(order.payable_until(at(540)), None);
    let paying = after(&order, &[(PaymentNews::Started, 1)]);
    assert_eq!(paying.payable_until(at(1_000)), Some(at(1_540)), "another attempt after one that failed");
    assert_eq!(paid(Immediate, PaymentNews::Captured(1_000)).payable_until(at(3)), None);
}

#[test]
fn a_refund_that_failed_stays_failed_and_a_dispute_that_was_decided_stays_decided() {
    // juspay/hyperswitch#1488: a refund can fail after it had succeeded.
    let order = paid(Immediate, PaymentNews::Captured(1_000));
    let refund = |state| PaymentNews::Refunded(RefundId::new(id(9)), 100, state);
    let failed = pay(&order, &refund(RefundState::Failed), 9).order;
    assert_eq!(failed.after_payment(source(), &refund(RefundState::Succeeded), at(10)), None);
    assert_eq!(failed.payment.refunded(), 0);
    let dispute = |state| PaymentNews::Disputed("dp_1".to_owned(), 1_000, state);
    let lost = pay(&order, &dispute(DisputeState::Lost), 9).order;
    assert_eq!(lost.after_payment(source(), &dispute(DisputeState::Open), at(10)), None);
}

#[test]
fn the_history_is_bounded_and_keeps_its_first_entry() {
    let mut order = one_line(3, 1_000, Immediate);
    (0..500).for_each(|second| order.note(at(second), Happened::PaymentFailed));
    assert_eq!(order.history.len(), super::super::placed::MAX_HISTORY);
    assert_eq!(order.history[0].what, Happened::Placed);
    assert_eq!(order.history.last().unwrap().at, at(499));
}

#[test]
fn a_payment_that_began_in_time_counts_although_its_news_comes_last() {
    // Begun at 8:55 of the hold, captured after it, and the news of the start is late.
    let order = one_line(1, 1_000, Immediate);
    let begun = PaymentSource { started_at: Some(at(535)), ..source() };
    let paid = order.after_payment(begun, &PaymentNews::Captured(1_000), at(605)).unwrap();
    assert_eq!((names(&paid), paid.order.fulfilment.state), (vec!["confirmed"], State::Confirmed));
    assert_eq!(paid.order.after_payment(begun, &PaymentNews::Started, at(535)), None);
    // One that began too late, or for a hold that has ended, gets its money back.
    let late = PaymentSource { started_at: Some(at(602)), ..source() };
    let refused = order.after_payment(late, &PaymentNews::Captured(1_000), at(605)).unwrap();
    assert_eq!(names(&refused), ["lapsed", "payment_unwanted"]);
    let lapsed = order.after_lapse(at(602)).unwrap().order;
    let refused = lapsed.after_payment(begun, &PaymentNews::Captured(1_000), at(605)).unwrap();
    assert_eq!(names(&refused), ["payment_unwanted"]);
}

#[test]
fn a_cancellation_ends_at_once_if_the_money_went_back_before() {
    let paying = after(&one_line(3, 1_000, Immediate), &[(PaymentNews::Started, 1), (PaymentNews::Captured(900), 2)]);
    let refunded = PaymentNews::Refunded(RefundId::new(id(9)), 900, RefundState::Succeeded);
    let refunded = pay(&paying, &refunded, 3).order;
    let step = refunded.after_cancellation(id(1), &[], at(5)).unwrap().unwrap();
    assert_eq!((names(&step), freed(&step)), (vec!["payment_unwanted", "cancelled"], 3));
}

#[test]
fn money_that_a_dispute_took_ends_a_cancellation() {
    let paying = after(&one_line(3, 1_000, Immediate), &[(PaymentNews::Started, 1)]);
    let cancelling = paying.after_cancellation(id(1), &[], at(5)).unwrap().unwrap().order;
    let captured = pay(&cancelling, &PaymentNews::Captured(1_000), 6).order;
    let dispute = |state| PaymentNews::Disputed("dp_1".to_owned(), 1_000, state);
    let open = pay(&captured, &dispute(DisputeState::Open), 7);
    assert_eq!((names(&open), open.order.fulfilment.state), (vec![], State::Cancelling));
    let lost = pay(&open.order, &dispute(DisputeState::Lost), 8);
    assert_eq!((names(&lost), freed(&lost)), (vec!["cancelled"], 3));
}

#[test]
fn a_manager_ends_a_cancellation_without_the_provider_and_late_money_goes_back() {
    let paying = after(&one_line(3, 1_000, Immediate), &[(PaymentNews::Started, 1)]);
    assert_eq!(paying.after_end(id(2), at(4)), Ok(None), "it is not being cancelled");
    let cancelling = paying.after_cancellation(id(1), &[], at(5)).unwrap().unwrap().order;
    assert_eq!(cancelling.after_end(id(1), at(6)), Ok(None), "this request started the cancellation");
    let ended = cancelling.after_end(id(2), at(6)).unwrap().unwrap();
    assert_eq!((names(&ended), freed(&ended), ended.order.fulfilment.state), (vec!["cancelled"], 3, State::Cancelled));
    assert_eq!(ended.order.after_end(id(2), at(7)), Ok(None));
    assert_eq!(ended.order.after_cancellation(id(2), &[], at(7)), Ok(None));
    let late = pay(&ended.order, &PaymentNews::Captured(1_000), 8);
    assert_eq!((names(&late), freed(&late)), (vec!["payment_unwanted"], 0));
}

//! What each event says about the page of its order.

use std::collections::BTreeMap;

use contracts::orders::{
    OrderCancelled, OrderConfirmed, OrderFacts, OrderLapsed, OrderPlaced, RefundDue, ReturnReceived, ReturnRequested,
    ShipmentDelivered, ShipmentShipped,
};
use contracts::payments::{
    AuthorizationExpiring, DisputeClosed, DisputeOpened, PaymentAuthorized, PaymentCaptured, PaymentClosed,
    PaymentEnded, PaymentFailed, PaymentStarted, PaymentSummary, RefundFailed, RefundSucceeded,
};
use contracts::{DomainEvent, Envelope, WrongEvent};
use jiff::Timestamp;
use serde_json::Value;
use types::{EventId, RefundId};

use super::order::{
    Cancellation, Dispute, Head, OrderPage, OrderReturn, Payment, Refund, Returned, Shipment, Shipped, number_key,
};
use super::units::stored;

/// An event about an order: what its page is to know.
trait OrderFact: DomainEvent {
    fn page(self, event: EventId, at: Timestamp) -> OrderPage;
}

/// Reads an event; none if it says nothing about an order.
type Read = fn(&Envelope<Value>) -> Option<Result<OrderPage, WrongEvent>>;

/// The events about orders.
const EVENTS: [Read; 20] = [
    read::<OrderPlaced>,
    read::<OrderConfirmed>,
    read::<OrderLapsed>,
    read::<OrderCancelled>,
    read::<ShipmentShipped>,
    read::<ShipmentDelivered>,
    read::<ReturnRequested>,
    read::<ReturnReceived>,
    read::<RefundDue>,
    read::<PaymentStarted>,
    read::<PaymentAuthorized>,
    read::<PaymentCaptured>,
    read::<PaymentFailed>,
    read::<PaymentClosed>,
    read::<PaymentEnded>,
    read::<AuthorizationExpiring>,
    read::<RefundSucceeded>,
    read::<RefundFailed>,
    read::<DisputeOpened>,
    read::<DisputeClosed>,
];

/// Returns what an event says about the page of its order.
pub fn page_of(event: &Envelope<Value>) -> Result<OrderPage, WrongEvent> {
    let found = EVENTS.iter().find_map(|read| read(event));
    found.unwrap_or_else(|| Err(WrongEvent(format!("unexpected event type {}", event.detail_type()))))
}

fn read<T: OrderFact>(event: &Envelope<Value>) -> Option<Result<OrderPage, WrongEvent>> {
    let decode = || event.clone().decode::<T>();
    event.is::<T>().then(|| decode().map(|event| event.data.page(event.id, event.occurred_at)))
}

fn of_order(order: OrderFacts, at: Timestamp) -> OrderPage {
    let OrderFacts { order_id, number, user_id: _, currency, total_minor, placed_at } = order;
    let head = Head { number, currency, total_minor, placed_at };
    OrderPage { head: Some(head), ..OrderPage::nothing(order_id, at) }
}

fn of_payment(summary: &PaymentSummary, at: Timestamp) -> Payment {
    Payment {
        payment_id: summary.payment_id,
        provider: (at, summary.provider),
        amount_minor: summary.amount_minor,
        authorized_minor: 0,
        captured_minor: 0,
        expires_at: None,
        closed_at: None,
        ended_at: None,
        failure: None,
    }
}

fn with_payment(summary: &PaymentSummary, at: Timestamp, change: impl FnOnce(Payment) -> Payment) -> OrderPage {
    let payment = change(of_payment(summary, at));
    OrderPage { payment: Some(payment), ..OrderPage::nothing(summary.order_id, at) }
}

/// Implements [`OrderFact`] by an expression over the payload, the event's ID, and its time.
macro_rules! order_facts {
    ($($name:ident: |$fact:ident, $event:ident, $at:ident| $page:expr;)*) => {
        $(impl OrderFact for $name {
            fn page(self, $event: EventId, $at: Timestamp) -> OrderPage {
                let $fact = self;
                $page
            }
        })*
    };
}

order_facts! {
    OrderPlaced: |fact, _event, at| OrderPage { lines: Some(fact.lines), ..of_order(fact.order, at) };
    OrderConfirmed: |fact, _event, at|
        OrderPage { lines: Some(fact.lines), confirmed_at: Some(at), ..of_order(fact.order, at) };
    OrderLapsed: |fact, _event, at|
        OrderPage { lines: Some(fact.lines), lapsed_at: Some(at), ..of_order(fact.order, at) };
    OrderCancelled: |fact, event, at| {
        let OrderCancelled { order, lines, is_complete, capture_total_minor } = fact;
        let ends_shipping = is_complete || capture_total_minor.is_some();
        let cancellation = Cancellation { at, lines: stored(lines), is_complete, ends_shipping };
        OrderPage { cancellations: BTreeMap::from([(event, cancellation)]), ..of_order(order, at) }
    };
    ShipmentShipped: |fact, _event, at| {
        let ShipmentShipped { order, shipment, location_id, lines, is_last, .. } = fact;
        let shipped = Some(Shipped { at, location_id, lines: stored(lines), is_last });
        with_shipment(order, at, shipment, Shipment { shipped, delivered_at: None })
    };
    ShipmentDelivered: |fact, _event, at|
        with_shipment(fact.order, at, fact.shipment, Shipment { shipped: None, delivered_at: Some(at) });
    ReturnRequested: |fact, _event, at| {
        let requested = Some(Returned { at, lines: stored(fact.lines) });
        with_return(fact.order, at, fact.return_number, OrderReturn { requested, ..OrderReturn::default() })
    };
    ReturnReceived: |fact, _event, at| {
        let received = Some(Returned { at, lines: stored(fact.lines) });
        let refund_minor = Some(fact.refund_minor);
        with_return(fact.order, at, fact.return_number, OrderReturn { received, refund_minor, requested: None })
    };
    RefundDue: |fact, _event, at| {
        let refund = Refund { due: Some((at, fact.reason)), ..refund_of(fact.amount_minor) };
        with_refund(of_order(fact.order, at), fact.refund_id, refund)
    };
    PaymentStarted: |fact, _event, at| with_payment(&fact.payment, at, |payment| payment);
    PaymentAuthorized: |fact, _event, at|
        with_payment(&fact.payment, at, |payment| Payment { authorized_minor: fact.authorized_minor, ..payment });
    PaymentCaptured: |fact, _event, at|
        with_payment(&fact.payment, at, |payment| Payment { captured_minor: fact.captured_minor, ..payment });
    PaymentFailed: |fact, _event, at|
        with_payment(&fact.payment, at, |payment| Payment { failure: Some((at, fact.reason)), ..payment });
    PaymentClosed: |fact, _event, at|
        with_payment(&fact.payment, at, |payment| Payment { closed_at: Some(at), ..payment });
    PaymentEnded: |fact, _event, at| with_payment(&fact.payment, at, |payment| {
        let PaymentEnded { authorized_minor, captured_minor, .. } = fact;
        Payment { authorized_minor, captured_minor, ended_at: Some(at), ..payment }
    });
    AuthorizationExpiring: |fact, _event, at|
        with_payment(&fact.payment, at, |payment| Payment { expires_at: Some(fact.capture_before), ..payment });
    RefundSucceeded: |fact, _event, at| {
        let refund = Refund { sent_at: Some(at), ..refund_of(fact.refunded_minor) };
        with_refund(with_payment(&fact.payment, at, |payment| payment), fact.refund_id, refund)
    };
    RefundFailed: |fact, _event, at| {
        let refund = Refund { failed_at: Some(at), ..refund_of(fact.refunded_minor) };
        with_refund(with_payment(&fact.payment, at, |payment| payment), fact.refund_id, refund)
    };
    DisputeOpened: |fact, _event, at| {
        let dispute = Dispute { amount_minor: fact.disputed_minor, opened_at: Some(at), closed: None };
        with_dispute(&fact.payment, at, fact.dispute_id, dispute)
    };
    DisputeClosed: |fact, _event, at| {
        let closed = Some((at, fact.is_lost));
        let dispute = Dispute { amount_minor: fact.disputed_minor, opened_at: None, closed };
        with_dispute(&fact.payment, at, fact.dispute_id, dispute)
    };
}

fn with_shipment(order: OrderFacts, at: Timestamp, number: u32, shipment: Shipment) -> OrderPage {
    OrderPage { shipments: BTreeMap::from([(number_key(number), shipment)]), ..of_order(order, at) }
}

fn with_return(order: OrderFacts, at: Timestamp, number: u32, returned: OrderReturn) -> OrderPage {
    OrderPage { returns: BTreeMap::from([(number_key(number), returned)]), ..of_order(order, at) }
}

fn with_dispute(summary: &PaymentSummary, at: Timestamp, id: String, dispute: Dispute) -> OrderPage {
    OrderPage { disputes: BTreeMap::from([(id, dispute)]), ..with_payment(summary, at, |payment| payment) }
}

fn refund_of(amount_minor: i64) -> Refund {
    Refund { amount_minor, due: None, sent_at: None, failed_at: None }
}

fn with_refund(page: OrderPage, id: RefundId, refund: Refund) -> OrderPage {
    OrderPage { refunds: BTreeMap::from([(id, refund)]), ..page }
}

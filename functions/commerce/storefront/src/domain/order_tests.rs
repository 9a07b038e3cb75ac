use contracts::orders::{
    OrderCancelled, OrderConfirmed, OrderFacts, OrderLapsed, OrderPlaced, RefundDue, ReturnReceived, ReturnRequested,
    ShipmentDelivered, ShipmentShipped,
};
use contracts::payments::{
    AuthorizationExpiring, DisputeClosed, DisputeOpened, PaymentAuthorized, PaymentCaptured, PaymentClosed,
    PaymentEnded, PaymentFailed, PaymentStarted, PaymentSummary, RefundFailed, RefundSucceeded,
};
use contracts::{Actor, DomainEvent, Envelope};
use proptest::prelude::*;
use serde_json::Value;
use types::{ProductId, Uuid, VariantId};

use super::*;
use crate::domain::dashboard::{self, Shard};
use crate::domain::order_news::page_of;
use crate::domain::order_status::{Attention, Status};
use crate::domain::sales;

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn order(number: u128) -> OrderFacts {
    OrderFacts {
        order_id: OrderId::new(uuid(number)),
        number: format!("N{number}"),
        user_id: None,
        currency: CurrencyCode::parse("EUR").unwrap(),
        total_minor: 5_000,
        placed_at: at(0),
    }
}

fn payment(number: u128) -> PaymentSummary {
    PaymentSummary {
        payment_id: PaymentId::new(uuid(1_000 + number)),
        order_id: OrderId::new(uuid(number)),
        user_id: None,
        provider: PaymentProviderName::Stripe,
        currency: CurrencyCode::parse("EUR").unwrap(),
        amount_minor: 5_000,
        started_at: None,
    }
}

fn units(line: u32, quantity: u32) -> SoldUnits {
    SoldUnits {
        line,
        variant_id: VariantId::new(uuid(50 + u128::from(line))),
        product_id: ProductId::new(uuid(60 + u128::from(line))),
        quantity,
        gross_minor: 1_000 * i64::from(quantity),
    }
}

fn lines() -> Vec<SoldUnits> {
    vec![units(0, 2), units(1, 2)]
}

fn event<T: DomainEvent>(number: u128, second: i64, data: T) -> Envelope<Value> {
    let id = EventId::new(uuid(number));
    Envelope::new(id, at(second), String::new(), Actor::System, data).erase().unwrap()
}

/// The kinds of events of an order.
const KINDS: u8 = 21;

/// An event of an order: the same numbers always make the same event.
fn of(order_number: u128, kind: u8) -> Envelope<Value> {
    let (order, payment) = (order(order_number), payment(order_number));
    let (id, second) = (order_number * 100 + u128::from(kind), i64::from(kind) * 13 % 17);
    let location_id = LocationId::new(uuid(9));
    let refund_id = RefundId::new(uuid(70));
    match kind {
        0 => event(id, second, OrderPlaced { order, lines: lines() }),
        1 => event(id, second, OrderConfirmed { order, lines: lines() }),
        2 => event(id, second, OrderLapsed { order, lines: lines() }),
        3 | 4 => {
            let (lines, is_complete) = (vec![units(1, 1)], kind == 4);
            event(id, second, OrderCancelled { order, lines, is_complete, capture_total_minor: None })
        }
        5 | 6 => {
            let (shipment, is_last) = (u32::from(kind) - 4, kind == 6);
            let lines = vec![units(u32::from(kind) - 5, 2)];
            let shipped = ShipmentShipped {
                order,
                shipment,
                location_id,
                lines,
                capture_minor: 1,
                capture_total_minor: None,
                is_last,
            };
            event(id, second, shipped)
        }
        7 | 8 => event(id, second, ShipmentDelivered { order, shipment: u32::from(kind) - 6 }),
        9 => event(id, second, ReturnRequested { order, return_number: 1, lines: vec![units(0, 1)] }),
        10 => {
            event(id, second, ReturnReceived { order, return_number: 1, lines: vec![units(0, 1)], refund_minor: 1_000 })
        }
        11 => {
            let (amount_minor, reason) = (1_000, RefundReason::Returned);
            event(id, second, RefundDue { order, refund_id, amount_minor, capture_total_minor: None, reason })
        }
        12 => event(id, second, PaymentStarted { payment }),
        13 => event(id, second, PaymentAuthorized { payment, authorized_minor: 5_000, capture_before: None }),
        14 => event(id, second, PaymentCaptured { payment, captured_minor: 5_000 }),
        15 => event(id, second, PaymentFailed { payment, reason: "declined".to_owned() }),
        16 => event(id, second, RefundFailed { payment, refund_id, refunded_minor: 1_000 }),
        17 => event(id, second, RefundSucceeded { payment, refund_id, refunded_minor: 1_000 }),
        18 => event(id, second, DisputeOpened { payment, dispute_id: "d".to_owned(), disputed_minor: 5_000 }),
        19 => event(id, second, PaymentEnded { payment, authorized_minor: 5_000, captured_minor: 1_000 }),
        _ => event(
            id,
            second,
            DisputeClosed { payment, dispute_id: "d".to_owned(), disputed_minor: 5_000, is_lost: true },
        ),
    }
}

/// What is stored: pages, shards and counters, changed as the consumer does it.
#[derive(Debug, Default, Clone, PartialEq)]
struct Model {
    pages: BTreeMap<OrderId, OrderPage>,
    shards: BTreeMap<u8, Shard>,
    sales: BTreeMap<String, i64>,
}

impl Model {
    fn after<'a>(events: impl IntoIterator<Item = &'a Envelope<Value>>) -> Self {
        let mut model = Self::default();
        for event in events {
            let news = page_of(event).unwrap();
            let before = model.pages.get(&news.order_id).cloned();
            let next = news.merged(before.as_ref());
            if before.as_ref() == Some(&next) {
                continue;
            }
            let number = dashboard::shard_of(next.order_id);
            let shard = model.shards.get(&number).cloned().unwrap_or_else(|| Shard::empty(number));
            model.shards.insert(number, shard.after(before.as_ref(), &next));
            for sold in sales::added(before.as_ref(), &next) {
                *model.sales.entry(format!("{sold:?}")).or_default() += 1;
            }
            model.pages.insert(next.order_id, next);
        }
        model
    }
}

fn page(kinds: &[u8]) -> OrderPage {
    let events: Vec<_> = kinds.iter().map(|kind| of(1, *kind)).collect();
    Model::after(&events).pages.remove(&OrderId::new(uuid(1))).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_order_and_repetition_of_events_gives_the_same_items(
        (events, shuffled) in prop::collection::vec((1..5_u128, 0..KINDS), 1..60).prop_flat_map(|events| {
            let twice = [events.clone(), events.clone()].concat();
            (Just(events), Just(twice).prop_shuffle())
        }),
    ) {
        let model = |events: Vec<(u128, u8)>| {
            let events: Vec<_> = events.into_iter().map(|(order, kind)| of(order, kind)).collect();
            Model::after(&events)
        };
        let (once, repeated) = (model(events), model(shuffled));
        prop_assert_eq!(serde_json::to_string(&once.pages).unwrap(), serde_json::to_string(&repeated.pages).unwrap());
        // A day that was counted and taken back has zeros, one that was never counted has none: both mean nothing.
        prop_assert_eq!(once, repeated);
    }

    #[test]
    fn figures_are_the_sum_over_all_orders(events in prop::collection::vec((1..9_u128, 0..KINDS), 1..80)) {
        let events: Vec<_> = events.into_iter().map(|(order, kind)| of(order, kind)).collect();
        let model = Model::after(&events);
        let total = dashboard::total(model.shards.into_values());
        let sum = |part: fn(&OrderPage) -> i64| model.pages.values().map(part).sum::<i64>();
        prop_assert_eq!(total.open, sum(|page| page.contribution().open));
        prop_assert_eq!(total.to_ship, sum(|page| page.contribution().to_ship));
        prop_assert_eq!(total.attention, sum(|page| page.contribution().attention));
        let revenue = total.revenue.values().flat_map(BTreeMap::values);
        let amount = |page: &OrderPage| page.contribution().revenue.map_or(0, |revenue| revenue.amount_minor);
        prop_assert_eq!(revenue.map(|revenue| revenue.amount_minor).sum::<i64>(), sum(amount));
    }
}

#[test]
fn the_status_follows_from_what_happened() {
    assert_eq!(page(&[0]).status(), Status::Placed);
    assert_eq!(page(&[0, 2]).status(), Status::Lapsed);
    assert_eq!(page(&[0, 1]).status(), Status::Confirmed);
    assert_eq!(page(&[0, 1, 5]).status(), Status::PartlyShipped);
    assert_eq!(page(&[0, 1, 5, 6]).status(), Status::Shipped);
    assert_eq!(page(&[0, 1, 5, 6, 7, 8]).status(), Status::Delivered);
    assert_eq!(page(&[0, 1, 4]).status(), Status::Cancelled);
}

#[test]
fn nothing_is_to_be_shipped_if_the_rest_was_cancelled_after_the_last_shipment() {
    let rest =
        OrderCancelled { order: order(1), lines: vec![units(1, 2)], is_complete: false, capture_total_minor: None };
    let events = [of(1, 1), of(1, 5), event(99, 9, rest)];
    let page = &Model::after(&events).pages[&OrderId::new(uuid(1))];
    assert_eq!((page.status(), page.contribution().to_ship), (Status::Shipped, 0));
}

#[test]
fn attention_ends_with_its_reason() {
    assert_eq!(page(&[1, 16, 18]).attention(), [Attention::DisputeOpen, Attention::RefundFailed]);
    assert_eq!(page(&[1, 16, 17, 18, 20]).attention(), []);
    let expiring = AuthorizationExpiring { payment: payment(1), capture_before: at(99), uncaptured_minor: 5_000 };
    let events = |more: Envelope<Value>| [of(1, 1), of(1, 13), event(98, 1, expiring.clone()), more];
    let attention = |events: &[Envelope<Value>]| Model::after(events).pages[&OrderId::new(uuid(1))].attention();
    assert_eq!(attention(&events(of(1, 13))), [Attention::AuthorizationExpiring]);
    assert_eq!(attention(&events(of(1, 14))), []);
    assert_eq!(attention(&events(event(97, 2, PaymentClosed { payment: payment(1) }))), []);
    // A part was captured, and the rest released.
    assert_eq!(attention(&events(of(1, 19))), []);
}

#[test]
fn refunds_that_managers_sent_later_end_the_attention_for_one_that_failed() {
    let refund_id = |number| RefundId::new(uuid(number));
    let failed = |number, second, refunded_minor| {
        event(number, second, RefundFailed { payment: payment(1), refund_id: refund_id(number), refunded_minor })
    };
    let sent = |number, second, refunded_minor| {
        event(number, second, RefundSucceeded { payment: payment(1), refund_id: refund_id(number), refunded_minor })
    };
    let due = |number, amount_minor| {
        let (refund_id, reason) = (refund_id(number), RefundReason::Returned);
        event(number, 0, RefundDue { order: order(1), refund_id, amount_minor, capture_total_minor: None, reason })
    };
    let needs = |events: &[Envelope<Value>]| {
        let page = &Model::after(events).pages[&OrderId::new(uuid(1))];
        page.attention() == [Attention::RefundFailed]
    };
    let first = failed(1, 10, 1_000);
    assert!(needs(&[first.clone()]));
    assert!(!needs(&[first.clone(), sent(2, 20, 600), sent(3, 30, 400)]), "covered in two parts");
    assert!(needs(&[first.clone(), sent(2, 20, 600)]), "covered in part");
    assert!(needs(&[sent(2, 5, 1_000), first.clone()]), "sent before it failed");
    assert!(!needs(&[first.clone(), failed(2, 20, 1_000), sent(3, 30, 1_000)]), "the third attempt");
    assert!(needs(&[due(1, 1_000), first.clone(), due(2, 1_000), sent(2, 20, 1_000)]), "another refund that was due");
    assert!(needs(&[due(1, 1_000), first, due(2, 500), failed(2, 20, 500), sent(3, 30, 1_000)]), "one of two");
}

#[test]
fn revenue_is_what_was_confirmed_less_what_was_cancelled() {
    let amount = |kinds: &[u8]| page(kinds).contribution().revenue.map(|revenue| revenue.amount_minor);
    assert_eq!(amount(&[0, 14]), None);
    assert_eq!(amount(&[0, 1]), Some(5_000));
    assert_eq!(amount(&[0, 1, 3]), Some(4_000));
    assert_eq!(amount(&[0, 1, 4]), Some(0));
}

#[test]
fn units_name_their_variant_only_where_the_line_does_not() {
    let component = SoldUnits { variant_id: VariantId::new(uuid(99)), ..units(0, 1) };
    let returned = ReturnRequested { order: order(1), return_number: 2, lines: vec![units(1, 1), component] };
    for events in [[of(1, 1), event(80, 3, returned.clone())], [event(80, 3, returned), of(1, 1)]] {
        let page = &Model::after(&events).pages[&OrderId::new(uuid(1))];
        let requested = page.returns[&number_key(2)].requested.as_ref().unwrap();
        let named: Vec<_> = requested.lines.iter().map(|units| units.of.map(|(variant, _)| variant)).collect();
        assert_eq!(named, [None, Some(VariantId::new(uuid(99)))]);
    }
}

#[test]
fn an_event_of_another_context_is_refused() {
    let mut other = of(1, 0);
    other.event_type = "catalog.product_published".to_owned();
    assert!(page_of(&other).unwrap_err().0.contains("catalog.product_published.v1"));
}

//! The pages of the largest orders: their items stay well below the limit of DynamoDB.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::Envelope;
use contracts::orders::{
    OrderCancelled, RefundDue, RefundReason, ReturnReceived, ReturnRequested, ShipmentDelivered, ShipmentShipped,
    SoldUnits,
};
use orders::domain::cancellation::MAX_CANCELLATIONS;
use orders::domain::cart::MAX_LINES;
use orders::domain::entries::{ENTRIES_OF_COMPONENT, MAX_RETURNED_ENTRIES, MAX_SHIPPED_ENTRIES};
use orders::domain::order_return::MAX_RETURNS;
use orders::domain::pricing::MAX_TOTAL_MINOR;
use orders::domain::shipment::MAX_SHIPMENTS;
use orders::domain::stock::MAX_QUANTITY;
use serde_json::Value;
use storefront::domain::order::OrderPage;
use storefront::domain::order_news::page_of;
use storefront::store::Written;
use types::{LocationId, RefundId, Uuid};

use crate::storefront_support::{Front, confirmed, event, order_facts, order_id, placed, units, variant_id};

/// The limit of DynamoDB for an item.
const MAX_ITEM_BYTES: usize = 400 * 1024;
/// What the largest pages leave of it: for refunds by managers, and disputes.
const SPARE_BYTES: usize = 64 * 1024;
/// The limit of Lambda for a response.
const MAX_RESPONSE_BYTES: usize = 6_000_000;

/// The size of an attribute's value as DynamoDB counts it.
fn bytes_of(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number.len().div_ceil(2) + 1,
        AttributeValue::L(items) => 3 + items.iter().map(|item| 1 + bytes_of(item)).sum::<usize>(),
        AttributeValue::M(items) => 3 + items.iter().map(|(name, item)| 1 + name.len() + bytes_of(item)).sum::<usize>(),
        AttributeValue::Null(_) | AttributeValue::Bool(_) => 1,
        other => panic!("{other:?}"),
    }
}

fn item_bytes(item: &HashMap<String, AttributeValue>) -> usize {
    item.iter().map(|(name, value)| name.len() + bytes_of(value)).sum()
}

/// The first lines, with a share of the units and of the money of an order.
fn lines(count: u32, shares: u32) -> Vec<SoldUnits> {
    let gross_minor = MAX_TOTAL_MINOR / i64::from(count) / i64::from(shares);
    let line = |line| SoldUnits { gross_minor, ..units(line, u128::from(line), MAX_QUANTITY / shares) };
    (0..count).map(line).collect()
}

/// All lines, with a share of their units.
fn all_lines(shares: u32) -> Vec<SoldUnits> {
    lines(u32::try_from(MAX_LINES).unwrap(), shares)
}

/// Components of a line that is a bundle, with a share of their units.
fn components(count: u32, shares: u32) -> Vec<SoldUnits> {
    let component =
        |units: SoldUnits| SoldUnits { line: 0, variant_id: variant_id(1_000 + u128::from(units.line)), ..units };
    lines(count, shares).into_iter().map(component).collect()
}

/// The events of an order with as many shipments, returns and cancellations as an order can have, and as many entries in them. All
/// shipments have these units.
fn largest(shipped: &[SoldUnits]) -> Vec<Envelope<Value>> {
    let mut events = vec![placed(1, &all_lines(1)), confirmed(1, &all_lines(1))];
    let (order, location_id) = (|| order_facts(1), LocationId::new(Uuid::from_u128(5)));
    for shipment in 1..=MAX_SHIPMENTS {
        let (lines, is_last) = (shipped.to_vec(), shipment == MAX_SHIPMENTS);
        let capture_minor = MAX_TOTAL_MINOR / i64::from(MAX_SHIPMENTS);
        let (order_of, capture_total_minor) = (order(), Some(capture_minor * i64::from(shipment)));
        let shipped = ShipmentShipped {
            order: order_of,
            shipment,
            location_id,
            lines,
            capture_minor,
            capture_total_minor,
            is_last,
        };
        events.extend([event(30, shipped), event(31, ShipmentDelivered { order: order(), shipment })]);
    }
    let refund = |number: u32, reason| {
        let refund_id = RefundId::new(Uuid::from_u128(10_000 + u128::from(number)));
        let amount_minor = MAX_TOTAL_MINOR / i64::from(MAX_RETURNS);
        event(42, RefundDue { order: order(), refund_id, amount_minor, capture_total_minor: None, reason })
    };
    for return_number in 1..=MAX_RETURNS {
        let lines = || lines(MAX_RETURNED_ENTRIES / MAX_RETURNS, MAX_RETURNS);
        let refund_minor = MAX_TOTAL_MINOR / i64::from(MAX_RETURNS);
        events.extend([
            event(40, ReturnRequested { order: order(), return_number, lines: lines() }),
            event(41, ReturnReceived { order: order(), return_number, lines: lines(), refund_minor }),
            refund(return_number, RefundReason::Returned),
        ]);
    }
    for number in 0..u32::try_from(MAX_CANCELLATIONS).unwrap() {
        let lines = all_lines(MAX_QUANTITY);
        let cancelled = OrderCancelled { order: order(), lines, is_complete: false, capture_total_minor: None };
        events.extend([event(43, cancelled), refund(1_000 + number, RefundReason::Cancelled)]);
    }
    events
}

/// Writes and reads the page of an order all of whose shipments have these units.
async fn fits(shipped: &[SoldUnits]) {
    let front = Front::start().await;
    let merge = |page: Option<OrderPage>, event: &Envelope<Value>| Some(page_of(event).unwrap().merged(page.as_ref()));
    let page = largest(shipped).iter().fold(None, merge).unwrap();
    let store = &front.consumer.store;
    let read = store.read_order(order_id(1)).await.unwrap();
    assert_eq!(store.write_order(&read, &page).await.unwrap(), Written::Applied);
    let items = front.table.items().await;
    let item = items.iter().find(|item| item["sk"].as_s().unwrap() == "page").unwrap();
    let bytes = item_bytes(item);
    assert!(bytes > MAX_ITEM_BYTES / 2, "the largest order is large: {bytes}");
    assert!(bytes < MAX_ITEM_BYTES - SPARE_BYTES, "{bytes} bytes");
    let shown = front.order(order_id(1), "", &front.manager).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    assert!(shown.bytes < MAX_RESPONSE_BYTES, "{} bytes", shown.bytes);
    let shipments = shown.body["shipments"].as_array().unwrap();
    assert_eq!(shipments.len(), usize::try_from(MAX_SHIPMENTS).unwrap());
    assert_eq!(shipments[99]["units"].as_array().unwrap().len(), shipped.len());
}

#[tokio::test]
async fn the_page_of_the_largest_order_fits_into_an_item_and_a_response() {
    let shipped = all_lines(MAX_SHIPMENTS);
    assert!(u32::try_from(shipped.len()).unwrap() * MAX_SHIPMENTS <= MAX_SHIPPED_ENTRIES, "orders allow it");
    fits(&shipped).await;
}

#[tokio::test]
async fn the_page_of_the_largest_order_of_bundles_fits_into_an_item_and_a_response() {
    fits(&components(MAX_SHIPPED_ENTRIES / ENTRIES_OF_COMPONENT / MAX_SHIPMENTS, MAX_SHIPMENTS)).await;
}

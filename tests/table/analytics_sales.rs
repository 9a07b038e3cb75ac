//! The figures of sales equal the orders: real events of orders that are placed, paid, cancelled and left, counted with
//! duplicates, against what the orders themselves say.

use std::collections::BTreeMap;

use analytics::domain::period::Interval;
use contracts::Envelope;
use contracts::payments::{PaymentCaptured, PaymentStarted, RefundSucceeded};
use serde_json::{Value, json};
use types::{EventId, RefundId};

use crate::analytics_support::Counters;
use crate::orders_carts_support::Who;
use crate::orders_checkout_support::{Desk, payment};

/// The events in outboxes of orders, by their IDs. An outbox holds those of the last change, so it is read after each.
async fn collect(desk: &Desk, events: &mut BTreeMap<EventId, Envelope<Value>>) {
    for item in desk.shop.table.items().await {
        let Some(text) = item.get("outbox").and_then(|text| text.as_s().ok()) else { continue };
        for event in dynamo::Outbox::parse(text).unwrap() {
            events.insert(event.id, event);
        }
    }
}

#[tokio::test]
async fn sales_equal_the_orders() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(2).await;
    desk.stock(&goods, 100, &json!({ "parts": 1 })).await;
    let (mut events, mut orders) = (BTreeMap::new(), Vec::new());
    for number in 0..6_u32 {
        let (guest, order) = desk.order(&[(goods[0], 1 + number), (goods[1], 2)]).await;
        collect(&desk, &mut events).await;
        if number != 5 {
            desk.hear(PaymentStarted { payment: payment(&order) }).await.unwrap();
            let captured_minor = order["totalMinor"].as_i64().unwrap();
            desk.hear(PaymentCaptured { payment: payment(&order), captured_minor }).await.unwrap();
            collect(&desk, &mut events).await;
        }
        orders.push((guest, order));
    }
    // One is cancelled as a whole.
    let (guest, order) = &orders[0];
    assert!(desk.cancel(guest, order, "c", &json!({})).await.status < 300);
    collect(&desk, &mut events).await;
    let counters = Counters::start().await;
    counters.clock.advance(std::time::Duration::from_secs(
        u64::try_from((desk.clock.now().as_second() - counters.clock.now().as_second()).max(0)).unwrap(),
    ));
    let refund = RefundSucceeded { payment: payment(order), refund_id: RefundId::generate(), refunded_minor: 777 };
    let refund = crate::analytics_support::event(counters.clock.now(), refund);
    events.insert(refund.id, refund);
    let counted = analytics::domain::metrics::events();
    let delivered: Vec<_> = events.values().filter(|event| counted.contains(&event.detail_type().as_str())).collect();
    for event in delivered.iter().rev().chain(&delivered) {
        counters.deliver(event).await;
    }
    // What the orders say, each read by its buyer.
    let (mut confirmed, mut sales, mut units) = (0, 0, 0);
    for (guest, order) in &orders {
        let order = desk.get(guest, order["id"].as_str().unwrap()).await.body;
        if order["payment"]["capturedMinor"].as_i64().unwrap_or_default() > 0 {
            confirmed += 1;
            sales += order["totalMinor"].as_i64().unwrap();
            units +=
                order["lines"].as_array().unwrap().iter().map(|line| line["quantity"].as_i64().unwrap()).sum::<i64>();
        }
    }
    assert_eq!(confirmed, 5);
    let total = async |name| counters.total(name, Interval::Day, 2).await;
    assert_eq!(total("orders_placed").await, 6);
    assert_eq!(total("orders_confirmed").await, confirmed);
    assert_eq!(total("gross_sales").await, sales);
    assert_eq!(total("units_sold").await, units);
    assert_eq!(total("orders_cancelled").await, 1);
    assert_eq!(total("units_cancelled").await, 3);
    assert_eq!(total("refunds").await, 777);
    let average = counters.values("average_order_value", None, Interval::Month, 2).await;
    let average: i64 = average.series[0].values.iter().flatten().sum();
    assert_eq!(i128::from(average), money::round_div(i128::from(sales), i128::from(confirmed)));
    assert!(matches!(orders[0].0, Who::Guest(_)));
}

//! `orders-issue-invoices` on `orders.order_confirmed.v1`, `orders.shipment_shipped.v1`, `orders.order_cancelled.v1`, `orders.return_received.v1`

use contracts::orders::OrderConfirmed;
use contracts::payments::CaptureMode;
use contracts::{Actor, Envelope};
use jiff::Timestamp;
use serde_json::json;
use tests::{Cloud, eventually};
use types::EventId;

use super::support::{call, set_seller};

#[tokio::test]
async fn an_order_gets_one_invoice_and_a_credit_note_for_what_comes_back() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    set_seller(&cloud, &manager).await;
    let order = cloud.guest_order(&manager, CaptureMode::Immediate).await;
    let confirmed = OrderConfirmed { order: order.order.facts(), lines: order.order.sold() };
    for _ in 0..3 {
        let correlation = EventId::generate().to_string();
        let event = Envelope::new(EventId::generate(), Timestamp::now(), correlation, Actor::System, confirmed.clone());
        cloud.publish(&event).await;
    }
    let list = format!("{}/invoices", order.path);
    let documents = async |count: usize| {
        eventually("the documents", async || {
            let seen = call(&cloud, "GET", &list, &manager, None).await.expect(200)["items"].clone();
            (seen.as_array().unwrap().len() == count).then_some(seen)
        })
        .await
    };
    documents(1).await;
    drop(cloud.ship(&manager, &order, 3).await.expect(201));
    drop(cloud.request_return(&order, 1).await.expect(201));
    let receipt = json!({ "lines": [{ "line": 0, "quantity": 1 }] });
    let path = format!("{}/returns/1/receipt", order.path);
    drop(call(&cloud, "POST", &path, &manager, Some(&receipt)).await.expect(200));
    let seen = documents(2).await;
    assert_eq!((&seen[1]["kind"], &seen[1]["totalMinor"]), (&json!("credit_note"), &json!(1000)));
    assert_eq!(seen[1]["corrects"], seen[0]["documentNumber"]);
}

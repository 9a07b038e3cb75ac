//! `orders-settle-payments`.

use contracts::payments::{PaymentCaptured, PaymentProviderName, PaymentStarted, PaymentSummary};
use contracts::{Actor, DomainEvent, Envelope};
use serde_json::Value;
use tests::{Cloud, eventually};
use types::{EventId, PaymentId, derive_id};

use super::support::{held_order, order_call};

fn event<T: DomainEvent>(fact: T) -> Envelope<Value> {
    let (id, now) = (EventId::generate(), jiff::Timestamp::now());
    Envelope::new(id, now, id.to_string(), Actor::System, fact).erase().unwrap()
}

#[tokio::test]
async fn a_payment_confirms_an_order() {
    let cloud = &Cloud::connect().await;
    let (order, key) = held_order(cloud).await;
    let payment = PaymentSummary {
        payment_id: PaymentId::new(derive_id(&["payment", order["id"].as_str().unwrap()])),
        order_id: order["id"].as_str().unwrap().parse().unwrap(),
        user_id: None,
        provider: PaymentProviderName::Stripe,
        currency: order["currency"].as_str().unwrap().parse().unwrap(),
        amount_minor: order["totalMinor"].as_i64().unwrap(),
        started_at: None,
    };
    let captured_minor = payment.amount_minor;
    cloud.publish(&event(PaymentStarted { payment: payment.clone() })).await;
    cloud.publish(&event(PaymentCaptured { payment, captured_minor })).await;
    let path = format!("/v1/commerce/orders/{}", order["id"].as_str().unwrap());
    eventually("the confirmed order", async || {
        let seen = order_call(cloud, ("GET", &path), None, Some(&key), "", None).await.expect(200);
        (seen["state"] == "confirmed").then_some(())
    })
    .await;
}

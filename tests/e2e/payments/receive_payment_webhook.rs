//! `POST /v1/commerce/payments/webhooks/{provider}`

use contracts::payments::CaptureMode;
use jiff::{SignedDuration, Timestamp};
use payment_providers::sign;
use serde_json::{Value, json};
use tests::{Cloud, Reply};

/// The secret that the local cloud's deployment has.
const SECRET: &[u8] = b"whsec_local_commerce";
const STRIPE: &str = "/v1/commerce/payments/webhooks/stripe";

async fn tell(cloud: &Cloud, object: &Value, secret: &[u8], at: Timestamp) -> Reply {
    let body = json!({ "id": "evt_1", "type": "payment_intent.succeeded", "data": { "object": object } }).to_string();
    let signature = sign(secret, body.as_bytes(), at);
    cloud.post(STRIPE).header("stripe-signature", &signature).text("application/json", &body).send().await
}

#[tokio::test]
async fn events_are_believed_only_if_they_are_signed_and_the_provider_agrees() {
    let cloud = Cloud::connect().await;
    let order = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
    let started = cloud.start_payment(&order, "stripe").await.expect(201);
    let id = started["clientSecret"].as_str().unwrap().split("_secret").next().unwrap();
    let object = json!({ "id": id, "object": "payment_intent", "amount_received": 10_000, "currency": "eur",
        "metadata": { "atoll_deployment": cloud.table_name(), "atoll_order_payment": order.payment() } });
    let unsigned = cloud.post(STRIPE).json(&json!({})).send().await;
    unsigned.expect_problem(400, "payments.webhook_not_proven");
    let forged = tell(&cloud, &object, b"another", Timestamp::now()).await;
    forged.expect_problem(400, "payments.webhook_not_proven");
    let replayed = tell(&cloud, &object, SECRET, Timestamp::now() - SignedDuration::from_mins(6)).await;
    replayed.expect_problem(400, "payments.webhook_not_proven");
    // A signed event of a payment that was not paid: the provider is asked and says so.
    for _ in 0..3 {
        assert_eq!(tell(&cloud, &object, SECRET, Timestamp::now()).await.status, 204);
    }
    let read = order.authenticate(cloud.get(&order.path())).send().await.expect(200);
    assert_eq!(read["status"], "started", "{read}");
    let unpaid = json!({ "clientSecret": started["clientSecret"], "paymentMethod": "pm_card_visa" });
    assert_eq!(cloud.local("POST", "payments/confirm").json(&unpaid).send().await.status, 200);
    cloud.payment_until(&order, |payment| payment["status"] == "captured").await;
}

#[tokio::test]
async fn events_of_other_deployments_and_kinds_are_acknowledged() {
    let cloud = Cloud::connect().await;
    let foreign =
        json!({ "id": "pi_of_others", "object": "payment_intent", "metadata": { "atoll_deployment": "another" } });
    assert_eq!(tell(&cloud, &foreign, SECRET, Timestamp::now()).await.status, 204);
    let paypal = cloud.post("/v1/commerce/payments/webhooks/paypal").json(&json!({ "id": "WH-1" })).send().await;
    assert_eq!(paypal.status, 400, "{}", paypal.body);
    let unknown = cloud.post("/v1/commerce/payments/webhooks/bank").json(&json!({})).send().await;
    assert!((400..500).contains(&unknown.status), "{}", unknown.body);
}

#[tokio::test]
async fn a_dispute_in_the_dashboard_is_heard_of() {
    let cloud = Cloud::connect().await;
    let order = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
    let started = cloud.start_payment(&order, "stripe").await.expect(201);
    let id = started["clientSecret"].as_str().unwrap().split("_secret").next().unwrap().to_owned();
    cloud.pay_by_card(&order).await;
    assert_eq!(cloud.local("POST", "payments/dispute").json(&json!({ "payment": id })).send().await.status, 200);
    let manager = cloud.manager().await;
    tests::eventually("the dispute", async || {
        let path = format!("/v1/commerce/admin/payments/{}", order.payment());
        let read = cloud.get(&path).bearer(&manager.access_token).send().await.expect(200);
        (read["attention"] == json!(["disputed"])).then_some(())
    })
    .await;
}

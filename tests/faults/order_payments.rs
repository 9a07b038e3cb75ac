//! Payments of orders whose function is killed after each call to the provider, and whose answers and webhooks are lost: what
//! was asked for happens once.

use std::time::Duration;

use contracts::payments::CaptureMode;
use serde_json::{Value, json};
use tests::{Call, Cloud, OrderToPay, User, eventually, eventually_within};

/// A call of the provider has nine seconds, and is repeated.
const SOME_TIME: Duration = Duration::from_mins(1);
/// The endpoint of webhooks.
const WEBHOOKS: &str = "payments-receive-payment-webhook";

async fn fault(cloud: &Cloud, operation: &str, mut fault: Value) {
    fault["service"] = json!("payments");
    fault["operation"] = json!(operation);
    cloud.inject(&fault).await;
}

/// Sends a request and kills the function while the provider's answer is on its way.
async fn killed(cloud: &Cloud, binary: &str, operation: &str, call: Call) {
    fault(cloud, operation, json!({ "delayMs": 4_000, "when": "after" })).await;
    // The fault is gone once the provider has done it and holds its answer back.
    let kill = eventually_within(Duration::from_secs(10), "the provider's answer", async || {
        let faults = cloud.local("GET", "faults").send().await.expect(200);
        faults.as_array().is_some_and(Vec::is_empty).then_some(())
    });
    let (reply, ()) = futures::join!(call.send(), async {
        kill.await;
        let killed = cloud.local("POST", &format!("functions/{binary}/kill")).send().await.expect(200);
        assert!(killed["running"].as_u64() > Some(0), "{killed}");
    });
    assert!(reply.status >= 500, "{}", reply.body);
    cloud.clear_faults().await;
}

fn by_manager(cloud: &Cloud, manager: &User, path: &str, key: &str, body: &Value) -> Call {
    cloud.post(path).bearer(&manager.access_token).header("idempotency-key", key).json(body)
}

async fn any(cloud: &Cloud, manager: &User, order: &OrderToPay) -> Value {
    let path = format!("/v1/commerce/admin/payments/{}", order.payment());
    cloud.get(&path).bearer(&manager.access_token).send().await.expect(200)
}

#[tokio::test]
async fn a_start_that_is_killed_after_the_registration_is_continued() {
    let cloud = Cloud::connect_for_faults().await;
    let order = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
    let body = json!({ "quote": order.quote, "provider": "stripe" });
    let call = order.authenticate(cloud.post(tests::PAYMENTS)).json(&body);
    killed(&cloud, "payments-start-payment", "CreatePayment", call).await;
    assert_eq!(cloud.pay_by_card(&order).await["capturedMinor"], 10_000);
}

#[tokio::test]
async fn a_refund_that_is_killed_after_the_provider_did_it_is_done_once() {
    let cloud = Cloud::connect_for_faults().await;
    let manager = cloud.manager().await;
    let order = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
    cloud.pay_by_card(&order).await;
    let path = format!("{}/refunds", order.path());
    let body = json!({ "amountMinor": 6_000 });
    killed(&cloud, "payments-refund-payment", "CreateRefund", by_manager(&cloud, &manager, &path, "key", &body)).await;
    // Its room is taken, whether or not it is known that it was done.
    let other = by_manager(&cloud, &manager, &path, "other", &body).send().await;
    other.expect_problem(409, "payments.refund_too_large");
    let again = by_manager(&cloud, &manager, &path, "key", &body).send().await.expect(201);
    assert_eq!((&again["refundedMinor"], &again["refunds"][0]["status"]), (&json!(6_000), &json!("succeeded")));
}

#[tokio::test]
async fn a_capture_and_a_void_that_are_killed_after_the_provider_did_them_are_done_once() {
    let cloud = Cloud::connect_for_faults().await;
    let manager = cloud.manager().await;
    let (captured, released) = (
        cloud.guest_order_to_pay(CaptureMode::OnShipment).await,
        cloud.guest_order_to_pay(CaptureMode::OnShipment).await,
    );
    cloud.pay_by_card(&captured).await;
    cloud.pay_by_card(&released).await;
    let path = format!("{}/captures", captured.path());
    let body = json!({ "amountMinor": 10_000, "isFinal": true });
    let capture = || by_manager(&cloud, &manager, &path, "key", &body);
    killed(&cloud, "payments-capture-payment", "CapturePayment", capture()).await;
    assert_eq!(capture().send().await.expect(201)["capturedMinor"], 10_000);
    let path = format!("{}/voids", released.path());
    let void = || cloud.post(&path).bearer(&manager.access_token);
    killed(&cloud, "payments-void-payment", "CancelPayment", void()).await;
    assert_eq!(void().send().await.expect(201)["status"], "closed");
}

/// Waits until the endpoint of webhooks was called this often since `before`.
async fn webhooks_since(cloud: &Cloud, before: usize, count: usize) {
    let arrived = async || (cloud.log_lines(WEBHOOKS) >= before + count).then_some(());
    eventually("the webhooks", arrived).await;
}

#[tokio::test]
async fn webhooks_that_are_doubled_or_late_tell_the_same() {
    let cloud = Cloud::connect_for_faults().await;
    let manager = cloud.manager().await;
    for (way, count) in [("doubled", 2), ("late", 1)] {
        let order = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
        let before = cloud.log_lines(WEBHOOKS);
        fault(&cloud, "Webhook", json!({ "error": way, "contains": order.payment() })).await;
        cloud.pay_by_card(&order).await;
        webhooks_since(&cloud, before, count).await;
        let payment = any(&cloud, &manager, &order).await;
        assert_eq!((&payment["status"], &payment["attention"]), (&json!("captured"), &json!([])), "{way}");
        cloud.clear_faults().await;
    }
}

#[tokio::test]
async fn a_failure_that_arrives_after_the_success_does_not_undo_it() {
    let cloud = Cloud::connect_for_faults().await;
    let manager = cloud.manager().await;
    let failed = cloud.watch("payments.payment_failed.v1").await;
    let order = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
    let started = cloud.start_payment(&order, "stripe").await.expect(201);
    let before = cloud.log_lines(WEBHOOKS);
    fault(&cloud, "Webhook", json!({ "error": "reordered", "contains": order.payment() })).await;
    let form = json!({ "clientSecret": started["clientSecret"], "paymentMethod": "pm_card_visa_chargeDeclined" });
    assert_eq!(cloud.local("POST", "payments/confirm").json(&form).send().await.status, 402);
    // The failure waits for the event that overtakes it.
    assert_eq!(any(&cloud, &manager, &order).await["status"], "started");
    cloud.confirm_in_form(&started["clientSecret"], "pm_card_visa").await;
    webhooks_since(&cloud, before, 2).await;
    let payment = any(&cloud, &manager, &order).await;
    let shown = (&payment["status"], &payment["capturedMinor"], &payment["attention"]);
    assert_eq!(shown, (&json!("captured"), &json!(10_000), &json!([])));
    // A buyer who has paid is not told of an earlier attempt.
    let mut told = failed.take().await;
    told.retain(|event| event["data"]["payment"]["paymentId"] == order.payment());
    assert_eq!(told, Vec::<Value>::new());
}

#[tokio::test]
async fn an_authorization_that_arrives_after_its_capture_does_not_undo_it() {
    let cloud = Cloud::connect_for_faults().await;
    let manager = cloud.manager().await;
    let order = cloud.guest_order_to_pay(CaptureMode::OnShipment).await;
    let started = cloud.start_payment(&order, "stripe").await.expect(201);
    let before = cloud.log_lines(WEBHOOKS);
    fault(&cloud, "Webhook", json!({ "error": "reordered", "contains": order.payment() })).await;
    cloud.confirm_in_form(&started["clientSecret"], "pm_card_visa").await;
    let refresh = order.authenticate(cloud.post(&format!("{}/refresh", order.path())));
    assert_eq!(refresh.send().await.expect(200)["payment"]["status"], "authorized");
    let body = json!({ "amountMinor": 10_000, "isFinal": true });
    let capture = by_manager(&cloud, &manager, &format!("{}/captures", order.path()), "key", &body);
    assert_eq!(capture.send().await.expect(201)["status"], "captured");
    // The charge's and the payment's, and the authorization behind them.
    webhooks_since(&cloud, before, 3).await;
    let payment = any(&cloud, &manager, &order).await;
    assert_eq!((&payment["status"], &payment["attention"]), (&json!("captured"), &json!([])));
}

#[tokio::test]
async fn a_provider_that_is_down_leaves_a_pending_refund() {
    let cloud = Cloud::connect_for_faults().await;
    let manager = cloud.manager().await;
    let order = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
    cloud.pay_by_card(&order).await;
    fault(&cloud, "CreateRefund", json!({ "error": "api_error", "count": 100 })).await;
    let path = format!("{}/refunds", order.path());
    let body = json!({ "amountMinor": 2_000 });
    let pending = by_manager(&cloud, &manager, &path, "key", &body).send().await.expect(201);
    assert_eq!(pending["refunds"][0]["status"], "pending");
    cloud.clear_faults().await;
    cloud.local("POST", "restart").json(&json!({ "binaries": ["payments-refund-payment"] })).send().await;
    let done = eventually_within(SOME_TIME, "the refund", async || {
        let again = by_manager(&cloud, &manager, &path, "key", &body).send().await.expect(201);
        (again["refundedMinor"] == 2_000).then_some(())
    });
    done.await;
}

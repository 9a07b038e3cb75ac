//! `POST /v1/commerce/payments`

use contracts::payments::CaptureMode;
use jiff::Timestamp;
use serde_json::json;
use tests::{Cloud, OrderToPay, PAYMENTS, PayingBuyer};
use types::BuyerId;

use super::support::{customer_id, delete_at_stripe, methods, saved_method};

#[tokio::test]
async fn a_buyer_pays_with_a_card() {
    let cloud = Cloud::connect().await;
    let order = cloud.order_to_pay(&cloud.sign_up().await, CaptureMode::Immediate).await;
    let started = cloud.start_payment(&order, "stripe").await.expect(201);
    assert!(started["clientSecret"].is_string() && started["approvalUrl"].is_null(), "{started}");
    let again = cloud.start_payment(&order, "stripe").await.expect(201);
    assert_eq!(again["clientSecret"], started["clientSecret"]);
    let paid = cloud.pay_by_card(&order).await;
    assert_eq!((&paid["capturedMinor"], &paid["card"]["last4"]), (&json!(10_000), &json!("4242")));
}

#[tokio::test]
async fn a_guest_changes_to_paypal_and_pays_there() {
    let cloud = Cloud::connect().await;
    let order = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
    drop(cloud.start_payment(&order, "stripe").await.expect(201));
    let switched = cloud.start_payment(&order, "paypal").await.expect(201);
    let url = switched["approvalUrl"].as_str().unwrap_or_else(|| panic!("no page: {switched}"));
    let token = url.split("token=").nth(1).expect("an order").split('&').next().unwrap();
    assert_eq!(cloud.local("POST", "paypal/approve").json(&json!({ "order": token })).send().await.status, 200);
    let path = format!("{}/refresh", order.path());
    let paid = order.authenticate(cloud.post(&path)).send().await.expect(200);
    assert_eq!(paid["payment"]["status"], "captured", "{paid}");
}

#[tokio::test]
async fn quotes_that_are_not_the_caller_s_or_not_valid_are_refused() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    let order = cloud.order_to_pay(&ann, CaptureMode::Immediate).await;
    let body = json!({ "quote": order.quote, "provider": "stripe" });
    cloud.post(PAYMENTS).json(&body).send().await.expect_problem(401, "auth.token_missing");
    let theirs = OrderToPay { buyer: PayingBuyer::User(bob.access_token.clone()), ..order.clone() };
    cloud.start_payment(&theirs, "stripe").await.expect_problem(404, "payments.no_such_order");
    let guest = OrderToPay { buyer: PayingBuyer::Guest("some key".into()), ..order.clone() };
    cloud.start_payment(&guest, "stripe").await.expect_problem(404, "payments.no_such_order");
    let tampered = OrderToPay { quote: format!("{}x", order.quote), ..order.clone() };
    cloud.start_payment(&tampered, "stripe").await.expect_problem(422, "payments.quote_invalid");
    let payer = BuyerId::User(ann.id.parse().unwrap());
    let (_, quote) = cloud.quote(payer, CaptureMode::Immediate, Timestamp::now()).await;
    let expired = OrderToPay { quote, ..order };
    cloud.start_payment(&expired, "stripe").await.expect_problem(422, "payments.quote_expired");
}

#[tokio::test]
async fn a_saved_method_that_the_provider_refuses_is_refused_and_another_one_pays() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let method = saved_method(&cloud, &user).await;
    let lost = delete_at_stripe(&cloud, &user).await;
    let order = cloud.order_to_pay(&user, CaptureMode::Immediate).await;
    let start = async |body: serde_json::Value| order.authenticate(cloud.post(PAYMENTS)).json(&body).send().await;
    let with_method = json!({ "quote": order.quote, "provider": "stripe", "methodId": method["id"] });
    start(with_method).await.expect_problem(409, "payments.method_refused");
    // The same order is paid with a new card, which is saved for a user who is created anew.
    let started = start(json!({ "quote": order.quote, "provider": "stripe", "saveMethod": true })).await.expect(201);
    cloud.confirm_in_form(&started["clientSecret"], "pm_card_visa").await;
    cloud.payment_until(&order, |payment| payment["status"] == "captured").await;
    let saved = methods(&cloud, &user).await;
    assert!(saved.len() == 1 && saved[0]["id"] != method["id"], "{saved:?}");
    assert_ne!(customer_id(&cloud, &user).await, lost);
}

#[tokio::test]
async fn what_the_server_decides_is_not_read_from_the_body() {
    let cloud = Cloud::connect().await;
    let order = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
    let body = json!({ "quote": order.quote, "provider": "stripe", "amountMinor": 1 });
    let reply = order.authenticate(cloud.post(PAYMENTS)).json(&body).send().await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "amountMinor");
}

//! Covers `POST /v1/community/wallet/payments/webhooks`.

use payment_providers::sign;
use serde_json::{Value, json};
use tests::{CARD, Cloud, User};

/// The secret that the local cloud's deployment has.
const SECRET: &[u8] = b"whsec_local";

async fn tell(cloud: &Cloud, kind: &str, object: Value, secret: &[u8]) -> tests::Reply {
    let body = json!({ "id": "evt_1", "type": kind, "data": { "object": object } }).to_string();
    let signature = sign(secret, body.as_bytes(), jiff::Timestamp::now());
    let call = cloud.post("/v1/community/wallet/payments/webhooks").header("stripe-signature", &signature);
    call.text("application/json", &body).send().await
}

async fn pending(cloud: &Cloud) -> (User, String, Value) {
    let ann = cloud.cardholder().await;
    let deposit = cloud.deposit(&ann, None, "a").await.expect(201);
    let id = deposit["id"].as_str().unwrap().to_owned();
    let reference = format!("deposit:{}:{id}", ann.id);
    let payment = cloud.charged(&reference).await.unwrap().id;
    let object = json!({ "id": payment, "amount_received": 2_000, "currency": "eur",
        "metadata": { "atoll_deployment": cloud.table_name(), "atoll_reference": reference } });
    (ann, id, object)
}

#[tokio::test]
async fn what_the_provider_tells_is_believed_once_and_what_others_tell_is_not() {
    let cloud = Cloud::connect().await;
    let (ann, id, object) = pending(&cloud).await;
    let forged = tell(&cloud, "payment_intent.succeeded", object.clone(), b"another").await;
    forged.expect_problem(400, "wallet.notice_not_proven");
    let unsigned = cloud.post("/v1/community/wallet/payments/webhooks").json(&json!({})).send().await;
    unsigned.expect_problem(400, "wallet.notice_not_proven");
    // One account of the provider may serve several deployments, and tells each of them of all payments.
    let mut foreign = object.clone();
    foreign["metadata"]["atoll_deployment"] = json!("another");
    assert_eq!(tell(&cloud, "payment_intent.succeeded", foreign, SECRET).await.status, 204);
    assert_eq!(cloud.available(&ann, "EUR").await, 0);
    for _ in 0..3 {
        assert_eq!(tell(&cloud, "payment_intent.succeeded", object.clone(), SECRET).await.status, 204);
    }
    cloud.deposit_until(&ann, &id, "completed").await;
    assert_eq!(cloud.available(&ann, "EUR").await, 2_000);
}

#[tokio::test]
async fn what_is_signed_and_concerns_nothing_here_is_taken() {
    let cloud = Cloud::connect().await;
    let (ann, _, object) = pending(&cloud).await;
    assert_eq!(tell(&cloud, "customer.created", json!({ "id": "cus_1" }), SECRET).await.status, 204);
    assert_eq!(tell(&cloud, "payment_intent.created", object.clone(), SECRET).await.status, 204);
    let mut foreign = object;
    foreign["metadata"] = json!({});
    assert_eq!(tell(&cloud, "payment_intent.succeeded", foreign, SECRET).await.status, 204);
    assert_eq!(cloud.available(&ann, "EUR").await, 0);
    let unreadable = tell(&cloud, "payment_intent.succeeded", json!({ "id": 7 }), SECRET).await;
    unreadable.expect_problem(400, "wallet.notice_unreadable");
}

#[tokio::test]
async fn money_that_goes_back_in_the_dashboard_leaves_the_wallet() {
    let cloud = Cloud::connect().await;
    let ann = cloud.cardholder().await;
    let deposit = cloud.deposit(&ann, Some(CARD), "a").await.expect(201);
    let id = deposit["id"].as_str().unwrap();
    let payment = cloud.charged(&format!("deposit:{}:{id}", ann.id)).await.unwrap().id;
    let refund =
        |amount: i64| cloud.local("POST", "payments/refund").json(&json!({ "payment": payment, "amount": amount }));
    assert_eq!(refund(500).send().await.status, 200);
    tests::eventually("the refund", async || (cloud.available(&ann, "EUR").await == 1_500).then_some(())).await;
    assert_eq!(refund(1_500).send().await.status, 200);
    assert_eq!(cloud.deposit_until(&ann, id, "refunded").await["refundedMinor"], 2_000);
    assert_eq!(cloud.available(&ann, "EUR").await, 0);
}

#[tokio::test]
async fn a_disputed_payment_is_frozen_and_goes_back_if_the_dispute_is_lost() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.cardholder().await, cloud.sign_up_with_wallet().await);
    let deposit = cloud.deposit(&ann, Some(CARD), "a").await.expect(201);
    let id = deposit["id"].as_str().unwrap();
    cloud.deposit_until(&ann, id, "completed").await;
    let send = async |amount: i64, key: &str| {
        let body = json!({ "recipientId": bob.id, "money": { "amountMinor": amount, "currency": "EUR" } });
        let call = cloud.post("/v1/community/wallet/transfers").bearer(&ann.access_token);
        call.header("idempotency-key", key).json(&body).send().await
    };
    assert_eq!(send(500, "b").await.status, 201);
    let payment = cloud.charged(&format!("deposit:{}:{id}", ann.id)).await.unwrap().id;
    let disputed =
        cloud.local("POST", "payments/dispute").json(&json!({ "payment": payment })).send().await.expect(200);
    let balance = async || {
        let wallet = cloud.get("/v1/community/wallet").bearer(&ann.access_token).send().await.expect(200);
        let euros = wallet["balances"].as_array().unwrap().iter().find(|one| one["currency"] == "EUR").cloned();
        euros.map(|one| (one["availableMinor"].clone(), one["heldMinor"].clone(), one["owedMinor"].clone()))
    };
    let frozen = (json!(0), json!(2_000), json!(500));
    tests::eventually("the frozen money", async || (balance().await? == frozen).then_some(())).await;
    send(1, "c").await.expect_problem(409, "wallet.in_debt");
    let decision = json!({ "dispute": disputed["dispute"], "status": "lost" });
    assert_eq!(cloud.local("POST", "payments/decide").json(&decision).send().await.status, 200);
    let gone = (json!(0), json!(0), json!(500));
    tests::eventually("the chargeback", async || (balance().await? == gone).then_some(())).await;
    let path = format!("/v1/community/wallet/deposits/{id}");
    let deposit = cloud.get(&path).bearer(&ann.access_token).send().await.expect(200);
    assert_eq!(deposit["disputedMinor"], 2_000);
    // What comes later repays the debt first.
    cloud.give(&ann, tests::money(700, "EUR")).await;
    assert_eq!(balance().await, Some((json!(200), json!(0), json!(0))));
}

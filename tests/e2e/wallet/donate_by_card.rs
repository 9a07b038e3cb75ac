//! Covers `POST /v1/community/donations` with a card: `wallet-start-donation`, `wallet-charge-card`, `wallet-credit-donation`,
//! `wallet-complete-donation`, `wallet-refund-donation`.

use serde_json::{Value, json};
use tests::{CARD, Cloud, User, eventually};

use super::support::{donate, eur, told, wrong_fields};

async fn ended(cloud: &Cloud, donor: &User, id: &str) -> Value {
    eventually("the donation's end", async || {
        let donation = cloud.donation(donor, id).await;
        (donation["status"] != "processing").then_some(donation)
    })
    .await
}

#[tokio::test]
async fn a_card_is_charged_the_recipient_has_it_and_both_are_told() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.cardholder().await, cloud.sign_up_with_wallet().await);
    let started = cloud.give_by_card(&ann, &bob, CARD).await;
    assert_eq!((&started["status"], &started["funding"]), (&json!("processing"), &json!("card")));
    let id = started["id"].as_str().unwrap();
    let donation = ended(&cloud, &ann, id).await;
    assert_eq!(donation["status"], "completed", "{donation}");
    let steps: Vec<_> = donation["steps"].as_array().unwrap().iter().map(|step| step["name"].clone()).collect();
    assert_eq!(steps, ["charge", "credit", "complete"]);
    assert_eq!((cloud.available(&ann, "EUR").await, cloud.available(&bob, "EUR").await), (0, 1_250));
    let charged = cloud.charged(&format!("donation:{}:{id}", ann.id)).await.unwrap();
    assert_eq!((charged.charged, charged.kept()), (1_250, 1_250));
    told(&cloud, &ann, "Thank you for your donation of €12.50").await;
    told(&cloud, &bob, "You received a donation of €12.50").await;
    let theirs = cloud.donation(&bob, id).await;
    assert!(theirs["steps"].is_null() && theirs["clientSecret"].is_null(), "{theirs}");
}

#[tokio::test]
async fn a_refused_card_ends_it_and_the_donor_is_told() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.cardholder().await, cloud.sign_up_with_wallet().await);
    let id = cloud.give_by_card(&ann, &bob, "pm_card_visa_chargeDeclined").await["id"].as_str().unwrap().to_owned();
    let donation = ended(&cloud, &ann, &id).await;
    assert_eq!((&donation["status"], &donation["reason"]), (&json!("failed"), &json!("generic_decline")));
    assert_eq!(cloud.charged(&format!("donation:{}:{id}", ann.id)).await.unwrap().charged, 0);
    assert_eq!(cloud.available(&bob, "EUR").await, 0);
}

#[tokio::test]
async fn the_donor_s_bank_may_ask_them_first() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.cardholder().await, cloud.sign_up_with_wallet().await);
    let started = cloud.give_by_card(&ann, &bob, "pm_card_authenticationRequired").await;
    let id = started["id"].as_str().unwrap();
    let secret = eventually("what the bank's page needs", async || {
        let secret = cloud.donation(&ann, id).await["clientSecret"].clone();
        secret.is_string().then_some(secret)
    })
    .await;
    let yes = cloud.local("POST", "payments/authenticate").json(&json!({ "clientSecret": secret })).send().await;
    assert_eq!(yes.status, 200);
    let donation = ended(&cloud, &ann, id).await;
    assert_eq!(donation["status"], "completed");
    assert!(donation["clientSecret"].is_null());
}

#[tokio::test]
async fn what_no_card_is_charged_for_is_refused_before_anything_starts() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.cardholder().await, cloud.sign_up_with_wallet().await);
    let body = |money: Value, card: &str| {
        json!({ "recipient": { "kind": "user", "id": bob.id }, "money": money,
            "funding": { "kind": "card", "paymentMethod": card } })
    };
    let points = json!({ "amountMinor": 100, "currency": "POINTS" });
    assert_eq!(wrong_fields(&donate(&cloud, &ann, "a", &body(points, CARD)).send().await), ["money.currency"]);
    assert_eq!(wrong_fields(&donate(&cloud, &ann, "a", &body(eur(1), CARD)).send().await), ["money.amountMinor"]);
    let number = donate(&cloud, &ann, "a", &body(eur(500), "4242424242424242")).send().await;
    assert_eq!(wrong_fields(&number), ["funding.paymentMethod"]);
    let first = donate(&cloud, &ann, "a", &body(eur(500), CARD)).send().await.expect(201);
    let again = donate(&cloud, &ann, "a", &body(eur(500), CARD)).send().await.expect(201);
    assert_eq!(first["id"], again["id"]);
    let other = donate(&cloud, &ann, "a", &body(eur(500), "pm_card_visa_chargeDeclined")).send().await;
    other.expect_problem(422, "request.idempotency_key_reused");
    ended(&cloud, &ann, first["id"].as_str().unwrap()).await;
}

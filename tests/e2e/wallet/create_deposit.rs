//! Covers `POST /v1/community/wallet/deposits`.

use serde_json::json;
use tests::{CARD, Cloud, eventually};

use super::support::{donate, eur, told, wrong_fields};

#[tokio::test]
async fn a_card_that_pays_is_money_in_the_wallet_at_once_and_once() {
    let cloud = Cloud::connect().await;
    let ann = cloud.cardholder().await;
    let reply = cloud.deposit(&ann, Some(CARD), "a").await;
    let id = reply.body["id"].as_str().unwrap_or_default().to_owned();
    assert_eq!(reply.header("location"), format!("/v1/community/wallet/deposits/{id}"));
    let deposit = reply.expect(201);
    assert_eq!((&deposit["status"], &deposit["clientSecret"]), (&json!("completed"), &json!(null)));
    assert_eq!(cloud.deposit(&ann, Some(CARD), "a").await.expect(201), deposit);
    assert_eq!(cloud.available(&ann, "EUR").await, 2_000);
    let charged = cloud.charged(&format!("deposit:{}:{id}", ann.id)).await.unwrap();
    assert_eq!((charged.charged, charged.refunded), (2_000, 0));
    told(&cloud, &ann, "We received your payment of €20.00").await;
}

#[tokio::test]
async fn a_card_that_is_refused_costs_nothing_and_says_why() {
    let cloud = Cloud::connect().await;
    let ann = cloud.cardholder().await;
    for (card, reason) in [
        ("pm_card_visa_chargeDeclined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_nobody_s", "resource_missing"),
    ] {
        let deposit = cloud.deposit(&ann, Some(card), card).await.expect(201);
        assert_eq!((&deposit["status"], &deposit["reason"]), (&json!("failed"), &json!(reason)));
        let charged = cloud.charged(&format!("deposit:{}:{}", ann.id, deposit["id"].as_str().unwrap())).await.unwrap();
        assert_eq!((charged.charged, charged.status.as_str()), (0, "canceled"));
    }
    assert_eq!(cloud.available(&ann, "EUR").await, 0);
}

/// Stolen cards are tested by small payments: deposits and donations count together.
#[tokio::test]
async fn five_declined_cards_end_the_card_payments_of_the_day() {
    const DECLINED: &str = "pm_card_visa_chargeDeclined";
    let cloud = Cloud::connect().await;
    let (by_deposits, by_donations) = (cloud.sign_up_proven().await, cloud.sign_up_proven().await);
    let recipient = cloud.sign_up_with_wallet().await;
    for number in 0..5 {
        let deposit = cloud.deposit(&by_deposits, Some(DECLINED), &number.to_string()).await.expect(201);
        assert_eq!(deposit["status"], "failed", "{deposit}");
        let donation = cloud.give_by_card(&by_donations, &recipient, DECLINED).await;
        let id = donation["id"].as_str().unwrap().to_owned();
        eventually("the end of the donation", async || {
            (cloud.donation(&by_donations, &id).await["status"] == "failed").then_some(())
        })
        .await;
    }
    for user in [&by_deposits, &by_donations] {
        let deposit = cloud.deposit(user, Some(CARD), "one-more").await;
        deposit.expect_problem(429, "request.limit_exceeded");
        assert!(deposit.header("retry-after").parse::<u64>().unwrap() > 0);
        let gift = json!({ "recipient": { "kind": "user", "id": recipient.id }, "money": eur(1_250),
            "funding": { "kind": "card", "paymentMethod": CARD } });
        let donation = donate(&cloud, user, "one-more", &gift).send().await;
        donation.expect_problem(429, "request.limit_exceeded");
    }
    // Others may pay.
    assert_eq!(cloud.deposit(&cloud.sign_up_proven().await, Some(CARD), "a").await.status, 201);
}

/// A client that pays on the provider's page may try many cards there.
#[tokio::test]
async fn cards_that_are_declined_on_the_provider_s_page_count_too() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up_proven().await;
    let deposit = cloud.deposit(&user, None, "a").await.expect(201);
    for _ in 0..5 {
        let pay = json!({ "clientSecret": deposit["clientSecret"], "paymentMethod": "pm_card_visa_chargeDeclined" });
        assert_eq!(cloud.local("POST", "payments/confirm").json(&pay).send().await.status, 402);
    }
    // The provider reports each of them by a webhook.
    eventually("five declines", async || {
        let held = cloud.held("wallet", &user).await;
        (held.contains("card_declines") && held.contains("N(\"5\")")).then_some(())
    })
    .await;
    let refused = cloud.deposit(&user, None, "b").await;
    refused.expect_problem(429, "request.limit_exceeded");
    assert!(refused.body["detail"].as_str().unwrap().contains("declined cards"), "{}", refused.body);
}

#[tokio::test]
async fn card_payments_require_a_verified_address() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up_with_wallet().await, cloud.sign_up_with_wallet().await);
    cloud.deposit(&ann, Some(CARD), "a").await.expect_problem(403, "auth.email_unverified");
    cloud.deposit(&ann, None, "b").await.expect_problem(403, "auth.email_unverified");
    let by_card = json!({ "recipient": { "kind": "user", "id": bob.id }, "money": { "amountMinor": 500, "currency": "EUR" },
        "funding": { "kind": "card", "paymentMethod": CARD } });
    let call = cloud.post("/v1/community/donations").bearer(&ann.access_token).header("idempotency-key", "c");
    call.json(&by_card).send().await.expect_problem(403, "auth.email_unverified");
    // From the balance one donates without.
    cloud.give(&ann, tests::money(500, "EUR")).await;
    let mut from_balance = by_card;
    from_balance["funding"] = json!({ "kind": "balance" });
    let call = cloud.post("/v1/community/donations").bearer(&ann.access_token).header("idempotency-key", "d");
    assert_eq!(call.json(&from_balance).send().await.expect(201)["status"], "completed");
}

#[tokio::test]
async fn after_five_declined_cards_an_open_payment_takes_no_other_card() {
    let cloud = Cloud::connect().await;
    let ann = cloud.cardholder().await;
    let [first, other] =
        [cloud.deposit(&ann, None, "a").await.expect(201), cloud.deposit(&ann, None, "b").await.expect(201)];
    let attempt = async |deposit: &serde_json::Value, card: &str| {
        let body = json!({ "clientSecret": deposit["clientSecret"], "paymentMethod": card });
        cloud.local("POST", "payments/confirm").json(&body).send().await.status
    };
    for _ in 0..5 {
        assert_eq!(attempt(&first, "pm_card_visa_chargeDeclined").await, 402);
    }
    let failed = cloud.deposit_until(&ann, first["id"].as_str().unwrap(), "failed").await;
    assert_eq!(failed["reason"], "too_many_declined_cards");
    assert_eq!(attempt(&first, CARD).await, 400, "the payment takes no card any more");
    let charged = cloud.charged(&format!("deposit:{}:{}", ann.id, first["id"].as_str().unwrap())).await.unwrap();
    assert_eq!((charged.charged, charged.status.as_str()), (0, "canceled"));
    // Another open payment ends with its first declined card, and no new one begins today.
    assert_eq!(attempt(&other, "pm_card_visa_chargeDeclined").await, 402);
    cloud.deposit_until(&ann, other["id"].as_str().unwrap(), "failed").await;
    cloud.deposit(&ann, None, "c").await.expect_problem(429, "request.limit_exceeded");
    assert_eq!(cloud.available(&ann, "EUR").await, 0);
}

#[tokio::test]
async fn without_a_card_the_client_pays_on_the_provider_s_page() {
    let cloud = Cloud::connect().await;
    let ann = cloud.cardholder().await;
    let deposit = cloud.deposit(&ann, None, "a").await.expect(201);
    assert_eq!(deposit["status"], "pending");
    // A card that is refused there is none of our business: another one may be tried.
    let pay = |card: &str| json!({ "clientSecret": deposit["clientSecret"], "paymentMethod": card });
    let refused = cloud.local("POST", "payments/confirm").json(&pay("pm_card_visa_chargeDeclined")).send().await;
    assert_eq!(refused.status, 402);
    let again = cloud.deposit(&ann, None, "a").await.expect(201);
    assert_eq!((&again["id"], &again["clientSecret"]), (&deposit["id"], &deposit["clientSecret"]));
    assert_eq!(cloud.local("POST", "payments/confirm").json(&pay(CARD)).send().await.status, 200);
    cloud.deposit_until(&ann, deposit["id"].as_str().unwrap(), "completed").await;
    assert_eq!(cloud.available(&ann, "EUR").await, 2_000);
}

#[tokio::test]
async fn whose_card_it_is_says_yes_at_their_bank() {
    let cloud = Cloud::connect().await;
    let ann = cloud.cardholder().await;
    let deposit = cloud.deposit(&ann, Some("pm_card_authenticationRequired"), "a").await.expect(201);
    assert_eq!(deposit["status"], "pending");
    let yes = json!({ "clientSecret": deposit["clientSecret"] });
    assert_eq!(cloud.local("POST", "payments/authenticate").json(&yes).send().await.status, 200);
    cloud.deposit_until(&ann, deposit["id"].as_str().unwrap(), "completed").await;
}

#[tokio::test]
async fn a_card_that_takes_its_time_is_heard_of_by_a_webhook() {
    let cloud = Cloud::connect().await;
    let ann = cloud.cardholder().await;
    let deposit = cloud.deposit(&ann, Some("pm_sandbox_processing"), "a").await.expect(201);
    assert_eq!(deposit["status"], "pending");
    cloud.deposit_until(&ann, deposit["id"].as_str().unwrap(), "completed").await;
    eventually("the money", async || (cloud.available(&ann, "EUR").await == 2_000).then_some(())).await;
}

#[tokio::test]
async fn currencies_are_those_of_the_deployment_and_amounts_reach_the_provider_in_its_units() {
    let cloud = Cloud::connect().await;
    let (ann, admin) = (cloud.cardholder().await, cloud.admin().await);
    let deposit = async |amount: i64, currency: &str, key: &str| {
        let body = json!({ "money": { "amountMinor": amount, "currency": currency }, "paymentMethod": CARD });
        let call = cloud.post("/v1/community/wallet/deposits").bearer(&ann.access_token);
        call.header("idempotency-key", key).json(&body).send().await
    };
    deposit(5_000, "NOK", "a").await.expect_problem(422, "wallet.no_such_currency");
    // Stripe counts a krona of Iceland as 100, and an ariary of Madagascar as 1: ISO 4217 says 1 and 100.
    for (currency, name, exponent, amount, charged) in
        [("ISK", "Icelandic krona", 0, 5_000, 500_000), ("MGA", "Malagasy ariary", 2, 50_000, 500)]
    {
        let body = json!({ "name": name, "exponent": exponent });
        let set = cloud.call("PUT", &format!("/v1/community/currencies/{currency}")).bearer(&admin.access_token);
        assert_eq!(set.json(&body).send().await.status, 200);
        let created = deposit(amount, currency, currency).await.expect(201);
        assert_eq!(created["status"], "completed", "{created}");
        let reference = format!("deposit:{}:{}", ann.id, created["id"].as_str().unwrap());
        assert_eq!(cloud.charged(&reference).await.unwrap().charged, charged);
        assert_eq!(cloud.available(&ann, currency).await, amount);
        let listed = cloud.get("/v1/community/currencies").bearer(&ann.access_token).send().await.expect(200);
        assert!(listed["items"].as_array().unwrap().iter().any(|one| one["code"] == currency));
    }
}

#[tokio::test]
async fn what_cannot_be_charged_is_refused_field_by_field() {
    let cloud = Cloud::connect().await;
    let ann = cloud.cardholder().await;
    let ask = async |body: &serde_json::Value, key: &str| {
        let call = cloud.post("/v1/community/wallet/deposits").bearer(&ann.access_token).header("idempotency-key", key);
        call.json(body).send().await
    };
    let body = |minor: i64, code: &str, card: &str| json!({ "money": { "amountMinor": minor, "currency": code }, "paymentMethod": card });
    assert_eq!(
        wrong_fields(&ask(&body(49, "EUR", "4242424242424242"), "a").await),
        ["money.amountMinor", "paymentMethod"]
    );
    assert_eq!(wrong_fields(&ask(&body(100, "POINTS", CARD), "a").await), ["money.currency"]);
    let mut more = body(100, "EUR", CARD);
    more["userId"] = json!(ann.id);
    assert_eq!(wrong_fields(&ask(&more, "a").await), ["userId"]);
    let none = cloud
        .post("/v1/community/wallet/deposits")
        .bearer(&ann.access_token)
        .json(&body(100, "EUR", CARD))
        .send()
        .await;
    none.expect_problem(400, "request.idempotency_key_missing");
    assert_eq!(ask(&body(100, "EUR", CARD), "b").await.status, 201);
    ask(&body(101, "EUR", CARD), "b").await.expect_problem(422, "request.idempotency_key_reused");
}

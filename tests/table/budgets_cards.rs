//! What card payments may ask of the table. A rise is a decision: change the figure here in a reviewed diff.

use serde_json::json;
use testkit::Reply;
use wallet::cards::Cards;
use wallet::consumers::sweep_payments::sweep_payments;
use wallet::ctx::Ctx;
use wallet::payments::Payments;
use wallet::saga;

use crate::cards_support::Till;
use crate::identity_support::{Deployment, stage};
use crate::media_support::cost;
use crate::wallet_support::call;

/// Calls and units, as the reply tells them.
fn used(reply: &Reply) -> String {
    assert!(reply.status < 300, "{}", reply.body);
    reply.server_timing.split("desc=").nth(1).unwrap_or_default().trim_matches('"').to_owned()
}

#[tokio::test]
async fn deposits_keep_to_their_budget() {
    let (till, identity) = (Till::start().await, Deployment::start().await);
    let ann = identity.sign_up("ann@example.com").await;
    let token = ann.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
    let base = Ctx::new(till.purse.store.clone(), kit::Clock::System, identity.verifier());
    let cards: &'static Cards = Box::leak(Box::new(Cards::new(base, Payments::fixed(till.bank.clone()))));
    let create = kit::http::endpoint(wallet::api::create_deposit::create_deposit, cards, stage());
    let get = kit::http::endpoint(wallet::api::get_deposit::get_deposit, &cards.base, stage());
    let body = json!({ "money": { "amountMinor": 2_000, "currency": "EUR" }, "paymentMethod": "pm_card_visa" });
    let route = ("POST", "/v1/wallet/deposits");

    let first = call(&create, route, &token, "a", ("id", ""), Some(&body)).await;
    // The deposit with its place in the index; the payment's id, before anything is charged; then one transaction: the
    // transfer, its line, the balance, that its owner was not forgotten, and the deposit, which leaves the index.
    assert_eq!(used(&first), "calls=3 read=0 write=20");
    // Refused by the deposit that stands there, which has ended.
    assert_eq!(used(&call(&create, route, &token, "a", ("id", ""), Some(&body)).await), "calls=1 read=0 write=0");
    let id = first.body["id"].as_str().unwrap();
    let seen = call(&get, ("GET", "/v1/wallet/deposits/{id}"), &token, "-", ("id", id), None).await;
    assert_eq!(used(&seen), "calls=1 read=1 write=0");
}

#[tokio::test]
async fn steps_and_the_sweep_keep_to_their_budget() {
    let till = Till::start().await;
    let id = till.donate("pm_card_visa").await;
    // The donation; the payment's id before anything is charged; that it is charged. Each with its places in the index.
    assert_eq!(
        cost(async { saga::charge(till.saga, id, true).await.map(drop).unwrap() }).await,
        "calls=3 read=1 write=4"
    );
    // The donation, the recipient and whether they are forgotten; then one transaction.
    assert_eq!(cost(async { saga::credit(till.saga, id).await.map(drop).unwrap() }).await, "calls=3 read=3 write=13");
    // The donation, the recipient and whether they are forgotten (euros are known without asking); then the donation.
    let complete = cost(async { saga::complete(till.saga, id).await.map(drop).unwrap() }).await;
    assert_eq!(complete, "calls=3 read=3 write=4");
    assert_eq!(cost(async { saga::refund(till.saga, id).await.map(drop).unwrap() }).await, "calls=1 read=1 write=0");
    // Two queries a part of the index and one of orphans, and nothing for what is not due.
    assert_eq!(cost(async { sweep_payments(till.saga).await.unwrap() }).await, "calls=17 read=8.5 write=0");
}

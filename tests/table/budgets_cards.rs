//! What card payments ask of the table. The figures are in `tests/budgets.json`; what is said here is why.

use payment_providers::Payments;
use serde_json::json;
use tests::{budget, cost};
use wallet::cards::Cards;
use wallet::consumers::sweep_payments::sweep_payments;
use wallet::ctx::Ctx;
use wallet::saga;

use crate::cards::{paid, tell};
use crate::cards_support::Till;
use crate::identity_support::{Deployment, stage};
use crate::wallet_support::call;

#[tokio::test]
async fn deposits_keep_to_their_budget() {
    let (till, identity) = (Till::start().await, Deployment::start().await);
    let ann = identity.sign_up("ann@example.com").await;
    let token = ann.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
    let user = ann.body["user"]["id"].as_str().unwrap().parse().unwrap();
    identity.change(user, |account| account.email_verified_at = Some(account.created_at)).await;
    let base = Ctx::new(till.purse.store.clone(), kit::Clock::System, identity.verifier());
    let cards: &'static Cards = Box::leak(Box::new(Cards::new(base, Payments::fixed(till.bank.clone()))));
    let create = kit::http::endpoint(wallet::api::create_deposit::create_deposit, cards, stage());
    let get = kit::http::endpoint(wallet::api::get_deposit::get_deposit, &cards.base, stage());
    let body = json!({ "money": { "amountMinor": 2_000, "currency": "EUR" }, "paymentMethod": "pm_card_visa" });
    let route = ("POST", "/v1/community/wallet/deposits");

    // The standing, the currency, the deposit and two counters. Then one transaction before anything is charged: the deposit
    // with its place in the index, what leads from the payment to it, the count, and that its owner was not forgotten. Then
    // another: the transfer, its line, the balance, the deposit, which leaves the index, and the same condition.
    let first = call(&create, route, &token, "a", ("id", ""), Some(&body)).await;
    budget("wallet-create-deposit", "paid", &first);
    // Refused by the deposit that stands there, which has ended.
    let again = call(&create, route, &token, "a", ("id", ""), Some(&body)).await;
    budget("wallet-create-deposit", "paid before", &again);
    // Repeats are no further payments of the day, however many there are.
    for _ in 0..wallet::domain::limits::CARD_PAYMENTS.max() {
        assert_eq!(call(&create, route, &token, "a", ("id", ""), Some(&body)).await.status, 201);
    }
    // The client pays at the provider: nothing is credited yet.
    let mut open = body.clone();
    open["paymentMethod"] = json!(null);
    budget("wallet-create-deposit", "open", &call(&create, route, &token, "b", ("id", ""), Some(&open)).await);
    // The deposit and the count of declined cards change in one transaction.
    let mut declined = body.clone();
    declined["paymentMethod"] = json!("pm_declined");
    budget("wallet-create-deposit", "declined", &call(&create, route, &token, "c", ("id", ""), Some(&declined)).await);
    let id = first.body["id"].as_str().unwrap();
    let seen = call(&get, ("GET", "/v1/community/wallet/deposits/{id}"), &token, "-", ("id", id), None).await;
    budget("wallet-get-deposit", "ended", &seen);
}

#[tokio::test]
async fn notices_keep_to_their_budget() {
    let till = Till::start().await;
    let deposit = till.deposit(None).await;
    let hear = async |kind: &str, object| tell(&till, &deposit, kind, object).await;
    // The deposit; then one transaction: the transfer, its line, the balance, that its owner was not forgotten, and the
    // deposit, which leaves the index.
    let heard = hear("payment_intent.succeeded", paid("pi_1")).await;
    budget("wallet-receive-payment-notice", "paid", &heard);
    let heard = hear("payment_intent.succeeded", paid("pi_1")).await;
    budget("wallet-receive-payment-notice", "paid, again", &heard);
    // A card that was declined: the deposit, and the count. With the last one of the day the deposit ends, too.
    let open = till.deposit(None).await;
    for number in 1..=wallet::domain::limits::CARD_DECLINES.max() {
        let object = json!({ "id": open.payment_id.as_str(), "currency": "eur" });
        let reply = tell(&till, &open, "payment_intent.payment_failed", object).await;
        let is_last = number == wallet::domain::limits::CARD_DECLINES.max();
        let case = if is_last { "declined, and canceled" } else { "declined" };
        if number == 2 || is_last {
            budget("wallet-receive-payment-notice", case, &reply);
        }
    }
    let refunded = json!({ "payment_intent": "pi_1", "amount_refunded": 500, "currency": "eur" });
    budget("wallet-receive-payment-notice", "given back", &hear("charge.refunded", refunded).await);
    budget("wallet-receive-payment-notice", "no use", &hear("payment_intent.processing", paid("pi_1")).await);
}

#[tokio::test]
async fn steps_and_the_sweep_keep_to_their_budget() {
    let till = Till::start().await;
    let id = till.donate("pm_card_visa").await;
    // The donation; the payment's id before anything is charged; that it is charged. Each with its places in the index.
    let charged = cost(async { saga::charge(till.saga, id, true).await.map(drop).unwrap() }).await;
    budget("wallet-charge-card", "charged", charged);
    // The donation, the recipient and whether they are forgotten; then one transaction.
    let credited = cost(async { saga::credit(till.saga, id).await.map(drop).unwrap() }).await;
    budget("wallet-credit-donation", "credited", credited);
    // The donation, the recipient and whether they are forgotten (euros are known without asking); then the donation.
    let complete = cost(async { saga::complete(till.saga, id).await.map(drop).unwrap() }).await;
    budget("wallet-complete-donation", "completed", complete);
    let refunded = cost(async { saga::refund(till.saga, id).await.map(drop).unwrap() }).await;
    budget("wallet-refund-donation", "nothing to give back", refunded);
    // Two queries a part of the index and one of orphans, and nothing for what is not due.
    let swept = cost(async { sweep_payments(till.saga).await.unwrap() }).await;
    budget("wallet-sweep-payments", "nothing due", swept);
}

#[tokio::test]
async fn giving_back_keeps_to_its_budget() {
    let till = Till::start().await;
    let id = till.donate("pm_card_visa").await;
    saga::charge(till.saga, id, true).await.map(drop).unwrap();
    // The donation; that it is to be given back; that it was, which takes it out of the index.
    let refunded = cost(async { saga::refund(till.saga, id).await.map(drop).unwrap() }).await;
    budget("wallet-refund-donation", "given back", refunded);
}

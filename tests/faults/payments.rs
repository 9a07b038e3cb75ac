//! A payment provider that fails, hangs, loses its answers and its messages; and steps that are killed at their work.

use std::time::Duration;

use contracts::identity::UserSuspended;
use contracts::{Actor, Envelope};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{CARD, Cloud, User, eventually, eventually_within};
use types::EventId;

/// Retries of the state machine pause for seconds, a tenth of that here; a call of the provider has twelve.
const SOME_RETRIES: Duration = Duration::from_mins(2);

async fn fault(cloud: &Cloud, operation: &str, mut fault: Value) {
    fault["service"] = json!("payments");
    fault["operation"] = json!(operation);
    cloud.inject(&fault).await;
}

/// How a donation ends; and whatever happened, the provider has what the ledger says it has.
async fn end(cloud: &Cloud, donor: &User, recipient: &User, id: &str) -> String {
    let donation = eventually_within(SOME_RETRIES, "the donation's end", async || {
        let donation = cloud.donation(donor, id).await;
        (donation["status"] != "processing").then_some(donation)
    })
    .await;
    cloud.clear_faults().await;
    let status = donation["status"].as_str().unwrap().to_owned();
    let kept = cloud.charged(&format!("donation:{}:{id}", donor.id)).await.map_or(0, |charged| charged.kept());
    let has = cloud.available(recipient, "EUR").await;
    assert_eq!((kept, has), if status == "completed" { (1_250, 1_250) } else { (0, 0) }, "{donation}");
    assert_eq!(cloud.available(donor, "EUR").await, 0);
    status
}

/// Two people, and functions whose circuits no other test has opened.
async fn two(cloud: &Cloud) -> (User, User) {
    cloud
        .local("POST", "restart")
        .json(&json!({ "binaries": ["wallet-charge-card", "wallet-refund-donation"] }))
        .send()
        .await;
    (cloud.cardholder().await, cloud.sign_up_with_wallet().await)
}

async fn start(cloud: &Cloud, donor: &User, recipient: &User, card: &str) -> String {
    cloud.give_by_card(donor, recipient, card).await["id"].as_str().unwrap().to_owned()
}

/// The bus invokes the consumer that starts the state machine, without a queue; after a failure Lambda invokes it again.
#[tokio::test]
async fn a_state_machine_that_cannot_be_started_at_first_is_started_later() {
    let cloud = Cloud::connect_for_faults().await;
    let (ann, bob) = two(&cloud).await;
    let before = cloud.log_lines("wallet-start-donation");
    // For all attempts of the first invocation.
    let down = json!({ "service": "states", "operation": "StartExecution", "error": "ServiceUnavailable", "count": 3 });
    cloud.inject(&down).await;
    let id = start(&cloud, &ann, &bob, CARD).await;
    assert_eq!(end(&cloud, &ann, &bob, &id).await, "completed");
    assert!(cloud.log_lines("wallet-start-donation") >= before + 2, "it was invoked again");
}

#[tokio::test]
async fn an_answer_that_is_lost_after_charging_is_found_out() {
    let cloud = Cloud::connect_for_faults().await;
    let (ann, bob) = two(&cloud).await;
    // For all attempts of the first call.
    fault(&cloud, "ConfirmPayment", json!({ "error": "api_error", "when": "after", "count": 3 })).await;
    let id = start(&cloud, &ann, &bob, CARD).await;
    assert_eq!(end(&cloud, &ann, &bob, &id).await, "completed");
}

#[tokio::test]
async fn a_provider_that_hangs_after_charging_is_asked_again() {
    let cloud = Cloud::connect_for_faults().await;
    let (ann, bob) = two(&cloud).await;
    // Longer than one attempt, for all of those that fit into a call.
    fault(&cloud, "ConfirmPayment", json!({ "delayMs": 12_000, "when": "after", "count": 2 })).await;
    let id = start(&cloud, &ann, &bob, CARD).await;
    assert_eq!(end(&cloud, &ann, &bob, &id).await, "completed");
}

#[tokio::test]
async fn a_provider_that_is_down_ends_the_donation_and_nobody_pays() {
    let cloud = Cloud::connect_for_faults().await;
    let (ann, bob) = two(&cloud).await;
    fault(&cloud, "CreatePayment", json!({ "error": "api_error", "count": 100 })).await;
    let id = start(&cloud, &ann, &bob, CARD).await;
    assert_eq!(end(&cloud, &ann, &bob, &id).await, "failed");
    assert_eq!(cloud.donation(&ann, &id).await["reason"], "provider_unavailable");
}

#[tokio::test]
async fn a_card_that_is_charged_though_the_charge_seems_to_fail_for_good_gets_its_money_back() {
    let cloud = Cloud::connect_for_faults().await;
    let (ann, bob) = two(&cloud).await;
    // The card is charged, and after that the step of charging learns nothing any more: its asking fails, too.
    fault(&cloud, "ConfirmPayment", json!({ "error": "api_error", "when": "after", "delayMs": 1_000, "count": 3 }))
        .await;
    let id = start(&cloud, &ann, &bob, CARD).await;
    let reference = format!("donation:{}:{id}", ann.id);
    eventually("the charge", async || cloud.charged(&reference).await.filter(|charged| charged.charged > 0)).await;
    // Five failures open the circuit of that step, so that its retries are refused.
    fault(&cloud, "FindPayment", json!({ "error": "rate_limit", "count": 4 })).await;
    assert_eq!(end(&cloud, &ann, &bob, &id).await, "refunded");
    assert_eq!(cloud.donation(&ann, &id).await["reason"], "provider_unavailable");
}

#[tokio::test]
async fn a_recipient_who_is_suspended_meanwhile_gets_nothing_and_the_card_gets_it_back() {
    let cloud = Cloud::connect_for_faults().await;
    let (ann, bob) = two(&cloud).await;
    let id = start(&cloud, &ann, &bob, "pm_card_authenticationRequired").await;
    let secret = eventually("what the bank's page needs", async || {
        let secret = cloud.donation(&ann, &id).await["clientSecret"].clone();
        secret.is_string().then_some(secret)
    })
    .await;
    let suspended = UserSuspended { user_id: bob.user_id() };
    let event = Envelope::new(EventId::generate(), Timestamp::now(), "suspended".to_owned(), Actor::System, suspended);
    cloud.publish(&event).await;
    eventually("the suspension in wallets", async || {
        let person = cloud.wallet_item(&format!("wallet#user#{}", bob.id), "person").await?;
        person["suspended"].as_bool().is_ok_and(|suspended| *suspended).then_some(())
    })
    .await;
    let yes = cloud.local("POST", "payments/authenticate").json(&json!({ "clientSecret": secret })).send().await;
    assert_eq!(yes.status, 200);
    assert_eq!(end(&cloud, &ann, &bob, &id).await, "refunded");
    assert_eq!(cloud.donation(&ann, &id).await["reason"], "recipient_unavailable");
}

#[tokio::test]
async fn a_step_that_is_killed_at_its_work_is_done_again_and_once() {
    let cloud = Cloud::connect_for_faults().await;
    for (binary, service, operation, when) in [
        ("wallet-charge-card", "payments", "ConfirmPayment", "before"),
        ("wallet-charge-card", "payments", "ConfirmPayment", "after"),
        ("wallet-credit-donation", "dynamodb", "TransactWriteItems", "before"),
        ("wallet-credit-donation", "dynamodb", "TransactWriteItems", "after"),
        ("wallet-complete-donation", "dynamodb", "PutItem", "after"),
    ] {
        let (ann, bob) = two(&cloud).await;
        let mut slow = json!({ "service": service, "operation": operation, "delayMs": 2_500, "when": when });
        if service == "dynamodb" {
            // The write by the step, and not the one by which the donation began: only the former concerns Bob's items.
            let partition = format!("wallet#user#{}", bob.id);
            slow["contains"] = json!(if operation == "PutItem" { "donation_completed" } else { &partition });
        }
        // Before the donation begins: a step on an idle machine is over within milliseconds.
        cloud.inject(&slow).await;
        let id = start(&cloud, &ann, &bob, CARD).await;
        let killed = eventually_within(Duration::from_secs(10), "the step at its work", async || {
            let killed = cloud.local("POST", &format!("functions/{binary}/kill")).send().await.expect(200);
            (killed["running"].as_u64() > Some(0)).then_some(())
        });
        killed.await;
        assert_eq!(end(&cloud, &ann, &bob, &id).await, "completed", "{binary} {when}");
    }
}

#[tokio::test]
async fn webhooks_that_are_doubled_late_or_lost_credit_once() {
    let cloud = Cloud::connect_for_faults().await;
    for way in ["doubled", "late"] {
        let ann = cloud.cardholder().await;
        let deposit = cloud.deposit(&ann, None, "a").await.expect(201);
        let id = deposit["id"].as_str().unwrap();
        fault(&cloud, "Webhook", json!({ "error": way, "contains": id })).await;
        let paid = json!({ "clientSecret": deposit["clientSecret"], "paymentMethod": CARD });
        assert_eq!(cloud.local("POST", "payments/confirm").json(&paid).send().await.status, 200);
        if way == "late" {
            // What happened after it is told before it.
            let payment = cloud.charged(&format!("deposit:{}:{id}", ann.id)).await.unwrap().id;
            let refund = json!({ "payment": payment, "amount": 500 });
            assert_eq!(cloud.local("POST", "payments/refund").json(&refund).send().await.status, 200);
        }
        cloud.deposit_until(&ann, id, "completed").await;
        let has = if way == "late" { 1_500 } else { 2_000 };
        eventually("the money", async || (cloud.available(&ann, "EUR").await == has).then_some(())).await;
    }
    cloud.clear_faults().await;
}

#[tokio::test]
async fn a_provider_that_fails_opens_the_circuit_and_clients_are_told_when_to_come_back() {
    let cloud = Cloud::connect_for_faults().await;
    let ann = cloud.cardholder().await;
    cloud.local("POST", "restart").json(&json!({ "binaries": ["wallet-create-deposit"] })).send().await;
    fault(&cloud, "CreatePayment", json!({ "error": "api_error", "count": 100 })).await;
    for _ in 0..2 {
        let refused = cloud.deposit(&ann, Some(CARD), "a").await;
        refused.expect_problem(503, "wallet.payment_provider_unavailable");
    }
    // Five failures, three of the first call and two of the second: from now on the provider is not asked.
    let open = cloud.deposit(&ann, Some(CARD), "a").await;
    open.expect_problem(503, "wallet.payment_provider_unavailable");
    let seconds: u64 = open.header("retry-after").parse().unwrap();
    assert!((10..=30).contains(&seconds), "{seconds}");
    cloud.clear_faults().await;
    // Another process has a circuit of its own, and the same key goes on where it was.
    cloud.local("POST", "restart").json(&json!({ "binaries": ["wallet-create-deposit"] })).send().await;
    assert_eq!(cloud.deposit(&ann, Some(CARD), "a").await.expect(201)["status"], "completed");
    assert_eq!(cloud.available(&ann, "EUR").await, 2_000);
}

//! Card payments on a table: whatever the provider does, and wherever a function is killed, money is where it is said to be.

use contracts::identity::UserSuspended;
use jiff::SignedDuration;
use payment_providers::{PaymentProvider, PaymentStatus, ProviderPaymentId, sign};
use serde_json::{Value, json};
use testkit::{Reply, request};
use types::UserId;
use wallet::deposits::{advance, complete};
use wallet::domain::account::Holder;
use wallet::domain::deposit::{Deposit, DepositStatus};
use wallet::domain::donation::Status;
use wallet::domain::limits::CARD_DECLINES;
use wallet::domain::payment::Reference;
use wallet::saga::{self, NextStep};

use crate::cards_support::{DEPLOYMENT, Fault, SECRET, Till};
use crate::identity_support::stage;
use crate::wallet_support::eur;

#[tokio::test]
async fn a_card_pays_and_the_recipient_has_the_money() {
    for method in ["pm_card_visa", "pm_processing"] {
        let till = Till::start().await;
        let id = till.donate(method).await;
        while till.machine(id).await == Some(NextStep::Wait) {}
        assert_eq!(till.check(id).await, Status::Completed, "{method}");
        let donation = till.donation(id).await;
        let steps: Vec<_> = donation.steps.iter().map(|step| step.name.as_str()).collect();
        assert!(steps.ends_with(&["charge", "credit", "complete"]), "{steps:?}");
        // All of it again changes nothing.
        assert_eq!(till.machine(id).await, Some(NextStep::End));
        assert_eq!(till.donation(id).await, donation);
        assert_eq!(till.purse.has(Holder::User(till.recipient)).await, 1_250);
    }
}

#[tokio::test]
async fn a_refused_card_ends_the_donation_and_nobody_pays() {
    for (method, reason) in [("pm_declined", "card_declined"), ("pm_unknown", "resource_missing")] {
        let till = Till::start().await;
        let id = till.donate(method).await;
        assert_eq!(till.machine(id).await, Some(NextStep::End));
        assert_eq!(till.check(id).await, Status::Failed);
        assert_eq!(till.donation(id).await.reason.as_deref(), Some(reason));
        assert_eq!(till.bank.charged(), 0);
    }
}

#[tokio::test]
async fn a_recipient_who_may_not_take_part_any_more_gets_nothing_and_the_card_gets_it_back() {
    let till = Till::start().await;
    let id = till.donate("pm_card_visa").await;
    till.purse.hear(UserSuspended { user_id: till.recipient }).await.unwrap();
    assert_eq!(till.machine(id).await, Some(NextStep::End));
    assert_eq!(till.check(id).await, Status::Refunded);
    assert_eq!((till.bank.charged(), till.bank.kept()), (1_250, 0));
    assert_eq!(till.donation(id).await.reason.as_deref(), Some("recipient_unavailable"));
}

#[tokio::test]
async fn a_card_that_takes_nothing_back_is_the_donors_balance() {
    let till = Till::start().await;
    let id = till.donate("pm_card_visa").await;
    till.purse.store.forget(till.recipient, till.purse.clock.now()).await.unwrap();
    till.bank.take_nothing_back();
    assert_eq!(till.machine(id).await, Some(NextStep::End));
    assert_eq!(till.check(id).await, Status::Refunded);
    assert_eq!(till.purse.has(Holder::User(till.donor)).await, 1_250);
    assert_eq!(till.donation(id).await.steps.last().unwrap().detail.as_deref(), Some("balance"));
}

#[tokio::test]
async fn whose_card_it_is_has_ten_minutes_to_say_yes() {
    for says_yes in [true, false] {
        let till = Till::start().await;
        let id = till.donate("pm_action").await;
        assert_eq!(till.machine(id).await, Some(NextStep::Wait));
        let card = till.donation(id).await.card.unwrap();
        assert!(card.client_secret.is_some(), "the donor's bank needs it");
        if says_yes {
            till.bank.decide();
        } else {
            till.purse.wait(11 * 60);
        }
        assert_eq!(till.machine(id).await, Some(NextStep::End));
        let ended = till.check(id).await;
        assert_eq!(ended, if says_yes { Status::Completed } else { Status::Failed });
        assert_eq!(till.donation(id).await.card.unwrap().client_secret, None);
    }
}

#[tokio::test]
async fn what_the_provider_never_decides_is_asked_for_until_it_does() {
    let till = Till::start().await;
    let id = till.donate("pm_stuck").await;
    assert_eq!(till.machine(id).await, Some(NextStep::Wait));
    till.sweep().await;
    assert_eq!(till.donation(id).await.status, Status::Processing);
    till.bank.decide();
    till.sweep().await;
    assert_eq!(till.check(id).await, Status::Completed);
}

/// Every pattern of what may happen to the first calls: 3^4 of them.
fn patterns() -> impl Iterator<Item = Vec<Fault>> {
    const CALLS: u32 = 4;
    let kinds = [Fault::None, Fault::Before, Fault::After];
    (0..3_usize.pow(CALLS)).map(move |number| (0..CALLS).map(|at| kinds[number / 3_usize.pow(at) % 3]).collect())
}

#[tokio::test]
async fn whatever_calls_fail_and_whatever_answers_are_lost_the_provider_and_the_ledger_agree() {
    let till = Till::start().await;
    let (mut completed, mut back) = (0, 0);
    for (number, faults) in patterns().enumerate() {
        // A recipient who may take part, and, every third time, one who may not.
        let suspended = number % 3 == 2;
        let recipient = till.purse.person().await;
        if suspended {
            till.purse.hear(UserSuspended { user_id: recipient }).await.unwrap();
        }
        let one = till.for_recipient(recipient);
        let id = one.donate("pm_card_visa").await;
        till.bank.fail(faults.clone());
        if one.machine(id).await != Some(NextStep::End) {
            one.sweep().await;
        }
        till.bank.fail([]);
        let donation = one.donation(id).await;
        assert!(donation.is_ended(), "{faults:?} {:?}", donation.steps);
        assert_eq!(till.bank.kept(), till.in_ledger().await, "{faults:?} {:?}", donation.steps);
        let has = till.purse.has(Holder::User(recipient)).await;
        assert_eq!(has, if donation.status == Status::Completed { 1_250 } else { 0 }, "{faults:?}");
        match donation.status {
            Status::Completed => completed += 1,
            _ => back += 1,
        }
    }
    assert!(completed > 20 && back > 20, "{completed} {back}");
    till.purse.check().await;
}

#[tokio::test]
async fn a_step_that_is_killed_anywhere_is_carried_on() {
    // The sweep alone does what is left, from any stage at which the machine was stopped.
    for steps in 0..4 {
        let till = Till::start().await;
        let id = till.donate("pm_card_visa").await;
        for step in 0..steps {
            match step {
                0 => drop(saga::charge(till.saga, id, true).await.unwrap()),
                1 => drop(saga::credit(till.saga, id).await.unwrap()),
                _ => drop(saga::complete(till.saga, id).await.unwrap()),
            }
        }
        till.sweep().await;
        let ended = till.check(id).await;
        // Nobody is charged by who cleans up.
        assert_eq!(ended, if steps == 0 { Status::Failed } else { Status::Completed }, "after {steps} steps");
    }
}

#[tokio::test]
async fn two_machines_at_once_charge_and_credit_once() {
    let till = Till::start().await;
    let id = till.donate("pm_card_visa").await;
    let (one, other) = futures::join!(till.machine(id), till.machine(id));
    assert!(one.is_some() || other.is_some());
    till.sweep().await;
    assert_eq!(till.check(id).await, Status::Completed);
    assert_eq!(till.bank.charged(), 1_250);
}

#[tokio::test]
async fn a_credit_and_a_refund_at_once_end_in_one_of_them() {
    for _ in 0..20 {
        let till = Till::start().await;
        let id = till.donate("pm_card_visa").await;
        assert_eq!(saga::charge(till.saga, id, true).await, Ok(NextStep::Credit));
        let (credit, refund) = futures::join!(saga::credit(till.saga, id), saga::refund(till.saga, id));
        assert!(credit.is_ok() && refund.is_ok(), "{credit:?} {refund:?}");
        till.sweep().await;
        till.check(id).await;
    }
}

/// Sends a message of the provider, signed.
pub async fn tell(till: &Till, deposit: &Deposit, kind: &str, object: Value) -> Reply {
    tell_of(till, deposit.reference(), kind, object).await
}

/// The same about any payment.
pub async fn tell_of(till: &Till, reference: Reference, kind: &str, mut object: Value) -> Reply {
    object["metadata"] = json!({ "atoll_deployment": DEPLOYMENT, "atoll_reference": reference.to_string() });
    let body = json!({ "id": "evt_1", "type": kind, "data": { "object": object } });
    let signature = sign(SECRET.as_bytes(), body.to_string().as_bytes(), till.purse.clock.now());
    let endpoint =
        kit::http::endpoint(wallet::api::receive_payment_notice::receive_payment_notice, till.notices, stage());
    let headers = [("stripe-signature", signature.as_str())];
    endpoint.call(request("POST", "/v1/community/wallet/payments/webhooks", &headers, Some(&body))).await.into()
}

pub fn paid(id: &str) -> Value {
    json!({ "id": id, "amount_received": 2_000, "currency": "eur" })
}

async fn status(till: &Till, deposit: &Deposit) -> Deposit {
    till.purse.store.deposit(deposit.user_id, deposit.id).await.unwrap().unwrap().value
}

#[tokio::test]
async fn messages_in_any_order_and_any_number_credit_once_and_take_back_what_is_there() {
    let succeeded = ("payment_intent.succeeded", paid("pi_1"));
    let part = ("charge.refunded", json!({ "payment_intent": "pi_1", "amount_refunded": 500, "currency": "eur" }));
    let all = ("charge.refunded", json!({ "payment_intent": "pi_1", "amount_refunded": 2_000, "currency": "eur" }));
    let canceled = ("payment_intent.canceled", paid("pi_1"));
    let declined = ("payment_intent.payment_failed", paid("pi_1"));
    let other = ("payment_intent.processing", paid("pi_1"));
    for (messages, has) in [
        (vec![&succeeded, &succeeded, &succeeded], 2_000),
        (vec![&declined, &other, &succeeded, &declined], 2_000),
        (vec![&canceled, &succeeded], 2_000),
        (vec![&part, &succeeded, &part], 1_500),
        (vec![&all, &part, &succeeded, &all], 0),
        (vec![&succeeded, &all, &all, &part], 0),
        (vec![&declined, &canceled], 0),
    ] {
        let till = Till::start().await;
        let deposit = till.deposit(None).await;
        for (kind, object) in messages {
            assert_eq!(tell(&till, &deposit, kind, object.clone()).await.status, 204);
        }
        assert_eq!(till.purse.has(Holder::User(till.donor)).await, has);
        till.purse.check().await;
    }
}

#[tokio::test]
async fn forged_stale_and_foreign_messages_do_nothing() {
    let till = Till::start().await;
    let deposit = till.deposit(None).await;
    let body = json!({ "type": "payment_intent.succeeded", "data": { "object": {
        "id": "pi_1", "amount_received": 2_000, "currency": "eur",
        "metadata": { "atoll_deployment": DEPLOYMENT, "atoll_reference": deposit.reference().to_string() } } } });
    let text = body.to_string();
    let now = till.purse.clock.now();
    let endpoint =
        kit::http::endpoint(wallet::api::receive_payment_notice::receive_payment_notice, till.notices, stage());
    for signature in [
        String::new(),
        sign(b"other", text.as_bytes(), now),
        sign(SECRET.as_bytes(), b"{}", now),
        sign(SECRET.as_bytes(), text.as_bytes(), now - SignedDuration::from_mins(6)),
    ] {
        let headers = [("stripe-signature", signature.as_str())];
        let reply: Reply = endpoint
            .call(request("POST", "/v1/community/wallet/payments/webhooks", &headers, Some(&body)))
            .await
            .into();
        assert_eq!((reply.status, &reply.body["code"]), (400, &json!("wallet.notice_not_proven")), "{signature}");
    }
    // Another amount than was asked for is a mistake somewhere, and nobody's money.
    let less = json!({ "id": "pi_1", "amount_received": 1_999, "currency": "eur" });
    assert_eq!(tell(&till, &deposit, "payment_intent.succeeded", less).await.status, 500);
    assert_eq!(status(&till, &deposit).await.status, DepositStatus::Pending);
    assert_eq!(till.purse.has(Holder::User(till.donor)).await, 0);
}

/// What the provider tells of a card that was declined.
fn declined(deposit: &Deposit) -> Value {
    json!({ "id": deposit.payment_id.as_str(), "currency": "eur", "last_payment_error": { "code": "card_declined" } })
}

#[tokio::test]
async fn an_open_payment_ends_at_the_provider_once_the_limit_of_declined_cards_is_reached() {
    let till = Till::start().await;
    let deposit = till.deposit(None).await;
    for number in 1..=CARD_DECLINES.max() {
        assert_eq!(status(&till, &deposit).await.status, DepositStatus::Pending, "before {number}");
        // The provider does not respond: the webhook is refused, and comes again.
        if number == CARD_DECLINES.max() {
            till.bank.fail([Fault::Before]);
            let reply = tell(&till, &deposit, "payment_intent.payment_failed", declined(&deposit)).await;
            assert_eq!((reply.status, &reply.body["code"]), (503, &json!("wallet.payment_provider_unavailable")));
        }
        let reply = tell(&till, &deposit, "payment_intent.payment_failed", declined(&deposit)).await;
        assert_eq!(reply.status, 204, "{number}");
    }
    let ended = status(&till, &deposit).await;
    assert_eq!((ended.status, ended.reason.as_deref()), (DepositStatus::Failed, Some("too_many_declined_cards")));
    let payment = till.bank.find(&deposit.payment_id).await.unwrap();
    assert_eq!(payment.status, PaymentStatus::Canceled);
}

#[tokio::test]
async fn a_payment_that_came_through_before_it_could_be_canceled_is_credited() {
    let till = Till::start().await;
    let deposit = till.deposit(None).await;
    till.bank.paid(deposit.payment_id.as_str(), &eur(2_000));
    for _ in 0..=CARD_DECLINES.max() {
        let reply = tell(&till, &deposit, "payment_intent.payment_failed", declined(&deposit)).await;
        assert_eq!(reply.status, 204);
    }
    let paid = paid(deposit.payment_id.as_str());
    assert_eq!(tell(&till, &deposit, "payment_intent.succeeded", paid).await.status, 204);
    assert_eq!(till.purse.has(Holder::User(till.donor)).await, 2_000);
}

#[tokio::test]
async fn a_deposit_whose_webhooks_are_lost_is_found_by_the_sweep() {
    for (method, faults, ended) in [
        // The card was charged, and the answer lost.
        ("pm_card_visa", vec![Fault::None, Fault::After], DepositStatus::Completed),
        ("pm_processing", vec![], DepositStatus::Completed),
        // The card was never charged, and nobody waits for it any more.
        ("pm_card_visa", vec![Fault::None, Fault::Before], DepositStatus::Failed),
        ("pm_declined", vec![], DepositStatus::Failed),
    ] {
        let till = Till::start().await;
        let deposit = till.deposit(Some(method)).await;
        till.bank.fail(faults);
        let read = till.purse.store.deposit(till.donor, deposit.id).await.unwrap().unwrap();
        let advanced = advance(&till.purse.store, &*till.bank, read, true, till.purse.clock.now()).await;
        drop(advanced);
        till.sweep().await;
        let after = status(&till, &deposit).await;
        assert_eq!(after.status, ended, "{method} {:?}", after.reason);
        assert_eq!(till.bank.kept(), till.in_ledger().await);
    }
}

#[tokio::test]
async fn a_deposit_that_nobody_pays_ends_after_a_day() {
    let till = Till::start().await;
    let deposit = till.deposit(None).await;
    let read = till.purse.store.deposit(till.donor, deposit.id).await.unwrap().unwrap();
    let progress = advance(&till.purse.store, &*till.bank, read, true, till.purse.clock.now()).await.unwrap();
    assert!(progress.client_secret.is_some());
    till.sweep().await;
    assert_eq!(status(&till, &deposit).await.status, DepositStatus::Pending);
    till.purse.wait(24 * 60 * 60);
    till.sweep().await;
    let after = status(&till, &deposit).await;
    assert_eq!((after.status, after.reason.as_deref()), (DepositStatus::Failed, Some("abandoned")));
}

#[tokio::test]
async fn money_for_somebody_who_is_gone_goes_back_to_the_card() {
    let till = Till::start().await;
    let deposit = till.deposit(None).await;
    till.bank.paid("pi_1", &eur(2_000));
    till.purse.store.forget(till.donor, till.purse.clock.now()).await.unwrap();
    for _ in 0..3 {
        assert_eq!(tell(&till, &deposit, "payment_intent.succeeded", paid("pi_1")).await.status, 204);
    }
    assert_eq!(till.bank.kept(), 2_000);
    till.sweep().await;
    assert_eq!((till.bank.kept(), till.in_ledger().await), (0, 0));
    for item in till.purse.table.items().await {
        let orphan = item["pk"].as_s().unwrap().starts_with("wallet#orphan#");
        assert!(!orphan || !format!("{item:?}").contains(&till.donor.to_string()), "an orphan says whose it was");
    }
}

#[tokio::test]
async fn the_answer_the_webhook_and_the_sweep_at_once_credit_once() {
    for _ in 0..10 {
        let till = Till::start().await;
        let deposit = till.deposit(None).await;
        let read = till.purse.store.deposit(till.donor, deposit.id).await.unwrap().unwrap();
        let (store, now, id) = (&till.purse.store, till.purse.clock.now(), ProviderPaymentId::new("pi_1"));
        let money = eur(2_000);
        let credit = || complete(store, read.clone(), &id, &money, now);
        let results =
            futures::join!(credit(), credit(), tell(&till, &deposit, "payment_intent.succeeded", paid("pi_1")));
        assert!(results.0.is_ok() && results.1.is_ok());
        assert_eq!(till.purse.has(Holder::User(till.donor)).await, 2_000);
        till.purse.check().await;
    }
}

#[tokio::test]
async fn of_another_persons_deposit_nothing_is_seen() {
    let till = Till::start().await;
    let deposit = till.deposit(None).await;
    assert!(till.purse.store.deposit(UserId::generate(), deposit.id).await.unwrap().is_none());
}

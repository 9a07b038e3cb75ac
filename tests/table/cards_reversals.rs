//! Refunds after the money was spent, disputes and holds: what is missing is owed, and later credits repay it first.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use payment_providers::ProviderPaymentId;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::{Value, json};
use types::{DepositId, UserId, Uuid};
use wallet::consumers::sweep_payments::sweep_payments;
use wallet::deposits::complete;
use wallet::domain::account::{Account, Holder, System};
use wallet::domain::deposit::{Deposit, DepositOrder, DepositStatus};
use wallet::domain::dispute::DisputeStatus;
use wallet::domain::payment::{Purpose, Reference};
use wallet::saga::NextStep;
use wallet::store::{Opened, Orphan, UNFINISHED_SHARDS};

use crate::cards::{paid, tell, tell_of};
use crate::cards_support::{Fault, Till};
use crate::wallet_support::eur;

/// A deposit of 20.00 EUR that arrived.
async fn deposited(till: &Till) -> Deposit {
    let deposit = till.deposit(None).await;
    assert_eq!(tell(till, &deposit, "payment_intent.succeeded", paid("pi_1")).await.status, 204);
    deposit
}

async fn refund(till: &Till, deposit: &Deposit, total: i64) {
    let refund = json!({ "payment_intent": "pi_1", "amount_refunded": total, "currency": "eur" });
    assert_eq!(tell(till, deposit, "charge.refunded", refund).await.status, 204);
}

async fn dispute(till: &Till, deposit: &Deposit, event: &str, status: &str, amount: i64) {
    let dispute = json!({
        "id": "dp_1", "payment_intent": "pi_1", "amount": amount, "currency": "eur", "status": status,
    });
    assert_eq!(tell(till, deposit, event, dispute).await.status, 204);
}

async fn spend(till: &Till, amount: i64) -> bool {
    let (from, to) = (Account::user(till.donor), Account::user(till.recipient));
    till.purse.post(&till.purse.transfer(from, to, eur(amount))).await.is_ok()
}

async fn now(till: &Till, deposit: &Deposit) -> Deposit {
    till.purse.store.deposit(deposit.user_id, deposit.id).await.unwrap().unwrap().value
}

/// What the payer has, owes, and cannot spend.
async fn state(till: &Till) -> (i64, i64, i64) {
    let user = till.donor;
    (till.purse.has(Holder::User(user)).await, till.purse.owes(user).await, till.purse.held(user).await)
}

#[tokio::test]
async fn a_refund_takes_what_is_available_and_later_credits_repay_the_rest_first() {
    let till = Till::start().await;
    let deposit = deposited(&till).await;
    assert!(spend(&till, 1).await);
    refund(&till, &deposit, 2_000).await;
    assert_eq!(state(&till).await, (0, 1, 0), "one cent is owed, and not the whole amount");
    assert_eq!((now(&till, &deposit).await.status, till.in_ledger().await), (DepositStatus::Refunded, 0));
    assert!(till.purse.store.owes(till.donor).await.unwrap());
    // The debt is repaid first, from every payment.
    till.purse.give(Account::user(till.donor), eur(100)).await;
    assert_eq!(state(&till).await, (99, 0, 0));
    assert!(!till.purse.store.owes(till.donor).await.unwrap());
    assert!(till.purse.all::<wallet::domain::dispute::Debtor>("debtor").await.is_empty(), "the mark is removed");
    till.purse.check().await;
}

#[tokio::test]
async fn an_operator_finds_who_owes_money() {
    let till = Till::start().await;
    let deposit = deposited(&till).await;
    assert!(spend(&till, 2_000).await);
    refund(&till, &deposit, 2_000).await;
    let items = till.purse.table.items().await;
    let listed = items.iter().filter(|item| {
        item.get("gsi1pk").and_then(|pk| pk.as_s().ok()).is_some_and(|pk| pk.starts_with("wallet#debtors#"))
    });
    assert_eq!(listed.count(), 1);
}

#[tokio::test]
async fn a_dispute_freezes_the_money_and_ends_with_it_released_or_gone() {
    // Spent before, and what is left after the dispute was lost and won: available and owed.
    for (spent, lost, won) in [(0, (0, 0), (2_000, 0)), (500, (0, 500), (1_500, 0)), (2_000, (0, 2_000), (0, 0))] {
        for is_lost in [true, false] {
            let till = Till::start().await;
            let deposit = deposited(&till).await;
            assert!(spent == 0 || spend(&till, spent).await);
            dispute(&till, &deposit, "charge.dispute.created", "needs_response", 2_000).await;
            assert_eq!(state(&till).await, (0, spent, 2_000));
            assert!(!spend(&till, 1).await, "frozen money was sent");
            let status = if is_lost { "lost" } else { "won" };
            for _ in 0..2 {
                dispute(&till, &deposit, "charge.dispute.closed", status, 2_000).await;
                dispute(&till, &deposit, "charge.dispute.created", "needs_response", 2_000).await;
            }
            let (available, owed) = if is_lost { lost } else { won };
            assert_eq!(state(&till).await, (available, owed, 0), "{spent} spent, {status}");
            assert_eq!(till.in_ledger().await, if is_lost { 0 } else { 2_000 });
            till.purse.check().await;
        }
    }
}

#[tokio::test]
async fn a_dispute_whose_beginning_was_never_reported_ends_in_the_same_way() {
    let till = Till::start().await;
    let deposit = deposited(&till).await;
    dispute(&till, &deposit, "charge.dispute.closed", "lost", 2_000).await;
    assert_eq!((state(&till).await, till.in_ledger().await), ((0, 0, 0), 0));
    let disputes: Vec<wallet::domain::dispute::Dispute> = till.purse.all("dispute#").await;
    assert_eq!(disputes[0].status, DisputeStatus::Lost);
    // A refund of what was lost takes nothing a second time.
    refund(&till, &deposit, 2_000).await;
    assert_eq!((state(&till).await, till.in_ledger().await), ((0, 0, 0), 0));
    till.purse.check().await;
}

/// The donor's bank takes the money of a donation back, which the recipient may have spent: the donor owes it.
#[tokio::test]
async fn a_disputed_card_donation_is_settled_with_its_donor_and_not_with_the_recipient() {
    // What the donor has in the wallet, and what is left after the dispute was lost and won: available and owed.
    for (balance, lost, won) in [(0, (0, 1_250), (0, 0)), (2_000, (750, 0), (2_000, 0)), (500, (0, 750), (500, 0))] {
        for is_lost in [true, false] {
            let till = Till::start().await;
            if balance > 0 {
                credit(&till, till.donor, balance).await;
            }
            let id = till.donate("pm_card_visa").await;
            assert_eq!(till.machine(id).await, Some(NextStep::End));
            let arrived = async || till.purse.has(Holder::User(till.recipient)).await;
            assert_eq!((state(&till).await, arrived().await), ((balance, 0, 0), 1_250));
            let payment = ProviderPaymentId::new(till.donation(id).await.provider_reference.unwrap());
            let found = till.purse.store.payment_reference(&payment).await.unwrap();
            assert_eq!(found, Some(Reference { user: till.donor, purpose: Purpose::Donation(id) }));

            let report = async |event: &str, status: &str| {
                let object = json!({
                    "id": "dp_1", "payment_intent": payment.as_str(), "amount": 1_250, "currency": "eur",
                    "status": status,
                });
                assert_eq!(tell_of(&till, found.unwrap(), event, object).await.status, 204);
            };
            report("charge.dispute.created", "needs_response").await;
            assert_eq!(state(&till).await, ((balance - 1_250).max(0), (1_250 - balance).max(0), 1_250));
            let status = if is_lost { "lost" } else { "won" };
            for _ in 0..2 {
                report("charge.dispute.closed", status).await;
                report("charge.dispute.created", "needs_response").await;
            }
            let (available, owed) = if is_lost { lost } else { won };
            assert_eq!(state(&till).await, (available, owed, 0), "{balance} before, {status}");
            assert_eq!(arrived().await, 1_250, "the recipient keeps the donation");
            assert_eq!(till.in_ledger().await, if is_lost { 0 } else { 1_250 });
            till.purse.check().await;
        }
    }
}

#[tokio::test]
async fn a_disputed_payment_of_another_deployment_changes_nothing() {
    let till = Till::start().await;
    let deposit = deposited(&till).await;
    let dispute = json!({
        "id": "dp_2", "payment_intent": "pi_other", "amount": 2_000, "currency": "eur", "status": "needs_response",
    });
    assert_eq!(tell(&till, &deposit, "charge.dispute.created", dispute).await.status, 204);
    assert_eq!(state(&till).await, (2_000, 0, 0));
}

#[tokio::test]
async fn deposits_are_held_before_they_can_be_sent_on() {
    let till = Till::holding(SignedDuration::from_hours(72)).await;
    let deposit = deposited(&till).await;
    assert_eq!(state(&till).await, (0, 0, 2_000));
    assert!(!spend(&till, 1).await);
    till.sweep().await;
    assert_eq!(state(&till).await, (0, 0, 2_000), "released too early");
    // What goes back goes out of the held money first.
    refund(&till, &deposit, 500).await;
    assert_eq!(state(&till).await, (0, 0, 1_500));
    till.purse.wait(72 * 60 * 60);
    till.sweep().await;
    assert_eq!(state(&till).await, (1_500, 0, 0));
    assert_eq!(now(&till, &deposit).await.held_minor, 0);
    till.purse.check().await;
}

#[tokio::test]
async fn held_money_is_frozen_first_and_a_dispute_outlives_the_hold() {
    let till = Till::holding(SignedDuration::from_hours(24)).await;
    let deposit = deposited(&till).await;
    dispute(&till, &deposit, "charge.dispute.created", "warning_needs_response", 2_000).await;
    assert_eq!(state(&till).await, (0, 0, 2_000));
    till.purse.wait(25 * 60 * 60);
    till.sweep().await;
    assert_eq!(state(&till).await, (0, 0, 2_000), "a hold released frozen money");
    dispute(&till, &deposit, "charge.dispute.closed", "warning_closed", 2_000).await;
    assert_eq!(state(&till).await, (2_000, 0, 0));
    till.purse.check().await;
}

/// Something that happens to one of several deposits, or to the payer's money.
#[derive(Debug, Clone)]
enum Step {
    Refund { deposit: usize, total: i64 },
    Open { deposit: usize, amount: i64 },
    Close { deposit: usize, lost: bool },
    Spend { amount: i64 },
    Credit { amount: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    let deposit = || 0..4_usize;
    prop_oneof![
        (deposit(), 1..2_001_i64).prop_map(|(deposit, total)| Step::Refund { deposit, total }),
        (deposit(), 1..2_001_i64).prop_map(|(deposit, amount)| Step::Open { deposit, amount }),
        (deposit(), any::<bool>()).prop_map(|(deposit, lost)| Step::Close { deposit, lost }),
        (1..1_500_i64).prop_map(|amount| Step::Spend { amount }),
        (1..700_i64).prop_map(|amount| Step::Credit { amount }),
    ]
}

#[tokio::test]
async fn refunds_disputes_and_spending_in_any_order_lose_no_money() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..6 {
        let steps = prop::collection::vec(step(), 40).new_tree(&mut runner).unwrap().current();
        let till = Till::start().await;
        let mut deposits = Vec::new();
        for number in 0..4 {
            let deposit = till.deposit(None).await;
            tell(&till, &deposit, "payment_intent.succeeded", paid(&format!("pi_{number}"))).await;
            deposits.push(deposit);
        }
        let mut disputed = BTreeMap::new();
        for step in steps {
            match step {
                Step::Refund { deposit, total } => {
                    let charge = json!({
                        "payment_intent": format!("pi_{deposit}"), "amount_refunded": total, "currency": "eur",
                    });
                    assert_eq!(tell(&till, &deposits[deposit], "charge.refunded", charge).await.status, 204);
                }
                Step::Open { deposit, amount } => {
                    let object = dispute_of(deposit, *disputed.entry(deposit).or_insert(amount), "needs_response");
                    assert_eq!(tell(&till, &deposits[deposit], "charge.dispute.created", object).await.status, 204);
                }
                Step::Close { deposit, lost } => {
                    let Some(amount) = disputed.get(&deposit) else { continue };
                    let object = dispute_of(deposit, *amount, if lost { "lost" } else { "won" });
                    assert_eq!(tell(&till, &deposits[deposit], "charge.dispute.closed", object).await.status, 204);
                }
                Step::Spend { amount } => drop(spend(&till, amount).await),
                Step::Credit { amount } => credit(&till, till.donor, amount).await,
            }
            till.purse.check().await;
        }
    }
}

fn dispute_of(deposit: usize, amount: i64, status: &str) -> Value {
    json!({
        "id": format!("dp_{deposit}"), "payment_intent": format!("pi_{deposit}"), "amount": amount, "currency": "eur",
        "status": status,
    })
}

async fn credit(till: &Till, user: UserId, amount: i64) {
    let reward = till.purse.transfer(Account::System(System::Issuance), Account::user(user), eur(amount));
    till.purse.post(&reward).await.unwrap();
}

#[tokio::test]
async fn refunds_that_always_fail_do_not_starve_those_behind_them() {
    let till = Till::start().await;
    // More than one run handles, of deleted accounts, the oldest first.
    for number in 0..11 {
        let id = format!("pi_{number:02}");
        till.bank.paid(&id, &eur(100));
        till.purse.store.keep_orphan(Orphan::new(ProviderPaymentId::new(id), till.purse.clock.now())).await.unwrap();
        till.purse.wait(1);
    }
    till.bank.fail([Fault::Before; 10]);
    let failed = sweep_payments(till.saga).await.unwrap_err();
    assert_eq!(failed.matches("payment pi_").count(), 10, "{failed}");
    assert_eq!(till.bank.kept(), 1_100);
    // The next run comes to the last one, although all others would fail again.
    till.bank.fail([Fault::None, Fault::Before, Fault::Before]);
    drop(sweep_payments(till.saga).await);
    assert_eq!(till.bank.kept(), 1_000);
    till.bank.fail([]);
    till.sweep().await;
    assert_eq!(till.bank.kept(), 0);
}

#[tokio::test]
async fn deposits_that_cannot_be_released_do_not_starve_those_behind_them() {
    let till = Till::holding(SignedDuration::from_hours(24)).await;
    let (full, other) = (till.donor, till.recipient);
    till.purse.give(Account::user(full), eur(ledger::MAX_SHARD_MINOR)).await;
    // As many as one run handles of one partition of the index, and one behind them.
    let deposits: Vec<_> = (1..=11).map(|number| (number, if number <= 10 { full } else { other })).collect();
    for (number, user) in &deposits {
        held(&till, DepositId::new(Uuid::from_u128(number * u128::from(UNFINISHED_SHARDS))), *user).await;
        till.purse.wait(1);
    }
    let has = async |user| (till.purse.has(Holder::User(user)).await, till.purse.held(user).await);
    assert_eq!(has(other).await, (0, 2_000));
    till.purse.wait(24 * 60 * 60);
    let failed = sweep_payments(till.saga).await.unwrap_err();
    assert_eq!(failed.matches("held deposit").count(), 10, "{failed}");
    drop(sweep_payments(till.saga).await);
    assert_eq!(has(other).await, (2_000, 0));
    // What failed is attempted again later, and not lost.
    assert_eq!(has(full).await.1, 20_000);
    let spent = till.purse.transfer(Account::user(full), Account::System(System::Issuance), eur(30_000));
    till.purse.post(&spent).await.unwrap();
    till.purse.wait(60 * 60);
    sweep_payments(till.saga).await.unwrap();
    assert_eq!(has(full).await.1, 0);
    till.purse.check().await;
}

/// A deposit of 20.00 EUR that arrived and is held.
async fn held(till: &Till, id: DepositId, user: UserId) {
    let now = till.purse.clock.now();
    let payment = ProviderPaymentId::new(id.to_string());
    let order = DepositOrder { id, user_id: user, money: eur(2_000), method: None };
    let deposit = Deposit::new(order, payment.clone(), "c".to_owned(), now);
    let Opened::Now(opened) = till.purse.store.open_deposit(deposit).await.unwrap() else { panic!("not opened") };
    complete(&till.purse.store, *opened, &payment, &eur(2_000), now).await.unwrap();
}

#[tokio::test]
async fn a_donation_that_cannot_go_on_goes_behind_the_others() {
    let till = Till::start().await;
    let id = till.donate("pm_stuck").await;
    assert_eq!(till.machine(id).await, Some(NextStep::Wait));
    till.purse.wait(16 * 60);
    drop(sweep_payments(till.saga).await);
    let first = till.donation(id).await;
    let retry = first.sweep.expect("it was looked after");
    assert_eq!(retry.attempts, 1);
    assert!(!first.is_abandoned(till.purse.clock.now()));
    till.purse.wait(16 * 60);
    drop(sweep_payments(till.saga).await);
    assert_eq!(till.donation(id).await.sweep.unwrap().attempts, 2);
    till.bank.decide();
    till.sweep().await;
    till.check(id).await;
}

//! Money moves once, whole, and never below zero, with any number of requests at the same time.

use contracts::wallet::Recipient;
use futures::StreamExt;
use ledger::{MAX_SHARD_MINOR, Shards};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use types::{Money, PointId, TransferId, UserId};
use wallet::domain::account::{Account, Holder, System};
use wallet::domain::donation::Direction;
use wallet::domain::ledger::{Heading, Kind, Transfer};
use wallet::store::{Given, NotGiven, NotPosted, Posted};

use crate::wallet_support::{Purse, eur};

fn page(limit: u32) -> kit::http::Page {
    kit::http::Page { limit, cursor: None }
}

/// Tries as a client does who is told to try again.
async fn insist(purse: &Purse, transfer: &Transfer) -> Result<Posted, NotPosted> {
    for _ in 0..20 {
        match purse.post(transfer).await {
            Err(NotPosted::Store(dynamo::StoreError::Contended { .. })) => {}
            answer => return answer,
        }
    }
    panic!("contended for ever")
}

#[tokio::test]
async fn a_hundred_transfers_at_once_never_overdraw() {
    let purse = Purse::start().await;
    let (ann, bob) = (UserId::generate(), UserId::generate());
    purse.give(Account::user(ann), eur(1_000)).await;
    let transfers: Vec<_> = (0..100).map(|_| purse.transfer(Account::user(ann), Account::user(bob), eur(30))).collect();
    let answers: Vec<_> = futures::stream::iter(&transfers)
        .map(|transfer| insist(&purse, transfer))
        .buffer_unordered(100)
        .collect()
        .await;
    let done = answers.iter().filter(|answer| matches!(answer, Ok(Posted::Now))).count();
    assert_eq!(done, 33);
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(NotPosted::NotEnough))));
    assert_eq!((purse.has(Holder::User(ann)).await, purse.has(Holder::User(bob)).await), (10, 990));
    purse.check().await;
}

#[tokio::test]
async fn the_same_transfer_asked_for_many_times_at_once_happens_once() {
    let purse = Purse::start().await;
    let (ann, bob) = (UserId::generate(), UserId::generate());
    purse.give(Account::user(ann), eur(100)).await;
    let transfer = purse.transfer(Account::user(ann), Account::user(bob), eur(100));
    let answers: Vec<_> =
        futures::stream::iter(0..20).map(|_| insist(&purse, &transfer)).buffer_unordered(20).collect().await;
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Ok(Posted::Now))).count(), 1);
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let other = purse.transfer_as(transfer.id(), Account::user(ann), Account::user(bob), eur(99));
    assert!(matches!(purse.post(&other).await, Err(NotPosted::Other)));
    assert_eq!(purse.has(Holder::User(bob)).await, 100);
    purse.check().await;
}

#[tokio::test]
async fn a_point_pays_from_all_its_parts_and_a_repeat_of_that_is_no_refusal() {
    let purse = Purse::with(Shards::per_account(16)).await;
    let (harbour, bob) = (PointId::generate(), UserId::generate());
    for _ in 0..40 {
        purse.give(Account::point(harbour), eur(5)).await;
    }
    let parts = purse.store.balances(Holder::Point(harbour)).await.unwrap();
    assert!(parts.len() > 8, "credits lie in {} parts", parts.len());
    let all = purse.transfer(Account::point(harbour), Account::user(bob), eur(200));
    assert!(matches!(purse.post(&all).await, Ok(Posted::Now)));
    assert!(matches!(purse.post(&all).await, Ok(Posted::Before(_))));
    let more = purse.transfer(Account::point(harbour), Account::user(bob), eur(1));
    assert!(matches!(purse.post(&more).await, Err(NotPosted::NotEnough)));
    assert_eq!((purse.has(Holder::Point(harbour)).await, purse.has(Holder::User(bob)).await), (0, 200));
    // The number of parts may change: what lies in those that were is still spent.
    let fewer = Purse { store: purse.store.clone().with_shards(Shards::per_account(1)), ..purse };
    fewer.give(Account::point(harbour), eur(7)).await;
    assert_eq!(fewer.has(Holder::Point(harbour)).await, 7);
    fewer.check().await;
}

#[tokio::test]
async fn what_is_held_cannot_be_spent_and_a_refund_needs_what_is_there() {
    let purse = Purse::start().await;
    let (ann, bob) = (UserId::generate(), UserId::generate());
    let (free, held) = (Account::user(ann), Account::Held(Holder::User(ann)));
    let deposit = purse.transfer(Account::System(System::Provider), free, eur(100));
    purse.post(&deposit).await.unwrap();
    let aside = purse.transfer(free, held, eur(80));
    purse.post(&aside).await.unwrap();
    let spend = purse.transfer(free, Account::user(bob), eur(30));
    assert!(matches!(purse.post(&spend).await, Err(NotPosted::NotEnough)));
    let refund = |id| {
        let heading = Heading { id, kind: Kind::Refund, at: purse.clock.now(), reference: None, message: None };
        deposit.reversed(heading).unwrap()
    };
    let id = TransferId::generate();
    assert!(matches!(purse.post(&refund(id)).await, Err(NotPosted::NotEnough)));
    purse.post(&purse.transfer(held, free, eur(80))).await.unwrap();
    assert!(matches!(purse.post(&refund(id)).await, Ok(Posted::Now)));
    assert!(matches!(purse.post(&refund(id)).await, Ok(Posted::Before(_))));
    assert_eq!(purse.has(Holder::User(ann)).await, 0);
    purse.check().await;
}

#[tokio::test]
async fn nobody_has_more_than_a_balance_holds() {
    let purse = Purse::start().await;
    let ann = Account::user(UserId::generate());
    purse.give(ann, eur(MAX_SHARD_MINOR)).await;
    let more = purse.transfer(Account::System(System::Provider), ann, eur(1));
    assert!(matches!(purse.post(&more).await, Err(NotPosted::Full)));
    purse.check().await;
}

#[tokio::test]
async fn a_donation_its_transfer_and_its_places_in_lists_are_one() {
    let purse = Purse::start().await;
    let (ann, (harbour, _)) = (UserId::generate(), purse.kept_point().await);
    let (donation, transfer) = purse.donation(ann, Recipient::Point(harbour), eur(40));
    let before = purse.table.items().await.len();
    let refused = purse.give_donation(&donation, &transfer).await;
    assert!(matches!(refused, Err(NotGiven::NotPosted(NotPosted::NotEnough))), "{refused:?}");
    assert_eq!(purse.table.items().await.len(), before);

    purse.give(Account::user(ann), eur(100)).await;
    assert!(matches!(purse.give_donation(&donation, &transfer).await, Ok(Given::Now)));
    let again = purse.give_donation(&donation, &transfer).await;
    assert!(matches!(again, Ok(Given::Before(before)) if *before == donation));
    for (holder, direction) in [(Holder::User(ann), Direction::Given), (Holder::Point(harbour), Direction::Received)] {
        let (listed, next) = purse.store.donations(holder, direction, page(10)).await.unwrap();
        assert_eq!((listed, next), (vec![donation.clone()], None));
    }
    assert_eq!((purse.has(Holder::User(ann)).await, purse.has(Holder::Point(harbour)).await), (60, 40));
    assert!(purse.store.unfinished(0, 10).await.unwrap().is_empty());
    purse.check().await;
}

/// One of some thousand operations on a few accounts.
#[derive(Debug, Clone)]
struct Op {
    from: u8,
    to: u8,
    amount: i64,
    replays: bool,
}

fn op() -> impl Strategy<Value = Op> {
    (0..7_u8, 0..6_u8, 1..100_i64, any::<bool>()).prop_map(|(from, to, amount, replays)| Op {
        from,
        to,
        amount,
        replays,
    })
}

/// Three people, three points, and money from outside.
fn account(people: &[UserId; 3], points: &[PointId; 3], number: u8) -> Account {
    match number {
        0..3 => Account::user(people[usize::from(number)]),
        3..6 => Account::point(points[usize::from(number) - 3]),
        _ => Account::System(System::Provider),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_transfers_at_once_make_and_lose_no_money() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let ops = prop::collection::vec(op(), 2_000).new_tree(&mut runner).unwrap().current();
    let purse = Purse::start().await;
    let (people, points) = ([(); 3].map(|()| UserId::generate()), [(); 3].map(|()| PointId::generate()));
    for number in 0..6 {
        purse.give(account(&people, &points, number), eur(300)).await;
    }
    let transfers: Vec<(Transfer, bool)> = ops
        .iter()
        .filter(|op| op.from != op.to)
        .map(|op| {
            let (from, to) = (account(&people, &points, op.from), account(&people, &points, op.to));
            (purse.transfer(from, to, Money { amount_minor: op.amount, ..eur(0) }), op.replays)
        })
        .collect();
    let answers: Vec<_> = futures::stream::iter(&transfers)
        .map(|(transfer, replays)| {
            let purse = &purse;
            async move {
                let first = insist(purse, transfer).await;
                let again = if *replays { Some(insist(purse, transfer).await) } else { None };
                // What happened stays; what was refused may happen once there is more.
                assert!(!matches!((&first, again), (Ok(_), Some(Err(_) | Ok(Posted::Now)))));
                first.is_ok()
            }
        })
        .buffer_unordered(12)
        .collect()
        .await;
    let done = answers.iter().filter(|done| **done).count();
    assert!(done > 500 && done < answers.len(), "{done} of {}", answers.len());
    purse.check().await;
}

//! A famous shelter: many donors at once, and what the number of parts of its balance changes. The figures are printed
//! (`cargo test -p tests --test table wallet_hot -- --nocapture`) and stand in docs/adr/0016-the-ledger.md.

use std::time::Instant;

use dynamo::Meter;
use futures::StreamExt;
use ledger::Shards;
use testkit::TestTable;
use types::{PointId, UserId};
use wallet::domain::account::{Account, Holder};
use wallet::store::{NotPosted, Posted};

use crate::wallet_support::{Purse, eur};

/// How many give at the same time.
const AT_ONCE: usize = 16;
const DONATIONS: usize = 160;

/// What it took.
struct Figures {
    shards: u8,
    per_second: f64,
    /// Calls beyond the one that each donation needs: meetings with other transactions.
    conflicts: u32,
    /// Donations that were told to try again by the caller.
    told_to_retry: usize,
}

async fn measure(shards: u8) -> Figures {
    let purse = Purse::on(TestTable::start_with_conflicts().await, Shards::per_account(shards));
    let shelter = Account::point(PointId::generate());
    let donors: Vec<_> = (0..AT_ONCE).map(|_| UserId::generate()).collect();
    for donor in &donors {
        purse.give(Account::user(*donor), eur(1_000)).await;
    }
    let (meter, started) = (Meter::default(), Instant::now());
    let told_to_retry: usize = meter
        .scope(
            futures::stream::iter(&donors)
                // Each donor gives one donation after the other: only the shelter is shared.
                .map(|donor| give_in_turn(&purse, *donor, shelter))
                .buffer_unordered(AT_ONCE)
                .fold(0, async |sum, refused| sum + refused),
        )
        .await;
    let seconds = started.elapsed().as_secs_f64();
    let given = i64::try_from(DONATIONS).unwrap();
    assert_eq!(purse.has(shelter.holder().unwrap()).await, given);
    purse.check().await;
    let calls = meter.usage().calls;
    Figures {
        shards,
        per_second: f64::from(u32::try_from(DONATIONS).unwrap()) / seconds,
        conflicts: calls - u32::try_from(DONATIONS).unwrap(),
        told_to_retry,
    }
}

async fn give_in_turn(purse: &Purse, donor: UserId, shelter: Account) -> usize {
    let mut refused = 0;
    for _ in 0..DONATIONS / AT_ONCE {
        let transfer = purse.transfer(Account::user(donor), shelter, eur(1));
        loop {
            match purse.post(&transfer).await {
                Ok(Posted::Now) => break,
                Err(NotPosted::Store(dynamo::StoreError::Contended { .. })) => refused += 1,
                other => panic!("{other:?}"),
            }
        }
    }
    refused
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_parts_let_more_donors_give_at_once() {
    let mut all = Vec::new();
    for shards in [1, 4, 16] {
        let figures = measure(shards).await;
        let Figures { shards, per_second, conflicts, told_to_retry } = figures;
        println!("{shards} parts: {per_second:.0}/s, {conflicts} conflicts, {told_to_retry} told to try again");
        all.push(conflicts);
    }
    assert!(all[0] > all[2], "{all:?}");
}

#[tokio::test]
async fn a_credit_reads_nothing_first() {
    let purse = Purse::start().await;
    let (donor, shelter) = (UserId::generate(), PointId::generate());
    purse.give(Account::user(donor), eur(10)).await;
    let meter = Meter::default();
    let transfer = purse.transfer(Account::user(donor), Account::point(shelter), eur(1));
    meter.scope(purse.post(&transfer)).await.unwrap();
    assert_eq!(meter.usage().calls, 1);
    assert_eq!(purse.has(Holder::Point(shelter)).await, 1);
}

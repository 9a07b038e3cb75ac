//! Every five minutes: checks deposits without news at the provider, continues card donations whose workflow ended without
//! them, refunds payments of deleted accounts, and releases deposits whose hold is over.
//!
//! All of it is found by when it is due, without a scan. What fails is attempted later, with growing pauses, and so stands in
//! nothing else's way.

use std::fmt::Display;

use dynamo::{Outbox, Versioned};
use futures::future::try_join_all;
use jiff::Timestamp;
use kit::task::Failure;
use payment_providers::{PaymentProvider, SweepRetry};

use crate::deposits::{NotAdvanced, advance, look_later};
use crate::domain::deposit::Deposit;
use crate::domain::donation::Donation;
use crate::reversals::release;
use crate::saga::{Saga, carry_on};
use crate::store::{NotGiven, NotSettled, Orphan, UNFINISHED_SHARDS};

/// The most items of each kind and index partition per run. The rest waits for the next run.
const MAX_PER_SHARD: u32 = 10;
/// The most payments of deleted accounts per run.
const MAX_ORPHANS: u32 = 10;

/// What could not be done, with reasons.
#[derive(Default)]
struct Failures(Vec<String>);

impl Failures {
    fn note(&mut self, what: impl Display, error: &dyn Display) {
        self.0.push(format!("{what}: {error}"));
    }
}

/// Runs once. An item that fails does not keep the others from being processed.
pub async fn sweep_payments(saga: &'static Saga) -> Result<(), String> {
    let now = saga.clock.now();
    let mut failures = Failures::default();
    sweep_held(saga, now, &mut failures).await?;
    // Without a provider nothing else is under way, or nothing can be done about it.
    if let Some(provider) = saga.payments.provider(now).await {
        sweep_provider(saga, &*provider, now, &mut failures).await?;
    }
    kit::schedule::result_of(&failures.0)
}

/// Releases money whose hold is over. It needs no provider.
async fn sweep_held(saga: &Saga, now: Timestamp, failures: &mut Failures) -> Result<(), String> {
    let shards = (0..UNFINISHED_SHARDS).map(|shard| saga.store.held(shard, MAX_PER_SHARD));
    let held = try_join_all(shards).await.map_err(|error| error.to_string())?;
    for held in held {
        for deposit in held.into_iter().take_while(|deposit| deposit.value.release_due_at() <= Some(now)) {
            if let Err(error) = release_deposit(saga, deposit, now).await {
                failures.note("held deposit", &error);
            }
        }
    }
    Ok(())
}

/// Releases a deposit. One that fails goes to the back, so that it does not keep others from being released.
async fn release_deposit(saga: &Saga, deposit: Versioned<Deposit>, now: Timestamp) -> Result<(), String> {
    let id = deposit.value.id;
    let Err(error) = release(&saga.store, deposit.clone(), now).await else { return Ok(()) };
    match saga.store.change_deposit(&deposit, deposit.value.not_released(now), None).await {
        // A newer state has its own place in the index, and a deleted account's deposit none.
        Ok(_) | Err(NotSettled::Newer(_) | NotSettled::Forgotten) => Err(format!("{id}: {error}")),
        Err(NotSettled::Store(later)) => Err(format!("{id}: {error}; its next attempt was not stored: {later}")),
    }
}

async fn sweep_provider(
    saga: &Saga,
    provider: &dyn PaymentProvider,
    now: Timestamp,
    failures: &mut Failures,
) -> Result<(), String> {
    let shards = 0..UNFINISHED_SHARDS;
    // All at once: a run mostly finds nothing, and then it takes as long as its reads.
    let (unpaid, unfinished, orphans) = tokio::try_join!(
        try_join_all(shards.clone().map(|shard| saga.store.unpaid(shard, MAX_PER_SHARD))),
        try_join_all(shards.map(|shard| saga.store.unfinished(shard, MAX_PER_SHARD))),
        saga.store.orphans(MAX_ORPHANS),
    )
    .map_err(|error| error.to_string())?;
    for unpaid in unpaid {
        // In the order of their times, so the first that is not due ends the list.
        for deposit in unpaid.into_iter().take_while(|deposit| deposit.value.look_at <= now) {
            let id = deposit.value.id;
            if let Err(error) = check_deposit(saga, provider, deposit, now).await {
                failures.note(format!("deposit {id}"), &error);
            }
        }
    }
    for unfinished in unfinished {
        for donation in unfinished.into_iter().take_while(|donation| donation.value.is_abandoned(now)) {
            let id = donation.value.id;
            if let Err(error) = continue_donation(saga, &donation, now).await {
                failures.note(format!("donation {id}"), &error.reason());
            }
        }
    }
    for orphan in orphans.into_iter().take_while(|orphan| orphan.value.due_at() <= now) {
        refund_orphan(saga, provider, &orphan, now, failures).await?;
    }
    Ok(())
}

async fn check_deposit(
    saga: &Saga,
    provider: &dyn PaymentProvider,
    deposit: Versioned<Deposit>,
    now: Timestamp,
) -> Result<(), NotAdvanced> {
    // Its next check first, so that one that fails goes to the back.
    let deposit = look_later(&saga.store, deposit, now).await?;
    match advance(&saga.store, provider, deposit, false, now).await {
        // A payment of a deleted account is an orphan once its money comes.
        Ok(_) | Err(NotAdvanced::Forgotten) => Ok(()),
        Err(error) => Err(error),
    }
}

async fn continue_donation(saga: &Saga, donation: &Versioned<Donation>, now: Timestamp) -> Result<(), Failure> {
    // Its next attempt first, so that one that fails goes to the back.
    match saga.store.change_donation(donation, donation.value.swept(now), &Outbox::none()).await {
        Ok(_) => carry_on(saga, donation.value.id).await.map(drop),
        // It goes on without the sweep.
        Err(NotGiven::Newer(_) | NotGiven::Forgotten | NotGiven::NotPosted(_) | NotGiven::Unrepresented) => Ok(()),
        Err(NotGiven::Store(error)) => Err(error.into()),
    }
}

async fn refund_orphan(
    saga: &Saga,
    provider: &dyn PaymentProvider,
    orphan: &Versioned<Orphan>,
    now: Timestamp,
    failures: &mut Failures,
) -> Result<(), String> {
    let id = &orphan.value.payment_id;
    let next = match provider.refund(&format!("orphan:{id}"), id).await {
        Ok(()) => Orphan { refunded: true, ..orphan.value.clone() },
        Err(error) => {
            failures.note(format!("payment {id}"), &error);
            Orphan { retry: Some(SweepRetry::after(orphan.value.retry, now)), ..orphan.value.clone() }
        }
    };
    saga.store.change_orphan(orphan, next).await.map_err(|error| error.to_string())
}

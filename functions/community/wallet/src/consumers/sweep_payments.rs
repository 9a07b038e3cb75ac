//! Every five minutes: asks the provider about deposits of which nothing was heard, carries on donations that nobody works
//! at, and gives back money that came for people who are gone. All of it is found by when it is due, without a scan.

use std::fmt::Display;

use dynamo::Versioned;
use futures::future::try_join_all;
use jiff::Timestamp;

use crate::deposits::{NotAdvanced, advance, look_later};
use crate::domain::deposit::Deposit;
use crate::saga::{Saga, carry_on};
use crate::store::UNFINISHED_SHARDS;
use payments::PaymentProvider;

/// How many of one part of the index one run looks after. What is more waits for the next.
const MAX_PER_SHARD: u32 = 10;
/// How many orphans one run gives back.
const MAX_ORPHANS: u32 = 10;

/// Runs once. One that cannot be looked after does not keep the others from it.
pub async fn sweep_payments(saga: &'static Saga) -> Result<(), String> {
    let now = saga.clock.now();
    // Without a provider nothing is under way, or nothing can be done about it.
    let Some(provider) = saga.payments.provider(now).await else { return Ok(()) };
    let mut failed = Vec::new();
    let mut note = |what: String, error: &dyn Display| failed.push(format!("{what}: {error}"));
    let shards = 0..UNFINISHED_SHARDS;
    // All at once: a round mostly finds nothing, and then it is as long as its reads.
    let (unpaid, unfinished, orphans) = tokio::try_join!(
        try_join_all(shards.clone().map(|shard| saga.store.unpaid(shard, MAX_PER_SHARD))),
        try_join_all(shards.map(|shard| saga.store.unfinished(shard, MAX_PER_SHARD))),
        saga.store.orphans(MAX_ORPHANS),
    )
    .map_err(|error| error.to_string())?;
    for unpaid in unpaid {
        // In the order of their times, so the first that is not due ends the round.
        for deposit in unpaid.into_iter().take_while(|deposit| deposit.value.look_at <= now) {
            let id = deposit.value.id;
            if let Err(error) = look_after(saga, &*provider, deposit, now).await {
                note(format!("deposit {id}"), &error);
            }
        }
    }
    for unfinished in unfinished {
        for donation in unfinished.iter().take_while(|donation| donation.value.is_abandoned(now)) {
            if let Err(error) = carry_on(saga, donation.value.id).await {
                note(format!("donation {}", donation.value.id), &error.reason());
            }
        }
    }
    for orphan in orphans {
        let id = &orphan.value.payment_id;
        match provider.refund(&format!("orphan:{id}"), id).await {
            Ok(()) => saga.store.end_orphan(&orphan).await.map_err(|error| error.to_string())?,
            Err(error) => note(format!("payment {id}"), &error),
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("; ")) }
}

async fn look_after(
    saga: &Saga,
    provider: &dyn PaymentProvider,
    deposit: Versioned<Deposit>,
    now: Timestamp,
) -> Result<(), NotAdvanced> {
    // Its next look first: one that cannot be looked after stands in nobody's way.
    let deposit = look_later(&saga.store, deposit, now).await?;
    match advance(&saga.store, provider, deposit, false, now).await {
        // What belongs to nobody any more is an orphan once its money comes.
        Ok(_) | Err(NotAdvanced::Forgotten) => Ok(()),
        Err(error) => Err(error),
    }
}

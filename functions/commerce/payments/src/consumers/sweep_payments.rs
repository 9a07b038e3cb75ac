//! Each minute: looks after payments that are unfinished. Lost webhooks are recovered, pending captures and refunds repeated,
//! payments cancelled whose buyers have gone, and authorizations noticed that end soon. Customers of deleted accounts are deleted
//! at providers that could not do it when the account was deleted.
//!
//! All of it is found by when it is due, without a scan. What fails is attempted later, with growing pauses, and so stands in
//! nothing else's way.

use dynamo::StoreError;
use futures::future::try_join_all;
use futures::{StreamExt, stream};
use jiff::Timestamp;
use types::PaymentId;

use crate::ctx::ConsumerContext;
use crate::desk::{Desk, NotAdvanced};
use crate::domain::payment::Payment;
use crate::domain::requests::NotRequested;
use crate::store::SHARDS;

/// The most payments of each index partition per run. The rest waits for the next run.
const MAX_PER_SHARD: u32 = 25;
/// The most customers of deleted accounts per run.
const MAX_DEPARTED: u32 = 25;
/// How many payments are looked after at the same time.
const MAX_PARALLEL: usize = 8;

/// Runs once. A payment that fails does not keep the others from being processed.
pub async fn sweep_payments(ctx: &'static ConsumerContext) -> Result<(), String> {
    let (desk, now) = (&ctx.desk, ctx.desk.clock.now());
    let shards = (0..SHARDS).map(|shard| desk.store.due(shard, MAX_PER_SHARD));
    let due = try_join_all(shards).await.map_err(|error: StoreError| error.to_string())?;
    // In the order of their times, so the first that is not due ends the list.
    let due = due.into_iter().flat_map(|due| due.into_iter().take_while(|entry| entry.due_at <= now));
    let ids: Vec<PaymentId> = due.map(|entry| entry.payment_id).collect();
    let results = stream::iter(ids).map(async |id| (id, Box::pin(look_after(desk, id, now)).await));
    let failures = results
        .buffer_unordered(MAX_PARALLEL)
        .filter_map(async |(id, result)| result.err().map(|error| format!("payment {id}: {error}")));
    let mut failures: Vec<String> = failures.collect().await;
    failures.extend(delete_departed(desk, now).await.err().map(|error| format!("deleted accounts: {error}")));
    if failures.is_empty() { Ok(()) } else { Err(failures.join("; ")) }
}

/// What a provider does not delete is attempted later, with growing pauses. It may be off for good, so that is no failure.
async fn delete_departed(desk: &Desk, now: Timestamp) -> Result<(), StoreError> {
    let departed = desk.store.departed(MAX_DEPARTED).await?;
    for customer in departed.iter().take_while(|customer| customer.due_at <= now) {
        if desk.store.note_departed_attempt(customer, now).await? {
            desk.delete_departed(customer, now).await?;
        }
    }
    Ok(())
}

async fn look_after(desk: &Desk, id: PaymentId, now: Timestamp) -> Result<(), NotAdvanced> {
    let Some(payment) = desk.store.payment(id).await? else { return Ok(()) };
    // Its next attempt first, so that one that fails goes to the back. The index may be older than the payment.
    let is_due = |payment: &Payment| payment.due_at().is_some_and(|due| due <= now);
    if !is_due(&payment.value) {
        return Ok(());
    }
    let swept = |payment: &Payment| Ok::<_, NotRequested>(is_due(payment).then(|| payment.swept(now)));
    let Ok(payment) = desk.change(payment, now, swept).await? else { return Ok(()) };
    match desk.refresh(payment, false).await?.stopped {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

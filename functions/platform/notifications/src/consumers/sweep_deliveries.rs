//! Every minute: has those deliveries sent whose time has come, or that were left lying.
//!
//! What waits for the morning or for the next collecting mail is due then. What should have been sent and was not (its
//! message was lost, its sender died) is found here too. It changes nothing itself: it puts the deliveries into the
//! senders' queue, and a delivery that is there twice is sent once.

use contracts::notifications::DeliveryQueued;
use contracts::{Actor, Envelope};
use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use types::EventId;

use crate::ctx::Sweeper;
use crate::domain::delivery::Delivery;
use crate::queue::{MAX_BATCH_MESSAGES, queued};
use crate::store::DUE_SHARDS;

/// What has just become due is on its way, as a rule: only what is late by this much is swept.
const PATIENCE: SignedDuration = SignedDuration::from_secs(5);
/// How many deliveries one read takes in.
const PAGE_DELIVERIES: u32 = 100;
/// How many pages of a shard one run takes in; the next run goes on.
const MAX_PAGES: usize = 20;
/// How many shards are swept at once.
const MAX_PARALLEL: usize = 4;

/// One run.
pub async fn sweep_deliveries(ctx: &'static Sweeper) -> Result<(), String> {
    let until = ctx.clock.now() - PATIENCE;
    let results: Vec<Result<(), String>> = futures::stream::iter(0..DUE_SHARDS)
        .map(|shard| async move { Box::pin(sweep(ctx, shard, until)).await })
        .buffer_unordered(MAX_PARALLEL)
        .collect()
        .await;
    // A shard that cannot be swept keeps no other from being swept, and is told.
    results.into_iter().collect()
}

async fn sweep(ctx: &Sweeper, shard: u8, until: Timestamp) -> Result<(), String> {
    let mut after = None;
    for _ in 0..MAX_PAGES {
        let page = ctx.store.overdue(shard, until, PAGE_DELIVERIES, after).await.map_err(|error| error.to_string())?;
        for some in page.items.chunks(MAX_BATCH_MESSAGES) {
            let events: Vec<_> = some.iter().map(|delivery| event(&delivery.value, ctx.clock.now())).collect();
            ctx.queue.send_all(&events).await?;
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(())
}

fn event(delivery: &Delivery, now: Timestamp) -> Envelope<DeliveryQueued> {
    let id = EventId::generate();
    Envelope::new(id, now, format!("sweep:{}", delivery.notification_id), Actor::System, queued(delivery))
}

//! Every five minutes: finds occurrences that are overdue, because their call was lost or never requested, and puts them in
//! the queue of `events-fire-schedule`. They are in the index under their time, so this takes eight queries and no scan.
//!
//! The sweep does not fire them itself: subscribers may be too many for one invocation, and the queue delivers an occurrence
//! until all of them are notified.

use dynamo::Versioned;
use futures::future::try_join_all;
use jiff::SignedDuration;
use kit::sqs::Queue;

use crate::ctx::SweepContext;
use crate::domain::schedule::Chain;
use crate::store::SHARDS;
use crate::timer::Occurrence;

/// How long the timer's own call is waited for, in minutes: Scheduler calls within one.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);
/// Maximum number of chains per part of the index and run. The rest waits for the next run.
const MAX_PER_SHARD: u32 = 50;

/// Runs once. One occurrence that cannot be handed over does not keep the others from it.
pub async fn sweep_schedules(ctx: &'static SweepContext) -> Result<(), String> {
    let overdue = ctx.consumer.clock.now().saturating_sub(PATIENCE).map_err(|error| error.to_string())?;
    let mut failed = Vec::new();
    // All at once: a round mostly finds nothing, and then it is as long as its reads.
    let shards = (0..SHARDS).map(|shard| ctx.consumer.store.due(shard, MAX_PER_SHARD));
    for due in try_join_all(shards).await.map_err(|error| error.to_string())? {
        // In the order of their times, so the first that is not due ends the round.
        for chain in due.iter().take_while(|chain| chain.value.next_at <= overdue) {
            if let Err(reason) = hand_over(&ctx.queue, chain).await {
                failed.push(format!("{}: {reason}", chain.value.schedule_id));
            }
        }
    }
    kit::schedule::result_of(&failed)
}

async fn hand_over(queue: &Queue, chain: &Versioned<Chain>) -> Result<(), String> {
    let due = Occurrence { schedule_id: chain.value.schedule_id, occurs_at: chain.value.next_at };
    let body = serde_json::to_string(&due).map_err(|error| error.to_string())?;
    queue.send(&body).await
}

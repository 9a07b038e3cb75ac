//! Every five minutes: finds tasks whose call was lost or never requested, and puts them in the queue of `timeline-fire-task`.
//! They are in the index under the time at which they must be looked at, so this takes eight queries and no scan.

use dynamo::Versioned;
use futures::future::try_join_all;
use jiff::SignedDuration;
use kit::sqs::Queue;

use crate::ctx::SweepContext;
use crate::domain::task::Task;
use crate::store::DUE_SHARDS;
use crate::wake::Wake;

/// How long the timer's own call is waited for, in minutes: Scheduler calls within one.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);
/// Maximum number of tasks per part of the index and run. The rest waits for the next run.
const MAX_PER_SHARD: u32 = 50;

/// Runs once. A task that cannot be handed over does not keep the others from it.
pub async fn sweep_tasks(ctx: &'static SweepContext) -> Result<(), String> {
    let overdue = ctx.consumer.clock.now().saturating_sub(PATIENCE).map_err(|error| error.to_string())?;
    let mut failed = Vec::new();
    // All at once: a round mostly finds nothing, and then it is as long as its reads.
    let shards = (0..DUE_SHARDS).map(|shard| ctx.consumer.store.waking(shard, MAX_PER_SHARD));
    for waking in try_join_all(shards).await.map_err(|error| error.to_string())? {
        // In the order of their times, so the first that is not overdue ends the part.
        for task in waking.iter().take_while(|task| task.value.wake_at().is_none_or(|at| at <= overdue)) {
            if let Err(reason) = hand_over(&ctx.queue, task).await {
                failed.push(format!("{}: {reason}", task.value.id));
            }
        }
    }
    kit::schedule::result_of(&failed)
}

async fn hand_over(queue: &Queue, task: &Versioned<Task>) -> Result<(), String> {
    let Some(wake) = Wake::of(&task.value) else { return Ok(()) };
    let body = serde_json::to_string(&wake).map_err(|error| error.to_string())?;
    queue.send(&body).await
}

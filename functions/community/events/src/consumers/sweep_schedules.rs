//! Every five minutes: fires what is overdue, because its call was lost, or never asked for. What is due stands in the
//! index under its time, so this takes eight queries and no scan.

use std::time::Duration;

use futures::future::try_join_all;
use jiff::SignedDuration;
use kit::Deadline;
use kit::sqs::{Failure, Progress};

use super::fire_schedule::fire;
use crate::ctx::TimerConsumerContext;
use crate::store::SHARDS;
use crate::timer::Occurrence;

/// How long the timer's own call is waited for, in minutes: Scheduler calls within one.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);
/// How many chains of one part of the index one run looks after. What is more waits for the next.
const MAX_PER_SHARD: u32 = 50;
/// How long one run notifies the subscribers of one occurrence.
const MAX_TELLING: Duration = Duration::from_secs(30);

/// Runs once. One schedule that cannot be fired does not keep the others from it.
pub async fn sweep_schedules(ctx: &'static TimerConsumerContext) -> Result<(), String> {
    let overdue = ctx.consumer.clock.now().saturating_sub(PATIENCE).map_err(|error| error.to_string())?;
    let mut failed = Vec::new();
    // All at once: a round mostly finds nothing, and then it is as long as its reads.
    let shards = (0..SHARDS).map(|shard| ctx.consumer.store.due(shard, MAX_PER_SHARD));
    for due in try_join_all(shards).await.map_err(|error| error.to_string())? {
        // In the order of their times, so the first that is not due ends the round.
        for chain in due.iter().map(|chain| &chain.value).take_while(|chain| chain.next_at <= overdue) {
            let due = Occurrence { schedule_id: chain.schedule_id, occurs_at: chain.next_at };
            let reason = match fire(ctx, due, Deadline::after(MAX_TELLING)).await {
                Ok(Progress::Finished(_)) => continue,
                Ok(Progress::Continue(_)) => "not all subscribers could be notified in time".to_owned(),
                Err(Failure::Retry(reason) | Failure::Poison(reason)) => reason,
            };
            failed.push(format!("{}: {reason}", chain.schedule_id));
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("; ")) }
}

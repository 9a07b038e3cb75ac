//! Every five minutes: finds occurrences that are overdue, because their call was lost or never requested, and puts them in
//! the queue of `events-fire-schedule`. They are in the index under their time, so this takes eight queries and no scan.
//!
//! The sweep does not fire them itself: subscribers may be too many for one invocation, and the queue delivers an occurrence
//! until all of them are notified.

use dynamo::Versioned;
use futures::future::try_join_all;
use jiff::SignedDuration;
use kit::sqs::Queue;
use kit::{ConfigError, Environment, sdk};

use crate::ctx::ConsumerContext;
use crate::domain::schedule::Chain;
use crate::store::SHARDS;
use crate::timer::Occurrence;

/// How long the timer's own call is waited for, in minutes: Scheduler calls within one.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);
/// Maximum number of chains per part of the index and run. The rest waits for the next run.
const MAX_PER_SHARD: u32 = 50;

/// What the sweep needs.
pub struct Sweeping {
    consumer: ConsumerContext,
    queue: Queue,
}

impl Sweeping {
    /// Reads what [`ConsumerContext`] reads, and `QUEUE_URL`, the queue of `events-fire-schedule`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let url = env.required::<String>("QUEUE_URL");
        let consumer = ConsumerContext::from_env(env).await;
        let (url,) = env.all((url,))?;
        Ok(Self::new(consumer?, Queue::connect(&sdk::config(), url)))
    }

    /// From its parts.
    pub const fn new(consumer: ConsumerContext, queue: Queue) -> Self {
        Self { consumer, queue }
    }

    async fn hand_over(&self, chain: &Versioned<Chain>) -> Result<(), String> {
        let due = Occurrence { schedule_id: chain.value.schedule_id, occurs_at: chain.value.next_at };
        let body = serde_json::to_string(&due).map_err(|error| error.to_string())?;
        self.queue.send(&body).await
    }
}

/// Runs once. One occurrence that cannot be handed over does not keep the others from it.
pub async fn sweep_schedules(ctx: &'static Sweeping) -> Result<(), String> {
    let overdue = ctx.consumer.clock.now().saturating_sub(PATIENCE).map_err(|error| error.to_string())?;
    let mut failed = Vec::new();
    // All at once: a round mostly finds nothing, and then it is as long as its reads.
    let shards = (0..SHARDS).map(|shard| ctx.consumer.store.due(shard, MAX_PER_SHARD));
    for due in try_join_all(shards).await.map_err(|error| error.to_string())? {
        // In the order of their times, so the first that is not due ends the round.
        for chain in due.iter().take_while(|chain| chain.value.next_at <= overdue) {
            if let Err(reason) = ctx.hand_over(chain).await {
                failed.push(format!("{}: {reason}", chain.value.schedule_id));
            }
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("; ")) }
}

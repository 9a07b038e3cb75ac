//! Every quarter of an hour: looks after pictures that did not move on by themselves.
//!
//! What was never uploaded goes, and its room is free again. What is stuck is put into the queue again, or rejected in the
//! end. What was deleted is looked at once more. All of it is found by when it is due, without a scan.

use dynamo::Versioned;
use futures::future::try_join_all;
use jiff::Timestamp;
use kit::bucket::ObjectCreated;
use kit::sqs::Queue;
use kit::{ConfigError, Environment, sdk};

use crate::consumers::process_upload::{event, rejected};
use crate::ctx::ConsumerContext;
use crate::domain::keys;
use crate::domain::medium::{Medium, Reason};
use crate::domain::sweep::{Care, care};
use crate::objects::BucketError;
use crate::store::{NotChanged, SHARDS};

/// How many pictures of one part of the index one run looks after. What is more waits for the next.
const MAX_PER_SHARD: u32 = 50;

/// All that sweeping needs.
pub struct Sweeping {
    consumer: ConsumerContext,
    queue: Queue,
}

impl Sweeping {
    /// Reads what [`ConsumerContext`] reads, and `QUEUE_URL`: where uploads are told.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let consumer = ConsumerContext::from_env(env).await;
        let url = (env.required::<String>("QUEUE_URL"),);
        let (consumer, (url,)) = ConfigError::both(consumer, env.all(url))?;
        Ok(Self::new(consumer, sdk::client!(aws_sdk_sqs, &sdk::config()), url))
    }

    /// From its parts.
    pub fn new(consumer: ConsumerContext, queue: aws_sdk_sqs::Client, queue_url: impl Into<String>) -> Self {
        Self { consumer, queue: Queue::new(queue, queue_url) }
    }

    /// Tells of an upload as if it had come just now.
    async fn tell(&self, medium: &Medium) -> Result<(), String> {
        let bucket = self.consumer.objects.bucket().to_owned();
        let told = ObjectCreated { bucket, key: keys::upload(medium.owner_id, medium.id) };
        let body = told.to_body().map_err(|error| error.to_string())?;
        self.queue.send(&body).await
    }
}

/// Runs once. One picture that cannot be looked after does not keep the others from it.
pub async fn sweep_uploads(ctx: &'static Sweeping) -> Result<(), String> {
    let now = ctx.consumer.clock.now();
    let mut failed = Vec::new();
    // All at once: a round mostly finds nothing, and then it is as long as its reads.
    let shards = (0..SHARDS).map(|shard| ctx.consumer.store.unfinished(shard, MAX_PER_SHARD));
    for due in try_join_all(shards).await.map_err(|error| error.to_string())? {
        // In the order of their times, so the first that is not due ends the round.
        for medium in due.iter().take_while(|medium| medium.value.due_at().is_some_and(|due| due <= now)) {
            if let Err(error) = look_after(ctx, medium, now).await {
                failed.push(format!("{}: {error}", medium.value.id));
            }
        }
    }
    kit::schedule::result_of(&failed)
}

async fn look_after(ctx: &Sweeping, read: &Versioned<Medium>, now: Timestamp) -> Result<(), String> {
    let (medium, store, objects) = (&read.value, &ctx.consumer.store, &ctx.consumer.objects);
    let text = |error: BucketError| error.to_string();
    let uploaded = objects.exists(&keys::upload(medium.owner_id, medium.id)).await.map_err(text)?;
    let changed = match care(medium, uploaded, now) {
        Care::Leave => return Ok(()),
        Care::Remove => store.remove(read).await,
        Care::Redrive(again) => {
            // Told first: a message too many does no harm, and one too few would cost a round.
            ctx.tell(medium).await?;
            store.change(read, again, &dynamo::Outbox::none()).await.map(drop)
        }
        Care::Reject(ended) => {
            let told = event(medium, now, rejected(medium, Reason::NotChecked)).map_err(|error| error.to_string())?;
            let changed = store.change(read, ended, &told).await.map(drop);
            if changed.is_ok() {
                objects.clear(medium.owner_id, medium.id).await.map_err(text)?;
            }
            changed
        }
        Care::Purge(purged) => {
            objects.clear(medium.owner_id, medium.id).await.map_err(text)?;
            store.change(read, purged, &dynamo::Outbox::none()).await.map(drop)
        }
    };
    match changed {
        // The index may be a moment behind: the writer that was faster has handled it.
        Ok(()) | Err(NotChanged::Newer(_)) => Ok(()),
        Err(NotChanged::Store(error)) => Err(error.to_string()),
    }
}

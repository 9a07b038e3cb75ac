//! Every hour: notifies the owner and the keepers of aquariums in which a reservoir is low.
//!
//! Emits `notifications.requested.v1` and `timeline.dose_plan_changed.v1`.
//!
//! Plans are in the index under the time when their reservoir is low, so this takes eight queries and no scan. Notification and
//! mark are one write, on condition that plan and members are as they were read: of two runs at the same time one writes, a plan
//! that was refilled meanwhile is left alone, and a member who was removed is not notified. The mark takes the plan out of the
//! index, so a run that is killed leaves the rest for the next one.

use std::collections::BTreeMap;

use contracts::notifications::{Category, Message, NotificationRequested};
use contracts::{Actor, Envelope};
use dynamo::outbox::OutboxError;
use dynamo::{ConflictRetry, Outbox, StoreError};
use futures::future::try_join_all;
use jiff::Timestamp;
use types::{EventId, UserId, Uuid, derive_id};

use crate::ctx::ConsumerContext;
use crate::domain::dose::DosePlan;
use crate::store::SHARDS;

/// Maximum number of plans per part of the index and run. The rest waits for the next run.
const MAX_PER_SHARD: u32 = 100;
/// How often a run looks at one plan again because it changed.
const MAX_ROUNDS: u32 = 3;

/// Runs once. One plan that fails does not keep the others from being notified of.
pub async fn watch_reservoirs(ctx: &'static ConsumerContext) -> Result<(), String> {
    let now = ctx.clock.now();
    let shards = (0..SHARDS).map(|shard| ctx.store.low_reservoirs(shard, now, MAX_PER_SHARD));
    let mut failed = Vec::new();
    for plans in try_join_all(shards).await.map_err(|error| error.to_string())? {
        for plan in plans {
            if let Err(error) = notify(ctx, &plan, now).await {
                failed.push(format!("{}: {error}", plan.id));
            }
        }
    }
    kit::schedule::result_of(&failed)
}

/// Reason why the members were not notified.
#[derive(Debug, thiserror::Error)]
enum NotNotified {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Outbox(#[from] OutboxError),
}

/// Notifies the members of a plan, unless they were notified, or it is no longer due.
async fn notify(ctx: &ConsumerContext, listed: &DosePlan, now: Timestamp) -> Result<(), NotNotified> {
    let mut retry = ConflictRetry::up_to(MAX_ROUNDS);
    loop {
        // The index can be a second old.
        let Some((access, read)) = ctx.store.watched(listed).await? else { return Ok(()) };
        let Some(next) = read.value.notified(now) else { return Ok(()) };
        let outbox = events(&next, read.version + 1, access.value.keepers(), now)?;
        if ctx.store.mark_notified(&access, &read, &next, &outbox).await? {
            return Ok(());
        }
        retry.pause().await?;
    }
}

fn events(plan: &DosePlan, revision: u64, recipients: Vec<UserId>, now: Timestamp) -> Result<Outbox, OutboxError> {
    let correlation_id = plan.id.to_string();
    let fact = plan.changed_fact(revision, now);
    let changed = Envelope::new(EventId::generate(), now, correlation_id.clone(), Actor::System, fact);
    let mut outbox = Outbox::of(changed)?;
    let request = NotificationRequested {
        notification_id: notification_id(plan),
        recipients,
        category: Category::Reminders,
        message: message(plan, now),
        channels: None,
    };
    outbox.push(Envelope::new(EventId::generate(), now, correlation_id, Actor::System, request))?;
    Ok(outbox)
}

/// One notification per fill.
fn notification_id(plan: &DosePlan) -> Uuid {
    let fill = plan.notified_fill.unwrap_or_default();
    derive_id(&["dose_reservoir_low", &plan.id.to_string(), &fill.to_string()])
}

fn message(plan: &DosePlan, now: Timestamp) -> Message {
    let mut data: BTreeMap<String, String> = [
        ("product".to_owned(), plan.product.clone()),
        ("aquarium_id".to_owned(), plan.aquarium_id.to_string()),
        ("dose_plan_id".to_owned(), plan.id.to_string()),
    ]
    .into();
    // Without the time, the text says that the reservoir is empty.
    let empty_at = plan.empty_at.filter(|at| *at > now);
    data.extend(empty_at.map(|at| ("empty_at".to_owned(), at.to_string())));
    let link = format!("/aquariums/{}/dose-plans/{}", plan.aquarium_id, plan.id);
    Message { template: "dose_reservoir_low".to_owned(), data, link: Some(link) }
}

//! Every five minutes: reports devices that send nothing, and sends reminders of alarms. Both are in the index under
//! their time, so a run without anything due takes sixteen queries and no scan.
//!
//! Emits `aquariums.device_silence_changed.v1` and `notifications.requested.v1`.
//!
//! A report replaces the watch, and a reminder is counted in the episode, each in the write that has its events. So a
//! run that is killed or meets another one sends nothing twice; what it did not get to is due in the next run.

use std::collections::BTreeSet;

use dynamo::{Cursor, Outbox, StoreError, Versioned};
use futures::future::join_all;
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use types::UserId;

use crate::alarming::Cause;
use crate::ctx::ConsumerContext;
use crate::domain::access::Access;
use crate::domain::alarm_episode::AlarmEpisode;
use crate::domain::alarm_notice::{Occasion, everybody, keepers, of_episode, of_silence, silence_fact};
use crate::domain::device::DeviceHead;
use crate::domain::watch::{Finding, SHARDS, Watch, is_outage, is_overdue};
use crate::store::Watched;

/// Watches or episodes of a page. The heads and accesses of a page of watches are one read.
const PAGE_ITEMS: u32 = 50;
/// Pages of one part of the index that a run reads. The rest waits for the next run.
const MAX_PAGES: usize = 20;
/// How many writes of one part of the index are under way at the same time.
const MAX_PARALLEL: usize = 8;
/// Time after which a run begins no further page. The function has 60 seconds.
const MAX_TIME: SignedDuration = SignedDuration::from_secs(35);

/// A silent device that is not reported yet.
struct Silent {
    watch: Versioned<Watch>,
    head: Versioned<DeviceHead>,
    access: Versioned<Access>,
    since: i64,
    deadline: i64,
}

/// What one part of the index has come to.
#[derive(Default)]
struct Swept {
    /// The owners of the devices that were looked at.
    owners: BTreeSet<UserId>,
    silent: Vec<Silent>,
    failures: Vec<String>,
}

/// Runs once. What fails does not keep the rest from being done; the next run tries it again.
pub async fn sweep_watches(ctx: &'static ConsumerContext) -> Result<(), String> {
    let now = ctx.clock.now();
    let mut failures = Box::pin(sweep_devices(ctx, now)).await;
    failures.extend(Box::pin(sweep_reminders(ctx, now)).await);
    kit::schedule::result_of_many("failures", &failures)
}

/// Looks at the devices whose watches are due, and reports those that are silent.
async fn sweep_devices(ctx: &ConsumerContext, now: Timestamp) -> Vec<String> {
    // All at once: a run mostly finds little, and then it is as long as its reads.
    let parts = join_all((0..SHARDS).map(|shard| Box::pin(look(ctx, shard, now)))).await;
    let (mut owners, mut silent, mut failures) = (BTreeSet::<UserId>::new(), Vec::<Silent>::new(), Vec::new());
    for part in parts {
        owners.extend(part.owners);
        silent.extend(part.silent);
        failures.extend(part.failures);
    }
    let silent_owners: BTreeSet<_> = silent.iter().map(|one| one.head.value.owner_id).collect();
    if is_outage(owners.len(), silent_owners.len()) {
        tracing::error!(
            owners = owners.len(),
            silent_owners = silent_owners.len(),
            silent = silent.len(),
            "devices of too many owners are silent at once; their users are not notified yet"
        );
        silent.retain(|one| is_overdue(one.deadline, now));
    }
    let reports = stream::iter(silent).map(|one| Box::pin(report(ctx, one, now)));
    let failed = reports.buffer_unordered(MAX_PARALLEL).filter_map(async |done| done.err());
    failures.extend(failed.collect::<Vec<_>>().await);
    failures
}

/// Looks at the devices of one part of the index.
async fn look(ctx: &ConsumerContext, shard: u8, now: Timestamp) -> Swept {
    let (mut swept, mut cursor) = (Swept::default(), None);
    for _ in 0..MAX_PAGES {
        match Box::pin(look_at_page(ctx, &mut swept, (shard, cursor), now)).await {
            Ok(Some(next)) => cursor = Some(next),
            Ok(None) => break,
            Err(error) => {
                swept.failures.push(format!("watches {shard}: {error}"));
                break;
            }
        }
    }
    swept
}

/// Looks at the devices of a page, and returns where the next one begins, if it is to be looked at.
async fn look_at_page(
    ctx: &ConsumerContext,
    swept: &mut Swept,
    (shard, cursor): (u8, Option<Cursor>),
    now: Timestamp,
) -> Result<Option<Cursor>, StoreError> {
    let page = ctx.store.due_watches(shard, PAGE_ITEMS, cursor).await?;
    let all = page.items.len();
    let due: Vec<_> = page.items.into_iter().take_while(|watch| watch.value.due <= now.as_second()).collect();
    let is_last = due.len() < all || ctx.clock.now().duration_since(now) > MAX_TIME;
    let mut readable = Vec::new();
    for watched in ctx.store.watched(due).await? {
        match watched {
            Ok(watched) => readable.push(watched),
            Err(failure) => swept.failures.push(failure),
        }
    }
    swept.owners.extend(readable.iter().filter_map(|one| one.head.as_ref()).map(|head| head.value.owner_id));
    let judged = stream::iter(readable).map(|one| Box::pin(judge(ctx, one, now))).buffer_unordered(MAX_PARALLEL);
    for judged in judged.collect::<Vec<_>>().await {
        match judged {
            Ok(silent) => swept.silent.extend(silent),
            Err(failure) => swept.failures.push(failure),
        }
    }
    Ok(page.next.filter(|_| !is_last))
}

/// Arms the watch of a device again, unless the device is silent. A conflict means that another run was faster.
async fn judge(ctx: &ConsumerContext, watched: Watched, now: Timestamp) -> Result<Option<Silent>, String> {
    let Watched { watch, head, access } = watched;
    let device = watch.value.device_id;
    let failure = |error: dynamo::StoreError| format!("device {device}: {error}");
    let access = access.filter(|access| access.value.owner_id().is_some());
    let (Some(head), Some(access)) = (head, access) else {
        // The device or its aquarium was deleted.
        ctx.store.unwatch(watch).await.map_err(failure)?;
        return Ok(None);
    };
    match watch.value.judge(&head.value, now) {
        Finding::Rearm(next) => {
            ctx.store.rearm(&watch, next).await.map_err(failure)?;
            Ok(None)
        }
        Finding::Silent { since, deadline } => Ok(Some(Silent { watch, head, access, since, deadline })),
    }
}

/// Reports a silent device, unless it has sent something meanwhile or another run was faster.
async fn report(ctx: &ConsumerContext, silent: Silent, now: Timestamp) -> Result<(), String> {
    let Silent { watch, head, access, since, .. } = silent;
    let failure = |error: &dyn std::fmt::Display| format!("device {}: {error}", watch.value.device_id);
    let (next, is_notified) = head.value.reported_silent(now);
    let (device, aquarium) = ctx.store.device_and_aquarium(&next).await.map_err(|error| failure(&error))?;
    let cause = Cause::new(format!("sweep:{}", next.id), now);
    let mut outbox = Outbox::of(cause.event(silence_fact(&next, device.as_ref()))).map_err(|error| failure(&error))?;
    let aquarium = aquarium.as_ref().map_or("", |aquarium| aquarium.details.name.as_str());
    let device = device.as_ref().map_or("", |device| device.name.as_str());
    let notice = of_silence(&next, device, aquarium, since, keepers(&access.value));
    if is_notified {
        outbox.push(cause.event(notice)).map_err(|error| failure(&error))?;
    }
    let announcement = cause.announcement(next.id);
    let written = ctx.store.report_silence(&watch, &head, &next, &access, (&announcement, &outbox)).await;
    written.map(drop).map_err(|error| failure(&error))
}

/// Sends the reminders that are due.
async fn sweep_reminders(ctx: &ConsumerContext, now: Timestamp) -> Vec<String> {
    let parts = join_all((0..SHARDS).map(|shard| Box::pin(remind_shard(ctx, shard, now)))).await;
    parts.into_iter().flatten().collect()
}

/// Sends those of one part of the index, and returns the failures.
async fn remind_shard(ctx: &ConsumerContext, shard: u8, now: Timestamp) -> Vec<String> {
    let (mut failures, mut cursor) = (Vec::new(), None);
    for _ in 0..MAX_PAGES {
        let page = match ctx.store.due_reminders(shard, PAGE_ITEMS, cursor).await {
            Ok(page) => page,
            Err(error) => {
                failures.push(format!("reminders {shard}: {error}"));
                break;
            }
        };
        let all = page.items.len();
        let is_due = |read: &Versioned<AlarmEpisode>| read.value.remind_at().is_some_and(|due| due <= now.as_second());
        let due: Vec<_> = page.items.into_iter().take_while(is_due).collect();
        let is_last = due.len() < all || page.next.is_none() || ctx.clock.now().duration_since(now) > MAX_TIME;
        let reminded = stream::iter(due).map(|read| Box::pin(remind(ctx, read, now))).buffer_unordered(MAX_PARALLEL);
        failures.extend(reminded.filter_map(async |done| done.err()).collect::<Vec<_>>().await);
        if is_last {
            break;
        }
        cursor = page.next;
    }
    failures
}

/// Reminds the members of an alarm, unless it is quiet time. A conflict means that the alarm changed, or that another
/// run was faster.
async fn remind(ctx: &ConsumerContext, read: Versioned<AlarmEpisode>, now: Timestamp) -> Result<(), String> {
    let episode = &read.value;
    let failure = |error: &dyn std::fmt::Display| format!("alarm {}: {error}", episode.id);
    let around = ctx.store.around(episode.owner_id, episode.aquarium_id).await.map_err(|error| failure(&error))?;
    let quiet = around.directory.and_then(|directory| directory.quiet);
    if quiet.is_some_and(|quiet| quiet.suspends(now.as_second())) {
        return Ok(());
    }
    // The data of a removed aquarium is about to be deleted.
    let Some(access) = around.access.filter(|access| access.value.owner_id().is_some()) else { return Ok(()) };
    let next = episode.reminded(now);
    let aquarium = around.aquarium.as_ref().map_or("", |aquarium| aquarium.details.name.as_str());
    let notice = of_episode(&next, Occasion::Reminder, read.version + 1, aquarium, everybody(&access.value));
    let cause = Cause::new(format!("sweep:{}", next.id), now);
    let outbox = Outbox::of(cause.event(notice)).map_err(|error| failure(&error))?;
    let announcement = cause.announcement(next.device_id);
    let written = ctx.store.remind(&access, &read, &next, (&announcement, &outbox)).await;
    written.map(drop).map_err(|error| failure(&error))
}

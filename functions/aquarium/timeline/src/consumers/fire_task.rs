//! On a task that must be looked at: an occurrence becomes due, or members are reminded. Requests the next call.
//!
//! Emits `timeline.task_changed.v1` and `notifications.requested.v1`.
//!
//! Two steps, each of which a repeat finds done or does: the task moves on with its events, in one transaction that is
//! conditional on the members; the timer is set for the next call. Killed between them, the message comes again; lost altogether,
//! the sweep finds the task overdue. A message about a task that was changed, paused or deleted since has no effect.

use contracts::notifications::{Category, Message, NotificationRequested};
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::{ConflictRetry, Outbox, Versioned};
use jiff::{SignedDuration, Timestamp};
use kit::sqs::{Done, Failure, Handled};
use types::{EventId, UserId};

use crate::ctx::TimerConsumerContext;
use crate::domain::access::Access;
use crate::domain::task::{Kind, Reminder, Task};
use crate::wake::Wake;

/// How often one message reads its task again because it was changed at the same time.
const MAX_ROUNDS: u32 = 5;
/// How early a message may come, in seconds: clocks differ.
const MAX_EARLY: SignedDuration = SignedDuration::from_secs(30);

/// Handles one message.
pub async fn fire_task(ctx: &'static TimerConsumerContext, due: Wake) -> Handled {
    let store = &ctx.consumer.store;
    let mut retry = ConflictRetry::up_to(MAX_ROUNDS);
    loop {
        let (access, task) = store.task_and_access(due.aquarium_id, due.task_id).await?;
        let (Some(access), Some(read)) = (access, task) else { return Ok(Done::Ignored) };
        // A deleted aquarium has no owner. Its tasks are deleted, or about to be.
        let Some(owner_id) = access.value.owner_id else { return Ok(Done::Ignored) };
        let now = ctx.consumer.clock.now();
        if read.value.wake_at() != Some(due.at) || now.duration_until(due.at) > MAX_EARLY {
            // Handled before, changed since, or early: the next call may be missing.
            arm(ctx, &read.value, now).await?;
            return Ok(Done::Duplicate);
        }
        let now = now.max(due.at);
        let (next, reminders) = read.value.fired(now);
        let outbox = events(&read, &next, &reminders, (&access.value, owner_id), now)?;
        if store.fire_task(&access, &read, &next, &outbox).await? {
            arm(ctx, &next, now).await?;
            return Ok(Done::Applied);
        }
        retry.pause().await?;
    }
}

fn events(
    read: &Versioned<Task>,
    next: &Task,
    reminders: &[Reminder],
    (access, owner_id): (&Access, UserId),
    now: Timestamp,
) -> Result<Outbox, Failure> {
    let mut outbox = Outbox::none();
    let fact = next.fact(owner_id, read.version + 1);
    // A reminder alone is no change of the task.
    if next.through != read.value.through || fact != read.value.fact(owner_id, read.version + 1) {
        outbox.push(event(next, now, fact))?;
    }
    for reminder in reminders {
        outbox.push(event(next, now, request(next, *reminder, access)))?;
    }
    Ok(outbox)
}

fn event<T: DomainEvent>(task: &Task, now: Timestamp, data: T) -> Envelope<T> {
    Envelope::new(EventId::generate(), now, task.id.to_string(), Actor::System, data)
}

/// The owner and keepers are reminded. They are at most 21, fewer than one request can have.
fn request(task: &Task, reminder: Reminder, access: &Access) -> NotificationRequested {
    let template = match reminder.kind {
        Kind::Due => "task_due",
        Kind::Overdue => "task_overdue",
    };
    let data = [
        ("task".to_owned(), task.details.title.clone()),
        ("due_at".to_owned(), reminder.due_at.to_string()),
        ("time_zone".to_owned(), task.schedule.zone().as_str().to_owned()),
        ("aquarium_id".to_owned(), task.aquarium_id.to_string()),
        ("task_id".to_owned(), task.id.to_string()),
    ];
    NotificationRequested {
        notification_id: reminder.notification_id(task),
        recipients: access.keepers(),
        category: Category::Reminders,
        message: Message {
            template: template.to_owned(),
            data: data.into(),
            link: Some(format!("/aquariums/{}/tasks/{}", task.aquarium_id, task.id)),
        },
        channels: None,
    }
}

/// What is due already has a message, or is found by the sweep.
async fn arm(ctx: &TimerConsumerContext, task: &Task, now: Timestamp) -> Result<(), Failure> {
    match Wake::of(task).filter(|wake| wake.at > now) {
        Some(wake) => ctx.timer.arm(wake).await.map_err(Failure::Retry),
        None => Ok(()),
    }
}

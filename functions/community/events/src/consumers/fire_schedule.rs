//! On an occurrence that is due: reminds those who follow the point, and asks to be called for the next one.
//! Emits `notifications.requested.v1`, one for a hundred people.
//!
//! Three steps, each of which a repeat finds done or does: the chain moves on and the telling starts, in one transaction;
//! the timer is asked for the next occurrence, by a name that it knows if it was asked before; the telling goes on page by
//! page. Killed between them, the message comes again; lost altogether, the sweep finds the chain overdue.

use contracts::notifications::{Category, Message};
use dynamo::{ConflictRetry, Versioned};
use jiff::Timestamp;
use kit::Deadline;
use kit::sqs::{Done, Failure, PartlyHandled};

use super::tell::tell;
use crate::ctx::TimerConsumerContext;
use crate::domain::broadcast::Broadcast;
use crate::domain::schedule::{Chain, Due, may_remind};
use crate::store::{Fired, Plan};
use crate::timer::Occurrence;

/// How often one message looks at its chain anew because another writer has changed it.
const MAX_ROUNDS: u32 = 5;

/// Handles one message: fires an occurrence, or finishes what was begun of it.
pub async fn fire_schedule(ctx: &'static TimerConsumerContext, due: Occurrence, deadline: Deadline) -> PartlyHandled {
    let store = &ctx.consumer.store;
    let id = Broadcast::id_of_occurrence(due.schedule_id, due.occurs_at);
    let mut retry = ConflictRetry::up_to(MAX_ROUNDS);
    loop {
        let (chain, broadcast) = store.chain_and_broadcast(due.schedule_id, id).await?;
        if let Some(begun) = broadcast {
            return finish(ctx, chain, begun, deadline).await;
        }
        let Some(chain) = chain else { return Ok(Done::Ignored.into()) };
        match step(ctx, &chain, due.occurs_at).await? {
            Step::Over(done) => return Ok(done.into()),
            Step::MovedOn(next) => {
                arm(ctx, next).await?;
                return Ok(Done::Applied.into());
            }
            Step::Again => {}
        }
        retry.pause().await?;
    }
}

enum Step {
    /// There is nothing to do for it.
    Over(Done),
    /// It was passed over in silence, and the chain waits for this one now.
    MovedOn(Option<Occurrence>),
    /// It is begun, or another writer was faster: look again.
    Again,
}

/// Moves the chain on and starts the telling.
async fn step(ctx: &TimerConsumerContext, chain: &Versioned<Chain>, occurs_at: Timestamp) -> Result<Step, Failure> {
    let (store, now) = (&ctx.consumer.store, ctx.consumer.clock.now());
    let Some(plan) = store.plan(&chain.value).await? else {
        store.end_chain(chain).await?;
        return Ok(Step::Over(Done::Ignored));
    };
    let Due::Now { remind, next } = chain.value.due(&plan.schedule.value.recurrence, occurs_at, now) else {
        // Fired before by a message that is forgotten by now, but the next call may be missing.
        arm(ctx, Some(Occurrence { schedule_id: chain.value.schedule_id, occurs_at: chain.value.next_at })).await?;
        return Ok(Step::Over(Done::Duplicate));
    };
    let goes_on = may_remind(plan.point.as_ref(), plan.standing.as_ref(), plan.kind.as_ref());
    let reminder = reminder(&plan, occurs_at, now).filter(|_| remind && goes_on);
    // Without a right to remind, or without anything more to come, this is the end.
    let next = next.filter(|_| goes_on);
    let fired = match next {
        Some(next) => store.move_on(chain, next, reminder.as_ref()).await?,
        None => store.end_schedule(&plan.schedule, chain, reminder.as_ref()).await?,
    };
    let occurrence = |occurs_at| Occurrence { schedule_id: chain.value.schedule_id, occurs_at };
    match fired {
        Fired::Now if reminder.is_none() => Ok(Step::MovedOn(next.map(occurrence))),
        Fired::Now | Fired::Newer => Ok(Step::Again),
    }
}

/// What the subscribers of the point are told; none without a point.
fn reminder(plan: &Plan, occurs_at: Timestamp, now: Timestamp) -> Option<Broadcast> {
    let schedule = &plan.schedule.value;
    let place = plan.point.as_ref().and_then(|point| point.place.as_ref())?;
    let name = schedule.title.clone().or_else(|| plan.kind.as_ref().map(|kind| kind.description.name.clone()));
    let message = Message {
        template: "care_reminder".to_owned(),
        data: [
            ("event".to_owned(), name.unwrap_or_default()),
            ("point".to_owned(), place.name.clone()),
            ("due_at".to_owned(), occurs_at.to_string()),
            ("time_zone".to_owned(), schedule.recurrence.time_zone().as_str().to_owned()),
            ("point_id".to_owned(), schedule.point_id.to_string()),
            ("schedule_id".to_owned(), schedule.id.to_string()),
        ]
        .into(),
        link: Some(format!("/points/{}", schedule.point_id)),
    };
    let id = Broadcast::id_of_occurrence(schedule.id, occurs_at);
    let correlation_id = schedule.id.to_string();
    Some(Broadcast::new(id, schedule.point_id, Category::Reminders, message, correlation_id, now))
}

/// Asks for the next call, and tells all who are not told yet.
async fn finish(
    ctx: &TimerConsumerContext,
    chain: Option<Versioned<Chain>>,
    begun: Versioned<Broadcast>,
    deadline: Deadline,
) -> PartlyHandled {
    let next = chain.map(|chain| Occurrence { schedule_id: chain.value.schedule_id, occurs_at: chain.value.next_at });
    arm(ctx, next).await?;
    tell(&ctx.consumer, begun, None, deadline).await
}

async fn arm(ctx: &TimerConsumerContext, next: Option<Occurrence>) -> Result<(), Failure> {
    match next {
        Some(next) => ctx.timer.arm(next).await.map_err(Failure::Retry),
        None => Ok(()),
    }
}

//! On every event that is a step of a funnel or a sign of a cohort: writes how far a person or an order got, and the counters that
//! follow.
//!
//! Each row is written together with the difference that it makes to the counters, under its version. What a row says is a function of the
//! set of its events, so a duplicate changes nothing, and no event has to be remembered. After the account is deleted, no row is written.

use contracts::Envelope;
use futures::future::{try_join, try_join_all};
use kit::sqs::{Done, Failure, Handled};
use serde_json::Value;
use types::UserId;

use crate::ctx::ConsumerContext;
use crate::domain::cohort;
use crate::domain::funnel::{Counted, Funnel, steps_of};
use crate::store::{About, Recorded};

/// Handles one event.
pub async fn track_people(ctx: &'static ConsumerContext, event: Envelope<Value>) -> Handled {
    let name = event.detail_type();
    let steps = steps_of(&name).map(|(funnel, index)| step(ctx, &event, funnel, index));
    let activities =
        cohort::meanings(&name).map(|(cohorts, meaning, pointer)| activity(ctx, &event, cohorts, meaning, pointer));
    let (steps, activities) = try_join(try_join_all(steps), try_join_all(activities)).await?;
    let recorded: Vec<_> = steps.into_iter().chain(activities).flatten().collect();
    Ok(if recorded.contains(&Recorded::Written) {
        Done::Applied
    } else if recorded.contains(&Recorded::Unchanged) {
        Done::Duplicate
    } else {
        Done::Ignored
    })
}

/// Records a step. `None` if the event is about no user who is counted.
async fn step(
    ctx: &ConsumerContext,
    event: &Envelope<Value>,
    funnel: &Funnel,
    index: usize,
) -> Result<Option<Recorded>, Failure> {
    let Some(step) = funnel.steps.get(index) else { return Ok(None) };
    let Some(subject) = text(event, step.subject) else { return Ok(None) };
    let about = match funnel.counts {
        Counted::Users => About::User(user(step.subject, subject)?),
        // Events of the same order name its buyer or, after the account was deleted, no user.
        Counted::Orders => About::Order(subject.to_owned()),
    };
    counted(ctx.store.record_step(funnel, &about, subject, index, event.occurred_at).await?)
}

/// Records joining or activity. `None` if the event names no user.
async fn activity(
    ctx: &ConsumerContext,
    event: &Envelope<Value>,
    cohorts: &cohort::Cohorts,
    meaning: cohort::Meaning,
    pointer: &str,
) -> Result<Option<Recorded>, Failure> {
    let Some(user) = user_at(event, pointer)? else { return Ok(None) };
    counted(ctx.store.record_activity(cohorts, user, meaning, event.occurred_at).await?)
}

/// Sending an event again does not help if its row and the counters contradict each other.
fn counted(recorded: Recorded) -> Result<Option<Recorded>, Failure> {
    match recorded {
        Recorded::Drifted => Err(Failure::Poison("a counter would fall below zero".to_owned())),
        recorded => Ok(Some(recorded)),
    }
}

fn text<'a>(event: &'a Envelope<Value>, pointer: &str) -> Option<&'a str> {
    event.data.pointer(pointer).and_then(Value::as_str)
}

fn user_at(event: &Envelope<Value>, pointer: &str) -> Result<Option<UserId>, Failure> {
    text(event, pointer).map(|text| user(pointer, text)).transpose()
}

fn user(pointer: &str, text: &str) -> Result<UserId, Failure> {
    text.parse().map_err(|_| Failure::Poison(format!("{pointer} is no user ID")))
}

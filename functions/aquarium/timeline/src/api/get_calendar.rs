//! `GET /v1/aquarium/calendar/{file}`: the calendar feed of an aquarium. The name of the file is the proof.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures::future::try_join3;
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use kit::http::{IfNoneMatch, Path, Problem};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::ctx::CalendarContext;
use crate::domain::calendar_token::CalendarToken;
use crate::domain::dose::DosePlan;
use crate::domain::feed::{Feed, FeedEvent};
use crate::domain::task::Task;
use crate::problem::DoseRefusal;

/// The address holds a secret: shared caches keep nothing.
const CACHE_CONTROL: &str = "private, max-age=900";
const CONTENT_TYPE: &str = "text/calendar; charset=utf-8";
/// Bytes of the hash that is the `ETag`.
const TAG_BYTES: usize = 16;
/// Maximum number of events of a task: one for each day ahead, and those that are open.
const MAX_TASK_EVENTS: usize = 100;

/// Path of a feed.
#[derive(Clone, Deserialize)]
pub struct CalendarPath {
    file: String,
}

/// Get a calendar feed
///
/// Returns the calendar feed of an aquarium as iCalendar (RFC 5545): when tasks are due, and when reservoirs of dose plans must
/// be refilled, from 30 days ago to 90 days ahead. Of a task these are the open occurrences, which stay until they are done or
/// skipped, and those to come; of a rolling task the latter are a forecast. Paused tasks and notes are not included. No sign-in
/// is needed: the name of the file contains the secret of a member's calendar link, which authorizes this and nothing else. Times
/// are in UTC. Texts are in English. The feed stops working when the link is replaced or deleted, when its user is no longer a
/// member of the aquarium, and while the account of that user is suspended.
#[utoipa::path(
    get, path = "/v1/aquarium/calendar/{file}", operation_id = "get_calendar", tag = "timeline",
    params(
        ("file" = String, Path, description = "Name of the feed, from the calendar link", min_length = 1, max_length = 128),
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "The feed", body = String, content_type = "text/calendar"),
        (status = 304, description = "The client has the current feed"),
        (status = 404, description = "`timeline.no_such_calendar`: the link is not valid, was replaced, or its user is suspended or no longer a member"),
    )
)]
pub async fn get_calendar(
    State(ctx): State<&'static CalendarContext>,
    known: IfNoneMatch,
    Path(path): Path<CalendarPath>,
) -> Result<Response, Problem> {
    let token = CalendarToken::read(&path.file).map_err(|_| DoseRefusal::NoSuchCalendar)?;
    let (store, now) = (&ctx.consumer.store, ctx.consumer.clock.now());
    let access = store.access(token.aquarium_id()).await?;
    let scope = access.and_then(|access| access.value.scope_of_link(&token)).ok_or(DoseRefusal::NoSuchCalendar)?;
    let standing = Box::pin(ctx.standings.of(scope.user_id()));
    let (plans, tasks) = (Box::pin(store.all_plans(&scope)), Box::pin(store.all_tasks(scope.aquarium_id())));
    let (standing, plans, tasks) = try_join3(standing, plans, tasks).await?;
    // The same answer as for a link that was deleted: who holds the link learns nothing about the account.
    let is_active = standing.is_some_and(|standing| standing.is_active());
    if !is_active {
        return Err(DoseRefusal::NoSuchCalendar.into());
    }
    let mut feed = Feed::new(now);
    let range = feed.range();
    feed.extend(plans.iter().filter_map(refill));
    feed.extend(tasks.iter().flat_map(|task| due(&task.value, range, now)));
    respond(feed.into_text(), &known)
}

/// When the reservoir of a plan must be refilled. A refill of later is another event.
fn refill(plan: &DosePlan) -> Option<FeedEvent> {
    let fill = plan.reservoir.as_ref()?.fill();
    let empty_at = plan.empty_at.filter(|_| !plan.paused)?;
    Some(FeedEvent {
        uid: format!("dose-refill-{}-{}", plan.id, fill.id),
        changed_at: plan.changed_at,
        starts_at: plan.low_at()?,
        title: format!("Refill: {}", plan.product),
        description: format!("The reservoir will be empty at {}.", types::time::text(&empty_at)),
    })
}

/// When a task is due: what is open, and what is to come. Notes are left out: calendar programs keep what they read, and notes are
/// deleted with their author's account.
fn due(task: &Task, (from, to): (Timestamp, Timestamp), now: Timestamp) -> Vec<FeedEvent> {
    if task.paused {
        return Vec::new();
    }
    let task = task.advanced(now);
    let changed_at = task.settled.map_or(task.created_at, |settled| settled.at.max(task.created_at));
    let event = |starts_at: Timestamp| FeedEvent {
        uid: format!("task-{}-{}", task.id, starts_at.as_millisecond()),
        changed_at,
        starts_at,
        title: task.details.title.clone(),
        description: String::new(),
    };
    task.occurrences(from, to, MAX_TASK_EVENTS).into_iter().map(event).collect()
}

fn respond(text: String, known: &IfNoneMatch) -> Result<Response, Problem> {
    let tag = format!("\"{}\"", types::hex(&Sha256::digest(&text)[..TAG_BYTES]));
    let is_known = known.contains(&tag);
    let tag = HeaderValue::from_str(&tag).map_err(Problem::internal)?;
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response()
    };
    response.headers_mut().insert(header::ETAG, tag);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE_CONTROL));
    Ok(response)
}

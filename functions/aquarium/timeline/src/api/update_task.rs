//! `PATCH /v1/aquarium/aquariums/{id}/tasks/{taskId}`: updates a task. Requires `If-Match`.
//!
//! Emits `timeline.task_changed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use jiff::{SignedDuration, Timestamp};
use kit::auth::Standing;
use kit::http::{Fields, IfMatch, Invocation, Json, Path, Problem, Tagged};
use serde::Deserialize;
use types::{AquariumId, TaskId, UserId};
use utoipa::ToSchema;

use super::command::is_written;
use super::parsing::given;
use super::task_schedule::{TaskSchedule, never_due};
use super::{TaskPath, TaskView, arm, parsing};
use crate::ctx::TimerEndpointContext;
use crate::domain::access::Role;
use crate::domain::task::schedule::Schedule;
use crate::domain::task::{Category, Details, NeverDue, Task, title};
use crate::problem::Refusal;
use crate::store::TaskChange;

/// How far in the future a new schedule may take effect, in hours: a year.
const MAX_FROM: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Fields to update. Null removes the notes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent, null and a value are three wishes: leave, clear, set")]
pub struct UpdateTask {
    /// Title.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 60, example = "Clean the skimmer")]
    title: Option<String>,
    /// Notes.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    notes: Option<Option<String>>,
    /// Category.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    category: Option<Category>,
    /// New schedule. It replaces a schedule that has not taken effect yet.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    schedule: Option<TaskSchedule>,
    /// Time from which on the new schedule counts, at most one year in the future. Defaults to now. Occurrences before it stay.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, nullable = false, format = DateTime)]
    from: Option<Timestamp>,
    /// True pauses the task: it has no occurrences and reminders until it is resumed. False resumes it.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    paused: Option<bool>,
}

/// What the request changes.
#[expect(clippy::option_option, reason = "absent, null and a value are three wishes: leave, clear, set")]
struct Change {
    title: Option<String>,
    notes: Option<Option<String>>,
    category: Option<Category>,
    schedule: Option<(Schedule, Timestamp)>,
    paused: Option<bool>,
}

impl UpdateTask {
    fn parse(self, now: Timestamp) -> Result<Change, Problem> {
        let mut fields = Fields::new();
        let title = fields.check("title", self.title.as_deref().map(title).transpose());
        let notes = self.notes.map(|notes| notes.as_deref().map(parsing::note).transpose()).transpose();
        let notes = fields.check("notes", notes);
        let schedule = self.schedule.as_ref().map(|schedule| schedule.parse(&mut fields, now));
        if self.from.is_some() && self.schedule.is_none() {
            fields.refuse("from", "must be sent with `schedule` only");
        }
        if self.from.is_some_and(|from| now.duration_until(from) > MAX_FROM) {
            fields.refuse("from", "must be at most one year in the future");
        }
        let (title, notes) = fields.all((title, notes))?;
        let from = self.from.map_or(now, parsing::in_millis);
        let schedule = schedule.flatten().map(|schedule| (schedule, from));
        Ok(Change { title, notes, category: self.category, schedule, paused: self.paused })
    }
}

impl Change {
    /// Returns the task afterwards, and whether the user wrote what it says.
    fn apply(&self, task: &Task, author: UserId, now: Timestamp) -> Result<(Task, bool), NeverDue> {
        let was = &task.details;
        let details = Details {
            title: self.title.clone().unwrap_or_else(|| was.title.clone()),
            notes: self.notes.clone().unwrap_or_else(|| was.notes.clone()),
            category: self.category.unwrap_or(was.category),
        };
        let is_written = details != *was || self.schedule.is_some();
        let mut next = task.advanced(now).described(details, author);
        if let Some((schedule, from)) = &self.schedule {
            next = next.rescheduled(schedule.clone(), *from, now)?;
        }
        next = match self.paused {
            Some(true) => next.paused(now),
            Some(false) => next.resumed(now),
            None => next,
        };
        Ok((next, is_written))
    }
}

/// Update a task
///
/// Allowed for the owner and keepers of the aquarium. Absent fields stay unchanged. Publishes `timeline.task_changed.v1`. A new
/// schedule counts from `from` on: open occurrences stay, and so do occurrences before that time. Occurrences of a fixed schedule
/// that fall into a pause are left out; tasks that are due once or rolling keep their place and can be due as soon as they are
/// resumed. Requires `If-Match` with the last `ETag`, which also changes when an occurrence becomes due.
#[utoipa::path(
    patch, path = "/v1/aquarium/aquariums/{id}/tasks/{taskId}", operation_id = "update_task", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("taskId" = TaskId, Path, description = "Task ID"),
        IfMatch,
    ),
    request_body = UpdateTask,
    responses(
        (status = 200, description = "The updated task", body = TaskView),
        (status = 403, description = "`timeline.role_too_low`: only the owner and keepers can change tasks"),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `timeline.no_such_task`: the aquarium has no task with this ID"),
        (status = 429, description = "`request.limit_exceeded`: the user changed timelines and tasks 1,000 times today; retry after `Retry-After` seconds"),
    )
)]
pub async fn update_task(
    State(timed): State<&'static TimerEndpointContext>,
    call: Invocation,
    standing: Standing,
    if_match: IfMatch,
    Path(TaskPath { id, task_id }): Path<TaskPath>,
    Json(body): Json<UpdateTask>,
) -> Result<Tagged<TaskView>, Problem> {
    let (store, now) = (&timed.ctx.store, parsing::in_millis(timed.ctx.clock.now()));
    let requested = body.parse(now)?;
    let user = standing.user_id();
    let mut retry = ConflictRetry::default();
    loop {
        let (_caller, opened) = standing.with(store.open_task(user, id, task_id)).await?;
        let opened = opened.ok_or(Refusal::NoSuchAquarium)?;
        opened.scope.at_least(Role::Keeper)?;
        let read = opened.task.as_ref().ok_or(Refusal::NoSuchTask)?;
        if_match.check(read.version)?;
        let (next, is_written_by_user) = requested.apply(&read.value, user, now).map_err(never_due)?;
        if next == read.value.advanced(now) {
            return Ok(Tagged::new(read.version, TaskView::of(&read.value, read.version, now)));
        }
        let version = read.version + 1;
        let outbox = Outbox::of(call.event(now, next.fact(opened.scope.owner_id(), version)))?;
        let change = TaskChange { opened: &opened, next: &next, is_written: is_written_by_user, outbox: &outbox, now };
        if is_written(store.change_task(read, &change).await)? {
            arm(timed, &next).await;
            return Ok(Tagged::new(version, TaskView::of(&next, version, now)));
        }
        retry.pause().await?;
    }
}

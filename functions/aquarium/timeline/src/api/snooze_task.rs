//! `POST /v1/aquarium/aquariums/{id}/tasks/{taskId}/snooze`: snoozes an open occurrence of a task.
//!
//! Emits `timeline.task_changed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Fields, Invocation, Json, Path, Problem, Tagged};
use serde::Deserialize;
use types::{AquariumId, TaskId};
use utoipa::ToSchema;

use super::command::is_written;
use super::{TaskPath, TaskView, arm, parsing};
use crate::ctx::TimerEndpointContext;
use crate::domain::access::Role;
use crate::domain::task::MAX_SNOOZE;
use crate::problem::Refusal;
use crate::store::TaskChange;

/// Request to snooze an open occurrence of a task.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SnoozeTask {
    /// Time at which the occurrence was due: `dueAt` of an open occurrence.
    occurrence: Timestamp,
    /// Time at which members are reminded again, at most 30 days in the future.
    until: Timestamp,
}

impl SnoozeTask {
    /// The time until which the occurrence is snoozed, in whole seconds as timers have it.
    fn parse(&self, now: Timestamp) -> Result<Timestamp, Problem> {
        let mut fields = Fields::new();
        let until = Timestamp::from_second(self.until.as_second()).ok();
        let is_valid = |until: &Timestamp| *until > now && now.duration_until(*until) <= MAX_SNOOZE;
        let until = until.filter(is_valid).ok_or("must be in the future, at most 30 days from now");
        let until = fields.check("until", until);
        fields.all((until,)).map(|(until,)| until)
    }
}

/// Snooze an occurrence
///
/// Members are reminded of the open occurrence at `until`, and not before. Until then it is not listed as due. Allowed for the
/// owner and keepers of the aquarium. Publishes `timeline.task_changed.v1`. An occurrence can be snoozed 20 times. Idempotent:
/// repeating the request has no further effect. Limit: 1,000 changes of timelines and tasks per user and day.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/tasks/{taskId}/snooze", operation_id = "snooze_task", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("taskId" = TaskId, Path, description = "Task ID"),
    ),
    request_body = SnoozeTask,
    responses(
        (status = 200, description = "The task", body = TaskView),
        (status = 403, description = "`timeline.role_too_low`: only the owner and keepers can snooze tasks"),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `timeline.no_such_task`: the aquarium has no task with this ID"),
        (status = 409, description = "`timeline.occurrence_not_open`: `occurrence` is not open; `timeline.snoozed_too_often`: the occurrence was snoozed 20 times"),
        (status = 429, description = "`request.limit_exceeded`: the user changed timelines and tasks 1,000 times today; retry after `Retry-After` seconds"),
    )
)]
pub async fn snooze_task(
    State(timed): State<&'static TimerEndpointContext>,
    call: Invocation,
    standing: Standing,
    Path(TaskPath { id, task_id }): Path<TaskPath>,
    Json(body): Json<SnoozeTask>,
) -> Result<Tagged<TaskView>, Problem> {
    let (store, now) = (&timed.ctx.store, parsing::in_millis(timed.ctx.clock.now()));
    let mut retry = ConflictRetry::default();
    loop {
        let (_caller, opened) = standing.with(store.open_task(standing.user_id(), id, task_id)).await?;
        let opened = opened.ok_or(Refusal::NoSuchAquarium)?;
        opened.scope.at_least(Role::Keeper)?;
        let read = opened.task.as_ref().ok_or(Refusal::NoSuchTask)?;
        let until = body.parse(now)?;
        let next = read.value.snoozed(body.occurrence, until, now)?;
        if next == read.value.advanced(now) {
            return Ok(Tagged::new(read.version, TaskView::of(&next, read.version, now)));
        }
        let version = read.version + 1;
        let outbox = Outbox::of(call.event(now, next.fact(opened.scope.owner_id(), version)))?;
        let change = TaskChange { opened: &opened, next: &next, is_written: false, outbox: &outbox, now };
        if is_written(store.change_task(read, &change).await)? {
            arm(timed, &next).await;
            return Ok(Tagged::new(version, TaskView::of(&next, version, now)));
        }
        retry.pause().await?;
    }
}

//! `POST /v1/aquarium/aquariums/{id}/tasks/{taskId}/done`: completes an occurrence of a task.
//!
//! Emits `timeline.task_changed.v1` and `timeline.entries_appended.v1`.

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Fields, Invocation, Json, Path, Problem, Tagged};
use serde::Deserialize;
use types::{AquariumId, TaskId};
use utoipa::ToSchema;

use super::settle::{Command, SettledOccurrence};
use super::{TaskPath, parsing};
use crate::ctx::TimerEndpointContext;
use crate::domain::task::{Outcome, Settlement};

/// Request to complete an occurrence of a task.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompleteTask {
    /// Time at which the occurrence is due: `dueAt` of an open occurrence, or `nextAt`.
    occurrence: Timestamp,
    /// Time when it was done, from the year 2000 to five minutes in the future. Defaults to now.
    happened_at: Option<Timestamp>,
    /// Note for the timeline.
    #[schema(min_length = 1, max_length = 500, example = "The cup was full.")]
    note: Option<String>,
    /// Whether all earlier open occurrences are skipped.
    #[serde(default)]
    skip_earlier: bool,
}

/// Complete an occurrence
///
/// Marks an open or the next occurrence of a task as done, appends the entry `task_done` to the timeline, and publishes
/// `timeline.task_changed.v1` and `timeline.entries_appended.v1`, all or nothing. Allowed for the owner and keepers of the aquarium.
/// A rolling task is due again `everyDays` days after the local date of `happenedAt`. Idempotent by `occurrence` for 30 days: if
/// the occurrence was done or skipped before, by whichever member, the response is that result, and nothing changes. Limit: 1,000
/// changes of timelines and tasks per user and day.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/tasks/{taskId}/done", operation_id = "complete_task", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("taskId" = TaskId, Path, description = "Task ID"),
    ),
    request_body = CompleteTask,
    responses(
        (status = 200, description = "What became of the occurrence", body = SettledOccurrence),
        (status = 403, description = "`timeline.role_too_low`: only the owner and keepers can complete tasks"),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `timeline.no_such_task`: the aquarium has no task with this ID"),
        (status = 409, description = "`timeline.occurrence_not_open`: `occurrence` is neither open nor the next one; `timeline.newer_entries`: a newer version of the service has written to this timeline; retry after `Retry-After` seconds"),
        (status = 429, description = "`request.limit_exceeded`: the user changed timelines and tasks 1,000 times today; retry after `Retry-After` seconds"),
        (status = 503, description = "`timeline.rebuilding`: the state of the timeline is being computed again; retry after `Retry-After` seconds"),
    )
)]
pub async fn complete_task(
    State(timed): State<&'static TimerEndpointContext>,
    call: Invocation,
    standing: Standing,
    Path(path): Path<TaskPath>,
    Json(body): Json<CompleteTask>,
) -> Result<Tagged<SettledOccurrence>, Problem> {
    let now = parsing::in_millis(timed.ctx.clock.now());
    let mut fields = Fields::new();
    let happened_at = parsing::happened(body.happened_at.unwrap_or(now), now);
    let happened_at = fields.check("happenedAt", happened_at);
    let note = fields.check("note", body.note.as_deref().map(parsing::note).transpose());
    let (happened_at, note) = fields.all((happened_at, note))?;
    let (due_at, skip_earlier) = (body.occurrence, body.skip_earlier);
    let settlement = Settlement { due_at, outcome: Outcome::Done, happened_at, skip_earlier };
    let command = Command { path, settlement, note, now };
    // It checks the standing with the first read.
    Box::pin(command.run(timed, &standing, &call)).await
}

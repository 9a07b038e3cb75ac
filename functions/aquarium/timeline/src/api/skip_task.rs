//! `POST /v1/aquarium/aquariums/{id}/tasks/{taskId}/skip`: skips an occurrence of a task.
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

/// Request to skip an occurrence of a task.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkipTask {
    /// Time at which the occurrence is due: `dueAt` of an open occurrence, or `nextAt`.
    occurrence: Timestamp,
    /// Note for the timeline.
    #[schema(min_length = 1, max_length = 500, example = "The water was clear.")]
    note: Option<String>,
    /// Whether all earlier open occurrences are skipped too.
    #[serde(default)]
    skip_earlier: bool,
}

/// Skip an occurrence
///
/// Marks an open or the next occurrence of a task as skipped, appends the entry `task_skipped` to the timeline, and publishes
/// `timeline.task_changed.v1` and `timeline.entries_appended.v1`, all or nothing. Allowed for the owner and keepers of the aquarium.
/// A rolling task is due again `everyDays` days after today. Idempotent by `occurrence` for 30 days: if the occurrence was done
/// or skipped before, by whichever member, the response is that result, and nothing changes. Limit: 1,000 changes of timelines and
/// tasks per user and day.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/tasks/{taskId}/skip", operation_id = "skip_task", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("taskId" = TaskId, Path, description = "Task ID"),
    ),
    request_body = SkipTask,
    responses(
        (status = 200, description = "What became of the occurrence", body = SettledOccurrence),
        (status = 403, description = "`timeline.role_too_low`: only the owner and keepers can skip tasks"),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `timeline.no_such_task`: the aquarium has no task with this ID"),
        (status = 409, description = "`timeline.occurrence_not_open`: `occurrence` is neither open nor the next one; `timeline.newer_entries`: a newer version of the service has written to this timeline; retry after `Retry-After` seconds"),
        (status = 429, description = "`request.limit_exceeded`: the user changed timelines and tasks 1,000 times today; retry after `Retry-After` seconds"),
        (status = 503, description = "`timeline.rebuilding`: the state of the timeline is being computed again; retry after `Retry-After` seconds"),
    )
)]
pub async fn skip_task(
    State(timed): State<&'static TimerEndpointContext>,
    call: Invocation,
    standing: Standing,
    Path(path): Path<TaskPath>,
    Json(body): Json<SkipTask>,
) -> Result<Tagged<SettledOccurrence>, Problem> {
    let now = parsing::in_millis(timed.ctx.clock.now());
    let mut fields = Fields::new();
    let note = fields.check("note", body.note.as_deref().map(parsing::note).transpose());
    let (note,) = fields.all((note,))?;
    let (due_at, skip_earlier) = (body.occurrence, body.skip_earlier);
    let settlement = Settlement { due_at, outcome: Outcome::Skipped, happened_at: now, skip_earlier };
    let command = Command { path, settlement, note, now };
    // It checks the standing with the first read.
    Box::pin(command.run(timed, &standing, &call)).await
}

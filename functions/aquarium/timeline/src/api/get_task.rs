//! `GET /v1/aquarium/aquariums/{id}/tasks/{taskId}`: a task.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Path, Problem, Tagged};
use types::{AquariumId, TaskId};

use super::{TaskPath, TaskView};
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Get a task
///
/// Members of the aquarium can read it. The response says what is due now, also if a reminder is late.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/tasks/{taskId}", operation_id = "get_task", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("taskId" = TaskId, Path, description = "Task ID"),
    ),
    responses(
        (status = 200, description = "The task", body = TaskView),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `timeline.no_such_task`: the aquarium has no task with this ID"),
    )
)]
pub async fn get_task(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(TaskPath { id, task_id }): Path<TaskPath>,
) -> Result<Tagged<TaskView>, Problem> {
    let opened = ctx.store.open_task(caller.user_id, id, task_id).await?.ok_or(Refusal::NoSuchAquarium)?;
    let task = opened.task.ok_or(Refusal::NoSuchTask)?;
    Ok(Tagged::new(task.version, TaskView::of(&task.value, task.version, ctx.clock.now())))
}

//! `GET /v1/aquarium/tasks/due`: what is due in all aquariums of the caller.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use super::TaskView;
use crate::ctx::Ctx;

/// Maximum number of tasks in the response.
const MAX_DUE_TASKS: usize = 200;

/// Tasks that are due.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DueTaskList {
    /// The tasks, those first of which an occurrence is open longest.
    items: Vec<TaskView>,
    /// False if there are more: the caller has more than 25 own or 25 shared aquariums, or more than 200 tasks are due.
    complete: bool,
}

/// List due tasks
///
/// Returns the tasks with occurrences that are due now and not snoozed, over all aquariums of the caller: up to 25 own ones and up
/// to 25 that are shared with the caller, in any role. Paused tasks are not included. An aquarium that was shared a moment ago, or a
/// new task, can take a second to appear.
#[utoipa::path(
    get, path = "/v1/aquarium/tasks/due", operation_id = "list_due_tasks", tag = "timeline",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The tasks that are due", body = DueTaskList),
    )
)]
pub async fn list_due_tasks(State(ctx): State<&'static Ctx>, caller: Caller) -> Result<Json<DueTaskList>, Problem> {
    let now = ctx.clock.now();
    let found = ctx.store.due_tasks(caller.user_id).await?;
    let advanced = found.tasks.iter().map(|read| (read.value.advanced(now), read.version));
    let mut due: Vec<_> = advanced.filter(|(task, _)| task.is_due(now)).collect();
    due.sort_by_key(|(task, _)| (task.open.first().map(|open| open.due_at), task.id));
    let complete = found.is_complete && due.len() <= MAX_DUE_TASKS;
    due.truncate(MAX_DUE_TASKS);
    let items = due.iter().map(|(task, version)| TaskView::of(task, *version, now)).collect();
    Ok(Json(DueTaskList { items, complete }))
}

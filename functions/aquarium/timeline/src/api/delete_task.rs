//! `DELETE /v1/aquarium/aquariums/{id}/tasks/{taskId}`: deletes a task. Requires `If-Match`.
//!
//! Emits `timeline.task_changed.v1`. The timer of the task is not cancelled: its message finds no task.

use axum::extract::State;
use contracts::{Actor, Envelope};
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Standing;
use kit::http::{IfMatch, Invocation, NoContent, Path, Problem};
use types::{AquariumId, EventId, TaskId};

use super::command::is_written;
use super::{TaskPath, parsing};
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::problem::Refusal;
use crate::store::TaskChange;

/// Delete a task
///
/// Deletes the task with its open occurrences, and publishes `timeline.task_changed.v1` with the status `ended`. Allowed for the
/// owner and keepers of the aquarium. Entries of the timeline about the task stay. Requires `If-Match` with the last `ETag`.
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}/tasks/{taskId}", operation_id = "delete_task", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("taskId" = TaskId, Path, description = "Task ID"),
        IfMatch,
    ),
    responses(
        (status = 204, description = "Task deleted"),
        (status = 403, description = "`timeline.role_too_low`: only the owner and keepers can delete tasks"),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `timeline.no_such_task`: the aquarium has no task with this ID"),
        (status = 429, description = "`request.limit_exceeded`: the user changed timelines and tasks 1,000 times today; retry after `Retry-After` seconds"),
    )
)]
pub async fn delete_task(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    if_match: IfMatch,
    Path(TaskPath { id, task_id }): Path<TaskPath>,
) -> Result<NoContent, Problem> {
    let now = parsing::in_millis(ctx.clock.now());
    let mut retry = ConflictRetry::default();
    loop {
        let (_caller, opened) = standing.with(ctx.store.open_task(standing.user_id(), id, task_id)).await?;
        let opened = opened.ok_or(Refusal::NoSuchAquarium)?;
        opened.scope.at_least(Role::Keeper)?;
        let read = opened.task.as_ref().ok_or(Refusal::NoSuchTask)?;
        if_match.check(read.version)?;
        let fact = read.value.deletion(opened.scope.owner_id(), read.version + 1);
        // It does not name the member: the mark that carries it outlives the member's account, and nothing leads erasure to it.
        let correlation_id = call.correlation_id.clone();
        let outbox = Outbox::of(Envelope::new(EventId::generate(), now, correlation_id, Actor::System, fact))?;
        let change = TaskChange { opened: &opened, next: &read.value, is_written: false, outbox: &outbox, now };
        if is_written(ctx.store.delete_task(read, &change).await)? {
            return Ok(NoContent);
        }
        retry.pause().await?;
    }
}

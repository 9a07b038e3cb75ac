//! `POST /v1/aquarium/aquariums/{id}/tasks`: creates a task. Requires `Idempotency-Key`.
//!
//! Emits `timeline.task_changed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Created, Fields, Id, IdempotencyKey, Invocation, Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::{AquariumId, TaskId};
use utoipa::ToSchema;

use super::command::is_written;
use super::task_schedule::{TaskSchedule, never_due};
use super::{TaskView, arm, parsing};
use crate::ctx::TimerEndpointContext;
use crate::domain::access::Role;
use crate::domain::task::schedule::Schedule;
use crate::domain::task::{Category, Details, NewTask, Task, title};
use crate::problem::Refusal;
use crate::store::TaskChange;

/// Request to create a task.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateTask {
    /// Title.
    #[schema(min_length = 1, max_length = 60, example = "Clean the skimmer")]
    title: String,
    /// Notes.
    #[schema(min_length = 1, max_length = 500, example = "The brush is in the left drawer.")]
    notes: Option<String>,
    /// Category.
    category: Category,
    /// Schedule.
    schedule: TaskSchedule,
}

impl CreateTask {
    fn parse(&self, now: Timestamp) -> Result<(Details, Schedule), Problem> {
        let mut fields = Fields::new();
        let title = fields.check("title", title(&self.title));
        let notes = fields.check("notes", self.notes.as_deref().map(parsing::note).transpose());
        let schedule = self.schedule.parse(&mut fields, now);
        let (title, notes, schedule) = fields.all((title, notes, schedule))?;
        Ok((Details { title, notes, category: self.category }, schedule))
    }
}

/// Create a task
///
/// Creates a task of an aquarium, and publishes `timeline.task_changed.v1`. The owner and keepers of the aquarium can create
/// tasks, and are reminded of each occurrence when it is due, and once more a day later. An aquarium has at most 100 tasks.
/// Limit: 1,000 changes of timelines and tasks per user and day. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/tasks", operation_id = "create_task", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        IdempotencyKey,
    ),
    request_body = CreateTask,
    responses(
        (status = 201, description = "Task created", body = TaskView),
        (status = 403, description = "`timeline.role_too_low`: only the owner and keepers can create tasks"),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `timeline.no_such_task`: the task that this request created before was deleted"),
        (status = 409, description = "`timeline.too_many_tasks`: the aquarium has 100 tasks"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request"),
        (status = 429, description = "`request.limit_exceeded`: the user changed timelines and tasks 1,000 times today; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_task(
    State(timed): State<&'static TimerEndpointContext>,
    call: Invocation,
    standing: Standing,
    key: IdempotencyKey,
    Path(Id { id }): Path<Id<AquariumId>>,
    Json(body): Json<CreateTask>,
) -> Result<Created<TaskView>, Problem> {
    let (store, now) = (&timed.ctx.store, parsing::in_millis(timed.ctx.clock.now()));
    let (details, schedule) = body.parse(now)?;
    let user = standing.user_id();
    let scope = format!("{user}#{id}");
    let text = serde_json::to_string(&body).map_err(Problem::internal)?;
    let request = key.derive_id(&format!("create_task\n{text}"), &scope);
    let new_id = TaskId::new(key.derive_id("create_task", &scope));
    let location = format!("/v1/aquarium/aquariums/{id}/tasks/{new_id}");
    let new = NewTask { id: new_id, request, aquarium_id: id, details, schedule };
    let task = Task::new(new, user, now).map_err(never_due)?;
    let mut retry = ConflictRetry::default();
    loop {
        let (_caller, opened) = standing.with(store.open_task(user, id, new_id)).await?;
        let opened = opened.ok_or(Refusal::NoSuchAquarium)?;
        opened.scope.at_least(Role::Keeper)?;
        if let Some(before) = &opened.task {
            if before.value.request != request {
                return Err(Refusal::KeyReused.into());
            }
            // The first attempt may have been killed before it set the timer.
            arm(timed, &before.value).await;
            return Ok(Created::at(location, TaskView::of(&before.value, before.version, now)));
        }
        if opened.was_deleted {
            return Err(Refusal::NoSuchTask.into());
        }
        let outbox = Outbox::of(call.event(now, task.fact(opened.scope.owner_id(), 1)))?;
        let change = TaskChange { opened: &opened, next: &task, is_written: true, outbox: &outbox, now };
        if is_written(store.add_task(&change).await)? {
            arm(timed, &task).await;
            return Ok(Created::at(location, TaskView::of(&task, 1, now)));
        }
        retry.pause().await?;
    }
}

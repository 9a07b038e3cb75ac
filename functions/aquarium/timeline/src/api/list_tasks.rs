//! `GET /v1/aquarium/aquariums/{id}/tasks`: the tasks of an aquarium.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, List, Page, Path, Problem};
use types::AquariumId;

use super::TaskView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// List tasks of an aquarium
///
/// Returns the tasks ordered by ID. The order carries no meaning. Members of the aquarium can read them. A new task can take a
/// second to appear.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/tasks", operation_id = "list_tasks", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<TaskView>),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn list_tasks(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<AquariumId>>,
    page: Page,
) -> Result<Json<List<TaskView>>, Problem> {
    let now = ctx.clock.now();
    let page = ctx.store.tasks_for(caller.user_id, id, page).await?.ok_or(Refusal::NoSuchAquarium)?;
    Ok(Json(List::of(page, |task| TaskView::of(&task.value, task.version, now))))
}

//! `GET /v1/community/points/{id}/events`: a point's care events.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, List, Page, Path, Problem};
use types::PointId;

use crate::api::EventView;
use crate::ctx::Ctx;

/// List what happened at a point
///
/// What happened last comes first. Everybody who is signed in may see it. A point that is not known has none.
#[utoipa::path(
    get, path = "/v1/community/points/{id}/events", operation_id = "list_point_events", tag = "events",
    security(("bearer" = [])),
    params(
        ("id" = PointId, Path, description = "Which point"),
        Page,
    ),
    responses(
        (status = 200, description = "One page", body = List<EventView>),
    )
)]
pub async fn list_point_events(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    Path(Id { id }): Path<Id<PointId>>,
    page: Page,
) -> Result<Json<List<EventView>>, Problem> {
    Ok(Json(List::of(ctx.store.events_at(id, page).await?, |event| event.value.into())))
}

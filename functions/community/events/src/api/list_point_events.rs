//! `GET /v1/community/points/{id}/events`: the care events of a point.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, List, Page, Path, Problem};
use types::PointId;

use crate::api::{EventView, views};
use crate::ctx::Gallery;

/// List care events of a point
///
/// Newest first. Returns an empty list for an unknown point.
#[utoipa::path(
    get, path = "/v1/community/points/{id}/events", operation_id = "list_point_events", tag = "events",
    security(("bearer" = [])),
    params(
        ("id" = PointId, Path, description = "Point ID"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<EventView>),
    )
)]
pub async fn list_point_events(
    State(ctx): State<&'static Gallery>,
    _caller: Caller,
    Path(Id { id }): Path<Id<PointId>>,
    page: Page,
) -> Result<Json<List<EventView>>, Problem> {
    Ok(Json(views::page(ctx, ctx.store.events_at(id, page).await?).await?))
}

//! `GET /v1/community/users/{id}/events`: the care events of a user.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, List, Page, Path, Problem};
use types::UserId;

use crate::api::{EventView, views};
use crate::ctx::Gallery;

/// List care events of a user
///
/// Newest first. Returns an empty list for unknown or deleted users.
#[utoipa::path(
    get, path = "/v1/community/users/{id}/events", operation_id = "list_user_events", tag = "events",
    security(("bearer" = [])),
    params(
        ("id" = UserId, Path, description = "User ID"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<EventView>),
    )
)]
pub async fn list_user_events(
    State(ctx): State<&'static Gallery>,
    _caller: Caller,
    Path(Id { id }): Path<Id<UserId>>,
    page: Page,
) -> Result<Json<List<EventView>>, Problem> {
    Ok(Json(views::page(ctx, ctx.store.events_by(id, page).await?).await?))
}

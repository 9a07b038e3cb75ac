//! `GET /v1/community/users/{id}/events`: a person's care events.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, List, Page, Path, Problem};
use types::UserId;

use crate::api::EventView;
use crate::ctx::Ctx;

/// List what a person reported
///
/// What happened last comes first. Everybody who is signed in may see it. Somebody who is not known, or deleted their account, has none.
#[utoipa::path(
    get, path = "/v1/community/users/{id}/events", operation_id = "list_user_events", tag = "events",
    security(("bearer" = [])),
    params(
        ("id" = UserId, Path, description = "Whose"),
        Page,
    ),
    responses(
        (status = 200, description = "One page", body = List<EventView>),
    )
)]
pub async fn list_user_events(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    Path(Id { id }): Path<Id<UserId>>,
    page: Page,
) -> Result<Json<List<EventView>>, Problem> {
    Ok(Json(List::of(ctx.store.events_by(id, page).await?, |event| event.value.into())))
}

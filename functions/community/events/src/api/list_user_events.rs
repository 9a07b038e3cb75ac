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
        ("limit" = Option<u32>, Query, description = "How many, 1 to 100; 20 if it is absent"),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before"),
    ),
    responses(
        (status = 200, description = "One page", body = List<EventView>),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`: `limit` or `cursor` is wrong", body = Problem, content_type = "application/problem+json"),
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

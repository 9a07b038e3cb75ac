//! `GET /v1/community/events/types`: all kinds of care events.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, List, Page, Problem};

use crate::api::EventTypeView;
use crate::ctx::Ctx;

/// List the kinds of care events
///
/// In the order of their codes, retired ones too.
#[utoipa::path(
    get, path = "/v1/community/events/types", operation_id = "list_event_types", tag = "events",
    security(("bearer" = [])),
    params(
        ("limit" = Option<u32>, Query, description = "How many, 1 to 100; 20 if it is absent"),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before"),
    ),
    responses(
        (status = 200, description = "One page", body = List<EventTypeView>),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`: `limit` or `cursor` is wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list_event_types(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    page: Page,
) -> Result<Json<List<EventTypeView>>, Problem> {
    Ok(Json(List::of(ctx.store.event_types(page).await?, |kind| kind.value.into())))
}

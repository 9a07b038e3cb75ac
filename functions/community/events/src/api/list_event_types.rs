//! `GET /v1/community/events/types`: all event types.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, List, Page, Problem};

use crate::api::EventTypeView;
use crate::ctx::Ctx;

/// List event types
///
/// Ordered by code, including retired types.
#[utoipa::path(
    get, path = "/v1/community/events/types", operation_id = "list_event_types", tag = "events",
    security(("bearer" = [])),
    params(
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<EventTypeView>),
    )
)]
pub async fn list_event_types(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    page: Page,
) -> Result<Json<List<EventTypeView>>, Problem> {
    Ok(Json(List::of(ctx.store.event_types(page).await?, |kind| kind.value.into())))
}

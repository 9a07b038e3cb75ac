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
        Page,
    ),
    responses(
        (status = 200, description = "One page", body = List<EventTypeView>),
    )
)]
pub async fn list_event_types(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    page: Page,
) -> Result<Json<List<EventTypeView>>, Problem> {
    Ok(Json(List::of(ctx.store.event_types(page).await?, |kind| kind.value.into())))
}

//! `GET /v1/community/events/{id}`: a care event.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use types::CareEventId;

use crate::api::EventView;
use crate::ctx::Ctx;
use crate::domain::refusal::Refusal;

/// Look at a care event
///
/// Everybody who is signed in may.
#[utoipa::path(
    get, path = "/v1/community/events/{id}", operation_id = "get_event", tag = "events",
    security(("bearer" = [])),
    params(("id" = CareEventId, Path, description = "Which event")),
    responses(
        (status = 200, description = "The event", body = EventView),
        (status = 404, description = "`events.no_such_event`"),
    )
)]
pub async fn get_event(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    Path(Id { id }): Path<Id<CareEventId>>,
) -> Result<Json<EventView>, Problem> {
    let found = ctx.store.event(id).await?.filter(|found| found.value.is_there());
    Ok(Json(found.ok_or(Refusal::NoSuchEvent)?.value.into()))
}

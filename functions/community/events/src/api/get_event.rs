//! `GET /v1/community/events/{id}`: a care event.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use types::CareEventId;

use crate::api::EventView;
use crate::ctx::Gallery;
use crate::domain::refusal::Refusal;

/// Get a care event
#[utoipa::path(
    get, path = "/v1/community/events/{id}", operation_id = "get_event", tag = "events",
    security(("bearer" = [])),
    params(("id" = CareEventId, Path, description = "Care event ID")),
    responses(
        (status = 200, description = "The care event", body = EventView),
        (status = 404, description = "`events.no_such_event`: no care event with this ID"),
    )
)]
pub async fn get_event(
    State(ctx): State<&'static Gallery>,
    _caller: Caller,
    Path(Id { id }): Path<Id<CareEventId>>,
) -> Result<Json<EventView>, Problem> {
    let found = ctx.store.event(id).await?.filter(|found| found.value.is_there());
    let event = found.ok_or(Refusal::NoSuchEvent)?.value;
    let beside = ctx.store.beside(std::slice::from_ref(&event)).await?;
    Ok(Json(EventView::of(event, &beside, &ctx.files, ctx.clock.now()).await?))
}

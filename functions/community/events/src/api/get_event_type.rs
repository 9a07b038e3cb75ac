//! `GET /v1/community/events/types/{id}`: an event type.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Path, Problem, Tagged};
use types::EventTypeId;

use crate::api::EventTypeView;
use crate::ctx::Ctx;
use crate::domain::refusal::Refusal;

/// Get an event type
#[utoipa::path(
    get, path = "/v1/community/events/types/{id}", operation_id = "get_event_type", tag = "events",
    security(("bearer" = [])),
    params(("id" = EventTypeId, Path, description = "Event type ID")),
    responses(
        (status = 200, description = "The event type", body = EventTypeView),
        (status = 404, description = "`events.no_such_event_type`: no event type with this ID"),
    )
)]
pub async fn get_event_type(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    Path(Id { id }): Path<Id<EventTypeId>>,
) -> Result<Tagged<EventTypeView>, Problem> {
    let found = ctx.store.event_type(id).await?.ok_or(Refusal::NoSuchEventType)?;
    Ok(Tagged::new(found.version, found.value.into()))
}

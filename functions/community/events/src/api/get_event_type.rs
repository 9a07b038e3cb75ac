//! `GET /v1/community/events/types/{id}`: a kind of care event.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Path, Problem, Tagged};
use types::EventTypeId;

use crate::api::EventTypeView;
use crate::ctx::Ctx;
use crate::domain::refusal::Refusal;

/// Look at a kind of care event
#[utoipa::path(
    get, path = "/v1/community/events/types/{id}", operation_id = "get_event_type", tag = "events",
    security(("bearer" = [])),
    params(("id" = EventTypeId, Path, description = "Which kind")),
    responses(
        (status = 200, description = "The kind", body = EventTypeView),
        (status = 404, description = "`events.no_such_event_type`"),
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

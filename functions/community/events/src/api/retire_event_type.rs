//! `DELETE /v1/community/events/types/{id}`: no new events of this kind. It stays, for those that there are.
//! Emits `events.event_type_changed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::{Admin, Require};
use kit::http::{Id, IfMatch, Invocation, NoContent, Path, Problem};
use kit::openapi::OptionalIfMatch;
use types::EventTypeId;

use crate::ctx::Ctx;
use crate::domain::refusal::Refusal;
use crate::store::NotChanged;

/// Retire a kind of care event
///
/// For admins. No new events of it can be reported, and no schedules made; those that there are stay, with its name. Doing
/// it again does no harm. `If-Match` is honoured.
#[utoipa::path(
    delete, path = "/v1/community/events/types/{id}", operation_id = "retire_event_type", tag = "events",
    security(("bearer" = ["admin"])),
    params(
        ("id" = EventTypeId, Path, description = "Which kind"),
        OptionalIfMatch,
    ),
    responses(
        (status = 204, description = "It is retired"),
        (status = 404, description = "`events.no_such_event_type`"),
    )
)]
pub async fn retire_event_type(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    _admin: Require<Admin>,
    seen: Option<IfMatch>,
    Path(Id { id }): Path<Id<EventTypeId>>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let mut read = ctx.store.event_type(id).await?.ok_or(Refusal::NoSuchEventType)?;
    let mut retry = ConflictRetry::default();
    loop {
        let Some(next) = read.value.retired() else { return Ok(NoContent) };
        if let Some(seen) = seen {
            seen.check(read.version)?;
        }
        let outbox = Outbox::of(call.event(now, next.changed(read.version + 1)))?;
        match ctx.store.change_event_type(&read, next, &outbox).await {
            Ok(_) => return Ok(NoContent),
            Err(NotChanged::Newer(newer)) => read = *newer.ok_or(Refusal::NoSuchEventType)?,
            Err(NotChanged::Store(error)) => return Err(error.into()),
        }
        retry.pause().await?;
    }
}

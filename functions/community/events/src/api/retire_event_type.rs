//! `DELETE /v1/community/events/types/{id}`: retires an event type. Existing events keep it.
//!
//! Emits `events.event_type_changed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::{Admin, Standing};
use kit::http::{Id, IfMatch, Invocation, NoContent, Path, Problem};
use kit::openapi::OptionalIfMatch;
use types::EventTypeId;

use crate::ctx::Ctx;
use crate::domain::refusal::Refusal;
use crate::store::NotChanged;

/// Retire an event type
///
/// Requires the role `admin`. No new events or schedules of this type can be created; existing ones remain.
/// Idempotent. Supports optimistic concurrency with `If-Match`.
#[utoipa::path(
    delete, path = "/v1/community/events/types/{id}", operation_id = "retire_event_type", tag = "events",
    security(("bearer" = ["admin"])),
    params(
        ("id" = EventTypeId, Path, description = "Event type ID"),
        OptionalIfMatch,
    ),
    responses(
        (status = 204, description = "Event type retired"),
        (status = 404, description = "`events.no_such_event_type`: no event type with this ID"),
    )
)]
pub async fn retire_event_type(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Admin>,
    seen: Option<IfMatch>,
    Path(Id { id }): Path<Id<EventTypeId>>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let (_, read) = standing.with(ctx.store.event_type(id)).await?;
    let mut read = read.ok_or(Refusal::NoSuchEventType)?;
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

//! `DELETE /v1/community/events/{id}`: takes an event back, as its author, or removes it, as an admin.
//! Emits `events.event_removed.v1`, unless its author is gone.
//!
//! What it brought stays: the reward, since it may be spent, and the cooldown, so that taking back and reporting again
//! earns nothing.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Caller;
use kit::http::{Id, Invocation, NoContent, Path, Problem};
use types::{CareEventId, Role};

use crate::ctx::Ctx;
use crate::domain::refusal::Refusal;
use crate::store::NotChanged;

/// Remove a care event
///
/// Its author may for a day, and an admin always. The reward and the cooldown stay. Doing it again finds nothing.
#[utoipa::path(
    delete, path = "/v1/community/events/{id}", operation_id = "delete_event", tag = "events",
    security(("bearer" = [])),
    params(("id" = CareEventId, Path, description = "Which event")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 403, description = "`events.not_yours`: it is somebody else's"),
        (status = 404, description = "`events.no_such_event`"),
        (status = 409, description = "`events.too_late`: it was reported more than a day ago"),
    )
)]
pub async fn delete_event(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    caller: Caller,
    Path(Id { id }): Path<Id<CareEventId>>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let mut read = ctx.store.event(id).await?;
    let mut retry = ConflictRetry::default();
    loop {
        let found = read.filter(|found| found.value.is_there()).ok_or(Refusal::NoSuchEvent)?;
        let (mark, fact) = found.value.removed(caller.user_id, caller.has_role(Role::Admin), now)?;
        let outbox = fact.map(|fact| Outbox::of(call.event(now, fact))).transpose()?.unwrap_or_default();
        match ctx.store.change_event(&found, &mark, &outbox).await {
            Ok(()) => return Ok(NoContent),
            Err(NotChanged::Newer(newer)) => read = newer.map(|newer| *newer),
            Err(NotChanged::Store(error)) => return Err(error.into()),
        }
        retry.pause().await?;
    }
}

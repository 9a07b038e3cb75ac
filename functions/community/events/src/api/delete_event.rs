//! `DELETE /v1/community/events/{id}`: deletes a care event.
//!
//! Emits `events.event_removed.v1`, unless the author deleted the account.
//!
//! The reward stays, because it may be spent. The cooldown stays too, so that deleting and reporting again earns
//! nothing.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Standing;
use kit::http::{Id, Invocation, NoContent, Path, Problem};
use types::{CareEventId, Role};

use crate::ctx::Ctx;
use crate::domain::refusal::Refusal;
use crate::store::NotChanged;

/// Delete a care event
///
/// Allowed for the author within 24 hours, and for admins at any time. The reward and the cooldown remain.
#[utoipa::path(
    delete, path = "/v1/community/events/{id}", operation_id = "delete_event", tag = "events",
    security(("bearer" = [])),
    params(("id" = CareEventId, Path, description = "Care event ID")),
    responses(
        (status = 204, description = "Care event deleted"),
        (status = 403, description = "`events.not_yours`: only the author or an admin can delete it"),
        (status = 404, description = "`events.no_such_event`: no care event with this ID"),
        (status = 409, description = "`events.too_late`: authors can delete an event within 24 hours"),
    )
)]
pub async fn delete_event(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    Path(Id { id }): Path<Id<CareEventId>>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let (caller, mut read) = standing.with(ctx.store.event(id)).await?;
    let mut retry = ConflictRetry::default();
    loop {
        let found = read.filter(|found| found.value.is_there()).ok_or(Refusal::NoSuchEvent)?;
        let (mark, fact) = found.value.removed(caller.user_id, caller.has_role(Role::Admin), now)?;
        let outbox = fact.map(|fact| Outbox::of(call.event(now, fact))).transpose()?.unwrap_or_default();
        match ctx.store.remove_event(&found, &mark, &outbox).await {
            Ok(()) => return Ok(NoContent),
            Err(NotChanged::Newer(newer)) => read = newer.map(|newer| *newer),
            Err(NotChanged::Store(error)) => return Err(error.into()),
        }
        retry.pause().await?;
    }
}

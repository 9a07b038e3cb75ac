//! `DELETE /v1/community/events/schedules/{id}`: nothing is due any more.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::Caller;
use kit::http::{Id, NoContent, Path, Problem};
use types::{Role, ScheduleId};

use crate::ctx::Ctx;
use crate::domain::refusal::Refusal;
use crate::store::Fired;

/// Delete a schedule
///
/// Its creator may, and an admin. Doing it again finds nothing.
#[utoipa::path(
    delete, path = "/v1/community/events/schedules/{id}", operation_id = "delete_schedule", tag = "events",
    security(("bearer" = [])),
    params(("id" = ScheduleId, Path, description = "Which schedule")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 403, description = "`events.not_yours`: it is somebody else's"),
        (status = 404, description = "`events.no_such_schedule`"),
    )
)]
pub async fn delete_schedule(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<ScheduleId>>,
) -> Result<NoContent, Problem> {
    let mut retry = ConflictRetry::default();
    loop {
        let (schedule, chain) = ctx.store.schedule(id).await?.ok_or(Refusal::NoSuchSchedule)?;
        if schedule.value.creator_id != caller.user_id && !caller.has_role(Role::Admin) {
            return Err(Refusal::NotYours.into());
        }
        if ctx.store.end_schedule(&schedule, &chain, None).await? == Fired::Now {
            return Ok(NoContent);
        }
        retry.pause().await?;
    }
}

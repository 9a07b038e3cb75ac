//! `DELETE /v1/community/events/schedules/{id}`: deletes a schedule.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::Standing;
use kit::http::{Id, NoContent, Path, Problem};
use types::{Role, ScheduleId};

use crate::ctx::Ctx;
use crate::domain::refusal::Refusal;
use crate::store::Fired;

/// Delete a schedule
///
/// Allowed for its creator and for admins. No further reminders are sent.
#[utoipa::path(
    delete, path = "/v1/community/events/schedules/{id}", operation_id = "delete_schedule", tag = "events",
    security(("bearer" = [])),
    params(("id" = ScheduleId, Path, description = "Schedule ID")),
    responses(
        (status = 204, description = "Schedule deleted"),
        (status = 403, description = "`events.not_yours`: only the creator or an admin can delete it"),
        (status = 404, description = "`events.no_such_schedule`: no schedule with this ID"),
    )
)]
pub async fn delete_schedule(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(Id { id }): Path<Id<ScheduleId>>,
) -> Result<NoContent, Problem> {
    let mut retry = ConflictRetry::default();
    loop {
        let (caller, found) = standing.with(ctx.store.schedule(id)).await?;
        let (schedule, chain) = found.ok_or(Refusal::NoSuchSchedule)?;
        if schedule.value.creator_id != caller.user_id && !caller.has_role(Role::Admin) {
            return Err(Refusal::NotYours.into());
        }
        if ctx.store.end_schedule(&schedule, &chain, None).await? == Fired::Now {
            return Ok(NoContent);
        }
        retry.pause().await?;
    }
}

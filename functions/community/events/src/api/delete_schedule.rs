//! `DELETE /v1/community/events/schedules/{id}`: deletes a schedule.

use axum::extract::State;
use dynamo::{ConflictRetry, StoreError};
use kit::auth::{CheckedCaller, Standing};
use kit::http::{Id, NoContent, Path, Problem};
use types::{Role, ScheduleId};

use crate::ctx::Ctx;
use crate::domain::refusal::Refusal;
use crate::domain::schedule::Schedule;
use crate::store::Fired;

/// Delete a schedule
///
/// Allowed for its creator, for the keeper of the point and for admins. No further reminders are sent.
#[utoipa::path(
    delete, path = "/v1/community/events/schedules/{id}", operation_id = "delete_schedule", tag = "events",
    security(("bearer" = [])),
    params(("id" = ScheduleId, Path, description = "Schedule ID")),
    responses(
        (status = 204, description = "Schedule deleted"),
        (status = 403, description = "`events.not_yours`: only the creator, the keeper of the point or an admin can delete it"),
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
        if !may_delete(ctx, &caller, &schedule.value).await? {
            return Err(Refusal::NotYours.into());
        }
        if ctx.store.end_schedule(&schedule, &chain, None).await? == Fired::Now {
            return Ok(NoContent);
        }
        retry.pause().await?;
    }
}

/// The point is read only for a caller who is neither the creator nor an admin.
async fn may_delete(ctx: &Ctx, caller: &CheckedCaller, schedule: &Schedule) -> Result<bool, StoreError> {
    if schedule.creator_id == caller.user_id || caller.has_role(Role::Admin) {
        return Ok(true);
    }
    Ok(ctx.store.point(schedule.point_id).await?.is_some_and(|point| point.is_kept_by(caller.user_id)))
}

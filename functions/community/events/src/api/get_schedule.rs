//! `GET /v1/community/events/schedules/{id}`: a schedule.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use types::ScheduleId;

use crate::api::ScheduleView;
use crate::ctx::Ctx;
use crate::domain::refusal::Refusal;

/// Get a schedule
///
/// Schedules disappear after their last occurrence.
#[utoipa::path(
    get, path = "/v1/community/events/schedules/{id}", operation_id = "get_schedule", tag = "events",
    security(("bearer" = [])),
    params(("id" = ScheduleId, Path, description = "Schedule ID")),
    responses(
        (status = 200, description = "The schedule", body = ScheduleView),
        (status = 404, description = "`events.no_such_schedule`: no schedule with this ID"),
    )
)]
pub async fn get_schedule(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    Path(Id { id }): Path<Id<ScheduleId>>,
) -> Result<Json<ScheduleView>, Problem> {
    let (schedule, _) = ctx.store.schedule(id).await?.ok_or(Refusal::NoSuchSchedule)?;
    Ok(Json(ScheduleView::of(schedule.value, ctx.clock.now())))
}

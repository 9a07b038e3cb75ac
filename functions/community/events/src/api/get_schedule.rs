//! `GET /v1/community/events/schedules/{id}`: something that is due again and again.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use types::ScheduleId;

use crate::api::ScheduleView;
use crate::ctx::Ctx;
use crate::domain::refusal::Refusal;

/// Look at a schedule
///
/// Everybody who is signed in may. One whose last occurrence is over is gone.
#[utoipa::path(
    get, path = "/v1/community/events/schedules/{id}", operation_id = "get_schedule", tag = "events",
    security(("bearer" = [])),
    params(("id" = ScheduleId, Path, description = "Which schedule")),
    responses(
        (status = 200, description = "The schedule", body = ScheduleView),
        (status = 404, description = "`events.no_such_schedule`"),
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

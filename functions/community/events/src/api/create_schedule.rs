//! `POST /v1/community/events/schedules`: something is due at a point again and again. Needs `Idempotency-Key`.

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Created, Fields, IdempotencyKey, Json, Problem};
use serde::Deserialize;
use types::{EventTypeId, PointId, ScheduleId, UserId, ZoneName};
use utoipa::ToSchema;

use crate::api::ScheduleView;
use crate::ctx::TimerEndpointContext;
use crate::domain::recurrence::{Recurrence, parse_local};
use crate::domain::refusal::Refusal;
use crate::domain::schedule::{self, Schedule};
use crate::store::NotScheduled;
use crate::timer::Occurrence;

/// What is due, and when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateSchedule {
    /// Where.
    point_id: PointId,
    /// What.
    event_type_id: EventTypeId,
    /// A rule of RFC 5545, daily at the most often, with up to six hours of a day.
    #[schema(max_length = 200, example = "FREQ=WEEKLY;BYDAY=MO,TH")]
    rrule: String,
    /// Whose clocks the rule goes by.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// From when on, by those clocks, within a year of now. It is an occurrence itself only if the rule names it.
    #[schema(pattern = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}$", example = "2026-04-01T18:00")]
    starts_at: String,
    /// What it is called, if not as its kind.
    #[schema(min_length = 1, max_length = 100, example = "Evening round")]
    title: Option<String>,
}

impl CreateSchedule {
    fn parse(self, id: ScheduleId, creator_id: UserId, now: Timestamp) -> Result<Schedule, Problem> {
        let mut fields = Fields::new();
        let zone = fields.check("timeZone", ZoneName::parse(&self.time_zone));
        let start = parse_local(&self.starts_at).ok_or("must be a local time like 2026-04-01T18:00");
        let start = fields.check("startsAt", start);
        // Without zone and start the rule is read all the same, so that all that is wrong is told at once.
        let read = Recurrence::parse(
            &self.rrule,
            zone.clone().unwrap_or_else(ZoneName::utc),
            start.unwrap_or_else(|| ZoneName::utc().zone().to_datetime(now)),
        );
        let recurrence = fields.check("rrule", read);
        let title = fields.check("title", self.title.as_deref().map(schedule::title).transpose());
        if let (Some(_), Some(_), Some(recurrence)) = (&zone, start, &recurrence)
            && !schedule::starts_in_time(recurrence, now)
        {
            fields.refuse("startsAt", "must be within a year of now, and the rule must not have ended");
        }
        let (_, _, recurrence, title) = fields.all((zone, start, recurrence, title))?;
        let (point_id, event_type_id) = (self.point_id, self.event_type_id);
        Ok(Schedule { id, creator_id, point_id, event_type_id, title, recurrence, created_at: now })
    }
}

/// Remind people at a point
///
/// Whoever follows the point is reminded at each occurrence. The rule keeps the wall time of its zone: what the clocks skip
/// comes later by as much, and of what they show twice the first counts. It ends after five years at the latest. A schedule
/// never changes: make another one instead.
#[utoipa::path(
    post, path = "/v1/community/events/schedules", operation_id = "create_schedule", tag = "events",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = CreateSchedule,
    responses(
        (status = 201, description = "It is made", body = ScheduleView),
        (status = 403, description = "`events.suspended`: the caller's account is suspended"),
        (status = 404, description = "`events.no_such_point`, `events.no_such_event_type`; `events.no_such_user`: the account is gone"),
        (status = 409, description = "`events.too_many_schedules`: of this person or at this point; `events.type_retired`"),
        (status = 422, description = "`events.key_reused`: the `Idempotency-Key` has asked for something else"),
    )
)]
pub async fn create_schedule(
    State(timed): State<&'static TimerEndpointContext>,
    caller: Caller,
    attempt: IdempotencyKey,
    Json(body): Json<CreateSchedule>,
) -> Result<Created<ScheduleView>, Problem> {
    let now = timed.ctx.clock.now();
    let id = ScheduleId::new(attempt.derive_id("create_schedule", &caller.user_id.to_string()));
    let wanted = body.parse(id, caller.user_id, now)?;
    let schedule = match timed.ctx.store.add_schedule(&wanted, now).await {
        Ok(_) => wanted,
        Err(NotScheduled::Exists(before)) if before.is_same(&wanted) => *before,
        Err(NotScheduled::Exists(_)) => return Err(Refusal::KeyReused.into()),
        Err(NotScheduled::Refused(refusal)) => return Err(refusal.into()),
        Err(NotScheduled::Store(error)) => return Err(error.into()),
    };
    // A repeat asks too: the first try may have been killed before it did.
    if let Some(occurs_at) = schedule.recurrence.next_after(now) {
        arm(timed, Occurrence { schedule_id: id, occurs_at }).await;
    }
    Ok(Created::at(format!("/v1/community/events/schedules/{id}"), ScheduleView::of(schedule, now)))
}

/// The schedule is there, so the answer does not depend on the timer: where it was not asked, the sweep finds what is due.
async fn arm(timed: &TimerEndpointContext, occurrence: Occurrence) {
    if let Err(error) = timed.timer.arm(occurrence).await {
        tracing::warn!(%error, "the first occurrence waits for the sweep");
    }
}

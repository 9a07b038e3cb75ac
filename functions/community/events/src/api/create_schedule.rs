//! `POST /v1/community/events/schedules`: creates a reminder schedule at a point. Requires `Idempotency-Key`.

use axum::extract::State;
use calendar::{Recurrence, ZoneName, parse_local};
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Created, Fields, IdempotencyKey, Json, Problem};
use serde::Deserialize;
use types::{EventTypeId, PointId, Role, ScheduleId, UserId};
use utoipa::ToSchema;

use crate::api::ScheduleView;
use crate::ctx::TimerEndpointContext;
use crate::domain::refusal::Refusal;
use crate::domain::schedule::{self, Schedule};
use crate::store::NotScheduled;
use crate::timer::Occurrence;

/// Request to create a schedule.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateSchedule {
    /// Point ID.
    point_id: PointId,
    /// Event type ID.
    event_type_id: EventTypeId,
    /// Recurrence rule (RFC 5545): at most daily, with up to six hours per day.
    #[schema(min_length = 1, max_length = 200, example = "FREQ=WEEKLY;BYDAY=MO,TH")]
    rrule: String,
    /// IANA time zone of the rule.
    #[schema(min_length = 1, max_length = 64, example = "Europe/Berlin")]
    time_zone: String,
    /// Start of the recurrence in local time of `timeZone`, within one year from now. Not an occurrence unless
    /// it matches `rrule`.
    #[schema(pattern = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}$", example = "2026-04-01T18:00")]
    starts_at: String,
    /// Title. Defaults to the name of the event type.
    #[schema(min_length = 1, max_length = 100, example = "Evening round")]
    title: Option<String>,
}

impl CreateSchedule {
    fn parse(self, id: ScheduleId, creator_id: UserId, now: Timestamp) -> Result<Schedule, Problem> {
        let mut fields = Fields::new();
        let zone = fields.check("timeZone", ZoneName::parse(&self.time_zone));
        let start = parse_local(&self.starts_at).ok_or("must be a local time like 2026-04-01T18:00");
        let start = fields.check("startsAt", start);
        // The rule is checked even without valid zone and start, so that all errors are reported at once.
        let read = Recurrence::parse(
            &self.rrule,
            zone.clone().unwrap_or_else(ZoneName::utc),
            start.unwrap_or_else(|| ZoneName::utc().local(now)),
        );
        let recurrence = fields.check("rrule", read);
        let title = fields.check("title", self.title.as_deref().map(schedule::title).transpose());
        if let (Some(_), Some(_), Some(recurrence)) = (&zone, start, &recurrence)
            && !schedule::starts_in_time(recurrence, now)
        {
            fields.refuse("startsAt", "must be within one year from now, and the rule must have a future occurrence");
        }
        let (_, _, recurrence, title) = fields.all((zone, start, recurrence, title))?;
        let (point_id, event_type_id) = (self.point_id, self.event_type_id);
        Ok(Schedule { id, creator_id, point_id, event_type_id, title, recurrence, created_at: now })
    }
}

/// Create a reminder schedule
///
/// Notifies the subscribers of the point at each occurrence. Allowed for the keeper of the point and for admins. The
/// schedule ends when the creator is suspended or deletes the account, the point is deleted, or the event type is retired. Occurrences keep their local time in `timeZone`: times
/// skipped by daylight saving shift forward, and of repeated times the first counts. A schedule ends after at most
/// five years and cannot be changed; delete it and create another one. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/community/events/schedules", operation_id = "create_schedule", tag = "events",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = CreateSchedule,
    responses(
        (status = 201, description = "Schedule created", body = ScheduleView),
        (status = 403, description = "`events.not_keeper`: only the keeper of the point or an admin can schedule reminders"),
        (status = 404, description = "`events.no_such_point`: no point with this ID; `events.no_such_event_type`: no event type with this ID; `events.no_such_user`: the account was deleted"),
        (status = 409, description = "`events.too_many_schedules`: the user or the point has the maximum number of schedules; `events.type_retired`: the event type is retired"),
        (status = 429, description = "`request.limit_exceeded`: the user created 40 schedules today; retry after `Retry-After` seconds"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
    )
)]
pub async fn create_schedule(
    State(timed): State<&'static TimerEndpointContext>,
    standing: Standing,
    attempt: IdempotencyKey,
    Json(body): Json<CreateSchedule>,
) -> Result<Created<ScheduleView>, Problem> {
    let now = timed.ctx.clock.now();
    let id = ScheduleId::new(attempt.derive_id("create_schedule", &standing.user_id().to_string()));
    let caller = standing.check().await?;
    let wanted = body.parse(id, caller.user_id, now)?;
    let schedule = match timed.ctx.store.add_schedule(&wanted, caller.has_role(Role::Admin), now).await {
        Ok(_) => wanted,
        Err(NotScheduled::Exists(before)) if before.is_same(&wanted) => *before,
        Err(NotScheduled::Exists(_)) => return Err(Refusal::KeyReused.into()),
        Err(NotScheduled::Refused(refusal)) => return Err(refusal.into()),
        Err(NotScheduled::Limit(exceeded)) => return Err(exceeded.into()),
        Err(NotScheduled::Store(error)) => return Err(error.into()),
    };
    // A retry sets the timer again: the first attempt may have been killed before it did.
    if let Some(occurs_at) = schedule.recurrence.next_after(now) {
        arm(timed, Occurrence { schedule_id: id, occurs_at }).await;
    }
    Ok(Created::at(format!("/v1/community/events/schedules/{id}"), ScheduleView::of(schedule, now)))
}

/// The schedule is stored, so the response does not depend on the timer: if it was not set, the sweep finds due schedules.
async fn arm(timed: &TimerEndpointContext, occurrence: Occurrence) {
    if let Err(error) = timed.timer.arm(occurrence).await {
        tracing::warn!(%error, "the first occurrence waits for the sweep");
    }
}

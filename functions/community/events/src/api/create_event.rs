//! `POST /v1/community/events`: reports what somebody did or saw at a point. Needs `Idempotency-Key`.
//! Emits `events.event_reported.v1`.

use axum::extract::State;
use dynamo::{Outbox, StoreError};
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Problem};
use serde::Deserialize;
use types::{CareEventId, EventTypeId, GeoPoint, MediaId, PointId, UserId};
use utoipa::ToSchema;

use crate::api::EventView;
use crate::ctx::Ctx;
use crate::domain::care_event::{self, CareEvent, Report};
use crate::domain::refusal::Refusal;
use crate::store::NotAdded;

/// What somebody did or saw.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateEvent {
    /// Where.
    point_id: PointId,
    /// Of which kind.
    event_type_id: EventTypeId,
    /// A few words on it.
    #[schema(min_length = 1, max_length = 500, example = "Two cats, both look well.")]
    note: Option<String>,
    /// Published pictures of one's own.
    #[serde(default)]
    #[schema(max_items = 4)]
    photo_media_ids: Vec<MediaId>,
    /// When it happened, at most a week ago; absent for now.
    occurred_at: Option<Timestamp>,
    /// Where the author is, for kinds that ask for it. It is compared with the point's place, and not kept.
    location: Option<GeoPoint>,
}

impl CreateEvent {
    fn parse(self, id: CareEventId, author_id: UserId, now: Timestamp) -> Result<Report, Problem> {
        let mut fields = Fields::new();
        let note = fields.check("note", self.note.as_deref().map(care_event::note).transpose());
        let photos = fields.check("photoMediaIds", care_event::photos(self.photo_media_ids));
        let time = self.occurred_at.map(|at| care_event::occurred(at, now)).transpose();
        let time = fields.check("occurredAt", time);
        let (note, photo_media_ids, occurred_at) = fields.all((note, photos, time))?;
        Ok(Report {
            id,
            author_id,
            point_id: self.point_id,
            event_type_id: self.event_type_id,
            note,
            photo_media_ids,
            occurred_at,
            location: self.location,
        })
    }
}

/// Report a care event
///
/// Everybody who is signed in can see it. The same kind cannot be reported again at the same point before the kind's
/// cooldown is over, whatever becomes of the event. The point may take a moment to be known here after it was made.
#[utoipa::path(
    post, path = "/v1/community/events", operation_id = "create_event", tag = "events",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = CreateEvent,
    responses(
        (status = 201, description = "It is reported", body = EventView),
        (status = 403, description = "`events.suspended`: the caller's account is suspended"),
        (status = 404, description = "`events.no_such_point`, `events.no_such_event_type`; `events.no_such_user`: the account is gone; `events.no_such_event`: this `Idempotency-Key` made one that was removed"),
        (status = 409, description = "`events.cooling_down`: the same was reported here a short time ago; `events.type_retired`"),
        (status = 422, description = "`events.location_missing`, `events.too_far`: the kind asks its author to be near; `events.photo_not_published`; `events.key_reused`: the `Idempotency-Key` has asked for something else"),
    )
)]
pub async fn create_event(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    caller: Caller,
    attempt: IdempotencyKey,
    Json(body): Json<CreateEvent>,
) -> Result<Created<EventView>, Problem> {
    let now = ctx.clock.now();
    let id = CareEventId::new(attempt.derive_id("create_event", &caller.user_id.to_string()));
    let report = body.parse(id, caller.user_id, now)?;
    let known = ctx.store.known_of(&report).await?;
    if let Some(before) = &known.before {
        return same_as_before(before.value.clone(), &report);
    }
    let asked = report.clone();
    let (event, cooldown, fact) = report.decide(&known.circumstances, now)?;
    let outbox = Outbox::of(call.event(now, fact))?;
    match ctx.store.add_event(&event, cooldown.as_ref(), &known, &outbox).await {
        Ok(()) => Ok(created(event)),
        Err(NotAdded::Exists(before)) => same_as_before(before.value, &asked),
        Err(NotAdded::CoolingDown(cooldown)) if cooldown.until > now => {
            Err(Refusal::CoolingDown(cooldown.until).into())
        }
        Err(NotAdded::CoolingDown(_)) => Err(StoreError::Contended { attempts: 1 }.into()),
        Err(NotAdded::Forgotten) => Err(Refusal::NoSuchUser.into()),
        Err(NotAdded::Store(error)) => Err(error.into()),
    }
}

fn created(event: CareEvent) -> Created<EventView> {
    Created::at(format!("/v1/community/events/{}", event.id), event.into())
}

/// A repeat gets what the first try made, if it asks for the same; what was removed since is not made again.
fn same_as_before(before: CareEvent, report: &Report) -> Result<Created<EventView>, Problem> {
    if !before.is_there() {
        Err(Refusal::NoSuchEvent.into())
    } else if before.is_of(report) {
        Ok(created(before))
    } else {
        Err(Refusal::KeyReused.into())
    }
}

//! `POST /v1/community/events`: records a care event. Requires `Idempotency-Key`.
//!
//! Emits `events.event_reported.v1`.

use axum::extract::State;
use dynamo::{Outbox, StoreError};
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Problem};
use serde::Deserialize;
use types::{CareEventId, EventTypeId, GeoPoint, MediaId, PointId, UserId};
use utoipa::ToSchema;

use crate::api::EventView;
use crate::ctx::Gallery;
use crate::domain::care_event::{self, CareEvent, Report};
use crate::domain::refusal::Refusal;
use crate::store::{Beside, NotAdded};

/// Request to create a care event.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateEvent {
    /// Point ID.
    point_id: PointId,
    /// Event type ID.
    event_type_id: EventTypeId,
    /// Note.
    #[schema(min_length = 1, max_length = 500, example = "Two cats, both look well.")]
    note: Option<String>,
    /// Media IDs of published photos of the caller, at most 4.
    #[serde(default)]
    #[schema(max_items = 4)]
    photo_media_ids: Vec<MediaId>,
    /// Time when it happened, at most one week ago. Defaults to now.
    occurred_at: Option<Timestamp>,
    /// Location of the author, if the event type requires it. It is compared with the location of the point and
    /// not stored.
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

/// Create a care event
///
/// Records a care event at a point and notifies its subscribers. Credits the reward of the event type
/// asynchronously, unless `rewardWithheld` says why there is none: rewards are limited per user, event type and day,
/// and need a verified e-mail address and a point of another user that is not new. Each user can report one event of a
/// type per point within the cooldown of the type, even if the event is deleted. A new point can take a moment to be
/// known here. Limit: 200 care events per user and day. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/community/events", operation_id = "create_event", tag = "events",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = CreateEvent,
    responses(
        (status = 201, description = "Care event created", body = EventView),
        (status = 404, description = "`events.no_such_point`: no point with this ID; `events.no_such_event_type`: no event type with this ID; `events.no_such_user`: the account was deleted; `events.no_such_event`: the event of this `Idempotency-Key` was deleted"),
        (status = 409, description = "`events.cooling_down`: reported at this point within the cooldown; retry after `Retry-After` seconds; `events.type_retired`: the event type is retired"),
        (status = 429, description = "`request.limit_exceeded`: the user reported 200 care events today; retry after `Retry-After` seconds"),
        (status = 422, description = "`events.location_missing`: the event type requires `location`; `events.too_far`: `location` is too far from the point; `events.photo_not_published`: `photoMediaIds` must contain published photos of the caller; `request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
    )
)]
pub async fn create_event(
    State(ctx): State<&'static Gallery>,
    call: Invocation,
    standing: Standing,
    attempt: IdempotencyKey,
    Json(body): Json<CreateEvent>,
) -> Result<Created<EventView>, Problem> {
    let now = ctx.clock.now();
    let id = CareEventId::new(attempt.derive_id("create_event", &standing.user_id().to_string()));
    let report = body.parse(id, standing.user_id(), now)?;
    let (checked, mut known) = standing.with(ctx.store.known_of(&report)).await?;
    let beside = Beside::known_of(&known.circumstances);
    let created = async |event| created(ctx, event, &beside).await;
    if let Some(before) = &known.before {
        return created(same_as_before(before.value.clone(), &report)?).await;
    }
    known.circumstances.email_verified = checked.require_verified_email().is_ok();
    let asked = report.clone();
    let mut accepted = report.decide(&known.circumstances, now)?;
    loop {
        let outbox = Outbox::of(call.event(now, accepted.fact.clone()))?;
        return match ctx.store.add_event(&accepted, &known, &outbox).await {
            Ok(()) => created(accepted.event).await,
            Err(NotAdded::Exists(before)) => created(same_as_before(before.value, &asked)?).await,
            // Without a reward there is no limit, so this happens once.
            Err(NotAdded::RewardLimit(limit)) => {
                accepted = accepted.without_reward(limit);
                continue;
            }
            Err(NotAdded::CoolingDown(cooldown)) => Err(match cooldown.refusal(now) {
                Some(refusal) => refusal.into(),
                None => StoreError::Contended { attempts: 1 }.into(),
            }),
            Err(NotAdded::Limit(exceeded)) => Err(exceeded.into()),
            Err(NotAdded::Forgotten) => Err(Refusal::NoSuchUser.into()),
            Err(NotAdded::Store(error)) => Err(error.into()),
        };
    }
}

async fn created(ctx: &Gallery, event: CareEvent, beside: &Beside) -> Result<Created<EventView>, Problem> {
    let location = format!("/v1/community/events/{}", event.id);
    let view = EventView::for_author(event, beside, &ctx.files, ctx.clock.now()).await?;
    Ok(Created::at(location, view))
}

/// Returns the existing event if the request is the same, for a retry with the same key. A deleted one is not recreated.
fn same_as_before(before: CareEvent, report: &Report) -> Result<CareEvent, Refusal> {
    if !before.is_there() {
        Err(Refusal::NoSuchEvent)
    } else if before.is_of(report) {
        Ok(before)
    } else {
        Err(Refusal::KeyReused)
    }
}

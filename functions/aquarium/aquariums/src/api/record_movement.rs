//! `POST /v1/aquarium/aquariums/{id}/livestock/{livestockId}/movements`: records that animals or plants came or left. Requires
//! `Idempotency-Key`.
//!
//! Emits `aquariums.livestock_changed.v1`.

use axum::extract::State;
use contracts::aquariums::MovementCause;
use dynamo::{ConflictRetry, Outbox};
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Path, Problem};
use serde::Deserialize;
use types::{AquariumId, LivestockId, MovementId};
use utoipa::ToSchema;

use crate::api::fields;
use crate::api::get_livestock::LivestockOf;
use crate::api::record_view::MovementView;
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::domain::livestock::{Direction, Movement, Report};
use crate::domain::moment::past;
use crate::problem::Refusal;
use crate::store::NotRecorded;

/// Request to record a movement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordMovement {
    /// Direction.
    direction: Direction,
    /// How many animals or plants moved.
    #[schema(minimum = 1, maximum = 100_000, example = 1)]
    number: u32,
    /// Cause. In: `bought`, `born`, `received`, `corrected`. Out: `died`, `sold`, `given_away`, `missing`, `corrected`.
    cause: MovementCause,
    /// Time of the movement, not in the future. Precise to milliseconds.
    #[schema(value_type = Timestamp)]
    moved_at: String,
    /// What else there is to say.
    #[schema(min_length = 1, max_length = 500)]
    note: Option<String>,
}

impl RecordMovement {
    fn parse(&self, id: impl FnOnce(Timestamp) -> MovementId, now: Timestamp) -> Result<Report, Problem> {
        let mut fields = Fields::new();
        let change = fields::movement(&mut fields, self.direction, ("number", self.number), self.cause);
        let at = fields.check("movedAt", past(&self.moved_at, now));
        let note = fields::note(&mut fields, self.note.as_deref());
        let (change, moved_at, note) = fields.all((change, at, note))?;
        Ok(Report { id: id(moved_at), moved_at, change, note })
    }
}

/// Record a movement
///
/// Allowed for the owner and keepers. Changes the count, which is never negative and at most 100,000. Limit: 1,000 records per
/// user and day. Idempotent by `Idempotency-Key` and `movedAt`: a repeated request sends both unchanged. With another `movedAt`,
/// the key records another movement.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/livestock/{livestockId}/movements", operation_id = "record_movement", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("livestockId" = LivestockId, Path, description = "Livestock ID"),
        IdempotencyKey,
    ),
    request_body = RecordMovement,
    responses(
        (status = 201, description = "Movement recorded", body = MovementView),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can record movements"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_livestock`: the aquarium has no livestock with this ID"),
        (status = 409, description = "`aquariums.count_out_of_range`: the count would be negative or above 100,000"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
        (status = 429, description = "`request.limit_exceeded`: the user wrote 1,000 records today; retry after `Retry-After` seconds"),
    )
)]
pub async fn record_movement(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    attempt: IdempotencyKey,
    Path(LivestockOf { id, livestock_id }): Path<LivestockOf>,
    Json(body): Json<RecordMovement>,
) -> Result<Created<MovementView>, Problem> {
    let now = ctx.clock.now();
    // The time is part of the ID: the key of the entry contains both, and so does that of a member's contribution.
    let movement_id = |at: Timestamp| {
        let caller = format!("{}#{id}#{livestock_id}#{}", standing.user_id(), at.as_millisecond());
        MovementId::new(attempt.derive_id("record_movement", &caller))
    };
    let report = body.parse(movement_id, now)?;
    let location = format!("/v1/aquarium/aquariums/{id}/livestock/{livestock_id}/movements");
    let mut retry = ConflictRetry::default();
    loop {
        let (_, found) = standing.with(ctx.store.open_livestock(standing.user_id(), id, livestock_id)).await?;
        let (opened, read) = found.ok_or(Refusal::NoSuchAquarium)?;
        opened.scope.at_least(Role::Keeper)?;
        let read = read.ok_or(Refusal::NoSuchLivestock)?;
        let next = match read.value.moved(report.change) {
            Ok(next) => next,
            Err(refused) => {
                // The first attempt of this request may have led to the count that refuses the second one.
                let before = ctx.store.movement(&read.value, report.moved_at, report.id).await?;
                let before = before.ok_or(Refusal::CountOutOfRange(refused.count))?;
                return Ok(Created::at(location, same_as_before(&before.value, &report)?));
            }
        };
        let movement = Movement::new(&opened.scope, &next, report.clone());
        let outbox = Outbox::of(call.event(now, next.changed_fact(&movement, read.version + 1)))?;
        match ctx.store.add_movement(&opened, &read, &next, &movement, (&outbox, now)).await {
            Ok(()) => return Ok(Created::at(location, MovementView::from(&movement))),
            Err(NotRecorded::Exists(before)) => {
                return Ok(Created::at(location, same_as_before(&before.value, &report)?));
            }
            Err(NotRecorded::Limit(exceeded)) => return Err(exceeded.into()),
            Err(NotRecorded::Store(error)) => return Err(error.into()),
            Err(NotRecorded::Moved | NotRecorded::TooMany) => retry.pause().await?,
        }
    }
}

fn same_as_before(before: &Movement, report: &Report) -> Result<MovementView, Refusal> {
    before.was_reported_as(report).then(|| MovementView::from(before)).ok_or(Refusal::KeyReused)
}

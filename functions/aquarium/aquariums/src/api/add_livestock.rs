//! `POST /v1/aquarium/aquariums/{id}/livestock`: adds livestock. Requires `Idempotency-Key`.
//!
//! Emits `aquariums.livestock_changed.v1`.

use axum::extract::State;
use contracts::aquariums::MovementCause;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Standing;
use kit::http::{Created, Fields, Id, IdempotencyKey, Invocation, Json, Path, Problem};
use serde::Deserialize;
use types::{AquariumId, LivestockId, MovementId};
use utoipa::ToSchema;

use crate::api::fields;
use crate::api::record_view::LivestockView;
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::domain::livestock::{Change, Details, Direction, Livestock, MAX_LIVESTOCK, Movement, Report};
use crate::problem::Refusal;
use crate::store::NotRecorded;

/// Request to add livestock.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddLivestock {
    /// Species.
    #[schema(min_length = 1, max_length = 120, example = "Amphiprion ocellaris")]
    species: String,
    /// Name.
    #[schema(min_length = 1, max_length = 80)]
    name: Option<String>,
    /// Number of animals or plants.
    #[schema(minimum = 1, maximum = 100_000, example = 2)]
    count: u32,
    /// How they came into the aquarium: `bought`, `born`, `received` or `corrected`. Defaults to `bought`.
    cause: Option<MovementCause>,
}

impl AddLivestock {
    fn parse(&self) -> Result<(Details, Change), Problem> {
        let mut fields = Fields::new();
        let species = fields::species(&mut fields, &self.species);
        let name = fields.check("name", self.name.as_deref().map(fields::livestock_name).transpose());
        let cause = self.cause.unwrap_or(MovementCause::Bought);
        let first = fields::movement(&mut fields, Direction::In, ("count", self.count), cause);
        let (species, name, first) = fields.all((species, name, first))?;
        Ok((Details { species, name }, first))
    }
}

/// Add livestock
///
/// Allowed for the owner and keepers. Adds animals or plants of one species, with their first movement. An aquarium has at most
/// 500 of them, those with a count of zero included. Limit: 1,000 records per user and day. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/livestock", operation_id = "add_livestock", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        IdempotencyKey,
    ),
    request_body = AddLivestock,
    responses(
        (status = 201, description = "Livestock added", body = LivestockView),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can add livestock"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
        (status = 409, description = "`aquariums.too_many_items`: the aquarium has livestock of 500 kinds"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
        (status = 429, description = "`request.limit_exceeded`: the user wrote 1,000 records today; retry after `Retry-After` seconds"),
    )
)]
pub async fn add_livestock(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    attempt: IdempotencyKey,
    Path(Id { id }): Path<Id<AquariumId>>,
    Json(body): Json<AddLivestock>,
) -> Result<Created<LivestockView>, Problem> {
    let now = ctx.clock.now();
    let (details, first) = body.parse()?;
    let caller = format!("{}#{id}", standing.user_id());
    let new_id = attempt.derive_id("add_livestock", &caller);
    let location = format!("/v1/aquarium/aquariums/{id}/livestock/{new_id}");
    let mut retry = ConflictRetry::default();
    loop {
        let (_, opened) = standing.with(ctx.store.open(standing.user_id(), id)).await?;
        let opened = opened.ok_or(Refusal::NoSuchAquarium)?;
        opened.scope.at_least(Role::Keeper)?;
        let new = Livestock::new(&opened.scope, LivestockId::new(new_id), details.clone(), first, now);
        let report = Report { id: MovementId::new(new_id), moved_at: now, change: first, note: None };
        let movement = Movement::new(&opened.scope, &new, report);
        let outbox = Outbox::of(call.event(now, new.changed_fact(&movement, 1)))?;
        match ctx.store.add_livestock(&opened, &new, &movement, &outbox).await {
            Ok(()) => return Ok(Created::at(location, LivestockView::from(&new))),
            Err(NotRecorded::Exists(before)) if before.value.was_created_with(&details, first) => {
                return Ok(Created::at(location, LivestockView::from(&before.value)));
            }
            Err(NotRecorded::Exists(_)) => return Err(Refusal::KeyReused.into()),
            Err(NotRecorded::TooMany) => return Err(Refusal::TooManyItems(MAX_LIVESTOCK).into()),
            Err(NotRecorded::Limit(exceeded)) => return Err(exceeded.into()),
            Err(NotRecorded::Store(error)) => return Err(error.into()),
            Err(NotRecorded::Moved) => retry.pause().await?,
        }
    }
}

//! `POST /v1/aquarium/aquariums`: creates an aquarium. Requires `Idempotency-Key`.
//!
//! Emits `aquariums.aquarium_created.v1` and `aquariums.access_changed.v1`, and `notifications.requested.v1` for the first aquarium
//! of a user.

use axum::extract::State;
use contracts::aquariums::AquariumKind;
use dynamo::{Outbox, StoreError};
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Problem};
use serde::Deserialize;
use types::AquariumId;
use utoipa::ToSchema;

use crate::api::fields;
use crate::api::view::AquariumView;
use crate::ctx::Ctx;
use crate::domain::access::Access;
use crate::domain::aquarium::{Aquarium, Details};
use crate::domain::welcome::welcome;
use crate::problem::Refusal;
use crate::store::NotAdded;

/// Request to create an aquarium. The owner is the caller.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateAquarium {
    /// Name.
    #[schema(min_length = 1, max_length = 80, example = "Reef")]
    name: String,
    /// Type of water.
    #[schema(value_type = AquariumKind)]
    kind: String,
    /// Volume of the water in millilitres, without decoration.
    #[schema(minimum = 100, maximum = 1_000_000_000, example = 180_000)]
    net_volume_ml: u64,
    /// IANA time zone of the aquarium's days.
    #[schema(min_length = 1, max_length = 64, example = "Europe/Berlin")]
    time_zone: String,
}

impl CreateAquarium {
    fn parse(&self) -> Result<Details, Problem> {
        let mut fields = Fields::new();
        let name = fields::name(&mut fields, &self.name);
        let kind = fields::kind(&mut fields, &self.kind);
        let volume = fields::net_volume(&mut fields, self.net_volume_ml);
        let zone = fields::time_zone(&mut fields, &self.time_zone);
        let (name, kind, net_volume_ml, time_zone) = fields.all((name, kind, volume, zone))?;
        Ok(Details { name, kind, net_volume_ml, time_zone })
    }
}

/// Create an aquarium
///
/// Creates an aquarium and makes the caller its owner. No other user can see it until the owner shares it. The number of
/// aquariums that a user owns is limited by the plan: 2, or 20 on larger plans; shared aquariums do not count. Limit: 40
/// created aquariums per user and day. The user gets a notification about the first one. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums", operation_id = "create_aquarium", tag = "aquariums",
    security(("bearer" = [])),
    params(IdempotencyKey),
    request_body = CreateAquarium,
    responses(
        (status = 201, description = "Aquarium created", body = AquariumView),
        (status = 404, description = "`aquariums.no_such_user`: the account was deleted"),
        (status = 409, description = "`aquariums.quota_used`: the plan allows no more aquariums; `aquariums.removed`: the aquarium of this `Idempotency-Key` was deleted"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
        (status = 429, description = "`request.limit_exceeded`: the user created 40 aquariums today; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_aquarium(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    attempt: IdempotencyKey,
    Json(body): Json<CreateAquarium>,
) -> Result<Created<AquariumView>, Problem> {
    let (now, details) = (ctx.clock.now(), body.parse()?);
    let id = AquariumId::new(attempt.derive_id("create_aquarium", &standing.user_id().to_string()));
    let (caller, quota) = standing.with(ctx.store.quota(standing.user_id())).await?;
    let aquarium = Aquarium::new(id, caller.user_id, details.clone(), now);
    let access = Access::new(id, caller.user_id);
    let mut outbox = created(&call, &aquarium, &access, now)?;
    if quota.aquariums == 0 {
        outbox.push(call.event(now, welcome(&aquarium)))?;
    }
    let aquarium = match ctx.store.add(&aquarium, quota.allowed(now), &outbox).await {
        Ok(()) => aquarium,
        Err(NotAdded::Exists(before)) if before.value.was_created_with(&details) => before.value,
        Err(NotAdded::Exists(_)) => return Err(Refusal::KeyReused.into()),
        Err(NotAdded::Removed) => return Err(Refusal::Removed.into()),
        Err(NotAdded::QuotaUsed) => return Err(Refusal::QuotaUsed(quota.allowed(now)).into()),
        Err(NotAdded::Limit(exceeded)) => return Err(exceeded.into()),
        Err(NotAdded::Forgotten) => return Err(Refusal::NoSuchUser.into()),
        Err(NotAdded::Store(error)) => return Err(error.into()),
    };
    let scope = access.scope(caller.user_id).ok_or(StoreError::Contended { attempts: 1 })?;
    Ok(Created::at(format!("/v1/aquarium/aquariums/{id}"), AquariumView::of(&aquarium, &scope)))
}

fn created(call: &Invocation, aquarium: &Aquarium, access: &Access, now: Timestamp) -> Result<Outbox, Problem> {
    let mut outbox = Outbox::of(call.event(now, aquarium.created_fact()))?;
    if let Some(fact) = access.changed_fact() {
        outbox.push(call.event(now, fact))?;
    }
    Ok(outbox)
}

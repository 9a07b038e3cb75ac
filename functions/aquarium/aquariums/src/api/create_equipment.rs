//! `POST /v1/aquarium/aquariums/{id}/equipment`: adds a piece of equipment. Requires `Idempotency-Key`.
//!
//! Emits `aquariums.equipment_changed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Standing;
use kit::http::{Created, Fields, Id, IdempotencyKey, Invocation, Json, Path, Problem};
use serde::Deserialize;
use types::{AquariumId, EquipmentId};
use utoipa::ToSchema;

use crate::api::fields;
use crate::api::record_view::EquipmentView;
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::domain::equipment::{Details, Equipment, EquipmentKind, MAX_EQUIPMENT, interval};
use crate::domain::moment::date;
use crate::problem::Refusal;
use crate::store::NotRecorded;

/// Request to add a piece of equipment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateEquipment {
    /// Name.
    #[schema(min_length = 1, max_length = 100, example = "Canister filter")]
    name: String,
    /// Type.
    kind: EquipmentKind,
    /// Manufacturer and model.
    #[schema(min_length = 1, max_length = 100)]
    model: Option<String>,
    /// Date of installation.
    #[schema(format = Date, example = "2026-03-14")]
    installed_on: Option<String>,
    /// Days between two services. Equipment without it is never due.
    #[schema(minimum = 1, maximum = 3650, example = 30)]
    service_interval_days: Option<u16>,
    /// Last day of the warranty.
    #[schema(format = Date, example = "2028-03-14")]
    warranty_until: Option<String>,
}

impl CreateEquipment {
    fn parse(&self) -> Result<Details, Problem> {
        let mut fields = Fields::new();
        let name = fields::short(&mut fields, "name", &self.name);
        let model = self.model.as_deref().and_then(|text| fields::short(&mut fields, "model", text));
        let installed_on = fields.check("installedOn", self.installed_on.as_deref().map(date).transpose());
        let days = fields.check("serviceIntervalDays", self.service_interval_days.map(interval).transpose());
        let warranty = fields.check("warrantyUntil", self.warranty_until.as_deref().map(date).transpose());
        let (name, installed_on, service_interval_days, warranty_until) =
            fields.all((name, installed_on, days, warranty))?;
        Ok(Details { name, kind: self.kind, model, installed_on, service_interval_days, warranty_until })
    }
}

/// Add equipment
///
/// Allowed for the owner and keepers. An aquarium has at most 200 pieces of equipment. Limit: 1,000 records per user and day.
/// Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/equipment", operation_id = "create_equipment", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        IdempotencyKey,
    ),
    request_body = CreateEquipment,
    responses(
        (status = 201, description = "Equipment added", body = EquipmentView),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can add equipment"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
        (status = 409, description = "`aquariums.too_many_items`: the aquarium has 200 pieces of equipment"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
        (status = 429, description = "`request.limit_exceeded`: the user wrote 1,000 records today; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_equipment(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    attempt: IdempotencyKey,
    Path(Id { id }): Path<Id<AquariumId>>,
    Json(body): Json<CreateEquipment>,
) -> Result<Created<EquipmentView>, Problem> {
    let (now, details) = (ctx.clock.now(), body.parse()?);
    let caller = format!("{}#{id}", standing.user_id());
    let new_id = EquipmentId::new(attempt.derive_id("create_equipment", &caller));
    let location = format!("/v1/aquarium/aquariums/{id}/equipment/{new_id}");
    let mut retry = ConflictRetry::default();
    loop {
        let (_, opened) = standing.with(ctx.store.open(standing.user_id(), id)).await?;
        let opened = opened.ok_or(Refusal::NoSuchAquarium)?;
        opened.scope.at_least(Role::Keeper)?;
        let zone = &opened.aquarium.value.details.time_zone;
        let new = Equipment::new(&opened.scope, new_id, details.clone(), now);
        let outbox = Outbox::of(call.event(now, new.changed_fact(zone, 1)))?;
        match ctx.store.add_equipment(&opened, &new, &outbox).await {
            Ok(()) => return Ok(Created::at(location, EquipmentView::of(&new, zone))),
            Err(NotRecorded::Exists(before)) if before.value.was_created_with(&details) => {
                return Ok(Created::at(location, EquipmentView::of(&before.value, zone)));
            }
            Err(NotRecorded::Exists(_)) => return Err(Refusal::KeyReused.into()),
            Err(NotRecorded::TooMany) => return Err(Refusal::TooManyItems(MAX_EQUIPMENT).into()),
            Err(NotRecorded::Limit(exceeded)) => return Err(exceeded.into()),
            Err(NotRecorded::Store(error)) => return Err(error.into()),
            Err(NotRecorded::Moved) => retry.pause().await?,
        }
    }
}

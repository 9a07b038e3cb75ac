//! `PATCH /v1/aquarium/aquariums/{id}/equipment/{equipmentId}`: updates a piece of equipment. Requires `If-Match`.
//!
//! Emits `aquariums.equipment_changed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Standing;
use kit::http::{Fields, IfMatch, Invocation, Json, Path, Problem, Tagged};
use serde::Deserialize;
use types::{AquariumId, EquipmentId};
use utoipa::ToSchema;

use crate::api::fields::{self, given};
use crate::api::get_equipment::EquipmentOf;
use crate::api::record_view::EquipmentView;
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::domain::equipment::{Change, EquipmentKind, interval};
use crate::domain::moment::date;
use crate::problem::Refusal;

/// Fields to update. Null removes an optional field.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent, null and a value are three wishes: leave, clear, set")]
pub struct UpdateEquipment {
    /// Name.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 100, example = "Canister filter")]
    name: Option<String>,
    /// Type.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    kind: Option<EquipmentKind>,
    /// Manufacturer and model.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100)]
    model: Option<Option<String>>,
    /// Date of installation.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date, example = "2026-03-14")]
    installed_on: Option<Option<String>>,
    /// Days between two services. Equipment without it is never due.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u16>, minimum = 1, maximum = 3650, example = 30)]
    service_interval_days: Option<Option<u16>>,
    /// Last day of the warranty.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date, example = "2028-03-14")]
    warranty_until: Option<Option<String>>,
}

impl UpdateEquipment {
    fn parse(&self) -> Result<Change, Problem> {
        let mut fields = Fields::new();
        let name = self.name.as_deref().and_then(|text| fields::short(&mut fields, "name", text));
        let model = self.model.as_ref();
        let model = model.map(|text| text.as_deref().and_then(|text| fields::short(&mut fields, "model", text)));
        let day = |text: &Option<String>| text.as_deref().map(date).transpose();
        let installed_on = fields.check("installedOn", self.installed_on.as_ref().map(day).transpose());
        let days = self.service_interval_days.map(|days| days.map(interval).transpose()).transpose();
        let days = fields.check("serviceIntervalDays", days);
        let warranty = fields.check("warrantyUntil", self.warranty_until.as_ref().map(day).transpose());
        let (installed_on, service_interval_days, warranty_until) = fields.all((installed_on, days, warranty))?;
        Ok(Change { name, kind: self.kind, model, installed_on, service_interval_days, warranty_until })
    }
}

/// Update equipment
///
/// Allowed for the owner and keepers. Absent fields stay unchanged. A new interval moves the date of the next service. Requires
/// `If-Match` with the last `ETag`.
#[utoipa::path(
    patch, path = "/v1/aquarium/aquariums/{id}/equipment/{equipmentId}", operation_id = "update_equipment", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("equipmentId" = EquipmentId, Path, description = "Equipment ID"),
        IfMatch,
    ),
    request_body = UpdateEquipment,
    responses(
        (status = 200, description = "The updated equipment", body = EquipmentView),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can change equipment"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_equipment`: the aquarium has no equipment with this ID"),
    )
)]
pub async fn update_equipment(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    based_on: IfMatch,
    Path(EquipmentOf { id, equipment_id }): Path<EquipmentOf>,
    Json(body): Json<UpdateEquipment>,
) -> Result<Tagged<EquipmentView>, Problem> {
    let change = body.parse()?;
    let mut retry = ConflictRetry::default();
    loop {
        let (_, found) = standing.with(ctx.store.open_equipment(standing.user_id(), id, equipment_id)).await?;
        let (opened, read) = found.ok_or(Refusal::NoSuchAquarium)?;
        opened.scope.at_least(Role::Keeper)?;
        let read = read.ok_or(Refusal::NoSuchEquipment)?;
        based_on.check(read.version)?;
        let zone = &opened.aquarium.value.details.time_zone;
        let Some(next) = read.value.changed(change.clone()) else {
            return Ok(Tagged::new(read.version, EquipmentView::of(&read.value, zone)));
        };
        let outbox = Outbox::of(call.event(ctx.clock.now(), next.changed_fact(zone, read.version + 1)))?;
        if ctx.store.change_equipment(&opened, &read, &next, &outbox).await? {
            return Ok(Tagged::new(read.version + 1, EquipmentView::of(&next, zone)));
        }
        retry.pause().await?;
    }
}

//! `GET /v1/aquarium/aquariums/{id}/equipment/{equipmentId}`: a piece of equipment.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Path, Problem, Tagged};
use serde::Deserialize;
use types::{AquariumId, EquipmentId};

use crate::api::record_view::EquipmentView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Path parameters.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EquipmentOf {
    /// Aquarium ID.
    pub id: AquariumId,
    /// Equipment ID.
    pub equipment_id: EquipmentId,
}

/// Get equipment
///
/// Allowed for the owner and for users with whom the aquarium is shared.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/equipment/{equipmentId}", operation_id = "get_equipment", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("equipmentId" = EquipmentId, Path, description = "Equipment ID"),
    ),
    responses(
        (status = 200, description = "The equipment", body = EquipmentView),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_equipment`: the aquarium has no equipment with this ID"),
    )
)]
pub async fn get_equipment(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(EquipmentOf { id, equipment_id }): Path<EquipmentOf>,
) -> Result<Tagged<EquipmentView>, Problem> {
    let found = ctx.store.open_equipment(caller.user_id, id, equipment_id).await?;
    let (opened, read) = found.ok_or(Refusal::NoSuchAquarium)?;
    let read = read.ok_or(Refusal::NoSuchEquipment)?;
    let zone = &opened.aquarium.value.details.time_zone;
    Ok(Tagged::new(read.version, EquipmentView::of(&read.value, zone)))
}

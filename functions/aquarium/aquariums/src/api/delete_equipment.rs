//! `DELETE /v1/aquarium/aquariums/{id}/equipment/{equipmentId}`: deletes a piece of equipment. Requires `If-Match`.
//!
//! The service log goes first: if the function is killed in between, the equipment is still there, and a repeated request
//! deletes the rest. A service that is recorded meanwhile changes the equipment, so the deletion starts over.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::Standing;
use kit::http::{IfMatch, NoContent, Path, Problem};
use types::{AquariumId, EquipmentId};

use crate::api::get_equipment::EquipmentOf;
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::problem::Refusal;

/// Delete equipment
///
/// Allowed for the owner and keepers. Deletes the equipment with its service log. Requires `If-Match` with the last `ETag`.
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}/equipment/{equipmentId}", operation_id = "delete_equipment", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("equipmentId" = EquipmentId, Path, description = "Equipment ID"),
        IfMatch,
    ),
    responses(
        (status = 204, description = "Equipment deleted"),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can delete equipment"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_equipment`: the aquarium has no equipment with this ID"),
    )
)]
pub async fn delete_equipment(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    based_on: IfMatch,
    Path(EquipmentOf { id, equipment_id }): Path<EquipmentOf>,
) -> Result<NoContent, Problem> {
    let mut retry = ConflictRetry::default();
    loop {
        let (_, found) = standing.with(ctx.store.open_equipment(standing.user_id(), id, equipment_id)).await?;
        let (opened, read) = found.ok_or(Refusal::NoSuchAquarium)?;
        opened.scope.at_least(Role::Keeper)?;
        let read = read.ok_or(Refusal::NoSuchEquipment)?;
        based_on.check(read.version)?;
        if read.value.has_services() {
            ctx.store.delete_services(&opened.scope, equipment_id).await?;
        }
        if ctx.store.delete_equipment(&opened, &read).await? {
            return Ok(NoContent);
        }
        retry.pause().await?;
    }
}

//! `DELETE /v1/aquarium/aquariums/{id}/equipment/{equipmentId}`: deletes a piece of equipment. Requires `If-Match`.
//!
//! Equipment is marked as removed first, in the write that has the event, and does not exist any more for members. If the function
//! is killed before it is deleted with its service log, a repeated request deletes the rest, and so does the deletion of the
//! aquarium.
//!
//! Emits `aquariums.equipment_changed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Standing;
use kit::http::{IfMatch, Invocation, NoContent, Path, Problem};
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
    call: Invocation,
    standing: Standing,
    based_on: IfMatch,
    Path(EquipmentOf { id, equipment_id }): Path<EquipmentOf>,
) -> Result<NoContent, Problem> {
    let mut retry = ConflictRetry::default();
    loop {
        let found = ctx.store.open_removed_equipment(standing.user_id(), id, equipment_id);
        let (_, found) = standing.with(found).await?;
        let (opened, read) = found.ok_or(Refusal::NoSuchAquarium)?;
        opened.scope.at_least(Role::Keeper)?;
        let read = read.ok_or(Refusal::NoSuchEquipment)?;
        if read.value.is_removed() {
            ctx.store.finish_removal(&opened.scope, read).await?;
            return Ok(NoContent);
        }
        based_on.check(read.version)?;
        let (removed, zone) = (read.value.removed(), &opened.aquarium.value.details.time_zone);
        let outbox = Outbox::of(call.event(ctx.clock.now(), removed.changed_fact(zone, read.version + 1)))?;
        if ctx.store.remove_equipment(&opened, &read, &outbox).await? {
            let removed = read.successor(removed);
            ctx.store.finish_removal(&opened.scope, removed).await?;
            return Ok(NoContent);
        }
        retry.pause().await?;
    }
}

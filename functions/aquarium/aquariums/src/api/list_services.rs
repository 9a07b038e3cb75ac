//! `GET /v1/aquarium/aquariums/{id}/equipment/{equipmentId}/services`: the service log of a piece of equipment.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, List, Page, Path, Problem};
use types::{AquariumId, EquipmentId};

use crate::api::get_equipment::EquipmentOf;
use crate::api::record_view::ServiceView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// List services
///
/// Allowed for the owner and for users with whom the aquarium is shared. Latest first. Empty for equipment that does not exist.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/equipment/{equipmentId}/services", operation_id = "list_services", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("equipmentId" = EquipmentId, Path, description = "Equipment ID"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<ServiceView>),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn list_services(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(EquipmentOf { id, equipment_id }): Path<EquipmentOf>,
    page: Page,
) -> Result<Json<List<ServiceView>>, Problem> {
    let scope = ctx.store.scope(caller.user_id, id).await?.ok_or(Refusal::NoSuchAquarium)?;
    let page = ctx.store.services(&scope, equipment_id, page).await?;
    Ok(Json(List::of(page, |read| ServiceView::from(&read.value))))
}

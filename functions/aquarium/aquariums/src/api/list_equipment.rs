//! `GET /v1/aquarium/aquariums/{id}/equipment`: the equipment of an aquarium.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, List, Page, Path, Problem};
use types::AquariumId;

use crate::api::record_view::EquipmentView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// List equipment
///
/// Allowed for the owner and for users with whom the aquarium is shared. Ordered by ID. The order carries no meaning.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/equipment", operation_id = "list_equipment", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<EquipmentView>),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn list_equipment(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<AquariumId>>,
    page: Page,
) -> Result<Json<List<EquipmentView>>, Problem> {
    let found = ctx.store.equipment_of(caller.user_id, id, page).await?;
    let (aquarium, page) = found.ok_or(Refusal::NoSuchAquarium)?;
    let zone = aquarium.value.details.time_zone;
    Ok(Json(List::of(page, |read| EquipmentView::of(&read.value, &zone))))
}

//! `GET /v1/aquarium/aquariums/{id}/devices`: the devices of an aquarium.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, List, Page, Path, Problem};
use types::AquariumId;

use crate::api::sensing_views::DeviceView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// List devices of an aquarium
///
/// Allowed for all members. Ordered by ID. The order carries no meaning.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/devices", operation_id = "list_aquarium_devices", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), Page),
    responses(
        (status = 200, description = "Page of results", body = List<DeviceView>),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn list_aquarium_devices(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    page: Page,
    Path(Id { id }): Path<Id<AquariumId>>,
) -> Result<Json<List<DeviceView>>, Problem> {
    let scope = ctx.store.scope(caller.user_id, id).await?.ok_or(Refusal::NoSuchAquarium)?;
    let devices = ctx.store.devices(&scope, page).await?;
    Ok(Json(List::of(devices, |device| DeviceView::from(&device.value))))
}

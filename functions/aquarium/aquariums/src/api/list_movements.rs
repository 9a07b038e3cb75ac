//! `GET /v1/aquarium/aquariums/{id}/livestock/{livestockId}/movements`: the movements of livestock.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, List, Page, Path, Problem};
use types::{AquariumId, LivestockId};

use crate::api::get_livestock::LivestockOf;
use crate::api::record_view::MovementView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// List movements
///
/// Allowed for the owner and for users with whom the aquarium is shared. Latest first. Empty for livestock that does not exist.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/livestock/{livestockId}/movements", operation_id = "list_movements", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("livestockId" = LivestockId, Path, description = "Livestock ID"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<MovementView>),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn list_movements(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(LivestockOf { id, livestock_id }): Path<LivestockOf>,
    page: Page,
) -> Result<Json<List<MovementView>>, Problem> {
    let scope = ctx.store.scope(caller.user_id, id).await?.ok_or(Refusal::NoSuchAquarium)?;
    let page = ctx.store.movements(&scope, livestock_id, page).await?;
    Ok(Json(List::of(page, |read| MovementView::from(&read.value))))
}

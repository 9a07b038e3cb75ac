//! `GET /v1/aquarium/aquariums/{id}/livestock`: the livestock of an aquarium.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, List, Page, Path, Problem};
use types::AquariumId;

use crate::api::record_view::LivestockView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// List livestock
///
/// Allowed for the owner and for users with whom the aquarium is shared. Contains livestock of which none is left, with the
/// count zero. Ordered by ID. The order carries no meaning.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/livestock", operation_id = "list_livestock", tag = "aquariums",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<LivestockView>),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn list_livestock(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<AquariumId>>,
    page: Page,
) -> Result<Json<List<LivestockView>>, Problem> {
    let scope = ctx.store.scope(caller.user_id, id).await?.ok_or(Refusal::NoSuchAquarium)?;
    let page = ctx.store.livestock(&scope, page).await?;
    Ok(Json(List::of(page, |read| LivestockView::from(&read.value))))
}

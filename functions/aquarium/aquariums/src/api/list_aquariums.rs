//! `GET /v1/aquarium/aquariums`: the aquariums that the caller owns, and those shared with the caller.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, List, Page, Problem};

use crate::api::view::AquariumView;
use crate::ctx::Ctx;

/// List aquariums
///
/// The aquariums that the caller owns, then those that are shared with the caller, each ordered by ID. The order carries no
/// meaning. A page can contain fewer items than `limit`.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums", operation_id = "list_aquariums", tag = "aquariums",
    security(("bearer" = [])),
    params(Page),
    responses(
        (status = 200, description = "Page of results", body = List<AquariumView>),
    )
)]
pub async fn list_aquariums(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    page: Page,
) -> Result<Json<List<AquariumView>>, Problem> {
    let page = ctx.store.aquariums_of(caller.user_id, page).await?;
    let items = page.items.iter().map(|listed| AquariumView::of(&listed.aquarium, &listed.scope)).collect();
    Ok(Json(List::new(items, page.next.as_ref())))
}

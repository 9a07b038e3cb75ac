//! `GET /v1/aquarium/identifications`: the identifications of the caller.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, List, Page, Problem};

use crate::api::IdentificationView;
use crate::ctx::Ctx;

/// List my identifications
///
/// Newest first. A request of the last second may be missing, and a deleted identification may still be listed for as
/// long.
#[utoipa::path(
    get, path = "/v1/aquarium/identifications", operation_id = "list_identifications", tag = "vision",
    security(("bearer" = [])),
    params(Page),
    responses(
        (status = 200, description = "Page of identifications", body = List<IdentificationView>),
    )
)]
pub async fn list_identifications(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    page: Page,
) -> Result<Json<List<IdentificationView>>, Problem> {
    let page = ctx.store.identifications(caller.user_id, page).await?;
    let now = ctx.clock.now();
    Ok(Json(List::of(page, |read| IdentificationView::at(&read.value, now))))
}

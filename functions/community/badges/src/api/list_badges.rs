//! `GET /v1/community/badges`: the badges that users can earn.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, List, Problem};

use crate::api::BadgeView;
use crate::ctx::Ctx;

/// List badges
///
/// Oldest first, without retired badges. At most 200, so there is one page. Changes can take a second to appear.
#[utoipa::path(
    get, path = "/v1/community/badges", operation_id = "list_badges", tag = "badges",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The badges", body = List<BadgeView>),
    )
)]
pub async fn list_badges(State(ctx): State<&'static Ctx>, _caller: Caller) -> Result<Json<List<BadgeView>>, Problem> {
    let catalogue = ctx.store.catalogue(ctx.clock.now()).await?;
    let open = catalogue.open_at(catalogue.revision());
    let items = open.map(|badge| BadgeView::new(badge, catalogue.version(badge.id))).collect();
    Ok(Json(List { items, next_cursor: None }))
}

//! `GET /v1/community/points/mine`: the points that the caller keeps.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, List, Page, Problem};

use crate::api::view::PointSummary;
use crate::ctx::Gallery;

/// List my points
///
/// The points that the caller created, newest first. Deleted points are left out, so a page can contain fewer items than
/// `limit`.
#[utoipa::path(
    get, path = "/v1/community/points/mine", operation_id = "list_my_points", tag = "points",
    security(("bearer" = [])),
    params(Page),
    responses(
        (status = 200, description = "Page of results", body = List<PointSummary>),
    )
)]
pub async fn list_my_points(
    State(ctx): State<&'static Gallery>,
    caller: Caller,
    page: Page,
) -> Result<Json<List<PointSummary>>, Problem> {
    let now = ctx.clock.now();
    let kept = ctx.store.kept_points(caller.user_id, page).await?;
    let ids: Vec<_> = kept.items.iter().map(|kept| kept.value.point_id).collect();
    let mut items = Vec::with_capacity(ids.len());
    for seen in ctx.store.seen_points(caller.user_id, &ids).await? {
        items.extend(PointSummary::of(&seen.point.value, &seen.activity, &ctx.files, now).await?);
    }
    Ok(Json(List::new(items, kept.next.as_ref())))
}

//! `GET /v1/community/points/{id}/photos`: the photos of a point.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, List, Path, Problem};
use types::PointId;

use crate::api::rules::standing;
use crate::api::view::PhotoView;
use crate::ctx::Gallery;
use crate::problem::Refusal;

/// List photos of a point
///
/// Ordered by time of addition. A point has at most 20 photos, so there is one page.
#[utoipa::path(
    get, path = "/v1/community/points/{id}/photos", operation_id = "list_photos", tag = "points",
    security(("bearer" = [])),
    params(("id" = PointId, Path, description = "Point ID")),
    responses(
        (status = 200, description = "The photos", body = List<PhotoView>),
        (status = 404, description = "`points.no_such_point`: no point with this ID"),
    )
)]
pub async fn list_photos(
    State(ctx): State<&'static Gallery>,
    _caller: Caller,
    Path(Id { id }): Path<Id<PointId>>,
) -> Result<Json<List<PhotoView>>, Problem> {
    let read = ctx.store.at_point(id).await?.ok_or(Refusal::NoSuchPoint)?;
    standing(Some(read.point.clone()))?;
    let items = PhotoView::of_album(&read.photos(), &ctx.files, ctx.clock.now()).await?;
    Ok(Json(List { items, next_cursor: None }))
}

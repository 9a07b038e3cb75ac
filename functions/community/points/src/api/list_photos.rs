//! `GET /v1/community/points/{id}/photos`: the photos of a point.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, List, Path, Problem};
use types::PointId;

use crate::api::rules::standing;
use crate::api::view::PhotoView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// List the photos of a point
///
/// In the order in which they were put there. There are twenty at the most, so there is one page.
#[utoipa::path(
    get, path = "/v1/community/points/{id}/photos", operation_id = "list_photos", tag = "points",
    security(("bearer" = [])),
    params(("id" = PointId, Path, description = "Which point")),
    responses(
        (status = 200, description = "The photos", body = List<PhotoView>),
        (status = 404, description = "`points.no_such_point`: there is none, or none any more"),
    )
)]
pub async fn list_photos(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    Path(Id { id }): Path<Id<PointId>>,
) -> Result<Json<List<PhotoView>>, Problem> {
    let read = ctx.store.at_point(id).await?.ok_or(Refusal::NoSuchPoint)?;
    standing(Some(read.point.clone()))?;
    let items = read.photos().photos.into_iter().map(PhotoView::from).collect();
    Ok(Json(List { items, next_cursor: None }))
}

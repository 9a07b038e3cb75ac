//! `GET /v1/community/points/{id}`: a point.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Path, Problem, Tagged};
use types::PointId;

use crate::api::rules::standing;
use crate::api::view::PointView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Look at a point
#[utoipa::path(
    get, path = "/v1/community/points/{id}", operation_id = "get_point", tag = "points",
    security(("bearer" = [])),
    params(("id" = PointId, Path, description = "Which point")),
    responses(
        (status = 200, description = "The point", body = PointView),
        (status = 404, description = "`points.no_such_point`: there is none, or none any more"),
    )
)]
pub async fn get_point(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    Path(Id { id }): Path<Id<PointId>>,
) -> Result<Tagged<PointView>, Problem> {
    let point = standing(ctx.store.point(id).await?)?;
    let view = PointView::of(&point.value).ok_or(Refusal::NoSuchPoint)?;
    Ok(Tagged::new(point.version, view))
}

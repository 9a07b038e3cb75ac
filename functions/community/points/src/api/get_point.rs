//! `GET /v1/community/points/{id}`: a point.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Path, Problem, Tagged};
use serde::Serialize;
use types::PointId;
use utoipa::ToSchema;

use crate::api::view::{PhotoView, PointSummary};
use crate::ctx::Gallery;
use crate::problem::Refusal;

/// A point with all its photos.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointDetails {
    /// The point.
    #[serde(flatten)]
    summary: PointSummary,
    /// Photos, oldest first.
    photos: Vec<PhotoView>,
}

/// Get a point
///
/// The `ETag` is the version of the point itself. Photos and counts change without it.
#[utoipa::path(
    get, path = "/v1/community/points/{id}", operation_id = "get_point", tag = "points",
    security(("bearer" = [])),
    params(("id" = PointId, Path, description = "Point ID")),
    responses(
        (status = 200, description = "The point", body = PointDetails),
        (status = 404, description = "`points.no_such_point`: no point with this ID"),
    )
)]
pub async fn get_point(
    State(ctx): State<&'static Gallery>,
    caller: Caller,
    Path(Id { id }): Path<Id<PointId>>,
) -> Result<Tagged<PointDetails>, Problem> {
    let now = ctx.clock.now();
    let seen = ctx.store.seen_point(caller.user_id, id).await?.ok_or(Refusal::NoSuchPoint)?;
    let summary = PointSummary::of(&seen.point.value, &seen.activity, &ctx.files, now).await?;
    let summary = summary.ok_or(Refusal::NoSuchPoint)?;
    let photos = PhotoView::of_album(&seen.activity.album, &ctx.files, now).await?;
    Ok(Tagged::new(seen.point.version, PointDetails { summary, photos }))
}

//! `DELETE /v1/community/points/{id}/photos/{mediaId}`: shows a picture at a point no more. The picture itself stays.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::Caller;
use kit::http::{NoContent, Path, Problem};
use serde::Deserialize;
use types::{MediaId, PointId};

use crate::api::rules;
use crate::ctx::Ctx;
use crate::domain::album::Placement;
use crate::problem::Refusal;

/// What the path names.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PhotoPath {
    id: PointId,
    media_id: MediaId,
}

/// Take a photo away from a point
///
/// Who put it there, the point's keeper and admins may.
#[utoipa::path(
    delete, path = "/v1/community/points/{id}/photos/{mediaId}", operation_id = "delete_photo", tag = "points",
    security(("bearer" = [])),
    params(
        ("id" = PointId, Path, description = "Which point"),
        ("mediaId" = MediaId, Path, description = "Which picture"),
    ),
    responses(
        (status = 204, description = "It is shown no more"),
        (status = 403, description = "`points.not_your_photo`: it is somebody else's, and so is the point"),
        (status = 404, description = "`points.no_such_point`: there is none, or none any more; `points.no_such_photo`: the point does not show it"),
    )
)]
pub async fn delete_photo(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(PhotoPath { id, media_id }): Path<PhotoPath>,
) -> Result<NoContent, Problem> {
    let mut retry = ConflictRetry::default();
    loop {
        let read = ctx.store.at_point(id).await?.ok_or(Refusal::NoSuchPoint)?;
        let point = rules::standing(Some(read.point.clone()))?;
        let album = read.album.ok_or(Refusal::NoSuchPhoto)?;
        let photo = album.value.photo(media_id).ok_or(Refusal::NoSuchPhoto)?;
        if photo.added_by != caller.user_id && !rules::keeps(&caller, &point.value) {
            return Err(Refusal::NotYourPhoto.into());
        }
        let placement = Placement { owner_id: photo.added_by, media_id, point_id: id };
        if ctx.store.displace(&album, &album.value.without(media_id), placement).await? {
            return Ok(NoContent);
        }
        retry.pause().await?;
    }
}

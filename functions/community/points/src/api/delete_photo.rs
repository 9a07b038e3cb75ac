//! `DELETE /v1/community/points/{id}/photos/{mediaId}`: removes a photo from a point. The media item remains.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::Standing;
use kit::http::{NoContent, Path, Problem};
use serde::Deserialize;
use types::{MediaId, PointId};

use crate::api::rules;
use crate::ctx::Ctx;
use crate::domain::album::Placement;
use crate::problem::Refusal;

/// Path parameters.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PhotoPath {
    id: PointId,
    media_id: MediaId,
}

/// Remove a photo from a point
///
/// Allowed for the user who added the photo, the keeper of the point and admins. The media item itself is not
/// deleted.
#[utoipa::path(
    delete, path = "/v1/community/points/{id}/photos/{mediaId}", operation_id = "delete_photo", tag = "points",
    security(("bearer" = [])),
    params(
        ("id" = PointId, Path, description = "Point ID"),
        ("mediaId" = MediaId, Path, description = "Media ID"),
    ),
    responses(
        (status = 204, description = "Photo removed"),
        (status = 403, description = "`points.not_your_photo`: only the user who added the photo, the keeper and admins can remove it"),
        (status = 404, description = "`points.no_such_point`: no point with this ID; `points.no_such_photo`: the point has no photo with this ID"),
    )
)]
pub async fn delete_photo(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(PhotoPath { id, media_id }): Path<PhotoPath>,
) -> Result<NoContent, Problem> {
    let mut retry = ConflictRetry::default();
    loop {
        let (caller, read) = standing.with(ctx.store.at_point(id)).await?;
        let read = read.ok_or(Refusal::NoSuchPoint)?;
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

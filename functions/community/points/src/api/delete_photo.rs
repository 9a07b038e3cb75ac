//! `DELETE /v1/points/{id}/photos/{mediaId}`: delete photo.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{NoContent, Path, Problem};
use serde::Deserialize;
use types::{UserId, Uuid};

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What the path names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeletePhotoPath {
    /// `{id}`.
    pub id: Uuid,
    /// `{mediaId}`.
    pub media_id: Uuid,
}

/// Delete photo
#[utoipa::path(
    delete, path = "/v1/points/{id}/photos/{mediaId}", operation_id = "delete_photo", tag = "points",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Which one"), ("mediaId" = Uuid, Path, description = "Which one")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`points.no_such_photo`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn delete_photo(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<DeletePhotoPath>,
) -> Result<NoContent, Problem> {
    find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchPhoto)?;
    Ok(NoContent)
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &DeletePhotoPath) -> Option<String> {
    None
}

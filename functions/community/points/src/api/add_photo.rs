//! `POST /v1/community/points/{id}/photos`: adds a published photo of the caller to a point.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::Standing;
use kit::http::{Created, Id, Json, Path, Problem};
use serde::Deserialize;
use types::{MediaId, PointId};
use utoipa::ToSchema;

use crate::api::rules;
use crate::api::view::PhotoView;
use crate::ctx::Gallery;
use crate::domain::album::Photo;
use crate::problem::Refusal;
use crate::store::Saved;

/// Request to add a photo.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddPhoto {
    /// ID of a published media item of the caller with purpose `photo`.
    media_id: MediaId,
}

/// Add a photo to a point
///
/// Adds one of your published media items with purpose `photo`. Any signed-in user can add photos; a point has at
/// most 20. Idempotent: adding a photo again has no further effect.
#[utoipa::path(
    post, path = "/v1/community/points/{id}/photos", operation_id = "add_photo", tag = "points",
    security(("bearer" = [])),
    params(("id" = PointId, Path, description = "Point ID")),
    request_body = AddPhoto,
    responses(
        (status = 201, description = "Photo added", body = PhotoView),
        (status = 404, description = "`points.no_such_point`: no point with this ID; `points.no_such_user`: the account was deleted"),
        (status = 409, description = "`points.media_not_published`: the caller has no published photo with this ID; `points.album_full`: the point has 20 photos"),
    )
)]
pub async fn add_photo(
    State(ctx): State<&'static Gallery>,
    standing: Standing,
    Path(Id { id }): Path<Id<PointId>>,
    Json(body): Json<AddPhoto>,
) -> Result<Created<PhotoView>, Problem> {
    let (media_id, now) = (body.media_id, ctx.clock.now());
    let mut retry = ConflictRetry::default();
    loop {
        let found = ctx.store.at_point_with(id, standing.user_id(), media_id);
        let (caller, found) = standing.with(found).await?;
        let (read, medium) = found.ok_or(Refusal::NoSuchPoint)?;
        rules::standing(Some(read.point.clone()))?;
        let medium = medium.filter(|medium| medium.value.is_there()).ok_or(Refusal::NotPublished)?;
        let album = read.photos();
        if let Some(there) = album.photo(media_id) {
            return shown(ctx, id, &there).await;
        }
        let path = medium.value.path.clone();
        let photo = Photo { media_id, added_by: caller.user_id, added_at: now, path };
        let next = album.with(photo.clone()).map_err(|_| Refusal::AlbumFull)?;
        match ctx.store.place(&read, &medium, &next).await? {
            Saved::Yes => return shown(ctx, id, &photo).await,
            Saved::Forgotten => return Err(Refusal::NoSuchUser.into()),
            Saved::Moved => retry.pause().await?,
        }
    }
}

async fn shown(ctx: &Gallery, id: PointId, photo: &Photo) -> Result<Created<PhotoView>, Problem> {
    let view = PhotoView::of(photo, &ctx.files, ctx.clock.now()).await?;
    Ok(Created::at(format!("/v1/community/points/{id}/photos"), view))
}

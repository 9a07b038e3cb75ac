//! `POST /v1/community/points/{id}/photos`: shows one of the caller's published pictures at a point.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::Caller;
use kit::http::{Created, Id, Json, Path, Problem};
use serde::Deserialize;
use types::{MediaId, PointId};
use utoipa::ToSchema;

use crate::api::rules;
use crate::api::view::PhotoView;
use crate::ctx::Ctx;
use crate::domain::album::Photo;
use crate::problem::Refusal;
use crate::store::Saved;

/// Which picture.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddPhoto {
    /// One of the caller's own, of the purpose `photo`, that is published.
    media_id: MediaId,
}

/// Show a photo at a point
///
/// Everybody who is signed in may, with pictures of their own; a point shows twenty at the most. The picture itself names the
/// attempt: what is there is not put there again.
#[utoipa::path(
    post, path = "/v1/community/points/{id}/photos", operation_id = "add_photo", tag = "points",
    security(("bearer" = [])),
    params(("id" = PointId, Path, description = "Which point")),
    request_body = AddPhoto,
    responses(
        (status = 201, description = "It is shown", body = PhotoView),
        (status = 404, description = "`points.no_such_point`: there is none, or none any more; `points.no_such_user`: the account is gone"),
        (status = 409, description = "`points.media_not_published`: the caller has no such photo that is published; `points.album_full`: there is no room for it"),
    )
)]
pub async fn add_photo(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<PointId>>,
    Json(body): Json<AddPhoto>,
) -> Result<Created<PhotoView>, Problem> {
    let photo = Photo { media_id: body.media_id, added_by: caller.user_id, added_at: ctx.clock.now() };
    let mut retry = ConflictRetry::default();
    loop {
        let found = ctx.store.at_point_with(id, caller.user_id, body.media_id).await?;
        let (read, medium) = found.ok_or(Refusal::NoSuchPoint)?;
        rules::standing(Some(read.point.clone()))?;
        let medium = medium.filter(|medium| medium.value.is_there()).ok_or(Refusal::NotPublished)?;
        let album = read.photos();
        if let Some(there) = album.photo(photo.media_id) {
            return Ok(shown(id, there));
        }
        let next = album.with(photo).map_err(|_| Refusal::AlbumFull)?;
        match ctx.store.place(&read, &medium, &next).await? {
            Saved::Yes => return Ok(shown(id, photo)),
            Saved::Forgotten => return Err(Refusal::NoSuchUser.into()),
            Saved::Moved => retry.pause().await?,
        }
    }
}

fn shown(id: PointId, photo: Photo) -> Created<PhotoView> {
    Created::at(format!("/v1/community/points/{id}/photos"), photo.into())
}

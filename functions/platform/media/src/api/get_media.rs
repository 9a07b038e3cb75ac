//! `GET /v1/media/{id}`: an image, for its owner in every status and for others once it is published.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Path, Problem, Tagged};
use types::MediaId;

use crate::api::MediaView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Get a media item
///
/// The owner sees the image in every status. Other users see it once it is published. URLs can expire, see
/// `urlsExpireAt`.
#[utoipa::path(
    get, path = "/v1/media/{id}", operation_id = "get_media", tag = "media",
    security(("bearer" = [])),
    params(("id" = MediaId, Path, description = "Media ID")),
    responses(
        (status = 200, description = "The media item", body = MediaView),
        (status = 404, description = "`media.no_such_media`: no image with this ID, or it is not visible to the caller"),
    )
)]
pub async fn get_media(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(Id { id }): Path<Id<MediaId>>,
) -> Result<Tagged<MediaView>, Problem> {
    let own = ctx.store.medium(caller.user_id, id).await?;
    let found = match own {
        Some(own) => Some(own),
        None => ctx.store.published(id).await?,
    };
    let found = found.ok_or(Refusal::NoSuchMedia)?;
    let view = MediaView::of(&found.value, &ctx.objects, ctx.clock.now()).await?.ok_or(Refusal::NoSuchMedia)?;
    Ok(Tagged::new(found.version, view))
}

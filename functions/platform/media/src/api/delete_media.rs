//! `DELETE /v1/media/{id}`: delete media.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, NoContent, Path, Problem};
use types::{UserId, Uuid};

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Delete media
#[utoipa::path(
    delete, path = "/v1/media/{id}", operation_id = "delete_media", tag = "media",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Which one")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`media.no_such_media`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn delete_media(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<Id<Uuid>>,
) -> Result<NoContent, Problem> {
    find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchMedia)?;
    Ok(NoContent)
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}

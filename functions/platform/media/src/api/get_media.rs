//! `GET /v1/media/{id}`: get media.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use serde::Serialize;
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetMediaReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Get media
#[utoipa::path(
    get, path = "/v1/media/{id}", operation_id = "get_media", tag = "media",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Which one")),
    responses(
        (status = 200, description = "It was found", body = GetMediaReply),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`media.no_such_media`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn get_media(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<Id<Uuid>>,
) -> Result<Json<GetMediaReply>, Problem> {
    let name = find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchMedia)?;
    Ok(Json(GetMediaReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}

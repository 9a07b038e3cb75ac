//! `POST /v1/media`: create media.
//! As generated, it answers with what it understood, and keeps nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ctx::Ctx;

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateMedia {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateMediaReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Create media
#[utoipa::path(
    post, path = "/v1/media", operation_id = "create_media", tag = "media",
    security(("bearer" = [])),
    request_body = CreateMedia,
    responses(
        (status = 200, description = "What was understood", body = CreateMediaReply),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`: a field is wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn create_media(
    State(_ctx): State<&'static Ctx>,
    _caller: Caller,
    Json(body): Json<CreateMedia>,
) -> Result<Json<CreateMediaReply>, Problem> {
    Ok(Json(CreateMediaReply { name: body.name }))
}

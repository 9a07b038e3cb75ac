//! `POST /v1/points`: create point.
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
pub struct CreatePoint {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreatePointReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Create point
#[utoipa::path(
    post, path = "/v1/points", operation_id = "create_point", tag = "points",
    security(("bearer" = [])),
    request_body = CreatePoint,
    responses(
        (status = 200, description = "What was understood", body = CreatePointReply),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`: a field is wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn create_point(
    State(_ctx): State<&'static Ctx>,
    _caller: Caller,
    Json(body): Json<CreatePoint>,
) -> Result<Json<CreatePointReply>, Problem> {
    Ok(Json(CreatePointReply { name: body.name }))
}

//! `PATCH /v1/points/{id}`: update point.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdatePoint {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdatePointReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Update point
#[utoipa::path(
    patch, path = "/v1/points/{id}", operation_id = "update_point", tag = "points",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Which one")),
    request_body = UpdatePoint,
    responses(
        (status = 200, description = "It was found", body = UpdatePointReply),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`points.no_such_point`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`: a field is wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn update_point(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<Id<Uuid>>,
    Json(body): Json<UpdatePoint>,
) -> Result<Json<UpdatePointReply>, Problem> {
    find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchPoint)?;
    Ok(Json(UpdatePointReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}

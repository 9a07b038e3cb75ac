//! `GET /v1/aquarium/guides/{id}/versions/{version}`: get guide version.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What the path names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetGuideVersionPath {
    /// `{id}`.
    pub id: Uuid,
    /// `{version}`.
    pub version: Uuid,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetGuideVersionReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Get guide version
#[utoipa::path(
    get, path = "/v1/aquarium/guides/{id}/versions/{version}", operation_id = "get_guide_version", tag = "knowledge",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier"), ("version" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = GetGuideVersionReply),
        (status = 404, description = "`knowledge.no_such_guide_version`"),
    )
)]
pub async fn get_guide_version(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<GetGuideVersionPath>,
) -> Result<Json<GetGuideVersionReply>, Problem> {
    let name = find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchGuideVersion)?;
    Ok(Json(GetGuideVersionReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &GetGuideVersionPath) -> Option<String> {
    None
}

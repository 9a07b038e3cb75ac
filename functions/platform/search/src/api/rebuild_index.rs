//! `POST /v1/search/{collection}/rebuild`: rebuild index.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What the path names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RebuildIndexPath {
    /// `{collection}`.
    pub collection: Uuid,
}

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RebuildIndex {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RebuildIndexReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Rebuild index
#[utoipa::path(
    post, path = "/v1/search/{collection}/rebuild", operation_id = "rebuild_index", tag = "search",
    security(("bearer" = [])),
    params(("collection" = Uuid, Path, description = "Identifier")),
    request_body = RebuildIndex,
    responses(
        (status = 200, description = "The resource", body = RebuildIndexReply),
        (status = 404, description = "`search.no_such_index`"),
    )
)]
pub async fn rebuild_index(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<RebuildIndexPath>,
    Json(body): Json<RebuildIndex>,
) -> Result<Json<RebuildIndexReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchIndex)?;
    Ok(Json(RebuildIndexReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &RebuildIndexPath) -> Option<String> {
    None
}

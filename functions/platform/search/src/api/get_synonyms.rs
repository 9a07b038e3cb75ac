//! `GET /v1/search/{collection}/synonyms`: get synonyms.
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
pub struct GetSynonymsPath {
    /// `{collection}`.
    pub collection: Uuid,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetSynonymsReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Get synonyms
#[utoipa::path(
    get, path = "/v1/search/{collection}/synonyms", operation_id = "get_synonyms", tag = "search",
    security(("bearer" = [])),
    params(("collection" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = GetSynonymsReply),
        (status = 404, description = "`search.no_such_synonyms`"),
    )
)]
pub async fn get_synonyms(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<GetSynonymsPath>,
) -> Result<Json<GetSynonymsReply>, Problem> {
    let name = find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchSynonyms)?;
    Ok(Json(GetSynonymsReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &GetSynonymsPath) -> Option<String> {
    None
}

//! `GET /v1/search/{collection}`: search collection.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::http::{Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::Uuid;
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What the path names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchCollectionPath {
    /// `{collection}`.
    pub collection: Uuid,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchCollectionReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Search collection
#[utoipa::path(
    get, path = "/v1/search/{collection}", operation_id = "search_collection", tag = "search",
    params(("collection" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = SearchCollectionReply),
        (status = 404, description = "`search.no_such_collection`"),
    )
)]
pub async fn search_collection(
    State(ctx): State<&'static Ctx>,
    Path(path): Path<SearchCollectionPath>,
) -> Result<Json<SearchCollectionReply>, Problem> {
    let name = find(ctx, &path).await.ok_or(Refusal::NoSuchCollection)?;
    Ok(Json(SearchCollectionReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _path: &SearchCollectionPath) -> Option<String> {
    None
}

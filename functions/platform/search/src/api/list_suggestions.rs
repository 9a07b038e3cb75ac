//! `GET /v1/search/{collection}/suggest`: list suggestions.
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
pub struct ListSuggestionsPath {
    /// `{collection}`.
    pub collection: Uuid,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListSuggestionsReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// List suggestions
#[utoipa::path(
    get, path = "/v1/search/{collection}/suggest", operation_id = "list_suggestions", tag = "search",
    params(("collection" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = ListSuggestionsReply),
        (status = 404, description = "`search.no_such_suggestions`"),
    )
)]
pub async fn list_suggestions(
    State(ctx): State<&'static Ctx>,
    Path(path): Path<ListSuggestionsPath>,
) -> Result<Json<ListSuggestionsReply>, Problem> {
    let name = find(ctx, &path).await.ok_or(Refusal::NoSuchSuggestions)?;
    Ok(Json(ListSuggestionsReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _path: &ListSuggestionsPath) -> Option<String> {
    None
}

//! `PUT /v1/search/{collection}/synonyms`: set synonyms.
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
pub struct SetSynonymsPath {
    /// `{collection}`.
    pub collection: Uuid,
}

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetSynonyms {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetSynonymsReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Set synonyms
#[utoipa::path(
    put, path = "/v1/search/{collection}/synonyms", operation_id = "set_synonyms", tag = "search",
    security(("bearer" = [])),
    params(("collection" = Uuid, Path, description = "Identifier")),
    request_body = SetSynonyms,
    responses(
        (status = 200, description = "The resource", body = SetSynonymsReply),
        (status = 404, description = "`search.no_such_synonyms`"),
    )
)]
pub async fn set_synonyms(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<SetSynonymsPath>,
    Json(body): Json<SetSynonyms>,
) -> Result<Json<SetSynonymsReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchSynonyms)?;
    Ok(Json(SetSynonymsReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &SetSynonymsPath) -> Option<String> {
    None
}

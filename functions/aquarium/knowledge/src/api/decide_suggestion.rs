//! `POST /v1/aquarium/species/{id}/suggestions/{suggestionId}/decision`: decide suggestion.
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
pub struct DecideSuggestionPath {
    /// `{id}`.
    pub id: Uuid,
    /// `{suggestionId}`.
    pub suggestion_id: Uuid,
}

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DecideSuggestion {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecideSuggestionReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Decide suggestion
#[utoipa::path(
    post, path = "/v1/aquarium/species/{id}/suggestions/{suggestionId}/decision", operation_id = "decide_suggestion", tag = "knowledge",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier"), ("suggestionId" = Uuid, Path, description = "Identifier")),
    request_body = DecideSuggestion,
    responses(
        (status = 200, description = "The resource", body = DecideSuggestionReply),
        (status = 404, description = "`knowledge.no_such_suggestion`"),
    )
)]
pub async fn decide_suggestion(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<DecideSuggestionPath>,
    Json(body): Json<DecideSuggestion>,
) -> Result<Json<DecideSuggestionReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchSuggestion)?;
    Ok(Json(DecideSuggestionReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &DecideSuggestionPath) -> Option<String> {
    None
}

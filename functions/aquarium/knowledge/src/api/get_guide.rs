//! `GET /v1/aquarium/guides/{id}`: get guide.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::http::{Id, Json, Path, Problem};
use serde::Serialize;
use types::Uuid;
use utoipa::ToSchema;

use crate::ctx::Public;
use crate::problem::Refusal;

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetGuideReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Get guide
#[utoipa::path(
    get, path = "/v1/aquarium/guides/{id}", operation_id = "get_guide", tag = "knowledge",
    params(("id" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = GetGuideReply),
        (status = 404, description = "`knowledge.no_such_guide`"),
    )
)]
pub async fn get_guide(
    State(ctx): State<&'static Public>,
    Path(path): Path<Id<Uuid>>,
) -> Result<Json<GetGuideReply>, Problem> {
    let name = find(ctx, path.id).await.ok_or(Refusal::NoSuchGuide)?;
    Ok(Json(GetGuideReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Public, _id: Uuid) -> Option<String> {
    None
}

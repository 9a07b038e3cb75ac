//! `GET /v1/aquarium/guides/{id}/versions`: list guide versions.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use serde::Serialize;
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListGuideVersionsReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// List guide versions
#[utoipa::path(
    get, path = "/v1/aquarium/guides/{id}/versions", operation_id = "list_guide_versions", tag = "knowledge",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = ListGuideVersionsReply),
        (status = 404, description = "`knowledge.no_such_guide_versions`"),
    )
)]
pub async fn list_guide_versions(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<Id<Uuid>>,
) -> Result<Json<ListGuideVersionsReply>, Problem> {
    let name = find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchGuideVersions)?;
    Ok(Json(ListGuideVersionsReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}

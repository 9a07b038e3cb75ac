//! `PUT /v1/aquarium/aquariums/{id}/targets`: replace targets.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Id, Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplaceTargets {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplaceTargetsReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Replace targets
#[utoipa::path(
    put, path = "/v1/aquarium/aquariums/{id}/targets", operation_id = "replace_targets", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    request_body = ReplaceTargets,
    responses(
        (status = 200, description = "The resource", body = ReplaceTargetsReply),
        (status = 404, description = "`aquariums.no_such_targets`"),
    )
)]
pub async fn replace_targets(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<Id<Uuid>>,
    Json(body): Json<ReplaceTargets>,
) -> Result<Json<ReplaceTargetsReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchTargets)?;
    Ok(Json(ReplaceTargetsReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}

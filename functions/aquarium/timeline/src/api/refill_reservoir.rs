//! `POST /v1/aquarium/aquariums/{id}/dose-plans/{planId}/refill`: refill reservoir.
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
pub struct RefillReservoirPath {
    /// `{id}`.
    pub id: Uuid,
    /// `{planId}`.
    pub plan_id: Uuid,
}

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RefillReservoir {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefillReservoirReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Refill reservoir
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/dose-plans/{planId}/refill", operation_id = "refill_reservoir", tag = "timeline",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier"), ("planId" = Uuid, Path, description = "Identifier")),
    request_body = RefillReservoir,
    responses(
        (status = 200, description = "The resource", body = RefillReservoirReply),
        (status = 404, description = "`timeline.no_such_reservoir`"),
    )
)]
pub async fn refill_reservoir(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<RefillReservoirPath>,
    Json(body): Json<RefillReservoir>,
) -> Result<Json<RefillReservoirReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchReservoir)?;
    Ok(Json(RefillReservoirReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &RefillReservoirPath) -> Option<String> {
    None
}

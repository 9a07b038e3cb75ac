//! `GET /v1/aquarium/aquariums/{id}/dose-plans/{planId}/doses`: get planned doses.
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
pub struct GetPlannedDosesPath {
    /// `{id}`.
    pub id: Uuid,
    /// `{planId}`.
    pub plan_id: Uuid,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetPlannedDosesReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Get planned doses
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/dose-plans/{planId}/doses", operation_id = "get_planned_doses", tag = "timeline",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier"), ("planId" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = GetPlannedDosesReply),
        (status = 404, description = "`timeline.no_such_planned_doses`"),
    )
)]
pub async fn get_planned_doses(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<GetPlannedDosesPath>,
) -> Result<Json<GetPlannedDosesReply>, Problem> {
    let name = find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchPlannedDoses)?;
    Ok(Json(GetPlannedDosesReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &GetPlannedDosesPath) -> Option<String> {
    None
}

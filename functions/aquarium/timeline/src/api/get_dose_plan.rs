//! `GET /v1/aquarium/aquariums/{id}/dose-plans/{planId}`: get dose plan.
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
pub struct GetDosePlanPath {
    /// `{id}`.
    pub id: Uuid,
    /// `{planId}`.
    pub plan_id: Uuid,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetDosePlanReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Get dose plan
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/dose-plans/{planId}", operation_id = "get_dose_plan", tag = "timeline",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier"), ("planId" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = GetDosePlanReply),
        (status = 404, description = "`timeline.no_such_dose_plan`"),
    )
)]
pub async fn get_dose_plan(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<GetDosePlanPath>,
) -> Result<Json<GetDosePlanReply>, Problem> {
    let name = find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchDosePlan)?;
    Ok(Json(GetDosePlanReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &GetDosePlanPath) -> Option<String> {
    None
}

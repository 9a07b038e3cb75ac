//! `PATCH /v1/aquarium/aquariums/{id}/dose-plans/{planId}`: update dose plan.
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
pub struct UpdateDosePlanPath {
    /// `{id}`.
    pub id: Uuid,
    /// `{planId}`.
    pub plan_id: Uuid,
}

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateDosePlan {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateDosePlanReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Update dose plan
#[utoipa::path(
    patch, path = "/v1/aquarium/aquariums/{id}/dose-plans/{planId}", operation_id = "update_dose_plan", tag = "timeline",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier"), ("planId" = Uuid, Path, description = "Identifier")),
    request_body = UpdateDosePlan,
    responses(
        (status = 200, description = "The resource", body = UpdateDosePlanReply),
        (status = 404, description = "`timeline.no_such_dose_plan`"),
    )
)]
pub async fn update_dose_plan(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<UpdateDosePlanPath>,
    Json(body): Json<UpdateDosePlan>,
) -> Result<Json<UpdateDosePlanReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchDosePlan)?;
    Ok(Json(UpdateDosePlanReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &UpdateDosePlanPath) -> Option<String> {
    None
}

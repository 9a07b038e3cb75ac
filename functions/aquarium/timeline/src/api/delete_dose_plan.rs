//! `DELETE /v1/aquarium/aquariums/{id}/dose-plans/{planId}`: delete dose plan.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{NoContent, Path, Problem};
use serde::Deserialize;
use types::{UserId, Uuid};

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What the path names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteDosePlanPath {
    /// `{id}`.
    pub id: Uuid,
    /// `{planId}`.
    pub plan_id: Uuid,
}

/// Delete dose plan
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}/dose-plans/{planId}", operation_id = "delete_dose_plan", tag = "timeline",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier"), ("planId" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "`timeline.no_such_dose_plan`"),
    )
)]
pub async fn delete_dose_plan(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<DeleteDosePlanPath>,
) -> Result<NoContent, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchDosePlan)?;
    Ok(NoContent)
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &DeleteDosePlanPath) -> Option<String> {
    None
}

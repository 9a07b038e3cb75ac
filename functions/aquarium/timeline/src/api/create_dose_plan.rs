//! `POST /v1/aquarium/aquariums/{id}/dose-plans`: create dose plan.
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
pub struct CreateDosePlan {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateDosePlanReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Create dose plan
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/dose-plans", operation_id = "create_dose_plan", tag = "timeline",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    request_body = CreateDosePlan,
    responses(
        (status = 200, description = "The resource", body = CreateDosePlanReply),
        (status = 404, description = "`timeline.no_such_dose_plan`"),
    )
)]
pub async fn create_dose_plan(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<Id<Uuid>>,
    Json(body): Json<CreateDosePlan>,
) -> Result<Json<CreateDosePlanReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchDosePlan)?;
    Ok(Json(CreateDosePlanReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}

//! `POST /v1/aquarium/aquariums/{id}/alarm-rules`: create alarm rule.
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
pub struct CreateAlarmRule {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateAlarmRuleReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Create alarm rule
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/alarm-rules", operation_id = "create_alarm_rule", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    request_body = CreateAlarmRule,
    responses(
        (status = 200, description = "The resource", body = CreateAlarmRuleReply),
        (status = 404, description = "`aquariums.no_such_alarm_rule`"),
    )
)]
pub async fn create_alarm_rule(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<Id<Uuid>>,
    Json(body): Json<CreateAlarmRule>,
) -> Result<Json<CreateAlarmRuleReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchAlarmRule)?;
    Ok(Json(CreateAlarmRuleReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}

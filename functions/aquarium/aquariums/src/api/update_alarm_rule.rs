//! `PATCH /v1/aquarium/aquariums/{id}/alarm-rules/{ruleId}`: update alarm rule.
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
pub struct UpdateAlarmRulePath {
    /// `{id}`.
    pub id: Uuid,
    /// `{ruleId}`.
    pub rule_id: Uuid,
}

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateAlarmRule {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateAlarmRuleReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Update alarm rule
#[utoipa::path(
    patch, path = "/v1/aquarium/aquariums/{id}/alarm-rules/{ruleId}", operation_id = "update_alarm_rule", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier"), ("ruleId" = Uuid, Path, description = "Identifier")),
    request_body = UpdateAlarmRule,
    responses(
        (status = 200, description = "The resource", body = UpdateAlarmRuleReply),
        (status = 404, description = "`aquariums.no_such_alarm_rule`"),
    )
)]
pub async fn update_alarm_rule(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<UpdateAlarmRulePath>,
    Json(body): Json<UpdateAlarmRule>,
) -> Result<Json<UpdateAlarmRuleReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchAlarmRule)?;
    Ok(Json(UpdateAlarmRuleReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &UpdateAlarmRulePath) -> Option<String> {
    None
}

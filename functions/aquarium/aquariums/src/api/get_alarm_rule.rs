//! `GET /v1/aquarium/aquariums/{id}/alarm-rules/{ruleId}`: get alarm rule.
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
pub struct GetAlarmRulePath {
    /// `{id}`.
    pub id: Uuid,
    /// `{ruleId}`.
    pub rule_id: Uuid,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetAlarmRuleReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Get alarm rule
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/alarm-rules/{ruleId}", operation_id = "get_alarm_rule", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier"), ("ruleId" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = GetAlarmRuleReply),
        (status = 404, description = "`aquariums.no_such_alarm_rule`"),
    )
)]
pub async fn get_alarm_rule(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<GetAlarmRulePath>,
) -> Result<Json<GetAlarmRuleReply>, Problem> {
    let name = find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchAlarmRule)?;
    Ok(Json(GetAlarmRuleReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &GetAlarmRulePath) -> Option<String> {
    None
}

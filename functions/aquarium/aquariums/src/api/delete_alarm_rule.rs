//! `DELETE /v1/aquarium/aquariums/{id}/alarm-rules/{ruleId}`: delete alarm rule.
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
pub struct DeleteAlarmRulePath {
    /// `{id}`.
    pub id: Uuid,
    /// `{ruleId}`.
    pub rule_id: Uuid,
}

/// Delete alarm rule
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}/alarm-rules/{ruleId}", operation_id = "delete_alarm_rule", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier"), ("ruleId" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "`aquariums.no_such_alarm_rule`"),
    )
)]
pub async fn delete_alarm_rule(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<DeleteAlarmRulePath>,
) -> Result<NoContent, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchAlarmRule)?;
    Ok(NoContent)
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &DeleteAlarmRulePath) -> Option<String> {
    None
}

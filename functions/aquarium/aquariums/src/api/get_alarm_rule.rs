//! `GET /v1/aquarium/aquariums/{id}/alarm-rules/{ruleId}`: an alarm rule.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Path, Problem, Tagged};
use types::{AlarmRuleId, AquariumId};

use crate::api::alarm_views::{AlarmRuleView, RulePath};
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Get an alarm rule
///
/// Allowed for all members of the aquarium.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/alarm-rules/{ruleId}", operation_id = "get_alarm_rule", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), ("ruleId" = AlarmRuleId, Path, description = "Rule ID")),
    responses(
        (status = 200, description = "The alarm rule", body = AlarmRuleView),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_alarm_rule`: the aquarium has no alarm rule with this ID"),
    )
)]
pub async fn get_alarm_rule(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<RulePath>,
) -> Result<Tagged<AlarmRuleView>, Problem> {
    let found = ctx.store.installation_and_rule(caller.user_id, path.id, path.rule_id).await?;
    let (_, rule) = found.ok_or(Refusal::NoSuchAquarium)?;
    let rule = rule.ok_or(Refusal::NoSuchAlarmRule)?;
    Ok(Tagged::new(rule.version, AlarmRuleView::from(&rule.value)))
}

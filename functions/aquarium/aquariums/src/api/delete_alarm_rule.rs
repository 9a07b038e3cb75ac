//! `DELETE /v1/aquarium/aquariums/{id}/alarm-rules/{ruleId}`: deletes an alarm rule. Requires `If-Match`.

use axum::extract::State;
use dynamo::Versioned;
use kit::auth::Standing;
use kit::http::{IfMatch, Invocation, NoContent, Path, Problem};
use types::{AlarmRuleId, AquariumId};

use crate::alarming::{Cause, change_setup};
use crate::api::alarm_views::RulePath;
use crate::api::attempts::InstallationAttempts;
use crate::ctx::Ctx;
use crate::domain::alarm_rule::AlarmRule;
use crate::problem::{Refusal, SensingRefusal};
use crate::store::{Committed, Installation, RuleWrite};

/// Delete an alarm rule
///
/// Allowed for the owner and keepers of the aquarium. Ends the open alarm of the rule. Alarms from before stay listed.
/// Requires `If-Match` with the last `ETag`.
#[utoipa::path(
    delete, path = "/v1/aquarium/aquariums/{id}/alarm-rules/{ruleId}", operation_id = "delete_alarm_rule", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), ("ruleId" = AlarmRuleId, Path, description = "Rule ID"), IfMatch),
    responses(
        (status = 204, description = "Alarm rule deleted"),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can delete alarm rules"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_alarm_rule`: the aquarium has no alarm rule with this ID"),
        (status = 409, description = "`aquariums.too_many_alarms`: more than 40 alarms would change at once"),
        (status = 429, description = "`request.limit_exceeded`: the user changed alarm rules and quiet times 200 times today; retry after `Retry-After` seconds"),
    )
)]
pub async fn delete_alarm_rule(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    based_on: IfMatch,
    Path(path): Path<RulePath>,
) -> Result<NoContent, Problem> {
    let user = standing.user_id();
    let cause = Cause::new(call.correlation_id, ctx.clock.now());
    let load = || ctx.store.installation_and_rule(user, path.id, path.rule_id);
    let mut attempts = InstallationAttempts::begin(&standing, load).await?;
    loop {
        let (installation, read) = attempts.read().await?;
        let read = read.ok_or(Refusal::NoSuchAlarmRule)?;
        based_on.check(read.version)?;
        if Box::pin(delete(ctx, &installation, read, &cause)).await? == Committed::Done {
            return Ok(NoContent);
        }
    }
}

async fn delete(
    ctx: &Ctx,
    installation: &Installation,
    read: Versioned<AlarmRule>,
    cause: &Cause,
) -> Result<Committed, Problem> {
    let head = ctx.store.device_head(read.value.device_id).await?.ok_or(SensingRefusal::NoSuchDevice)?;
    let next = head.value.without_rule(read.value.id);
    let head = change_setup(&ctx.store, &installation.access, head, next, cause).await?;
    Ok(ctx.store.write_rule(installation, &RuleWrite::Delete(read), Some(&head), cause.now).await?)
}

//! `PATCH /v1/aquarium/aquariums/{id}/alarm-rules/{ruleId}`: updates an alarm rule. Requires `If-Match`.

use axum::extract::State;
use dynamo::Versioned;
use kit::auth::Standing;
use kit::http::{Fields, IfMatch, Invocation, Json, Path, Problem, Tagged};
use serde::Deserialize;
use types::{AlarmRuleId, AquariumId};
use utoipa::ToSchema;
use water::Entered;

use crate::alarming::{Cause, change_setup};
use crate::api::alarm_views::{AlarmRuleView, AlarmVotes, RulePath, refused};
use crate::api::attempts::InstallationAttempts;
use crate::api::fields::given;
use crate::ctx::Ctx;
use crate::domain::alarm::Votes;
use crate::domain::alarm_head::SettingsChange;
use crate::domain::alarm_rule::AlarmRule;
use crate::domain::sensor::Label;
use crate::problem::{Refusal, SensingRefusal};
use crate::store::{Committed, Installation, RuleWrite};

/// Fields to update. Null removes an optional field.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent, null and a value are three wishes: leave, clear, set")]
pub struct UpdateAlarmRule {
    /// Name.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 64, example = "Too warm")]
    name: Option<String>,
    /// Limit.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    limit: Option<Entered>,
    /// How far a value has to come back behind the limit.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    band: Option<Entered>,
    /// For how many seconds the condition has to hold before the alarm begins.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, minimum = 0, maximum = 86_400, example = 300)]
    for_seconds: Option<u32>,
    /// For how many seconds the value has to be back before the alarm ends.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, minimum = 300, maximum = 86_400, example = 600)]
    clear_for_seconds: Option<u32>,
    /// How many of the last samples have to be beyond the limit.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<AlarmVotes>)]
    votes: Option<Option<AlarmVotes>>,
    /// How soon a trend crosses the limit, in minutes.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, minimum = 15, maximum = 2_880, example = 120)]
    within_minutes: Option<u32>,
    /// The hours that a trend is computed from.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, minimum = 6, maximum = 24, example = 12)]
    span_hours: Option<u8>,
}

impl UpdateAlarmRule {
    fn parse(&self) -> Result<(Option<Label>, SettingsChange), Problem> {
        let mut fields = Fields::new();
        let name = fields.check("name", self.name.as_deref().map(Label::parse).transpose());
        let (name,) = fields.all((name,))?;
        let change = SettingsChange {
            limit: self.limit,
            band: self.band,
            for_s: self.for_seconds,
            clear_for_s: self.clear_for_seconds,
            votes: self.votes.map(|votes| votes.map(Votes::from)),
            within_minutes: self.within_minutes,
            span_hours: self.span_hours,
        };
        Ok((name, change))
    }
}

/// Update an alarm rule
///
/// Allowed for the owner and keepers of the aquarium. Absent fields stay unchanged. A rule with other settings begins
/// anew: its open alarm ends, and samples from before are not judged again. Sensors and condition cannot be changed.
/// Requires `If-Match` with the last `ETag`. Limit: 200 changes of alarm rules and quiet times per user and day (UTC).
#[utoipa::path(
    patch, path = "/v1/aquarium/aquariums/{id}/alarm-rules/{ruleId}", operation_id = "update_alarm_rule", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), ("ruleId" = AlarmRuleId, Path, description = "Rule ID"), IfMatch),
    request_body = UpdateAlarmRule,
    responses(
        (status = 200, description = "The updated alarm rule", body = AlarmRuleView),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can change alarm rules"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_alarm_rule`: the aquarium has no alarm rule with this ID"),
        (status = 409, description = "`aquariums.too_many_alarms`: more than 40 alarms would change at once"),
        (status = 429, description = "`request.limit_exceeded`: the user changed alarm rules and quiet times 200 times today; retry after `Retry-After` seconds"),
    )
)]
pub async fn update_alarm_rule(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    based_on: IfMatch,
    Path(path): Path<RulePath>,
    Json(body): Json<UpdateAlarmRule>,
) -> Result<Tagged<AlarmRuleView>, Problem> {
    let (user, (name, change)) = (standing.user_id(), body.parse()?);
    let cause = Cause::new(call.correlation_id, ctx.clock.now());
    let load = || ctx.store.installation_and_rule(user, path.id, path.rule_id);
    let mut attempts = InstallationAttempts::begin(&standing, load).await?;
    loop {
        let (installation, read) = attempts.read().await?;
        let read = read.ok_or(Refusal::NoSuchAlarmRule)?;
        based_on.check(read.version)?;
        let settings = change.of(read.value.settings);
        let next = read.value.changed(name.clone(), settings, cause.now).map_err(refused)?;
        let Some(next) = next else { return Ok(Tagged::new(read.version, AlarmRuleView::from(&read.value))) };
        if Box::pin(write(ctx, &installation, &read, &next, &cause)).await? == Committed::Done {
            return Ok(Tagged::new(read.version + 1, AlarmRuleView::from(&next)));
        }
    }
}

async fn write(
    ctx: &Ctx,
    installation: &Installation,
    read: &Versioned<AlarmRule>,
    next: &AlarmRule,
    cause: &Cause,
) -> Result<Committed, Problem> {
    let write = RuleWrite::Replace(Box::new(read.clone()), next.clone());
    // The head does not have the name.
    if next.since == read.value.since {
        return Ok(ctx.store.write_rule(installation, &write, None, cause.now).await?);
    }
    let head = ctx.store.device_head(next.device_id).await?.ok_or(SensingRefusal::NoSuchDevice)?;
    let changed = head.value.replacing_rule(next).map_err(refused)?;
    let head = change_setup(&ctx.store, &installation.access, head, changed, cause).await?;
    Ok(ctx.store.write_rule(installation, &write, Some(&head), cause.now).await?)
}

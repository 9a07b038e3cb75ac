//! `POST /v1/aquarium/aquariums/{id}/alarm-rules`: adds an alarm rule. Requires `Idempotency-Key`.

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Created, Fields, Id, IdempotencyKey, Invocation, Json, Path, Problem};
use serde::Deserialize;
use types::{AlarmRuleId, AquariumId, SensorId};
use utoipa::ToSchema;
use water::Entered;

use crate::alarming::{Cause, change_setup};
use crate::api::alarm_views::{AlarmRuleView, AlarmVotes, refused};
use crate::api::attempts::InstallationAttempts;
use crate::ctx::Ctx;
use crate::domain::alarm::Votes;
use crate::domain::alarm_head::{NoCommonDevice, common_device};
use crate::domain::alarm_rule::{AlarmRule, ConditionKind, Settings};
use crate::domain::sensor::Label;
use crate::problem::SensingRefusal;
use crate::store::{Committed, Installation, RuleWrite};

/// For how many seconds a value has to be back unless the request says otherwise.
const USUAL_CLEAR_S: u32 = 600;

/// Request to create an alarm rule.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateAlarmRule {
    /// Name.
    #[schema(min_length = 1, max_length = 64, example = "Too warm")]
    name: String,
    /// Sensors of one device and one parameter: one to eight, and two for probes that disagree. Of several, the one
    /// that is further beyond the limit counts.
    #[schema(min_items = 1, max_items = 8)]
    sensor_ids: Vec<SensorId>,
    /// What the rule watches for.
    condition: ConditionKind,
    /// Limit, in a unit of the parameter. For probes that disagree: the largest difference that is no alarm.
    limit: Entered,
    /// How far a value has to come back behind the limit before the alarm ends: a difference, so 2 °F are 1.111 K.
    /// Required for `above`, `below` and `disagree`, and absent for trends.
    band: Option<Entered>,
    /// For how many seconds the condition has to hold before the alarm begins. Zero if it is absent.
    #[schema(minimum = 0, maximum = 86_400, example = 300)]
    for_seconds: Option<u32>,
    /// For how many seconds the value has to be back before the alarm ends. 600 if it is absent.
    #[schema(minimum = 300, maximum = 86_400, example = 600)]
    clear_for_seconds: Option<u32>,
    /// How many of the last samples have to be beyond the limit.
    votes: Option<AlarmVotes>,
    /// How soon a trend crosses the limit, in minutes. Required for trends.
    #[schema(minimum = 15, maximum = 2_880, example = 120)]
    within_minutes: Option<u32>,
    /// The hours that a trend is computed from. Required for trends.
    #[schema(minimum = 6, maximum = 24, example = 12)]
    span_hours: Option<u8>,
}

impl CreateAlarmRule {
    fn parse(&self) -> Result<(Label, Settings), Problem> {
        let mut fields = Fields::new();
        let name = fields.check("name", Label::parse(&self.name));
        let (name,) = fields.all((name,))?;
        let settings = Settings {
            kind: self.condition,
            limit: self.limit,
            band: self.band,
            for_s: self.for_seconds.unwrap_or_default(),
            clear_for_s: self.clear_for_seconds.unwrap_or(USUAL_CLEAR_S),
            votes: self.votes.map(Votes::from),
            within_minutes: self.within_minutes,
            span_hours: self.span_hours,
        };
        Ok((name, settings))
    }
}

/// Create an alarm rule
///
/// Allowed for the owner and keepers of the aquarium. The rule judges samples that are measured from now on. Members
/// are notified when an alarm begins, each hour for up to six hours unless it is acknowledged, and when it ends. A
/// device has at most 12 rules, of which at most 4 predict. Idempotent by `Idempotency-Key`. Limit: 200 changes of alarm
/// rules and quiet times per user and day (UTC).
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/alarm-rules", operation_id = "create_alarm_rule", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), IdempotencyKey),
    request_body = CreateAlarmRule,
    responses(
        (status = 201, description = "Alarm rule created", body = AlarmRuleView),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can add alarm rules"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
        (status = 409, description = "`aquariums.too_many_alarm_rules`: the device has 12 rules; `aquariums.too_many_trends`: the device has 4 rules that predict; `aquariums.too_many_alarms`: more than 40 alarms would change at once"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
        (status = 429, description = "`request.limit_exceeded`: the user changed alarm rules and quiet times 200 times today; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_alarm_rule(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    attempt: IdempotencyKey,
    Path(Id { id }): Path<Id<AquariumId>>,
    Json(body): Json<CreateAlarmRule>,
) -> Result<Created<AlarmRuleView>, Problem> {
    let (user, now, (name, settings)) = (standing.user_id(), ctx.clock.now(), body.parse()?);
    let rule_id = AlarmRuleId::new(attempt.derive_id("create_alarm_rule", &format!("{user}/{id}")));
    let cause = Cause::new(call.correlation_id, now);
    let load = || ctx.store.installation_and_rule(user, id, rule_id);
    let mut attempts = InstallationAttempts::begin(&standing, load).await?;
    loop {
        let (installation, known) = attempts.read().await?;
        let created = match known {
            Some(known) if known.value.is_same(&name, &body.sensor_ids, &settings) => Some(known.value),
            Some(_) => return Err(SensingRefusal::KeyReused.into()),
            None => {
                let wanted = (rule_id, name.clone(), body.sensor_ids.clone(), settings);
                Box::pin(add(ctx, &installation, wanted, &cause)).await?
            }
        };
        if let Some(rule) = created {
            let location = format!("/v1/aquarium/aquariums/{id}/alarm-rules/{rule_id}");
            return Ok(Created::at(location, AlarmRuleView::from(&rule)));
        }
    }
}

/// The new rule; none if another write was faster.
async fn add(
    ctx: &Ctx,
    installation: &Installation,
    (id, name, sensors, settings): (AlarmRuleId, Label, Vec<SensorId>, Settings),
    cause: &Cause,
) -> Result<Option<AlarmRule>, Problem> {
    let (device, parameter) = common_device(&installation.directory(), &sensors).map_err(wrong_sensors)?;
    let now: Timestamp = cause.now;
    let rule = AlarmRule::new(&installation.scope, id, (device, parameter), (name, sensors, settings), now)
        .map_err(refused)?;
    let head = ctx.store.device_head(device).await?;
    let read = head.filter(|head| head.value.aquarium_id == rule.aquarium_id).ok_or(SensingRefusal::NoSuchDevice)?;
    let next = read.value.with_rule(&rule).map_err(refused)?.map_err(SensingRefusal::from)?;
    let head = change_setup(&ctx.store, &installation.access, read, next, cause).await?;
    let committed = ctx.store.write_rule(installation, &RuleWrite::Create(rule.clone()), Some(&head), now).await?;
    Ok((committed == Committed::Done).then_some(rule))
}

fn wrong_sensors(error: NoCommonDevice) -> Problem {
    let mut fields = Fields::new();
    fields.refuse("sensorIds", error);
    fields.all((None::<()>,)).err().unwrap_or_else(|| Problem::internal("refused sensors without an error"))
}

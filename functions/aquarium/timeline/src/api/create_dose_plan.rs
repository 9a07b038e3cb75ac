//! `POST /v1/aquarium/aquariums/{id}/dose-plans`: creates a dose plan. Requires `Idempotency-Key`.
//!
//! Emits `timeline.dose_plan_changed.v1`.

use axum::extract::State;
use calendar::ZoneName;
use dynamo::ConflictRetry;
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Created, Fields, Id, IdempotencyKey, Invocation, Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::{AquariumId, DosePlanId, Uuid};
use utoipa::ToSchema;

use super::dose_views::DosePlanView;
use super::dosing::{self, NewReservoir, PumpCalibration, not_planned, outbox, refused};
use super::parsing::in_millis;
use crate::api::texts::DoseTime;
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::domain::dose::{Details, DoseDay, DosePlan, Rhythm};
use crate::problem::Refusal;

/// Request to create a dose plan.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateDosePlan {
    /// Name of the product.
    #[schema(min_length = 1, max_length = 60, example = "Calcium A")]
    product: String,
    /// Amount per day in microlitres, at least one per dose.
    #[schema(minimum = 1, maximum = 10_000_000, example = 30_000)]
    daily_ul: u64,
    /// Wall times of the doses, all different.
    #[schema(value_type = Vec<DoseTime>, min_items = 1, max_items = 24, example = json!(["08:00", "14:00", "20:00"]))]
    times: Vec<String>,
    /// Time zone of the wall times (IANA).
    #[schema(min_length = 1, max_length = 64, example = "Europe/Berlin")]
    time_zone: String,
    /// Days of the week with doses, each once. Every day if absent.
    #[schema(min_items = 1, max_items = 7)]
    weekdays: Option<Vec<DoseDay>>,
    /// First day, at most 366 days ahead. Defaults to today.
    #[schema(format = Date, example = "2026-11-29")]
    from: Option<String>,
    /// Last day, at most 3,660 days after the first one or today.
    #[schema(format = Date)]
    until: Option<String>,
    /// Calibration of the pump. Without it, the running times of the pump are not computed.
    pump: Option<PumpCalibration>,
    /// Reservoir. Without it, nothing is computed about how long the product lasts.
    reservoir: Option<NewReservoir>,
}

impl CreateDosePlan {
    fn parse(&self, fingerprint: Uuid, now: Timestamp) -> Result<Details, Problem> {
        let mut fields = Fields::new();
        let product = fields.check("product", dosing::product(&self.product));
        let times = fields.check("times", dosing::times(&self.times));
        let zone = fields.check("timeZone", ZoneName::parse(&self.time_zone));
        let weekdays = self.weekdays.as_deref().unwrap_or(&DoseDay::ALL);
        let weekdays = fields.check("weekdays", dosing::weekdays(weekdays));
        let from = fields.check("from", self.from.as_deref().map(dosing::date).transpose());
        let until = fields.check("until", self.until.as_deref().map(dosing::date).transpose());
        let pump = self.pump.as_ref().and_then(|pump| dosing::calibration(&mut fields, pump));
        let reservoir = self.reservoir.and_then(|new| dosing::reservoir(&mut fields, new));
        let (product, times, zone, weekdays, from, until) =
            fields.all((product, times, zone, weekdays, from, until))?;
        let from = from.unwrap_or_else(|| zone.local(now).date());
        let rhythm = Rhythm { daily_ul: self.daily_ul, times, zone, weekdays, from, until };
        Ok(Details { product, rhythm, pump, reservoir, fingerprint })
    }
}

/// Create a dose plan
///
/// Plans the doses of a pump, and publishes `timeline.dose_plan_changed.v1`. The owner and keepers of the aquarium can create
/// plans. The daily amount is divided among the wall times; the doses of a day sum to it exactly. A wall time that the clocks skip
/// comes later by the width of the gap; one that they show twice counts once. The device runs the plan: doses are not added to the
/// timeline. With a reservoir, the owner and keepers are notified once per fill when it is low. An aquarium has at most 20 dose
/// plans. Limit: 1,000 changes of timelines per user and day. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/dose-plans", operation_id = "create_dose_plan", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        IdempotencyKey,
    ),
    request_body = CreateDosePlan,
    responses(
        (status = 201, description = "Dose plan created", body = DosePlanView),
        (status = 403, description = "`timeline.role_too_low`: only the owner and keepers can create dose plans"),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
        (status = 409, description = "`timeline.too_many_dose_plans`: the aquarium has 20 dose plans"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request, or the plan that it created was deleted"),
        (status = 429, description = "`request.limit_exceeded`: the user changed timelines 1,000 times today; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_dose_plan(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    key: IdempotencyKey,
    Path(Id { id }): Path<Id<AquariumId>>,
    Json(body): Json<CreateDosePlan>,
) -> Result<Created<DosePlanView>, Problem> {
    let (user, now) = (standing.user_id(), in_millis(ctx.clock.now()));
    let caller = format!("{user}#{id}");
    let plan_id = DosePlanId::new(key.derive_id("create_dose_plan", &caller));
    let text = serde_json::to_string(&body).map_err(Problem::internal)?;
    let fingerprint = key.derive_id(&format!("create_dose_plan\n{text}"), &caller);
    let details = body.parse(fingerprint, now)?;
    let created = |plan: &DosePlan, version| {
        let location = format!("/v1/aquarium/aquariums/{id}/dose-plans/{plan_id}");
        Created::at(location, DosePlanView::of(plan, version, now))
    };
    let mut retry = ConflictRetry::default();
    loop {
        let (_, opened) = standing.with(ctx.store.open_plan(user, id, plan_id)).await?;
        let opened = opened.ok_or(Refusal::NoSuchAquarium)?;
        opened.scope.at_least(Role::Keeper)?;
        if let Some(before) = &opened.plan {
            let is_same = before.value.was_created_by(fingerprint);
            return if is_same { Ok(created(&before.value, before.version)) } else { Err(Refusal::KeyReused.into()) };
        }
        let place = (id, opened.scope.owner_id());
        let plan = DosePlan::new(plan_id, place, details.clone(), plan_id.uuid(), now).map_err(refused)?;
        let outbox = outbox(&call, now, plan.changed_fact(1, now))?;
        match ctx.store.add_plan(&opened, &plan, (&outbox, now)).await {
            Ok(()) => return Ok(created(&plan, 1)),
            Err(reason) => match not_planned(reason) {
                Some(problem) => return Err(problem),
                None => retry.pause().await?,
            },
        }
    }
}

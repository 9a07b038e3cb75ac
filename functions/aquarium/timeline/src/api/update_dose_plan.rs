//! `PATCH /v1/aquarium/aquariums/{id}/dose-plans/{planId}`: updates, pauses or resumes a dose plan. Requires `If-Match`.
//!
//! Emits `timeline.dose_plan_changed.v1`.

use axum::extract::State;
use calendar::ZoneName;
use kit::auth::Standing;
use kit::http::{Fields, IfMatch, Invocation, Json, Path, Problem, Tagged};
use serde::Deserialize;
use types::{AquariumId, DosePlanId, new_uuid};
use utoipa::ToSchema;

use super::dose_views::DosePlanView;
use super::dosing::{self, DosePlanPath, NewReservoir, PumpCalibration, Step, change, refused, tagged};
use super::parsing::{given, in_millis};
use crate::api::texts::DoseTime;
use crate::ctx::Ctx;
use crate::domain::dose::{Change, DoseDay};

/// Fields to update. Null removes an optional field.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent, null and a value are three wishes: leave, clear, set")]
pub struct UpdateDosePlan {
    /// Name of the product.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 60, example = "Calcium A")]
    product: Option<String>,
    /// Amount per day in microlitres, at least one per dose.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, minimum = 1, maximum = 10_000_000, example = 30_000)]
    daily_ul: Option<u64>,
    /// Wall times of the doses, all different.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<DoseTime>, required = false, min_items = 1, max_items = 24, example = json!(["08:00", "20:00"]))]
    times: Option<Vec<String>>,
    /// Time zone of the wall times (IANA).
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 64, example = "Europe/Berlin")]
    time_zone: Option<String>,
    /// Days of the week with doses, each once.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_items = 1, max_items = 7)]
    weekdays: Option<Vec<DoseDay>>,
    /// First day, at most 366 days ahead.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, format = Date, example = "2026-11-29")]
    from: Option<String>,
    /// Last day, at most 3,660 days after the first one or today.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Option<String>>,
    /// Whether the plan is paused. A plan that is paused has no doses until it is resumed.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    paused: Option<bool>,
    /// Calibration of the pump.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<PumpCalibration>)]
    pump: Option<Option<PumpCalibration>>,
    /// Reservoir. Size and alarm of a reservoir that the plan has are replaced; what it contains stays.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<NewReservoir>)]
    reservoir: Option<Option<NewReservoir>>,
}

impl UpdateDosePlan {
    fn parse(&self) -> Result<Change, Problem> {
        let mut fields = Fields::new();
        let product = fields.check("product", self.product.as_deref().map(dosing::product).transpose());
        let times = fields.check("times", self.times.as_deref().map(dosing::times).transpose());
        let zone = fields.check("timeZone", self.time_zone.as_deref().map(ZoneName::parse).transpose());
        let weekdays = fields.check("weekdays", self.weekdays.as_deref().map(dosing::weekdays).transpose());
        let from = fields.check("from", self.from.as_deref().map(dosing::date).transpose());
        let last = self.until.as_ref().map(|until| until.as_deref().map(dosing::date).transpose());
        let until = fields.check("until", last.transpose());
        let pump = self.pump.as_ref();
        let pump = pump.map(|pump| pump.as_ref().and_then(|pump| dosing::calibration(&mut fields, pump)));
        let reservoir = self.reservoir.map(|new| new.and_then(|new| dosing::reservoir(&mut fields, new)));
        let (product, times, zone, weekdays, from, until) =
            fields.all((product, times, zone, weekdays, from, until))?;
        let (daily_ul, paused) = (self.daily_ul, self.paused);
        Ok(Change { product, daily_ul, times, zone, weekdays, from, until, paused, pump, reservoir })
    }
}

/// Update a dose plan
///
/// Updates, pauses or resumes a dose plan, and publishes `timeline.dose_plan_changed.v1`. The owner and keepers of the aquarium can
/// update plans. Absent fields stay unchanged. A change applies from now on: earlier doses keep their amount, and doses of a pause
/// are not given later. Requires `If-Match` with the last `ETag`. Limit: 1,000 changes of timelines per user and day.
#[utoipa::path(
    patch, path = "/v1/aquarium/aquariums/{id}/dose-plans/{planId}", operation_id = "update_dose_plan", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("planId" = DosePlanId, Path, description = "Dose plan ID"),
        IfMatch,
    ),
    request_body = UpdateDosePlan,
    responses(
        (status = 200, description = "The updated dose plan", body = DosePlanView),
        (status = 403, description = "`timeline.role_too_low`: only the owner and keepers can update dose plans"),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `timeline.no_such_dose_plan`: the aquarium has no dose plan with this ID"),
        (status = 409, description = "`timeline.too_many_dose_changes`: the dose plan has 50 edits within 92 days"),
        (status = 429, description = "`request.limit_exceeded`: the user changed timelines 1,000 times today; retry after `Retry-After` seconds"),
    )
)]
pub async fn update_dose_plan(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    if_match: IfMatch,
    Path(path): Path<DosePlanPath>,
    Json(body): Json<UpdateDosePlan>,
) -> Result<Tagged<DosePlanView>, Problem> {
    let (now, fill_id) = (in_millis(ctx.clock.now()), new_uuid());
    let wanted = body.parse()?;
    let updated = change(ctx, (&standing, &call), path, now, |read| {
        if_match.check(read.version)?;
        let next = read.value.changed(wanted.clone(), fill_id, now).map_err(refused)?;
        Ok(next.map_or(Step::Keep, |next| Step::Write(Box::new(next))))
    });
    Ok(tagged(&updated.await?, now))
}

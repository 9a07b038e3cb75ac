//! Dose plans in responses.

use jiff::Timestamp;
use serde::Serialize;
use types::{AquariumId, DosePlanId};
use utoipa::ToSchema;

use crate::domain::dose::{Calibration, Dose, DoseDay, DosePlan, PlanStatus};

/// How wall times are written.
const TIME_FORMAT: &str = "%H:%M";

/// A dose plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DosePlanView {
    /// Dose plan ID.
    id: DosePlanId,
    /// Aquarium ID.
    aquarium_id: AquariumId,
    /// Name of the product.
    #[schema(example = "Calcium A")]
    product: String,
    /// Status.
    status: PlanStatus,
    /// Amount per day in microlitres.
    #[schema(example = 30_000)]
    daily_ul: u64,
    /// Doses of a day. They sum to the daily amount.
    doses: Vec<DailyDoseView>,
    /// Time zone of the wall times.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// Days of the week with doses, from Monday.
    weekdays: Vec<DoseDay>,
    /// First day.
    #[schema(format = Date, example = "2026-11-29")]
    from: String,
    /// Last day. Null if none was set: the plan then ends ten years after its last edit.
    #[schema(format = Date)]
    until: Option<String>,
    /// Calibration of the pump. Null if there is none.
    pump: Option<PumpView>,
    /// Reservoir. Null if there is none.
    reservoir: Option<ReservoirView>,
    /// Time of creation (UTC).
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
    /// Time of the last change (UTC).
    #[serde(serialize_with = "types::time::millis")]
    changed_at: Timestamp,
    /// Version of the plan, which is also its `ETag`.
    #[schema(example = 1)]
    version: u64,
}

/// A dose of each day.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DailyDoseView {
    /// Wall time.
    #[schema(example = "08:00")]
    time: String,
    /// Amount in microlitres.
    #[schema(example = 5_000)]
    amount_ul: u64,
    /// How long the pump runs, in milliseconds. Null without a calibration.
    run_ms: Option<u64>,
}

/// Calibration of a pump.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PumpView {
    /// Volume of the run in microlitres.
    volume_ul: u64,
    /// Duration of the run in milliseconds.
    run_ms: u64,
    /// Local date of the run.
    #[schema(format = Date, example = "2026-11-01")]
    calibrated_on: String,
}

/// Reservoir of a dose plan, as it is now if every dose was given that was not recorded as missed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReservoirView {
    /// Size in microlitres.
    size_ul: u64,
    /// What is left, in microlitres.
    left_ul: u64,
    /// Time of the last fill (UTC).
    #[serde(serialize_with = "types::time::millis")]
    filled_at: Timestamp,
    /// The reservoir is low this many days before it is empty.
    alarm_days: u16,
    /// Whether it is low.
    low: bool,
    /// Time from which it is low (UTC). Null if the plan is paused or ends before it is empty.
    #[serde(serialize_with = "types::time::optional_millis")]
    low_at: Option<Timestamp>,
    /// Time of the dose after which it is empty (UTC). Null if the plan is paused or ends before.
    #[serde(serialize_with = "types::time::optional_millis")]
    empty_at: Option<Timestamp>,
}

/// A planned dose.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlannedDoseView {
    /// Time (UTC).
    #[serde(serialize_with = "types::time::millis")]
    at: Timestamp,
    /// Amount in microlitres.
    #[schema(example = 5_000)]
    amount_ul: u64,
    /// Whether it was recorded as not given.
    missed: bool,
}

impl DosePlanView {
    /// The view of a plan in a version.
    pub fn of(plan: &DosePlan, version: u64, now: Timestamp) -> Self {
        let rhythm = &plan.regimen.rhythm;
        let doses = plan.regimen.parts().map(|(time, amount_ul)| DailyDoseView {
            time: time.strftime(TIME_FORMAT).to_string(),
            amount_ul,
            run_ms: plan.pump.map(|pump| pump.run_ms_for(amount_ul)),
        });
        Self {
            id: plan.id,
            aquarium_id: plan.aquarium_id,
            product: plan.product.clone(),
            status: plan.status(now),
            daily_ul: rhythm.daily_ul,
            doses: doses.collect(),
            time_zone: rhythm.zone.as_str().to_owned(),
            weekdays: rhythm.weekdays.iter().copied().collect(),
            from: rhythm.from.to_string(),
            until: rhythm.until.map(|until| until.to_string()),
            pump: plan.pump.map(PumpView::from),
            reservoir: ReservoirView::of(plan, now),
            created_at: plan.created_at,
            changed_at: plan.changed_at,
            version,
        }
    }
}

impl From<Calibration> for PumpView {
    fn from(pump: Calibration) -> Self {
        Self { volume_ul: pump.volume_ul, run_ms: pump.run_ms, calibrated_on: pump.on.to_string() }
    }
}

impl ReservoirView {
    fn of(plan: &DosePlan, now: Timestamp) -> Option<Self> {
        let reservoir = plan.reservoir.as_ref()?;
        let balance = reservoir.balance(&plan.course, now);
        let low_at = plan.low_at();
        Some(Self {
            size_ul: reservoir.size_ul,
            left_ul: balance.left_ul,
            filled_at: reservoir.fill().at,
            alarm_days: reservoir.alarm_days,
            low: low_at.is_some_and(|at| at <= now),
            low_at,
            empty_at: plan.empty_at,
        })
    }
}

impl From<Dose> for PlannedDoseView {
    fn from(dose: Dose) -> Self {
        Self { at: dose.at, amount_ul: dose.amount_ul, missed: dose.missed }
    }
}

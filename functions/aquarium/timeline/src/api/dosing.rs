//! What the endpoints of dose plans share: paths, fields, and the loop of read, decide and write.

use std::collections::BTreeSet;

use calendar::DailyWindow;
use contracts::timeline::DosePlanChanged;
use contracts::{Actor, Envelope};
use dynamo::outbox::OutboxError;
use dynamo::{ConflictRetry, Outbox, Versioned};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use kit::auth::Standing;
use kit::http::{Fields, Invocation, Problem, Tagged};
use serde::{Deserialize, Serialize};
use types::{AquariumId, DosePlanId, EventId, TextError, line};
use utoipa::ToSchema;

use super::dose_views::DosePlanView;
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::domain::content::MAX_NAME_CHARS;
use crate::domain::dose::{ALARM_DAYS, Calibration, DoseDay, DosePlan, PlanError, RESERVOIR_UL, ReservoirSettings};
use crate::problem::{DoseRefusal, Refusal};
use crate::store::NotPlanned;

/// Length of a date: `2026-03-14`.
const DATE_CHARS: usize = 10;
/// Years that a plan can lie in.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2200;

/// Path of a dose plan.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DosePlanPath {
    /// Aquarium ID.
    pub id: AquariumId,
    /// Dose plan ID.
    pub plan_id: DosePlanId,
}

/// Calibration of a pump: the volume that it gave in a run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PumpCalibration {
    /// Volume in microlitres.
    #[schema(minimum = 1, maximum = 10_000_000, example = 9_500)]
    volume_ul: u64,
    /// Duration of the run in milliseconds.
    #[schema(minimum = 100, maximum = 3_600_000, example = 60_000)]
    run_ms: u64,
    /// Local date of the run.
    #[schema(format = Date, example = "2026-11-01")]
    calibrated_on: String,
}

/// Reservoir of a dose plan.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewReservoir {
    /// Size in microlitres.
    #[schema(minimum = 1_000, maximum = 1_000_000_000, example = 1_000_000)]
    size_ul: u64,
    /// What it contains now, in microlitres. Full if absent. Not allowed if the plan has a reservoir: record a refill.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    filled_ul: Option<u64>,
    /// The reservoir is low this many days before it is empty.
    #[schema(minimum = 1, maximum = 60, example = 7)]
    alarm_days: u16,
}

/// Parses the name of a product.
pub fn product(text: &str) -> Result<String, TextError> {
    line(text, MAX_NAME_CHARS)
}

/// Parses wall times. Their number is checked with the daily amount.
pub fn times(texts: &[String]) -> Result<Vec<Time>, calendar::DailyWindowError> {
    texts.iter().map(|text| DailyWindow::time(text)).collect()
}

/// Parses days of the week.
pub fn weekdays(days: &[DoseDay]) -> Result<BTreeSet<DoseDay>, &'static str> {
    let distinct: BTreeSet<_> = days.iter().copied().collect();
    if distinct.len() == days.len() { Ok(distinct) } else { Err("must not have a day twice") }
}

/// Parses a date.
pub fn date(text: &str) -> Result<Date, &'static str> {
    let date = text.parse::<Date>().ok().filter(|date| text.len() == DATE_CHARS && YEARS.contains(&date.year()));
    date.ok_or("must be a date, for example 2026-03-14")
}

/// Parses a calibration.
pub fn calibration(fields: &mut Fields, pump: &PumpCalibration) -> Option<Calibration> {
    let on = fields.check("pump.calibratedOn", date(&pump.calibrated_on))?;
    match Calibration::new(pump.volume_ul, pump.run_ms, on) {
        Ok(calibration) => Some(calibration),
        Err(error) => {
            fields.refuse(error.field(), error);
            None
        }
    }
}

/// Parses a reservoir.
pub fn reservoir(fields: &mut Fields, new: NewReservoir) -> Option<ReservoirSettings> {
    let NewReservoir { size_ul, filled_ul, alarm_days } = new;
    let size = if RESERVOIR_UL.contains(&size_ul) {
        Ok(size_ul)
    } else {
        Err(format!("must be {} to {}", RESERVOIR_UL.start(), RESERVOIR_UL.end()))
    };
    let size = fields.check("reservoir.sizeUl", size);
    let is_fill = filled_ul.is_none_or(|filled| (1..=size_ul).contains(&filled));
    let filled = fields.check("reservoir.filledUl", is_fill.then_some(filled_ul).ok_or("must be 1 to `sizeUl`"));
    let days = if ALARM_DAYS.contains(&alarm_days) {
        Ok(alarm_days)
    } else {
        Err(format!("must be {} to {}", ALARM_DAYS.start(), ALARM_DAYS.end()))
    };
    let days = fields.check("reservoir.alarmDays", days);
    Some(ReservoirSettings { size_ul: size?, filled_ul: filled?, alarm_days: days? })
}

/// The problem of a plan that cannot change so.
pub fn refused(error: PlanError) -> Problem {
    let field = match error {
        PlanError::NoReservoir => return DoseRefusal::NoReservoir.into(),
        PlanError::TooManyChanges => return DoseRefusal::TooManyChanges.into(),
        PlanError::Regimen(error) => error.field(),
        PlanError::SizeBelowContent { .. } => "reservoir.sizeUl",
        PlanError::AlreadyFilled => "reservoir.filledUl",
        PlanError::Volume { .. } => "volumeUl",
        PlanError::RefillTime => "filledAt",
        PlanError::NoDose => "doseAt",
    };
    let mut fields = Fields::new();
    fields.refuse(field, error);
    fields.all((None::<()>,)).err().unwrap_or_else(|| Problem::internal("a refused field without an error"))
}

/// The problem of a write that did not happen; none if it is to be decided again.
pub fn not_planned(reason: NotPlanned) -> Option<Problem> {
    match reason {
        NotPlanned::Conflict => None,
        NotPlanned::TooMany => Some(DoseRefusal::TooManyPlans.into()),
        NotPlanned::Limit(exceeded) => Some(exceeded.into()),
        NotPlanned::UserErased => Some(Refusal::NoSuchAquarium.into()),
        NotPlanned::Store(error) => Some(error.into()),
    }
}

/// What a request decides about a plan.
pub enum Step {
    /// It becomes this.
    Write(Box<DosePlan>),
    /// It stays.
    Keep,
}

/// Opens a plan for a keeper, and writes what `decide` returns, with the event. On a conflict `decide` is called again with the
/// newer plan. Returns the plan as it is then.
pub async fn change(
    ctx: &Ctx,
    (standing, call): (&Standing, &Invocation),
    path: DosePlanPath,
    now: Timestamp,
    decide: impl Fn(&Versioned<DosePlan>) -> Result<Step, Problem>,
) -> Result<Versioned<DosePlan>, Problem> {
    let mut retry = ConflictRetry::default();
    loop {
        let opened = ctx.store.open_plan(standing.user_id(), path.id, path.plan_id);
        let (_, opened) = standing.with(opened).await?;
        let opened = opened.ok_or(Refusal::NoSuchAquarium)?;
        opened.scope.at_least(Role::Keeper)?;
        let read = opened.existing().ok_or(DoseRefusal::NoSuchDosePlan)?;
        let next = match decide(read)? {
            Step::Write(next) => next,
            Step::Keep => return Ok(read.clone()),
        };
        let revision = read.version + 1;
        let fact = if next.is_removed() { read.value.removed_fact(revision) } else { next.changed_fact(revision, now) };
        let outbox = outbox(call, now, fact)?;
        match ctx.store.change_plan(&opened, read, &next, (&outbox, now)).await {
            Ok(()) => return Ok(read.successor(*next)),
            Err(reason) => match not_planned(reason) {
                Some(problem) => return Err(problem),
                None => retry.pause().await?,
            },
        }
    }
}

/// The event of a change. It does not name the member: the plan, with its event, lies under the owner and outlives the member's
/// account.
pub fn outbox(call: &Invocation, now: Timestamp, fact: DosePlanChanged) -> Result<Outbox, OutboxError> {
    Outbox::of(Envelope::new(EventId::generate(), now, call.correlation_id.clone(), Actor::System, fact))
}

/// The response with a plan.
pub fn tagged(plan: &Versioned<DosePlan>, now: Timestamp) -> Tagged<DosePlanView> {
    Tagged::new(plan.version, DosePlanView::of(&plan.value, plan.version, now))
}

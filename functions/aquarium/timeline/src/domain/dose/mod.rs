//! Plans of doses that a pump gives by itself: how much on which days at which wall times, and how long the reservoir lasts.
//!
//! The device runs the plan; this context plans and records. What is left in a reservoir is a pure function of the plan's
//! versions, its refills, its missed doses and an instant. Nothing is written when a dose is given.

mod balance;
mod change;
mod course;
mod plan;
mod pump;
mod regimen;
#[cfg(test)]
mod tests;

pub use balance::{Balance, Fill, Refill, Reservoir};
pub use change::{Change, Details, ReservoirSettings};
pub use course::{Course, Dose, MAX_MISSED, MAX_VERSIONS};
pub use plan::{
    ALARM_DAYS, DosePlan, HISTORY_DAYS, MAX_PLANS, MAX_REFILLS, PlanError, PlanStatus, RESERVOIR_UL, history_limits,
    history_start,
};
pub use pump::{Calibration, CalibrationError, RUN_MS, VOLUME_UL};
pub use regimen::{DAILY_UL, DoseDay, MAX_AHEAD_DAYS, MAX_DOSES_PER_DAY, MAX_RUN_DAYS, Regimen, RegimenError, Rhythm};

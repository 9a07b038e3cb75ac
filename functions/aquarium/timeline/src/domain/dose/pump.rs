//! How fast a pump is, by its last calibration.

use std::ops::RangeInclusive;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Range of the volume of a calibration run in microlitres.
pub const VOLUME_UL: RangeInclusive<u64> = 1..=10_000_000;
/// Range of the duration of a calibration run in milliseconds: up to an hour.
pub const RUN_MS: RangeInclusive<u64> = 100..=3_600_000;

/// A calibration: the volume that the pump gave in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calibration {
    /// Volume in microlitres.
    pub volume_ul: u64,
    /// Duration of the run in milliseconds.
    pub run_ms: u64,
    /// Local date of the run.
    pub on: Date,
}

/// Reason why a calibration is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CalibrationError {
    /// The volume is out of range.
    #[error("must be {} to {}", VOLUME_UL.start(), VOLUME_UL.end())]
    Volume,
    /// The duration is out of range.
    #[error("must be {} to {}", RUN_MS.start(), RUN_MS.end())]
    Run,
}

impl CalibrationError {
    /// The field of the request that it is about.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Volume => "pump.volumeUl",
            Self::Run => "pump.runMs",
        }
    }
}

impl Calibration {
    /// Checks a calibration.
    pub fn new(volume_ul: u64, run_ms: u64, on: Date) -> Result<Self, CalibrationError> {
        if !VOLUME_UL.contains(&volume_ul) {
            return Err(CalibrationError::Volume);
        }
        if !RUN_MS.contains(&run_ms) {
            return Err(CalibrationError::Run);
        }
        Ok(Self { volume_ul, run_ms, on })
    }

    /// How long the pump runs for an amount, in milliseconds, rounded to the nearest one and half up.
    pub fn run_ms_for(&self, amount_ul: u64) -> u64 {
        let (volume, run) = (u128::from(self.volume_ul), u128::from(self.run_ms));
        let rounded = (u128::from(amount_ul) * run + volume / 2) / volume.max(1);
        u64::try_from(rounded).unwrap_or(u64::MAX)
    }
}

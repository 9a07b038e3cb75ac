//! Quarantine: which samples of a probe are trusted, and when the probe is reported as faulty.

use serde::{Deserialize, Serialize};
use water::Parameter;

use super::episode::Episode;
use super::observe::SensorSetup;
use super::unsettled::Unsettled;
use crate::domain::doubt::{is_doubtful, is_like};

/// So many samples in a row decide that a probe is faulty, or works again.
const RUN_SAMPLES: u8 = 3;
/// The samples of a run span at least so many seconds.
const RUN_S: i64 = 120;
/// What temperature probes report instead of a temperature, in m°C: 85 °C is the power-on value of the DS18B20, and −127 °C is what
/// its usual driver returns without a probe.
const TEMPERATURE_ERRORS: [i64; 2] = [85_000, -127_000];

/// Why a sample is not trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A value that stands for an error.
    Sentinel,
    /// Water cannot have this value.
    Implausible,
    /// The value changed faster than water does.
    Jump,
}

/// What is known about a probe. Times are seconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// The newest trusted sample: time and value.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    trusted: Option<(i64, i64)>,
    /// The samples that contradict the state: suspect ones while it works, trusted ones while it is faulty.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    run: Option<Run>,
    /// The fault, while it lasts.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    fault: Option<Episode>,
    /// The beginnings of recent faults.
    #[serde(rename = "u", default, skip_serializing_if = "Unsettled::is_new")]
    pub(super) unsettled: Unsettled,
}

/// Samples of one kind in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Run {
    #[serde(rename = "t")]
    first: i64,
    #[serde(rename = "n")]
    count: u8,
}

/// How fast a parameter may change per minute, in its canonical unit. None where any change is possible: additives raise
/// concentrations at once, and a hand lowers the level.
pub const fn default_jump(parameter: Parameter) -> Option<i64> {
    match parameter {
        Parameter::Temperature => Some(2_000),
        Parameter::Ph => Some(500),
        Parameter::Salinity => Some(3_000),
        Parameter::Redox => Some(200),
        _ => None,
    }
}

impl Probe {
    /// The newest trusted sample: time and value.
    pub const fn trusted(&self) -> Option<(i64, i64)> {
        self.trusted
    }

    /// The fault, while it lasts.
    pub const fn fault(&self) -> Option<Episode> {
        self.fault
    }

    /// Judges a sample. Samples come in the order of their times. `ended` gets the fault that ends with it.
    pub(super) fn judge(
        &mut self,
        setup: &SensorSetup,
        at: i64,
        value: i64,
        ended: &mut Option<Episode>,
    ) -> Result<(), Reason> {
        let verdict = self.verdict(setup, at, value);
        if verdict.is_ok() {
            self.trusted = Some((at, value));
        }
        self.count(verdict.is_ok(), at, value, ended);
        self.unsettled.calm(at, self.fault.is_none() && self.run.is_none());
        verdict
    }

    /// Counts a sample that was trusted or not: three in a row that contradict the state begin a fault or end it.
    fn count(&mut self, is_trusted: bool, at: i64, value: i64, ended: &mut Option<Episode>) {
        if is_trusted == self.fault.is_none() {
            self.run = None;
            return;
        }
        let run = self.run.map_or(Run { first: at, count: 1 }, |run| Run { count: run.count.saturating_add(1), ..run });
        self.run = Some(run);
        if run.count >= RUN_SAMPLES && at - run.first >= RUN_S {
            self.run = None;
            if let Some(fault) = self.fault.take() {
                *ended = Some(Episode { ended: Some(at), ..fault });
            } else {
                let muted = self.unsettled.fired(at);
                self.fault = Some(Episode { first: run.first, fired: at, extreme: value, muted, ended: None });
            }
        }
    }

    /// Forgets the samples in a row: maintenance moves probes.
    pub(super) const fn suspend(&mut self) {
        self.run = None;
    }

    fn verdict(&self, setup: &SensorSetup, at: i64, value: i64) -> Result<(), Reason> {
        if self.is_sentinel(setup.parameter, value) {
            return Err(Reason::Sentinel);
        }
        if !setup.parameter.plausible().contains(value) {
            return Err(Reason::Implausible);
        }
        match (setup.jump_per_minute, self.trusted) {
            (Some(jump), Some((before, trusted))) => {
                // The allowance grows with time, so that a new level is trusted in the end.
                let seconds = (at - before).max(60);
                let moved = (value - trusted).saturating_abs();
                if moved.saturating_mul(60) <= jump.saturating_mul(seconds) { Ok(()) } else { Err(Reason::Jump) }
            }
            _ => Ok(()),
        }
    }

    fn is_sentinel(&self, parameter: Parameter, value: i64) -> bool {
        let is_error = parameter == Parameter::Temperature && TEMPERATURE_ERRORS.contains(&value);
        let is_confirmed = self.trusted.is_some_and(|(_, trusted)| is_like(value, trusted));
        is_error || (is_doubtful(parameter, value) && !is_confirmed)
    }
}

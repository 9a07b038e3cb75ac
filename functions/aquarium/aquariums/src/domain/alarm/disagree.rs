//! Two probes of one parameter that show different values.

use std::collections::BTreeMap;

use types::SensorId;

use super::automaton::Level;
use super::observe::Setup;
use super::probe::Probe;
use super::rule::{Band, Condition, Rule};
use super::silence::quiet_after_s;

/// The difference of both probes as of a time, if both have a trusted value that is recent.
pub(super) fn difference(setup: &Setup<'_>, rule: &Rule, probes: &BTreeMap<SensorId, Probe>, at: i64) -> Option<i64> {
    let [one, other] = rule.sensors.as_slice() else { return None };
    let value = |id: &SensorId| {
        let sensor = setup.sensor(*id)?;
        let (seen, value) = probes.get(id).filter(|probe| probe.fault().is_none())?.trusted()?;
        (at - seen < quiet_after_s(sensor.interval_s)).then_some(value)
    };
    Some((value(one)? - value(other)?).abs())
}

/// Where a difference stands.
pub(super) const fn level(tolerance: i64, band: Band, difference: i64) -> Level {
    if difference > tolerance {
        Level::Beyond
    } else if difference <= tolerance - band.width() {
        Level::Inside
    } else {
        Level::Between
    }
}

/// The tolerance and the band of a rule about two probes.
pub(super) const fn tolerance(rule: &Rule) -> Option<(i64, Band)> {
    match rule.condition {
        Condition::Disagree { tolerance, band } => Some((tolerance, band)),
        _ => None,
    }
}

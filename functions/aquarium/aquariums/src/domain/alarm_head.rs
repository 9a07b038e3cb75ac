//! The alarms of a device in its head: what the head says about their setup, and how samples and changes of the setup
//! move them.

use calendar::ZoneName;
use jiff::Timestamp;
use types::{AlarmRuleId, DeviceId, SensorId};
use water::{Entered, Parameter};

use super::alarm::{
    Condition, Maintenance, Observed, Rule, Sample, SensorSetup, Setup, Transition, Votes, default_jump, observe,
    silence,
};
use super::alarm_rule::{AlarmRule, MAX_RULES_PER_DEVICE, MAX_TRENDS_PER_DEVICE, Settings, SettingsError};
use super::device::{DeviceHead, Silence};
use super::directory::Directory;

/// The head of a device after a change, with what changed about its alarms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The head.
    pub head: DeviceHead,
    /// What changed about alarms.
    pub transitions: Vec<Transition>,
}

/// Why a device gets no further rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RulesFull {
    /// It has [`MAX_RULES_PER_DEVICE`].
    Rules,
    /// It has [`MAX_TRENDS_PER_DEVICE`] that predict.
    Trends,
}

/// Why sensors cannot have a rule together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoCommonDevice {
    /// There is none, or one that the aquarium does not have.
    #[error("must be sensors of the aquarium; list its sensors")]
    Unknown,
    /// No device sends the values.
    #[error("must be sensors of a device: values that are entered by hand move no alarm")]
    ByHand,
    /// They belong to several devices or parameters.
    #[error("must belong to one device and measure one parameter; create a rule for each")]
    Several,
}

/// The device and the parameter of the sensors of a rule.
pub fn common_device(directory: &Directory, sensors: &[SensorId]) -> Result<(DeviceId, Parameter), NoCommonDevice> {
    let placed = |id: &SensorId| directory.sensor(*id).ok_or(NoCommonDevice::Unknown);
    let first = placed(sensors.first().ok_or(NoCommonDevice::Unknown)?)?;
    let device_id = first.device_id.ok_or(NoCommonDevice::ByHand)?;
    for id in sensors {
        let sensor = placed(id)?;
        if sensor.device_id.is_none() {
            return Err(NoCommonDevice::ByHand);
        }
        if sensor.device_id != first.device_id || sensor.parameter != first.parameter {
            return Err(NoCommonDevice::Several);
        }
    }
    Ok((device_id, first.parameter))
}

impl DeviceHead {
    /// Adds samples to the alarms, or makes a changed setup effective if there are none.
    pub fn observing(self, samples: &[Sample]) -> Moved {
        let sensors: Vec<_> = self.sensors.iter().map(|probe| self.setup_of(probe.id, probe.parameter)).collect();
        let (maintenance, marks) = (self.maintenance(), self.marks());
        let setup = Setup { sensors: &sensors, rules: &self.rules, maintenance: &maintenance, marks: &marks };
        let Observed { state, transitions, .. } = observe(&setup, &self.alarms, samples);
        Moved { head: Self { alarms: state, ..self }, transitions }
    }

    /// When rules are suspended.
    pub fn maintenance(&self) -> Maintenance {
        self.quiet.clone().unwrap_or_else(|| Maintenance::none(ZoneName::utc()))
    }

    const fn setup_of(&self, id: SensorId, parameter: Parameter) -> SensorSetup {
        SensorSetup { id, parameter, interval_s: self.interval_s, jump_per_minute: default_jump(parameter) }
    }

    /// After which seconds trends begin anew: calibrations, and the ends of quiet times, in which water is changed.
    fn marks(&self) -> Vec<i64> {
        let calibrations = self.sensors.iter().flat_map(|probe| &probe.calibrations);
        let quiet = self.quiet.iter().flat_map(|quiet| &quiet.windows);
        calibrations.map(|calibration| calibration.from.as_second()).chain(quiet.map(|window| window.until)).collect()
    }

    /// The head with one more rule.
    pub fn with_rule(&self, rule: &AlarmRule) -> Result<Result<Self, RulesFull>, SettingsError> {
        let added = rule.rule()?;
        if self.rules.len() >= MAX_RULES_PER_DEVICE {
            return Ok(Err(RulesFull::Rules));
        }
        let trends = self.rules.iter().filter(|rule| is_trend(rule)).count();
        if is_trend(&added) && trends >= MAX_TRENDS_PER_DEVICE {
            return Ok(Err(RulesFull::Trends));
        }
        let mut next = self.clone();
        next.rules.push(added);
        Ok(Ok(next))
    }

    /// The head with a changed rule, or with a rule about fewer sensors.
    pub fn replacing_rule(&self, rule: &AlarmRule) -> Result<Self, SettingsError> {
        let changed = rule.rule()?;
        let mut next = self.clone();
        for known in next.rules.iter_mut().filter(|known| known.id == changed.id) {
            *known = changed.clone();
        }
        Ok(next)
    }

    /// The head without a rule.
    #[must_use]
    pub fn without_rule(&self, id: AlarmRuleId) -> Self {
        let mut next = self.clone();
        next.rules.retain(|rule| rule.id != id);
        next
    }

    /// The rules that a sensor is part of.
    pub fn rules_of(&self, id: SensorId) -> impl Iterator<Item = AlarmRuleId> + '_ {
        self.rules.iter().filter(move |rule| rule.sensors.contains(&id)).map(|rule| rule.id)
    }

    /// The head with other quiet times.
    #[must_use]
    pub fn with_quiet(&self, quiet: Maintenance) -> Self {
        Self { quiet: Some(quiet), ..self.clone() }
    }

    /// The head without sensors and rules, which ends all alarms.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self { sensors: Vec::new(), rules: Vec::new(), open: None, ..self.clone() }
    }

    /// The head after the report that the device is silent, or sends again.
    #[must_use]
    pub fn with_silence(&self, is_reported: bool) -> Self {
        let silence = Silence { revision: self.silence.revision + 1, is_reported, ..self.silence };
        Self { silence, ..self.clone() }
    }

    /// The head after the report that the device is silent, and whether users are notified of it: a device that is
    /// silent again and again is reported each time, and notified of a few times a day (UTC).
    pub fn reported_silent(&self, now: Timestamp) -> (Self, bool) {
        let next = self.with_silence(true);
        match next.silence.with_notice(now) {
            Some(silence) => (Self { silence, ..next }, true),
            None => (next, false),
        }
    }

    /// The second at which a device that was reported as silent is silent again, if it is not now.
    pub fn ends_silence(&self, now: i64) -> Option<i64> {
        let newest = self.alarms.newest().filter(|_| self.silence.is_reported)?;
        match silence::check(newest, self.interval_s, &self.maintenance(), now) {
            silence::Verdict::Rearm(deadline) => Some(deadline),
            silence::Verdict::Silent { .. } => None,
        }
    }
}

/// True for a rule that predicts.
const fn is_trend(rule: &Rule) -> bool {
    matches!(rule.condition, Condition::RisesAbove { .. } | Condition::FallsBelow { .. })
}

/// The settings of a rule with the fields of a request that changes it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SettingsChange {
    /// The limit.
    pub limit: Option<Entered>,
    /// The band.
    pub band: Option<Entered>,
    /// The duration before the alarm, in seconds.
    pub for_s: Option<u32>,
    /// The duration before its end, in seconds.
    pub clear_for_s: Option<u32>,
    /// The votes.
    pub votes: Option<Option<Votes>>,
    /// How far a trend looks ahead, in minutes.
    pub within_minutes: Option<u32>,
    /// How far a trend looks back, in hours.
    pub span_hours: Option<u8>,
}

impl SettingsChange {
    /// The settings after the change.
    pub fn of(self, before: Settings) -> Settings {
        Settings {
            kind: before.kind,
            limit: self.limit.unwrap_or(before.limit),
            band: self.band.or(before.band),
            for_s: self.for_s.unwrap_or(before.for_s),
            clear_for_s: self.clear_for_s.unwrap_or(before.clear_for_s),
            votes: self.votes.unwrap_or(before.votes),
            within_minutes: self.within_minutes.or(before.within_minutes),
            span_hours: self.span_hours.or(before.span_hours),
        }
    }
}

//! Rules of alarms, as keepers set them.

use serde::{Deserialize, Serialize};
use types::{AlarmRuleId, SensorId};
use water::{Parameter, TemperatureDifference};

/// The most sensors of a rule.
pub const MAX_RULE_SENSORS: usize = 8;
/// The longest duration of a condition, in seconds: a day.
pub const MAX_DURATION_S: u32 = 86_400;
/// The most samples that vote.
pub const MAX_VOTES: u8 = 16;
/// The hours of 15-minute means that a trend is computed from.
const TREND_SPAN_HOURS: std::ops::RangeInclusive<u8> = 6..=24;
/// How far a trend looks ahead, in minutes.
const TREND_AHEAD_MINUTES: std::ops::RangeInclusive<u32> = 15..=2_880;

/// When an alarm begins and ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Rule ID.
    #[serde(rename = "i")]
    pub id: AlarmRuleId,
    /// The sensors that it watches. A rule for a parameter lists all sensors of the device that measure it.
    #[serde(rename = "s")]
    pub sensors: Vec<SensorId>,
    /// What it watches for.
    #[serde(rename = "c")]
    pub condition: Condition,
    /// For how many seconds the condition has to hold before the alarm begins.
    #[serde(rename = "f")]
    pub for_s: u32,
    /// For how many seconds the value has to be back before the alarm ends.
    #[serde(rename = "e")]
    pub clear_for_s: u32,
    /// How many of the last samples have to agree, if single outliers are expected.
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    pub votes: Option<Votes>,
    /// The second since 1970 from which it holds. A changed rule begins anew: it gets another one.
    #[serde(rename = "b")]
    pub since: i64,
}

/// What a rule watches for. Values are in the canonical unit of the parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Condition {
    /// A value above the limit.
    Above {
        /// The limit.
        limit: i64,
        /// How far below the limit the value has to come back.
        band: Band,
    },
    /// A value below the limit.
    Below {
        /// The limit.
        limit: i64,
        /// How far above the limit the value has to come back.
        band: Band,
    },
    /// A trend that crosses the limit upwards soon.
    RisesAbove {
        /// The limit.
        limit: i64,
        /// How soon, in minutes.
        within_minutes: u32,
        /// The hours that the trend is computed from.
        span_hours: u8,
    },
    /// A trend that crosses the limit downwards soon.
    FallsBelow {
        /// The limit.
        limit: i64,
        /// How soon, in minutes.
        within_minutes: u32,
        /// The hours that the trend is computed from.
        span_hours: u8,
    },
    /// Two probes whose values differ by more than the tolerance.
    Disagree {
        /// The tolerance.
        tolerance: i64,
        /// How far below the tolerance the difference has to come back.
        band: Band,
    },
}

/// A hysteresis: how far a value has to come back behind its limit. Never zero, since a value that swings around its limit
/// would begin and end an alarm with each sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Band(i64);

/// How many of the last samples have to be beyond the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Votes {
    /// So many.
    #[serde(rename = "m")]
    pub beyond: u8,
    /// Of so many.
    #[serde(rename = "n")]
    pub of: u8,
}

/// Why a rule is refused. The messages continue the name of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// The band is not positive, or is wider than the parameter's values.
    #[error("must be positive: without hysteresis an alarm would begin and end with each sample around its limit")]
    Band,
    /// The limit or the tolerance cannot be a value of the parameter.
    #[error("must be a value that this parameter can have")]
    Limit,
    /// No sensors, too many of them, or one twice. Probes disagree in pairs.
    #[error("must be 1 to {MAX_RULE_SENSORS} different sensors of this parameter, and two for probes that disagree")]
    Sensors,
    /// The condition has to hold for too long.
    #[error("must be at most {MAX_DURATION_S} seconds")]
    Duration,
    /// The value has to be back for too long.
    #[error("must be at most {MAX_DURATION_S} seconds")]
    ClearDuration,
    /// The votes are not possible.
    #[error("must be `beyond` of `of` samples: `of` from 2 to {MAX_VOTES}, and `beyond` from 1 to `of`")]
    Votes,
    /// The trend looks too far back or ahead.
    #[error("must be 15 to 2880 minutes, and spanHours 6 to 24")]
    Trend,
}

impl Band {
    /// A band in the canonical unit of a parameter. Bands of temperatures are [differences](Self::of_temperature).
    pub const fn new(width: i64) -> Result<Self, RuleError> {
        if width > 0 { Ok(Self(width)) } else { Err(RuleError::Band) }
    }

    /// A band of temperatures.
    pub const fn of_temperature(width: TemperatureDifference) -> Result<Self, RuleError> {
        Self::new(width.millikelvin())
    }

    /// The width.
    pub const fn width(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for Band {
    type Error = RuleError;

    fn try_from(width: i64) -> Result<Self, RuleError> {
        Self::new(width)
    }
}

impl From<Band> for i64 {
    fn from(band: Band) -> Self {
        band.0
    }
}

impl Rule {
    /// Fails unless the rule is possible for the parameter.
    pub fn check(&self, parameter: Parameter) -> Result<(), RuleError> {
        let mut sensors = self.sensors.clone();
        sensors.sort_unstable();
        sensors.dedup();
        let is_pair = matches!(self.condition, Condition::Disagree { .. });
        let count_is_valid = if is_pair { sensors.len() == 2 } else { (1..=MAX_RULE_SENSORS).contains(&sensors.len()) };
        if !count_is_valid || sensors.len() != self.sensors.len() {
            return Err(RuleError::Sensors);
        }
        if self.for_s > MAX_DURATION_S {
            return Err(RuleError::Duration);
        }
        if self.clear_for_s > MAX_DURATION_S {
            return Err(RuleError::ClearDuration);
        }
        if self
            .votes
            .is_some_and(|votes| !(2..=MAX_VOTES).contains(&votes.of) || !(1..=votes.of).contains(&votes.beyond))
        {
            return Err(RuleError::Votes);
        }
        self.condition.check(parameter)
    }
}

impl Condition {
    /// The value that is further beyond.
    pub(super) fn worse(self, one: i64, other: i64) -> i64 {
        match self {
            Self::Above { .. } | Self::RisesAbove { .. } | Self::Disagree { .. } => one.max(other),
            Self::Below { .. } | Self::FallsBelow { .. } => one.min(other),
        }
    }

    fn check(self, parameter: Parameter) -> Result<(), RuleError> {
        let range = parameter.storable();
        let narrow = |band: Band| if band.0 <= range.max - range.min { Ok(()) } else { Err(RuleError::Band) };
        match self {
            Self::Above { limit, band } | Self::Below { limit, band } => {
                narrow(band)?;
                if range.contains(limit) { Ok(()) } else { Err(RuleError::Limit) }
            }
            Self::RisesAbove { limit, within_minutes, span_hours }
            | Self::FallsBelow { limit, within_minutes, span_hours } => {
                if !TREND_SPAN_HOURS.contains(&span_hours) || !TREND_AHEAD_MINUTES.contains(&within_minutes) {
                    return Err(RuleError::Trend);
                }
                if range.contains(limit) { Ok(()) } else { Err(RuleError::Limit) }
            }
            // With a band as wide as the tolerance, only equal values would agree.
            Self::Disagree { tolerance, band } => {
                if band.0 >= tolerance {
                    return Err(RuleError::Band);
                }
                if tolerance <= range.max - range.min { Ok(()) } else { Err(RuleError::Limit) }
            }
        }
    }
}

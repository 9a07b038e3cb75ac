//! Alarm rules with their values as keepers entered them, which are shown as such whatever unit a reader prefers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AlarmRuleId, AquariumId, DeviceId, SensorId, UserId};
use utoipa::ToSchema;
use water::{Canonical, Decimal, Entered, Parameter, TemperatureDifference, Unit, UnitError, canonical, shown};

use super::access::Scope;
use super::alarm::{Band, Condition, Rule, RuleError, Votes};
use super::sensor::Label;

/// The most rules about the sensors of one device. The head of the device, which each batch writes, holds all of them.
pub const MAX_RULES_PER_DEVICE: usize = 12;
/// The most of them that predict. Each holds up to 96 means in the head of the device.
pub const MAX_TRENDS_PER_DEVICE: usize = 4;
/// The shortest time for which a value has to be back, in seconds. It bounds the episodes that late samples can change.
pub const MIN_CLEAR_S: u32 = 300;

/// How many digits behind the point a value is shown with, at most.
const MAX_DECIMALS: u8 = 3;

/// What a rule watches for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AlarmConditionKind)]
pub enum ConditionKind {
    /// A value above the limit.
    Above,
    /// A value below the limit.
    Below,
    /// A trend that crosses the limit upwards soon.
    RisesAbove,
    /// A trend that crosses the limit downwards soon.
    FallsBelow,
    /// Two probes that differ by more than the limit.
    Disagree,
}

/// What a keeper sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// What the rule watches for.
    pub kind: ConditionKind,
    /// The limit. Of probes that disagree: the largest difference that is no alarm.
    pub limit: Entered,
    /// How far a value has to come back behind the limit. None for trends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<Entered>,
    /// For how many seconds the condition has to hold before the alarm begins.
    pub for_s: u32,
    /// For how many seconds the value has to be back before the alarm ends.
    pub clear_for_s: u32,
    /// How many of the last samples have to agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub votes: Option<Votes>,
    /// How soon a trend crosses the limit, in minutes. None for other conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_minutes: Option<u32>,
    /// The hours that a trend is computed from. None for other conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_hours: Option<u8>,
}

/// A rule as its keepers see it. It lies in the partition of the owner of the aquarium; the head of the device has its
/// [`Rule`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmRule {
    /// Rule ID.
    pub id: AlarmRuleId,
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// The owner of the aquarium.
    pub owner_id: UserId,
    /// The device that sends the values of all its sensors.
    pub device_id: DeviceId,
    /// Name.
    pub name: Label,
    /// What its sensors measure.
    pub parameter: Parameter,
    /// Its sensors, at most eight.
    pub sensors: Vec<SensorId>,
    /// What the keeper set.
    pub settings: Settings,
    /// The second since 1970 from which it holds as it is.
    pub since: i64,
    /// Time of creation.
    pub created_at: Timestamp,
}

/// Why settings are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The condition needs the field.
    #[error("is required for this condition")]
    Missing(&'static str),
    /// The condition does not have the field.
    #[error("must be absent for this condition")]
    Unexpected(&'static str),
    /// The value of the field cannot be converted.
    #[error("{error}")]
    Unit {
        /// The field.
        field: &'static str,
        /// Why.
        error: UnitError,
    },
    /// A difference of specific gravities depends on the gravity.
    #[error("must be in ppt or psu: a difference of specific gravities depends on the salinity")]
    GravityDifference(&'static str),
    /// The value would be back too soon.
    #[error("must be at least {MIN_CLEAR_S} seconds")]
    ClearFor,
    /// The rule is not possible.
    #[error("{0}")]
    Rule(RuleError),
}

impl SettingsError {
    /// The field of the request that is wrong.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Missing(field)
            | Self::Unexpected(field)
            | Self::GravityDifference(field)
            | Self::Unit { field, .. } => field,
            Self::ClearFor => "clearForSeconds",
            Self::Rule(error) => match error {
                RuleError::Band => "band",
                RuleError::Limit => "limit",
                RuleError::Sensors => "sensorIds",
                RuleError::Duration => "forSeconds",
                RuleError::ClearDuration => "clearForSeconds",
                RuleError::Votes => "votes",
                RuleError::Trend => "withinMinutes",
            },
        }
    }
}

impl From<RuleError> for SettingsError {
    fn from(error: RuleError) -> Self {
        Self::Rule(error)
    }
}

impl Settings {
    /// True if the rule predicts.
    pub const fn is_trend(&self) -> bool {
        matches!(self.kind, ConditionKind::RisesAbove | ConditionKind::FallsBelow)
    }

    /// The condition, with values in the canonical unit of the parameter.
    fn condition(&self, parameter: Parameter) -> Result<Condition, SettingsError> {
        let unit_error = |field| move |error| SettingsError::Unit { field, error };
        let limit = || canonical(parameter, self.limit).map(Canonical::get).map_err(unit_error("limit"));
        let trend = || match (self.within_minutes, self.span_hours) {
            (Some(within_minutes), Some(span_hours)) => Ok((within_minutes, span_hours)),
            (None, _) => Err(SettingsError::Missing("withinMinutes")),
            (_, None) => Err(SettingsError::Missing("spanHours")),
        };
        self.check_fields()?;
        match self.kind {
            ConditionKind::Above => Ok(Condition::Above { limit: limit()?, band: self.band(parameter)? }),
            ConditionKind::Below => Ok(Condition::Below { limit: limit()?, band: self.band(parameter)? }),
            ConditionKind::RisesAbove => {
                let ((within_minutes, span_hours), limit) = (trend()?, limit()?);
                Ok(Condition::RisesAbove { limit, within_minutes, span_hours })
            }
            ConditionKind::FallsBelow => {
                let ((within_minutes, span_hours), limit) = (trend()?, limit()?);
                Ok(Condition::FallsBelow { limit, within_minutes, span_hours })
            }
            ConditionKind::Disagree => {
                let tolerance = difference(parameter, "limit", self.limit)?;
                Ok(Condition::Disagree { tolerance, band: self.band(parameter)? })
            }
        }
    }

    /// Fails if there is a field that the condition does not have.
    fn check_fields(&self) -> Result<(), SettingsError> {
        if self.clear_for_s < MIN_CLEAR_S {
            return Err(SettingsError::ClearFor);
        }
        let is_trend = self.is_trend();
        if is_trend && self.band.is_some() {
            return Err(SettingsError::Unexpected("band"));
        }
        if !is_trend && self.within_minutes.is_some() {
            return Err(SettingsError::Unexpected("withinMinutes"));
        }
        if !is_trend && self.span_hours.is_some() {
            return Err(SettingsError::Unexpected("spanHours"));
        }
        Ok(())
    }

    fn band(&self, parameter: Parameter) -> Result<Band, SettingsError> {
        let band = self.band.ok_or(SettingsError::Missing("band"))?;
        Ok(Band::new(difference(parameter, "band", band)?)?)
    }
}

/// A difference of two values in the canonical unit. One of temperatures is no temperature: 2 °F are 1.111 K.
fn difference(parameter: Parameter, field: &'static str, entered: Entered) -> Result<i64, SettingsError> {
    let unit_error = |error| SettingsError::Unit { field, error };
    if parameter == Parameter::Temperature {
        let difference = TemperatureDifference::from_entered(entered).map_err(unit_error)?;
        return Ok(difference.millikelvin());
    }
    if entered.unit == Unit::Sg {
        return Err(SettingsError::GravityDifference(field));
    }
    Ok(canonical(parameter, entered).map_err(unit_error)?.get())
}

/// A value in a unit, or a difference of two values. None if the unit cannot show it.
pub fn displayed(parameter: Parameter, value: i64, unit: Unit, is_difference: bool) -> Option<Decimal> {
    if is_difference && parameter == Parameter::Temperature {
        return TemperatureDifference::from_millikelvin(value)?.shown(unit, MAX_DECIMALS).ok();
    }
    // The specific gravity of water is 1.0 with all that matters behind it.
    let decimals = if unit == Unit::Sg { MAX_DECIMALS + 1 } else { MAX_DECIMALS };
    shown(parameter, Canonical::new(parameter, value)?, unit, decimals).ok()
}

impl AlarmRule {
    /// A new rule, if the settings are possible for the parameter of its sensors.
    pub fn new(
        scope: &Scope,
        id: AlarmRuleId,
        (device_id, parameter): (DeviceId, Parameter),
        (name, sensors, settings): (Label, Vec<SensorId>, Settings),
        now: Timestamp,
    ) -> Result<Self, SettingsError> {
        let (aquarium_id, owner_id, since) = (scope.aquarium_id(), scope.owner_id(), now.as_second());
        let rule =
            Self { id, aquarium_id, owner_id, device_id, name, parameter, sensors, settings, since, created_at: now };
        rule.rule()?;
        Ok(rule)
    }

    /// The rule as alarms need it.
    pub fn rule(&self) -> Result<Rule, SettingsError> {
        let Settings { for_s, clear_for_s, votes, .. } = self.settings;
        let condition = self.settings.condition(self.parameter)?;
        let rule = Rule {
            id: self.id,
            sensors: self.sensors.clone(),
            condition,
            for_s,
            clear_for_s,
            votes,
            since: self.since,
        };
        rule.check(self.parameter)?;
        Ok(rule)
    }

    /// True for the same rule by what a request says of it.
    pub fn is_same(&self, name: &Label, sensors: &[SensorId], settings: &Settings) -> bool {
        self.name == *name && self.sensors == sensors && self.settings == *settings
    }

    /// The rule with another name or other settings; none if nothing changes. With other settings it begins anew.
    pub fn changed(
        &self,
        name: Option<Label>,
        settings: Settings,
        now: Timestamp,
    ) -> Result<Option<Self>, SettingsError> {
        let name = name.unwrap_or_else(|| self.name.clone());
        let is_new = settings != self.settings;
        if !is_new && name == self.name {
            return Ok(None);
        }
        let since = if is_new { now.as_second().max(self.since + 1) } else { self.since };
        let next = Self { name, settings, since, ..self.clone() };
        next.rule()?;
        Ok(Some(next))
    }

    /// The rule without a deleted sensor; none if it cannot hold without it.
    pub fn without_sensor(&self, id: SensorId) -> Option<Self> {
        let mut next = self.clone();
        next.sensors.retain(|sensor| *sensor != id);
        next.rule().is_ok().then_some(next)
    }
}

#[cfg(test)]
#[path = "alarm_rule_tests.rs"]
mod tests;

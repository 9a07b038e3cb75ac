//! Targets: between which values the keepers of an aquarium want a parameter to be.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use water::{Decimal, Entered, Parameter, Unit};

use super::reading::{Measurement, NotAValue};

/// The most targets of an aquarium: one per parameter.
pub const MAX_TARGETS: usize = Parameter::ALL.len();

/// The target of a parameter: a lower limit, an upper limit, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The parameter.
    pub parameter: Parameter,
    /// The lower limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lower: Option<Measurement>,
    /// The upper limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upper: Option<Measurement>,
}

/// Where a value is, compared with its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TargetComparison)]
pub enum Comparison {
    /// Below the lower limit.
    Below,
    /// Between the limits, or equal to one.
    Within,
    /// Above the upper limit.
    Above,
}

/// Why limits are no target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotATarget {
    /// The lower limit is no value of the parameter.
    #[error(transparent)]
    Lower(NotAValue),
    /// The upper limit is no value of the parameter.
    #[error(transparent)]
    Upper(NotAValue),
    /// There is no limit.
    #[error("must have a lower limit, an upper limit, or both; leave out parameters without a target")]
    NoLimit,
    /// The lower limit is not below the upper one.
    #[error("must be above `lower`")]
    Reversed,
}

impl NotATarget {
    /// The field that is wrong.
    pub fn field(self) -> &'static str {
        match self {
            Self::Lower(error) | Self::Upper(error) if error.field() == "unit" => "unit",
            Self::Lower(_) | Self::NoLimit => "lower",
            Self::Upper(_) | Self::Reversed => "upper",
        }
    }
}

impl Target {
    /// The target between limits in one unit.
    pub fn new(
        parameter: Parameter,
        unit: Unit,
        lower: Option<Decimal>,
        upper: Option<Decimal>,
    ) -> Result<Self, NotATarget> {
        let limit = |value| Measurement::of(parameter, Entered { value, unit });
        let lower = lower.map(limit).transpose().map_err(NotATarget::Lower)?;
        let upper = upper.map(limit).transpose().map_err(NotATarget::Upper)?;
        match (lower, upper) {
            (None, None) => Err(NotATarget::NoLimit),
            (Some(lower), Some(upper)) if lower.value >= upper.value => Err(NotATarget::Reversed),
            _ => Ok(Self { parameter, lower, upper }),
        }
    }

    /// Where a value in the canonical unit is.
    pub fn compare(&self, value: i64) -> Comparison {
        if self.lower.is_some_and(|lower| value < lower.value) {
            Comparison::Below
        } else if self.upper.is_some_and(|upper| value > upper.value) {
            Comparison::Above
        } else {
            Comparison::Within
        }
    }
}

/// The target of a parameter among those of an aquarium.
pub fn target_of(targets: &[Target], parameter: Parameter) -> Option<&Target> {
    targets.iter().find(|target| target.parameter == parameter)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    fn temperature(lower: Option<&str>, upper: Option<&str>, unit: Unit) -> Result<Target, NotATarget> {
        Target::new(Parameter::Temperature, unit, lower.map(number), upper.map(number))
    }

    #[test]
    fn a_target_in_fahrenheit_is_compared_in_celsius() {
        let target = temperature(Some("75"), Some("79"), Unit::Fahrenheit).unwrap();
        // 75 °F are 23.889 °C, and 79 °F are 26.111 °C.
        let compared = [23_888, 23_889, 26_111, 26_112].map(|value| target.compare(value));
        assert_eq!(compared, [Comparison::Below, Comparison::Within, Comparison::Within, Comparison::Above]);
    }

    #[test]
    fn limits_that_are_no_target_are_refused_with_the_field() {
        let refused = |lower, upper, unit| temperature(lower, upper, unit).unwrap_err();
        assert_eq!(refused(None, None, Unit::Celsius).field(), "lower");
        assert_eq!(refused(Some("25"), Some("25.0"), Unit::Celsius), NotATarget::Reversed);
        assert_eq!(refused(Some("26"), Some("25"), Unit::Celsius).field(), "upper");
        assert_eq!(refused(Some("85"), None, Unit::Celsius).field(), "lower");
        assert_eq!(refused(None, Some("85"), Unit::Celsius).field(), "upper");
        assert_eq!(refused(None, Some("8"), Unit::Ph).field(), "unit");
    }

    proptest! {
        #[test]
        fn one_limit_leaves_the_other_side_open(value in -2_000..45_000_i64) {
            let lower = temperature(Some("25"), None, Unit::Celsius).unwrap().compare(value);
            prop_assert_eq!(lower, if value < 25_000 { Comparison::Below } else { Comparison::Within });
            let upper = temperature(None, Some("25"), Unit::Celsius).unwrap().compare(value);
            prop_assert_eq!(upper, if value > 25_000 { Comparison::Above } else { Comparison::Within });
        }
    }
}

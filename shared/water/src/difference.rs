//! Differences of temperatures.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ratio::Ratio;
use crate::{Canonical, Decimal, Entered, Unit, UnitError};

/// The largest difference, in mK.
const MAX_MILLIKELVIN: i64 = 100_000;

/// A difference of two temperatures in mK, for example the band of an alarm. It has no zero point, so 2 °F are 1.111 K.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "i64", into = "i64")]
#[schema(value_type = i64, minimum = -100_000, maximum = 100_000, examples(500))]
pub struct TemperatureDifference(i64);

impl TemperatureDifference {
    /// A difference of so many mK, at most 100 K up or down.
    pub const fn from_millikelvin(millikelvin: i64) -> Option<Self> {
        if millikelvin.unsigned_abs() <= MAX_MILLIKELVIN.unsigned_abs() { Some(Self(millikelvin)) } else { None }
    }

    /// Converts what was typed, in °C or °F.
    pub fn from_entered(entered: Entered) -> Result<Self, UnitError> {
        let factor = factor(entered.unit)?;
        let exact = (entered.value.ratio() * factor).rounded();
        exact.and_then(Self::from_millikelvin).ok_or(UnitError::OutOfRange)
    }

    /// The difference `of − from` of two temperatures. None if it is more than 100 K.
    pub fn between(from: Canonical, of: Canonical) -> Option<Self> {
        of.get().checked_sub(from.get()).and_then(Self::from_millikelvin)
    }

    /// The difference in mK.
    pub const fn millikelvin(self) -> i64 {
        self.0
    }

    /// The difference in °C or °F, with so many digits behind the point.
    pub fn shown(self, unit: Unit, decimals: u8) -> Result<Decimal, UnitError> {
        crate::convert::decimal(Ratio::whole(self.0) * factor(unit)?.inverse(), decimals)
    }
}

impl TryFrom<i64> for TemperatureDifference {
    type Error = UnitError;

    fn try_from(millikelvin: i64) -> Result<Self, UnitError> {
        Self::from_millikelvin(millikelvin).ok_or(UnitError::OutOfRange)
    }
}

impl From<TemperatureDifference> for i64 {
    fn from(difference: TemperatureDifference) -> Self {
        difference.0
    }
}

/// mK per unit.
fn factor(unit: Unit) -> Result<Ratio, UnitError> {
    match unit {
        Unit::Celsius => Ok(Ratio::whole(1_000)),
        Unit::Fahrenheit => Ok(Ratio::new(5_000, 9)),
        other => Err(UnitError::NotATemperature(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Parameter, canonical};

    fn entered(value: &str, unit: Unit) -> Entered {
        Entered { value: Decimal::parse(value).unwrap(), unit }
    }

    /// esphome/esphome#14268 and reef-pi/reef-pi#1367 converted a band as a temperature.
    #[test]
    fn a_band_of_two_fahrenheit_is_no_temperature_of_two_fahrenheit() {
        let band = TemperatureDifference::from_entered(entered("2", Unit::Fahrenheit)).unwrap();
        assert_eq!(band.millikelvin(), 1_111);
        assert_eq!(band.shown(Unit::Fahrenheit, 1).unwrap().to_string(), "2.0");
        let temperature = canonical(Parameter::Temperature, entered("2", Unit::Fahrenheit)).unwrap();
        assert_eq!(temperature.get(), -16_667);
    }

    #[test]
    fn a_difference_has_a_unit_of_temperature_and_a_bound() {
        assert!(matches!(
            TemperatureDifference::from_entered(entered("2", Unit::Ph)),
            Err(UnitError::NotATemperature(Unit::Ph))
        ));
        assert_eq!(TemperatureDifference::from_entered(entered("100.001", Unit::Celsius)), Err(UnitError::OutOfRange));
        assert!(serde_json::from_str::<TemperatureDifference>("100001").is_err());
    }
}

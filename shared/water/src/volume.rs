//! Volumes of water and of products.

use crate::ratio::Ratio;
use crate::{Decimal, Entered, Unit, UnitError};

/// The largest volume, in mL: 10,000 m³.
const MAX_MILLILITRES: i64 = 10_000_000_000;

/// The volume in mL, rounded. Gallons need a system: an imperial one is 20 % larger than that of the United States.
pub fn millilitres(entered: Entered) -> Result<i64, UnitError> {
    let exact = entered.value.ratio() * factor(entered.unit)?;
    exact.rounded().filter(|volume| (0..=MAX_MILLILITRES).contains(volume)).ok_or(UnitError::OutOfRange)
}

/// mL per unit. The gallons, the cubic foot and the inch are exact by definition (NIST Handbook 44, appendix C; UK Weights and
/// Measures Act 1985, schedule 1).
pub(crate) fn factor(unit: Unit) -> Result<Ratio, UnitError> {
    match unit {
        Unit::Ml => Ok(Ratio::whole(1)),
        Unit::L => Ok(Ratio::whole(1_000)),
        Unit::M3 => Ok(Ratio::whole(1_000_000)),
        Unit::UsGal => Ok(Ratio::new(3_785_411_784, 1_000_000)),
        Unit::ImpGal => Ok(Ratio::new(454_609, 100)),
        Unit::Ft3 => Ok(Ratio::new(28_316_846_592, 1_000_000)),
        Unit::Gal => Err(UnitError::AmbiguousGallon),
        other => Err(UnitError::NotAVolume(other)),
    }
}

/// The volume in µL, rounded: amounts of products are smaller than those of water.
pub fn microlitres(entered: Entered) -> Result<i64, UnitError> {
    let exact = entered.value.ratio() * factor(entered.unit)? * Ratio::whole(1_000);
    exact.rounded().filter(|volume| (0..=MAX_MILLILITRES).contains(volume)).ok_or(UnitError::OutOfRange)
}

/// The volume in another unit, with so many digits behind the point.
pub fn volume_in(entered: Entered, unit: Unit, decimals: u8) -> Result<Decimal, UnitError> {
    millilitres(entered)?;
    crate::convert::decimal(entered.value.ratio() * factor(entered.unit)? * factor(unit)?.inverse(), decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entered(value: &str, unit: Unit) -> Entered {
        Entered { value: Decimal::parse(value).unwrap(), unit }
    }

    #[test]
    fn volumes_are_converted_exactly_and_gallons_need_a_system() {
        assert_eq!(volume_in(entered("10", Unit::UsGal), Unit::L, 6).unwrap().to_string(), "37.854118");
        assert_eq!(volume_in(entered("10", Unit::ImpGal), Unit::L, 6).unwrap().to_string(), "45.460900");
        assert_eq!(volume_in(entered("1", Unit::M3), Unit::L, 0).unwrap().to_string(), "1000");
        assert_eq!(volume_in(entered("1", Unit::L), Unit::Gal, 0), Err(UnitError::AmbiguousGallon));
        assert_eq!(volume_in(entered("-1", Unit::L), Unit::Ml, 0), Err(UnitError::OutOfRange));
        assert_eq!(microlitres(entered("0.25", Unit::Ml)), Ok(250));
    }
}

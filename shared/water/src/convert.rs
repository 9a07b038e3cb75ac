//! Conversion between what was entered and what is stored.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decimal::MAX_SCALE;
use crate::derived::gravity;
use crate::ratio::Ratio;
use crate::{Decimal, Parameter, Unit, masses, volume};

/// A value in the canonical unit of its parameter, see [`Parameter`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = i64, examples(25_000))]
pub struct Canonical(i64);

impl Canonical {
    /// A value that was stored or that a device sent, if it can be one of the parameter.
    pub const fn new(parameter: Parameter, value: i64) -> Option<Self> {
        if parameter.storable().contains(value) { Some(Self(value)) } else { None }
    }

    /// The integer.
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A value as it was typed. It is kept beside the canonical one, so that 8.5 dKH is shown as 8.5 dKH for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = EnteredValue)]
pub struct Entered {
    /// The number.
    pub value: Decimal,
    /// Its unit.
    pub unit: Unit,
}

/// Why a value was not converted. Each text names the rule and the remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// The parameter has no such unit.
    #[error("is not a unit of this parameter; use one of {}", names(.parameter.units()))]
    NotAUnitOf {
        /// The parameter.
        parameter: Parameter,
    },
    /// A concentration whose substance is not named: mg/L of nitrogen and of nitrate differ by 4.4.
    #[error("needs a basis, since mg/L of different substances differ; use one of {}", names(.parameter.units()))]
    BasisMissing {
        /// The parameter.
        parameter: Parameter,
    },
    /// A gallon whose system is not named.
    #[error("needs a system: use us_gal (3.785 L) or imp_gal (4.546 L)")]
    AmbiguousGallon,
    /// The unit is none of temperature.
    #[error("must be celsius or fahrenheit")]
    NotATemperature(Unit),
    /// The unit is none of volume.
    #[error("is not a unit of volume; use ml, l, m3, us_gal, imp_gal or ft3")]
    NotAVolume(Unit),
    /// The value is beyond what the parameter can have.
    #[error("is beyond the values that can be stored; check number and unit")]
    OutOfRange,
    /// More digits behind the point than can be shown.
    #[error("must have at most {MAX_SCALE} digits behind the point")]
    TooManyDecimals,
}

/// Converts what was entered, with one rounding, half away from zero.
pub fn canonical(parameter: Parameter, entered: Entered) -> Result<Canonical, UnitError> {
    let exact = match scale(parameter, entered.unit)? {
        Scale::Linear { factor, offset } => entered.value.ratio() * factor + offset,
        Scale::SpecificGravity => return salinity_of(entered.value),
    };
    exact.rounded().and_then(|value| Canonical::new(parameter, value)).ok_or(UnitError::OutOfRange)
}

/// The value that is stored for what a device reports beyond the values that can be stored: the nearest of them.
pub fn nearest_storable(parameter: Parameter, entered: Entered) -> Result<Canonical, UnitError> {
    let storable = parameter.storable();
    let is_below = match scale(parameter, entered.unit)? {
        Scale::Linear { factor, offset } => {
            (entered.value.ratio() * factor + offset).at_most(Ratio::whole(storable.min))
        }
        // Fresh water has 1.
        Scale::SpecificGravity => entered.value.ratio().at_most(Ratio::whole(1)),
    };
    Ok(Canonical(if is_below { storable.min } else { storable.max }))
}

/// A canonical value in a unit of its parameter, with so many digits behind the point.
pub fn shown(parameter: Parameter, value: Canonical, unit: Unit, decimals: u8) -> Result<Decimal, UnitError> {
    match scale(parameter, unit)? {
        Scale::Linear { factor, offset } => decimal((Ratio::whole(value.0) - offset) * factor.inverse(), decimals),
        Scale::SpecificGravity => {
            let millionths = gravity::specific_gravity_millionths(value.0).ok_or(UnitError::OutOfRange)?;
            decimal(Ratio::new(i128::from(millionths), 1_000_000), decimals)
        }
    }
}

/// Whether two volumes are the same within the rounding of their last digits. A meter that shows cubic metres and then cubic feet
/// has counted nothing.
pub fn same_amount(one: Entered, other: Entered) -> Result<bool, UnitError> {
    let bounds = |entered: Entered| {
        let factor = volume::factor(entered.unit)?;
        let (value, half_step) = (entered.value.ratio(), entered.value.half_step());
        Ok(((value - half_step) * factor, (value + half_step) * factor))
    };
    let ((low, high), (other_low, other_high)) = (bounds(one)?, bounds(other)?);
    Ok(low.at_most(other_high) && other_low.at_most(high))
}

/// The exact value, rounded to so many digits behind the point.
pub(crate) fn decimal(exact: Ratio, decimals: u8) -> Result<Decimal, UnitError> {
    if decimals > MAX_SCALE {
        return Err(UnitError::TooManyDecimals);
    }
    let shifted = exact * Ratio::whole(10_i64.pow(u32::from(decimals)));
    shifted.rounded().and_then(|mantissa| Decimal::from_parts(mantissa, decimals)).ok_or(UnitError::OutOfRange)
}

/// How a unit relates to the canonical one.
enum Scale {
    /// `canonical = value · factor + offset`.
    Linear { factor: Ratio, offset: Ratio },
    /// By the equation of state of sea water.
    SpecificGravity,
}

fn scale(parameter: Parameter, unit: Unit) -> Result<Scale, UnitError> {
    if parameter.units().contains(&unit) {
        return Ok(known_scale(parameter, unit));
    }
    Err(match unit {
        Unit::Gal => UnitError::AmbiguousGallon,
        Unit::MgL | Unit::Ppm if parameter.units().iter().any(|unit| has_basis(*unit)) => {
            UnitError::BasisMissing { parameter }
        }
        _ => UnitError::NotAUnitOf { parameter },
    })
}

fn has_basis(unit: Unit) -> bool {
    matches!(unit, Unit::MgLCaco3 | Unit::MgLAsN | Unit::MgLAsP)
}

/// The scale of a unit that the parameter has.
fn known_scale(parameter: Parameter, unit: Unit) -> Scale {
    if parameter == Parameter::Salinity && unit == Unit::Sg {
        return Scale::SpecificGravity;
    }
    let offset = match unit {
        Unit::Fahrenheit => Ratio::new(-160_000, 9),
        _ => Ratio::whole(0),
    };
    Scale::Linear { factor: factor(parameter, unit), offset }
}

/// Canonical units per unit.
fn factor(parameter: Parameter, unit: Unit) -> Ratio {
    let thousand = Ratio::whole(1_000);
    // Per mole, milli of the substance that is typed become micro of the one that is stored.
    let of_mass = |stored: i128, typed: i128| thousand * Ratio::new(stored, typed);
    match unit {
        Unit::Fahrenheit => Ratio::new(5_000, 9),
        Unit::UsCm | Unit::Mv | Unit::Mm => Ratio::whole(1),
        Unit::Cm => Ratio::whole(10),
        Unit::In => Ratio::new(254, 10),
        // One degree is 10 mg/L CaO, which has two equivalents per mole.
        Unit::Dkh => Ratio::new(2 * 10 * 1_000 * 1_000_000, masses::CAO),
        Unit::Dgh => Ratio::new(10 * 1_000 * 1_000_000, masses::CAO),
        Unit::MeqL if parameter == Parameter::GeneralHardness => Ratio::whole(500),
        Unit::MgLCaco3 => match parameter {
            Parameter::Calcium => of_mass(masses::CA, masses::CACO3),
            Parameter::Magnesium => of_mass(masses::MG, masses::CACO3),
            Parameter::Alkalinity => Ratio::new(2 * 1_000 * 1_000_000, masses::CACO3),
            _ => Ratio::new(1_000 * 1_000_000, masses::CACO3),
        },
        Unit::MmolL => match parameter {
            Parameter::Calcium => Ratio::new(masses::CA, 1_000),
            Parameter::Magnesium => Ratio::new(masses::MG, 1_000),
            _ => thousand,
        },
        Unit::MgLAsNh3 => of_mass(masses::N, masses::NH3),
        Unit::MgLAsNh4 => of_mass(masses::N, masses::NH4),
        Unit::MgLAsNo2 => of_mass(masses::N, masses::NO2),
        Unit::MgLAsNo3 => of_mass(masses::N, masses::NO3),
        Unit::MgLAsPo4 => of_mass(masses::P, masses::PO4),
        _ => thousand,
    }
}

/// The practical salinity of a specific gravity.
fn salinity_of(value: Decimal) -> Result<Canonical, UnitError> {
    let millionths = (value.ratio() * Ratio::whole(1_000_000)).rounded().ok_or(UnitError::OutOfRange)?;
    let thousandths = gravity::salinity_thousandths(millionths).ok_or(UnitError::OutOfRange)?;
    Canonical::new(Parameter::Salinity, thousandths).ok_or(UnitError::OutOfRange)
}

/// The names of units as they are sent.
fn names(units: &[Unit]) -> String {
    let names: Vec<_> = units.iter().map(|unit| unit.name()).collect();
    names.join(", ")
}

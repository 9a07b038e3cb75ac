//! Calculators: conversions, doses, volumes, water changes, and values derived from others. They store nothing.

pub mod convert;
pub mod derive;
pub mod dose;
pub mod from_readings;
pub mod tank;
pub mod water_change;

#[cfg(test)]
mod tools_tests;

use water::derived::{Derived, Input, Measured, Method};
use water::{Canonical, Decimal, Entered, Parameter, Unit, UnitError};

/// The most digits behind the point.
const MAX_DECIMALS: usize = 6;

/// A computed value, rounded to two digits of its uncertainty.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The value.
    pub value: Decimal,
    /// The standard uncertainty, in the same unit.
    pub uncertainty: Decimal,
    /// The unit of both.
    pub unit: Unit,
    /// How it was computed.
    pub method: Method,
    /// What it was computed from.
    pub inputs: Vec<Used>,
}

/// An input of a computed value.
#[derive(Debug, Clone, PartialEq)]
pub struct Used {
    /// What it is.
    pub name: &'static str,
    /// The value.
    pub value: Decimal,
    /// Its standard uncertainty.
    pub uncertainty: Decimal,
    /// The unit, if it has one.
    pub unit: Option<Unit>,
}

/// A field of a request breaks a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Invalid {
    /// The field.
    pub field: String,
    /// The rule, and the remedy.
    pub message: String,
}

impl Invalid {
    /// A field, and why it is refused.
    pub fn of(field: impl Into<String>, message: &(impl std::fmt::Display + ?Sized)) -> Self {
        Self { field: field.into(), message: message.to_string() }
    }

    /// A value with a unit was refused: its unit or its number is wrong.
    fn amount(field: &str, error: UnitError) -> Self {
        let part = if error == UnitError::OutOfRange { "value" } else { "unit" };
        Self::of(format!("{field}.{part}"), &error)
    }
}

impl Answer {
    /// A derived value, rounded.
    pub fn of(derived: &Derived) -> Self {
        let (value, uncertainty) = rounded(derived.value, derived.uncertainty);
        let inputs = derived.inputs.iter().map(Used::of).collect();
        Self { value, uncertainty, unit: derived.unit, method: derived.method, inputs }
    }
}

impl Used {
    fn of(input: &Input) -> Self {
        Self::measured(input.name, Measured { value: input.value, uncertainty: input.uncertainty }, input.unit)
    }

    fn measured(name: &'static str, measured: Measured, unit: Option<Unit>) -> Self {
        let (value, uncertainty) = rounded(measured.value, measured.uncertainty);
        Self { name, value, uncertainty, unit }
    }

    /// A number that is taken as exact, as it was typed.
    fn exact(name: &'static str, entered: Entered) -> Self {
        Self { name, value: entered.value, uncertainty: decimal(0.0, 0), unit: Some(entered.unit) }
    }

    /// A value with the uncertainty of hobby test kits and probes, in the main unit of its parameter.
    fn kit(name: &'static str, parameter: Parameter, value: Canonical) -> Self {
        Self::measured(name, Measured::of(parameter, value), Some(main_unit(parameter)))
    }
}

/// A value of a request in the canonical unit of its parameter.
fn stored(field: &str, parameter: Parameter, entered: Entered) -> Result<Canonical, Invalid> {
    water::canonical(parameter, entered).map_err(|error| Invalid::amount(field, error))
}

/// A volume of a request in mL.
fn millilitres(field: &str, entered: Entered) -> Result<i64, Invalid> {
    water::millilitres(entered).map_err(|error| Invalid::amount(field, error))
}

/// The unit in which [`Measured::of`] has a parameter.
const fn main_unit(parameter: Parameter) -> Unit {
    match parameter {
        Parameter::Temperature => Unit::Celsius,
        Parameter::Ph => Unit::Ph,
        Parameter::Salinity => Unit::Psu,
        Parameter::Conductivity => Unit::MsCm,
        Parameter::Alkalinity => Unit::MeqL,
        Parameter::GeneralHardness => Unit::MmolL,
        Parameter::Calcium | Parameter::Magnesium | Parameter::Oxygen | Parameter::Co2 => Unit::MgL,
        Parameter::Ammonia | Parameter::Nitrite | Parameter::Nitrate => Unit::MgLAsN,
        Parameter::Phosphate => Unit::MgLAsP,
        Parameter::OxygenSaturation => Unit::Percent,
        Parameter::Redox => Unit::Mv,
        Parameter::Level => Unit::Mm,
    }
}

/// Whether mixing two waters gives the mean of their values by volume. pH and redox potential are logarithmic, and gases leave.
const fn mixes(parameter: Parameter) -> bool {
    match parameter {
        Parameter::Temperature | Parameter::Salinity | Parameter::Conductivity => true,
        _ => is_concentration(parameter),
    }
}

/// Whether a product raises the parameter in proportion to its amount.
const fn is_concentration(parameter: Parameter) -> bool {
    matches!(
        parameter,
        Parameter::Alkalinity
            | Parameter::GeneralHardness
            | Parameter::Calcium
            | Parameter::Magnesium
            | Parameter::Ammonia
            | Parameter::Nitrite
            | Parameter::Nitrate
            | Parameter::Phosphate
    )
}

/// A value and its uncertainty with as many digits as two of the uncertainty need.
fn rounded(value: f64, uncertainty: f64) -> (Decimal, Decimal) {
    let decimals = decimals_of(uncertainty);
    (decimal(value, decimals), decimal(uncertainty, decimals))
}

/// How many digits behind the point show two digits of an uncertainty.
fn decimals_of(uncertainty: f64) -> usize {
    let mut scaled = uncertainty.abs();
    (0..MAX_DECIMALS)
        .find(|_| {
            let enough = scaled >= 9.95;
            scaled *= 10.0;
            enough
        })
        .unwrap_or(MAX_DECIMALS)
}

/// A number with so many digits behind the point, or fewer if it is too long.
fn decimal(value: f64, decimals: usize) -> Decimal {
    let shown = (0..=decimals).rev().find_map(|decimals| Decimal::parse(&format!("{value:.decimals$}")).ok());
    shown.unwrap_or(Decimal::ZERO)
}

/// A count of thousandths, for example of µL in mL.
fn thousandths(value: i64) -> Decimal {
    let (sign, digits) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
    Decimal::parse(&format!("{sign}{}.{:03}", digits / 1_000, digits % 1_000)).unwrap_or(Decimal::ZERO)
}

/// A decimal number as a floating-point one, for formulas.
fn number(value: Decimal) -> f64 {
    value.to_string().parse().unwrap_or_default()
}

/// An integer of a calculator as a floating-point number.
#[expect(clippy::cast_precision_loss, reason = "volumes, doses and canonical values are below 2^53")]
const fn float(value: i64) -> f64 {
    value as f64
}

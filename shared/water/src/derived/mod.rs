//! Values that are computed from others. Each names its method, its inputs and its uncertainty.
//!
//! The uncertainty is a standard one (about two thirds of results lie within it). It combines the error of the method with the
//! uncertainty of each input: the square root of the sum of squares, where an input counts with the change of the result
//! when it moves by its own uncertainty (the first-order rule of JCGM 100:2008, with differences instead of derivatives).

mod ammonia;
mod carbon_dioxide;
pub(crate) mod gravity;
mod hardness;
mod oxygen;
mod practical_salinity;
mod pressure;
mod seawater_density;

#[cfg(test)]
mod derived_tests;

use serde::Serialize;
use utoipa::ToSchema;

pub use ammonia::{ammonia_fraction, un_ionised_ammonia};
pub use carbon_dioxide::{INDOOR_AIR_CO2_PPM, carbon_dioxide, carbon_dioxide_by_aeration};
pub use gravity::{salinity_from_specific_gravity, specific_gravity};
pub use hardness::{Ion, as_calcium_carbonate, general_hardness};
pub use oxygen::{oxygen_saturation, oxygen_solubility};
pub use practical_salinity::{conductivity, practical_salinity, salinity_from_conductivity};
pub use pressure::AirPressure;
pub use seawater_density::density_kg_m3;

use crate::{Canonical, Parameter, Unit};

/// The kind of water. Formulas for the composition of fresh water do not hold for the other two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WaterKind {
    /// Fresh water, also of ponds.
    Fresh,
    /// Between fresh water and sea water.
    Brackish,
    /// Sea water.
    Marine,
}

/// A measured number with its standard uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// The number.
    pub value: f64,
    /// The standard uncertainty, not negative.
    pub uncertainty: f64,
}

impl Measured {
    /// A number that is taken as exact.
    pub const fn exact(value: f64) -> Self {
        Self { value, uncertainty: 0.0 }
    }

    /// A stored value in the main unit of its parameter (°C, pH, practical salinity, mg/L …), with what hobby probes and test kits
    /// are good for: see [`typical_uncertainty`]. The mV and the mm are main units, as are meq/L, mmol/L and mS/cm.
    pub fn of(parameter: Parameter, value: Canonical) -> Self {
        let value = main_unit(parameter, value);
        Self { value, uncertainty: typical_uncertainty(parameter, value) }
    }
}

/// The standard uncertainty of a hobby probe or drop test at a value, in the main unit of the parameter. These are the
/// project's own estimates from the graduation of common kits and the data sheets of common probes; a caller who knows better
/// passes another [`Measured`].
pub fn typical_uncertainty(parameter: Parameter, value: f64) -> f64 {
    let (least, relative) = match parameter {
        Parameter::Temperature => (0.3, 0.0),
        Parameter::Ph => (0.1, 0.0),
        Parameter::Salinity => (0.5, 0.0),
        Parameter::Conductivity | Parameter::Calcium | Parameter::Magnesium => (0.01, 0.03),
        // Half a drop of a kit that counts degrees.
        Parameter::Alkalinity => (0.18, 0.0),
        Parameter::GeneralHardness => (0.09, 0.0),
        Parameter::Ammonia | Parameter::Nitrite | Parameter::Phosphate => (0.02, 0.15),
        Parameter::Nitrate => (0.5, 0.15),
        Parameter::Oxygen | Parameter::Co2 => (0.2, 0.05),
        Parameter::OxygenSaturation => (2.0, 0.02),
        Parameter::Redox => (10.0, 0.0),
        Parameter::Level => (2.0, 0.0),
    };
    f64::max(least, relative * value.abs())
}

/// A stored value in the main unit of its parameter.
fn main_unit(parameter: Parameter, value: Canonical) -> f64 {
    match parameter {
        Parameter::Redox | Parameter::Level => float(value.get()),
        _ => float(value.get()) / 1_000.0,
    }
}

/// A value that was computed from others.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Derived {
    /// The value.
    pub value: f64,
    /// The standard uncertainty, in the same unit.
    pub uncertainty: f64,
    /// The unit of value and uncertainty.
    pub unit: Unit,
    /// How it was computed.
    pub method: Method,
    /// What it was computed from.
    pub inputs: Vec<Input>,
}

/// How a value is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Method {
    /// A stable name of the method.
    pub name: &'static str,
    /// The publication of the formula.
    pub source: &'static str,
    /// Whether the formula rests on assumptions about the water that nothing measured confirms.
    pub estimate: bool,
}

/// An input of a derived value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// What it is.
    pub name: &'static str,
    /// The value.
    pub value: f64,
    /// Its standard uncertainty.
    pub uncertainty: f64,
    /// The unit, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
}

/// Why a value is not computed.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The formula holds for fresh water only.
    #[error(
        "cannot be computed from alkalinity and pH in marine or brackish water, where borate and other bases count as alkalinity"
    )]
    FreshWaterOnly,
    /// An input is outside of the range in which the formula was established.
    #[error("{input} must be between {min} and {max}, where the formula holds")]
    OutOfRange {
        /// The input.
        input: &'static str,
        /// The least value.
        min: f64,
        /// The greatest value.
        max: f64,
    },
}

/// The input, if the formula holds for it.
pub(crate) fn within(input: &'static str, value: f64, min: f64, max: f64) -> Result<(), Refusal> {
    // Also refuses NaN.
    if (min..=max).contains(&value) { Ok(()) } else { Err(Refusal::OutOfRange { input, min, max }) }
}

/// A named input.
pub(crate) const fn input(name: &'static str, measured: Measured, unit: Option<Unit>) -> Input {
    Input { name, value: measured.value, uncertainty: measured.uncertainty, unit }
}

/// Evaluates a formula and its uncertainty. `method_error` is the relative standard error of the formula itself.
pub(crate) fn evaluate<const N: usize>(
    method: Method,
    unit: Unit,
    method_error: f64,
    inputs: [Input; N],
    formula: impl Fn([f64; N]) -> f64,
) -> Derived {
    let values = inputs.map(|input| input.value);
    let value = formula(values);
    let mut variance = (method_error * value).powi(2);
    for (index, input) in inputs.iter().enumerate() {
        let moved = |step: f64| {
            let mut moved = values;
            if let Some(slot) = moved.get_mut(index) {
                *slot += step;
            }
            formula(moved)
        };
        variance += ((moved(input.uncertainty) - moved(-input.uncertainty)) / 2.0).powi(2);
    }
    Derived { value, uncertainty: variance.sqrt(), unit, method, inputs: inputs.to_vec() }
}

/// The value of a polynomial, by Horner's rule. Coefficients ascend.
pub(crate) fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// The argument at which a rising function has a value, by bisection within bounds.
pub(crate) fn invert_rising(target: f64, mut low: f64, mut high: f64, function: impl Fn(f64) -> f64) -> f64 {
    // Each step halves the interval: 60 leave less than a rounding error.
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if function(middle) < target {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// An integer of this crate as a floating-point number: exact, since canonical values are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "canonical values and volumes are below 2^53")]
pub(crate) const fn float(value: i64) -> f64 {
    value as f64
}

/// The nearest integer. None beyond what `f64` counts exactly.
pub(crate) fn rounded(value: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let rounded = value.round();
    #[expect(clippy::cast_possible_truncation, reason = "the bounds are checked")]
    (rounded.abs() < EXACT).then_some(rounded as i64)
}

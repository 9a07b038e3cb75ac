//! Specific gravity at 25/25 °C.
//!
//! Hydrometers and refractometers of the hobby show the density of the sample at 25 °C divided by that of pure water at 25 °C.
//! Instruments for 20/20 °C or 60/60 °F show up to 0.0003 more.

use super::seawater_density::density_kg_m3;
use super::{Derived, Measured, Method, Refusal, evaluate, float, input, invert_rising, rounded, within};
use crate::Unit;

const METHOD: Method = Method {
    name: "eos-80-gravity",
    source: "ratio of densities at 25 °C by Fofonoff & Millard 1983, Unesco technical papers in marine science 44 \
             (from transcriptions)",
    estimate: false,
};
/// The composition of artificial sea salt differs from that of sea water. It changes salinity more than density.
const SALINITY_ERROR: f64 = 0.005;
const GRAVITY_ERROR: f64 = 0.000_1;
/// 25 °C on the scale of 1968.
const T68: f64 = 25.0 * 1.000_24;
/// The equation of state ends here.
const MAX_SALINITY: f64 = 42.0;

/// Specific gravity at 25/25 °C from practical salinity.
pub fn specific_gravity(salinity: Measured) -> Result<Derived, Refusal> {
    within("salinity", salinity.value, 0.0, MAX_SALINITY)?;
    let inputs = [input("salinity", salinity, Some(Unit::Psu))];
    Ok(evaluate(METHOD, Unit::Sg, GRAVITY_ERROR, inputs, |[salinity]| gravity(salinity.max(0.0))))
}

/// Practical salinity from specific gravity at 25/25 °C.
pub fn salinity_from_specific_gravity(specific_gravity: Measured) -> Result<Derived, Refusal> {
    within("specificGravity", specific_gravity.value, 1.0, gravity(MAX_SALINITY))?;
    let inputs = [input("specificGravity", specific_gravity, Some(Unit::Sg))];
    Ok(evaluate(METHOD, Unit::Psu, SALINITY_ERROR, inputs, |[specific_gravity]| salinity(specific_gravity)))
}

/// The specific gravity in millionths of a salinity in thousandths. None beyond the equation of state.
pub(crate) fn specific_gravity_millionths(salinity_thousandths: i64) -> Option<i64> {
    let salinity = float(salinity_thousandths) / 1_000.0;
    (0.0..=MAX_SALINITY).contains(&salinity).then(|| rounded(gravity(salinity) * 1e6)).flatten()
}

/// The salinity in thousandths of a specific gravity in millionths. None beyond the equation of state.
pub(crate) fn salinity_thousandths(specific_gravity_millionths: i64) -> Option<i64> {
    let highest = self::specific_gravity_millionths(42_000)?;
    let within = (1_000_000..=highest).contains(&specific_gravity_millionths);
    within.then(|| rounded(salinity(float(specific_gravity_millionths) / 1e6) * 1_000.0)).flatten()
}

fn gravity(salinity: f64) -> f64 {
    density_kg_m3(salinity, T68) / density_kg_m3(0.0, T68)
}

fn salinity(specific_gravity: f64) -> f64 {
    invert_rising(specific_gravity, 0.0, MAX_SALINITY, gravity)
}

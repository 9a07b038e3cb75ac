//! Practical salinity from conductivity (PSS-78), and back.
//!
//! Source: Fofonoff and Millard 1983, Algorithms for computation of fundamental properties of seawater, Unesco technical papers
//! in marine science 44, whose check values are tests here. The report itself was read through its transcriptions (the
//! `SEAWATER` library of CSIRO, and oceanographic institutes' ports).

use super::{Derived, Measured, Method, Refusal, evaluate, input, invert_rising, polynomial, within};
use crate::Unit;

const METHOD: Method = Method {
    name: "pss-78",
    source: "Fofonoff & Millard 1983, Unesco technical papers in marine science 44 (from transcriptions)",
    estimate: false,
};
/// The composition of artificial sea salt differs from that of sea water. Own estimate.
const METHOD_ERROR: f64 = 0.005;
/// The conductivity of water of salinity 35 at 15 °C and 0 dbar, in mS/cm (Culkin and Smith 1980).
const STANDARD_MS_CM: f64 = 42.914;
/// The scale is defined for salinities from 2 to 42.
const MIN: f64 = 2.0;
const MAX: f64 = 42.0;
/// Degrees of the scale of 1968, which the algorithms use, per degree of today's scale (ITS-90).
const T68: f64 = 1.000_24;

/// Practical salinity from a conductivity ratio (that of the sample to that of standard sea water at 15 °C), the temperature
/// in °C (IPTS-68) and the pressure in dbar: the algorithm as it is published.
pub fn practical_salinity(ratio: f64, t68: f64, dbar: f64) -> f64 {
    let of_pressure = 1.0
        + dbar * polynomial(&[2.070e-5, -6.370e-10, 3.989e-15], dbar)
            / (polynomial(&[1.0, 3.426e-2, 4.464e-4], t68) + polynomial(&[4.215e-1, -3.107e-3], t68) * ratio);
    let of_temperature = polynomial(&[0.676_609_7, 2.005_64e-2, 1.104_259e-4, -6.969_8e-7, 1.003_1e-9], t68);
    let root = (ratio / (of_pressure * of_temperature)).max(0.0).sqrt();
    let from_15 = t68 - 15.0;
    polynomial(&[0.0080, -0.1692, 25.3851, 14.0941, -7.0261, 2.7081], root)
        + from_15 / (1.0 + 0.0162 * from_15) * polynomial(&[0.0005, -0.0056, -0.0066, -0.0375, 0.0636, -0.0144], root)
}

/// Practical salinity from the conductivity in mS/cm at a temperature in °C. A meter that compensates to 25 °C measures as if
/// the temperature were 25 °C.
pub fn salinity_from_conductivity(ms_cm: Measured, temperature: Measured) -> Result<Derived, Refusal> {
    within("temperature", temperature.value, 0.0, 40.0)?;
    let formula = |[conductivity, celsius]: [f64; 2]| at_surface(conductivity, celsius);
    within("conductivity", ms_cm.value, inverse(MIN, temperature.value), inverse(MAX, temperature.value))?;
    let inputs =
        [input("conductivity", ms_cm, Some(Unit::MsCm)), input("temperature", temperature, Some(Unit::Celsius))];
    Ok(evaluate(METHOD, Unit::Psu, METHOD_ERROR, inputs, formula))
}

/// The conductivity in mS/cm of water with a practical salinity, at a temperature in °C.
pub fn conductivity(salinity: Measured, temperature: Measured) -> Result<Derived, Refusal> {
    within("temperature", temperature.value, 0.0, 40.0)?;
    within("salinity", salinity.value, MIN, MAX)?;
    let inputs = [input("salinity", salinity, Some(Unit::Psu)), input("temperature", temperature, Some(Unit::Celsius))];
    Ok(evaluate(METHOD, Unit::MsCm, METHOD_ERROR, inputs, |[salinity, celsius]| inverse(salinity, celsius)))
}

fn at_surface(ms_cm: f64, celsius: f64) -> f64 {
    practical_salinity(ms_cm / STANDARD_MS_CM, celsius * T68, 0.0)
}

fn inverse(salinity: f64, celsius: f64) -> f64 {
    invert_rising(salinity, 0.0, 150.0, |ms_cm| at_surface(ms_cm, celsius))
}

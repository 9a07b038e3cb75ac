//! Solubility and saturation of oxygen.

use super::{AirPressure, Derived, Measured, Method, Refusal, evaluate, input, polynomial, within};
use crate::Unit;

/// Benson and Krause 1984, Limnol. Oceanogr. 29, 620–632, in the form of APHA's Standard Methods 4500-O. Both were seen in
/// restatements (SWAT+ documentation for fresh water, R package `wq` for salinity and pressure).
const METHOD: Method = Method {
    name: "benson-krause-1984",
    source: "Benson & Krause 1984, Limnol. Oceanogr. 29:620, as APHA Standard Methods 4500-O (as restated by later authors)",
    estimate: false,
};
/// The formula is good for 0.1 %; the dissolved gases of a tank are not those of an equilibrium with clean air.
const METHOD_ERROR: f64 = 0.005;

/// The oxygen in mg/L that water has in equilibrium with moist air.
pub fn oxygen_solubility(temperature: Measured, salinity: Measured, pressure: AirPressure) -> Result<Derived, Refusal> {
    let atmospheres = check(temperature, salinity, pressure)?;
    let inputs = [
        input("temperature", temperature, Some(Unit::Celsius)),
        input("salinity", salinity, Some(Unit::Psu)),
        input("airPressureAtm", atmospheres, None),
    ];
    Ok(evaluate(METHOD, Unit::MgL, METHOD_ERROR, inputs, |[t, s, p]| solubility(t, s, p)))
}

/// Oxygen in percent of its solubility, from mg/L.
pub fn oxygen_saturation(
    oxygen_mg_l: Measured,
    temperature: Measured,
    salinity: Measured,
    pressure: AirPressure,
) -> Result<Derived, Refusal> {
    let atmospheres = check(temperature, salinity, pressure)?;
    within("oxygen", oxygen_mg_l.value, 0.0, 40.0)?;
    let inputs = [
        input("oxygen", oxygen_mg_l, Some(Unit::MgL)),
        input("temperature", temperature, Some(Unit::Celsius)),
        input("salinity", salinity, Some(Unit::Psu)),
        input("airPressureAtm", atmospheres, None),
    ];
    Ok(evaluate(METHOD, Unit::Percent, METHOD_ERROR, inputs, |[o, t, s, p]| 100.0 * o / solubility(t, s, p)))
}

fn check(temperature: Measured, salinity: Measured, pressure: AirPressure) -> Result<Measured, Refusal> {
    within("temperature", temperature.value, 0.0, 40.0)?;
    within("salinity", salinity.value, 0.0, 42.0)?;
    pressure.atmospheres()
}

/// mg/L at a pressure in atmospheres.
fn solubility(celsius: f64, salinity: f64, atmospheres: f64) -> f64 {
    let inverse = 1.0 / (celsius + 273.15);
    let fresh = polynomial(&[-139.344_11, 1.575_701e5, -6.642_308e7, 1.243_8e10, -8.621_949e11], inverse);
    let salt = salinity * polynomial(&[0.017_674, -10.754, 2_140.7], inverse);
    // The vapour pressure of fresh water; that of sea water is 2 % lower, which changes the result by less than 0.1 %.
    let vapour = polynomial(&[11.857_1, -3_840.70, -216_961.0], inverse).exp();
    let theta = polynomial(&[0.000_975, -1.426e-5, 6.436e-8], celsius);
    let of_pressure =
        atmospheres * (1.0 - vapour / atmospheres) * (1.0 - theta * atmospheres) / ((1.0 - vapour) * (1.0 - theta));
    (fresh - salt).exp() * of_pressure
}

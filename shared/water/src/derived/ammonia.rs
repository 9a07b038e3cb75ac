//! Un-ionised ammonia, the toxic part of total ammonia.

use super::{Derived, Input, Measured, Method, Refusal, evaluate, input, within};
use crate::Unit;

/// Emerson, Russo, Lund and Thurston 1975, J. Fish. Res. Board Can. 32, 2379–2383. The paper itself was not available; the
/// formula was taken from its restatements (EPA 822-R-99-014, appendix; CRAN `AmmoniaConcentration`, which prints 2727.92 by
/// mistake), and its results agree with the published tables to 2 %.
const FRESH: Method = Method {
    name: "emerson-1975",
    source: "Emerson et al. 1975, J. Fish. Res. Board Can. 32:2379 (as restated by later authors)",
    estimate: false,
};

/// The formula of EPA 440/5-88-004 (1989) after Hampson 1977 and Whitfield 1974, seen in restatements. The table of
/// Bower and Bidwell 1978, which LaMotte's manual AG-104 reprints, is 6 % lower: hence the error of 10 %.
const SALT: Method = Method {
    name: "epa-1989-saltwater",
    source: "EPA 440/5-88-004 (1989) after Hampson 1977 and Whitfield 1974 (as restated by later authors)",
    estimate: false,
};
const FRESH_ERROR: f64 = 0.02;
const SALT_ERROR: f64 = 0.10;
/// Below this salinity, the formula for fresh water is used. There both differ by 1 % at 25 °C and by 8 % at 0 and at 35 °C.
const FRESH_BELOW: f64 = 0.5;
/// 0 °C in K.
const ZERO: f64 = 273.15;

/// The part of total ammonia that is un-ionised (NH3), in percent. The salinity is zero in fresh water. The pH is on the NBS
/// scale, which probes of the hobby show.
pub fn ammonia_fraction(temperature: Measured, ph: Measured, salinity: Measured) -> Result<Derived, Refusal> {
    check(temperature, ph, salinity)?;
    let inputs = [
        input("temperature", temperature, Some(Unit::Celsius)),
        input("ph", ph, Some(Unit::Ph)),
        input("salinity", salinity, Some(Unit::Psu)),
    ];
    Ok(by_salinity(salinity, Unit::Percent, inputs, |[t, ph, s]| 100.0 * fraction(t, ph, s)))
}

/// Un-ionised ammonia in mg/L as nitrogen, from total ammonia in mg/L as nitrogen. The basis stays the same: from total ammonia
/// as NH4 the result has to be converted first, or it is 6 % wrong.
pub fn un_ionised_ammonia(
    total_as_nitrogen: Measured,
    temperature: Measured,
    ph: Measured,
    salinity: Measured,
) -> Result<Derived, Refusal> {
    check(temperature, ph, salinity)?;
    let inputs = [
        input("ammonia", total_as_nitrogen, Some(Unit::MgLAsN)),
        input("temperature", temperature, Some(Unit::Celsius)),
        input("ph", ph, Some(Unit::Ph)),
        input("salinity", salinity, Some(Unit::Psu)),
    ];
    Ok(by_salinity(salinity, Unit::MgLAsN, inputs, |[total, t, ph, s]| total * fraction(t, ph, s)))
}

fn by_salinity<const N: usize>(
    salinity: Measured,
    unit: Unit,
    inputs: [Input; N],
    formula: impl Fn([f64; N]) -> f64,
) -> Derived {
    let (method, error) = if salinity.value < FRESH_BELOW { (FRESH, FRESH_ERROR) } else { (SALT, SALT_ERROR) };
    evaluate(method, unit, error, inputs, formula)
}

fn check(temperature: Measured, ph: Measured, salinity: Measured) -> Result<(), Refusal> {
    within("temperature", temperature.value, 0.0, 40.0)?;
    within("ph", ph.value, 5.0, 11.0)?;
    within("salinity", salinity.value, 0.0, 42.0)
}

/// The un-ionised part, from 0 to 1.
fn fraction(celsius: f64, ph: f64, salinity: f64) -> f64 {
    1.0 / (1.0 + 10_f64.powf(pka(celsius, salinity) - ph))
}

/// The negative logarithm of the dissociation constant of NH4.
pub(crate) fn pka(celsius: f64, salinity: f64) -> f64 {
    let kelvin = celsius + ZERO;
    if salinity < FRESH_BELOW {
        return 0.09018 + 2_729.92 / kelvin;
    }
    // The last term is the pressure in atmospheres (one) times its coefficient.
    9.245 + 0.116 * ionic_strength(salinity) + 0.0324 * (298.0 - kelvin) + 0.0415 / kelvin
}

/// The molal ionic strength of sea water (Whitfield 1974).
pub(crate) fn ionic_strength(salinity: f64) -> f64 {
    19.9273 * salinity / (1_000.0 - 1.005_109 * salinity)
}

//! Dissolved carbon dioxide in fresh water.

use super::{Derived, Measured, Method, Refusal, WaterKind, evaluate, input, within};
use crate::Unit;

/// Constants of Plummer and Busenberg 1982, Geochim. Cosmochim. Acta 46, 1011–1040, taken from the data file `phreeqc.dat` of
/// the U.S. Geological Survey, whose two association constants give pK1 as their difference.
const FROM_ALKALINITY: Method = Method {
    name: "alkalinity-ph",
    source: "pK1 of Plummer & Busenberg 1982, Geochim. Cosmochim. Acta 46:1011 (from USGS phreeqc.dat); \
             takes all alkalinity as bicarbonate",
    estimate: true,
};
const FROM_AERATION: Method = Method {
    name: "aerated-ph",
    source: "solubility of Plummer & Busenberg 1982, Geochim. Cosmochim. Acta 46:1011 (from USGS phreeqc.dat); \
             pH of a sample aerated with room air",
    estimate: true,
};
/// Public calculators differ by 45 % for one input, since each assumes other bases and constants. Own estimate.
const ALKALINITY_ERROR: f64 = 0.2;
/// The equilibrium of a sample that bubbled for an hour. Own estimate.
const AERATION_ERROR: f64 = 0.1;
/// The CO2 of indoor air, in ppm of its volume: an assumption for a ventilated room.
pub const INDOOR_AIR_CO2_PPM: Measured = Measured { value: 550.0, uncertainty: 150.0 };

/// g/mol.
const MOLAR_MASS: f64 = 44.0095;
const ZERO: f64 = 273.15;

/// CO2 in mg/L from alkalinity in meq/L and pH. An estimate: phosphate buffers and humic acids make it too high.
pub fn carbon_dioxide(
    kind: WaterKind,
    alkalinity_meq_l: Measured,
    ph: Measured,
    temperature: Measured,
) -> Result<Derived, Refusal> {
    check(kind, temperature, ph)?;
    within("alkalinity", alkalinity_meq_l.value, 0.0, 10.0)?;
    let inputs = [
        input("alkalinity", alkalinity_meq_l, Some(Unit::MeqL)),
        input("ph", ph, Some(Unit::Ph)),
        input("temperature", temperature, Some(Unit::Celsius)),
    ];
    Ok(evaluate(FROM_ALKALINITY, Unit::MgL, ALKALINITY_ERROR, inputs, |[alkalinity, ph, celsius]| {
        MOLAR_MASS * alkalinity * 10_f64.powf(pk1(celsius) - ph)
    }))
}

/// CO2 in mg/L from the pH of the water and the pH of a sample that was aerated until it stopped rising. Each unit of pH between
/// them is a factor of ten over the CO2 of the air, whatever the bases are. The air's CO2 is in ppm of its volume.
pub fn carbon_dioxide_by_aeration(
    kind: WaterKind,
    ph: Measured,
    aerated_ph: Measured,
    temperature: Measured,
    air_ppm: Measured,
) -> Result<Derived, Refusal> {
    check(kind, temperature, ph)?;
    within("aeratedPh", aerated_ph.value, ph.value, 9.0)?;
    within("airCo2", air_ppm.value, 300.0, 5_000.0)?;
    let inputs = [
        input("ph", ph, Some(Unit::Ph)),
        input("aeratedPh", aerated_ph, Some(Unit::Ph)),
        input("temperature", temperature, Some(Unit::Celsius)),
        input("airCo2", air_ppm, Some(Unit::Ppm)),
    ];
    Ok(evaluate(FROM_AERATION, Unit::MgL, AERATION_ERROR, inputs, |[ph, aerated, celsius, ppm]| {
        let in_equilibrium = MOLAR_MASS * 1_000.0 * 10_f64.powf(log_solubility(celsius)) * ppm * 1e-6;
        in_equilibrium * 10_f64.powf(aerated - ph)
    }))
}

fn check(kind: WaterKind, temperature: Measured, ph: Measured) -> Result<(), Refusal> {
    if kind != WaterKind::Fresh {
        return Err(Refusal::FreshWaterOnly);
    }
    within("temperature", temperature.value, 0.0, 40.0)?;
    // Above 8.3, carbonate counts; below 5, so do acids other than CO2.
    within("ph", ph.value, 5.0, 8.3)
}

/// The negative logarithm of the first dissociation constant of carbonic acid.
pub(crate) fn pk1(celsius: f64) -> f64 {
    let kelvin = celsius + ZERO;
    356.3094 + 0.060_919_64 * kelvin - 21_834.37 / kelvin - 126.8339 * kelvin.log10() + 1_684_915.0 / kelvin.powi(2)
}

/// The logarithm of the solubility of CO2 in mol/L and atmosphere.
fn log_solubility(celsius: f64) -> f64 {
    let kelvin = celsius + ZERO;
    108.3865 + 0.019_850_76 * kelvin - 6_919.53 / kelvin - 40.451_54 * kelvin.log10() + 669_365.0 / kelvin.powi(2)
}

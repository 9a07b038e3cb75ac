//! Density of sea water at atmospheric pressure (EOS-80).

use super::polynomial;

/// The density in kg/m³ of water with a practical salinity (0 to 42) at a temperature in °C (IPTS-68) at atmospheric pressure.
///
/// Source: Fofonoff and Millard 1983, Unesco technical papers in marine science 44, after Millero and Poisson 1981; read
/// through transcriptions. The report's check values are tests here.
pub fn density_kg_m3(salinity: f64, t68: f64) -> f64 {
    let pure = polynomial(&[999.842_594, 6.793_952e-2, -9.095_290e-3, 1.001_685e-4, -1.120_083e-6, 6.536_332e-9], t68);
    let linear = polynomial(&[8.244_93e-1, -4.089_9e-3, 7.643_8e-5, -8.246_7e-7, 5.387_5e-9], t68);
    let of_root = polynomial(&[-5.724_66e-3, 1.022_7e-4, -1.654_6e-6], t68);
    // A product instead of a power of 1.5: square roots are exact on every machine.
    pure + salinity * (linear + of_root * salinity.sqrt() + 4.831_4e-4 * salinity)
}

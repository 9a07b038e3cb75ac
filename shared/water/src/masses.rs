//! Molar masses, in µg/mol.
//!
//! The elements have the values that test kits and their conversion tables use: IUPAC's standard atomic weights, rounded to
//! the places that were common before intervals were introduced (Wieser and Coplen 2011, Pure Appl. Chem. 83, 359). With them
//! 1 mg/L NO3-N is 4.4268 mg/L NO3.

pub(crate) const H: i128 = 1_007_940;
pub(crate) const C: i128 = 12_010_700;
pub(crate) const N: i128 = 14_006_700;
pub(crate) const O: i128 = 15_999_400;
pub(crate) const NA: i128 = 22_989_770;
pub(crate) const MG: i128 = 24_305_000;
pub(crate) const P: i128 = 30_973_762;
pub(crate) const S: i128 = 32_065_000;
pub(crate) const CL: i128 = 35_453_000;
pub(crate) const K: i128 = 39_098_300;
pub(crate) const CA: i128 = 40_078_000;

pub(crate) const NH3: i128 = N + 3 * H;
pub(crate) const NH4: i128 = N + 4 * H;
pub(crate) const NO2: i128 = N + 2 * O;
pub(crate) const NO3: i128 = N + 3 * O;
pub(crate) const PO4: i128 = P + 4 * O;
pub(crate) const H2O: i128 = 2 * H + O;
pub(crate) const CAO: i128 = CA + O;
pub(crate) const CACO3: i128 = CA + C + 3 * O;

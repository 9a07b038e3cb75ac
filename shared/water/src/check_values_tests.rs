//! Published check values, and values that were computed by independent implementations of the named formulas.

use crate::derived::{
    self, AirPressure, Ion, Measured, WaterKind, as_calcium_carbonate, general_hardness, practical_salinity,
};
use crate::{Canonical, Decimal, Entered, Parameter, TemperatureDifference, Unit, canonical, millilitres, shown};

fn exact(value: f64) -> Measured {
    Measured::exact(value)
}

#[track_caller]
fn close(actual: f64, expected: f64, tolerance: f64) {
    assert!((actual - expected).abs() <= tolerance, "{actual} is not {expected} ± {tolerance}");
}

fn entered(value: &str, unit: Unit) -> Entered {
    Entered { value: Decimal::parse(value).unwrap(), unit }
}

/// The value in one unit, shown in another.
fn converted(parameter: Parameter, value: &str, from: Unit, to: Unit, decimals: u8) -> String {
    let stored = canonical(parameter, entered(value, from)).unwrap();
    shown(parameter, stored, to, decimals).unwrap().to_string()
}

/// Percent of total ammonia.
fn fraction(celsius: f64, ph: f64, salinity: f64) -> f64 {
    derived::ammonia_fraction(exact(celsius), exact(ph), exact(salinity)).unwrap().value
}

#[test]
fn ammonia_in_fresh_water() {
    // The fraction is one half where pH and pKa are equal.
    close(fraction(25.0, 9.246_35, 0.0), 50.0, 0.01);
    close(fraction(25.0, 8.0, 0.0), 5.366, 0.0005);
    close(fraction(20.0, 7.0, 0.0), 0.3942, 0.000_05);
    close(fraction(28.0, 8.2, 0.0), 9.981, 0.0005);
    // LaMotte's manual AG-104 has 0.1118 mg/L for this case, from Trussell's table.
    let nitrogen = derived::un_ionised_ammonia(exact(1.0), exact(20.0), exact(8.5), exact(0.0)).unwrap();
    close(nitrogen.value, 0.1112, 0.000_05);
    close(nitrogen.value, 0.1118, nitrogen.uncertainty);
}

/// 0.2 mg/L that were read from a kit which counts NH4, with the result as NH3 (hbuehrer.ch, after Hobiger 1996: 0.0032).
#[test]
fn ammonia_with_another_basis() {
    let total = canonical(Parameter::Ammonia, entered("0.2", Unit::MgLAsNh4)).unwrap();
    let total = exact(f64::from(i32::try_from(total.get()).unwrap()) / 1_000.0);
    let nitrogen = derived::un_ionised_ammonia(total, exact(18.0), exact(7.7), exact(0.0)).unwrap();
    let as_nh3 = nitrogen.value * 17.030_52 / 14.0067;
    close(as_nh3, 0.003_18, 0.000_01);
    // The wrong basis gives 0.00337.
    close(0.2 * fraction(18.0, 7.7, 0.0) / 100.0, 0.003_37, 0.000_01);
}

#[test]
fn ammonia_in_sea_water() {
    let sea = derived::ammonia_fraction(exact(25.0), exact(8.2), exact(34.0)).unwrap();
    close(sea.value, 7.03, 0.005);
    // Bower and Bidwell 1978 have 6.61 %, within the stated uncertainty.
    close(sea.value, 6.61, sea.uncertainty);
    close(fraction(25.0, 9.3217, 34.0), 50.0, 0.01);
}

#[test]
fn oxygen_in_equilibrium_with_air() {
    let solubility = |celsius, salinity| {
        derived::oxygen_solubility(exact(celsius), exact(salinity), AirPressure::StationHpa(exact(1_013.25)))
            .unwrap()
            .value
    };
    close(solubility(0.0, 0.0), 14.621, 0.001);
    close(solubility(20.0, 0.0), 9.092, 0.001);
    close(solubility(25.0, 0.0), 8.263, 0.001);
    close(solubility(30.0, 0.0), 7.559, 0.001);
    close(solubility(25.0, 35.0), 6.772, 0.001);
    // Garcia and Gordon 1992, an independent formula, have 206.77 µmol/kg, which is 6.771 mg/L.
    close(solubility(25.0, 35.0), 6.771, 0.002);
}

/// The check values of Unesco technical papers in marine science 44.
#[test]
fn practical_salinity_of_conductivity_ratios() {
    close(practical_salinity(1.0, 15.0, 0.0), 35.0, 0.000_05);
    close(practical_salinity(1.2, 20.0, 2_000.0), 37.2456, 0.000_05);
    close(practical_salinity(0.65, 5.0, 1_500.0), 27.9953, 0.000_05);
}

#[test]
fn salinity_of_compensated_conductivity() {
    let salinity = derived::salinity_from_conductivity(exact(53.0), exact(25.0)).unwrap();
    close(salinity.value, 34.947, 0.001);
    let conductivity = |celsius| derived::conductivity(exact(35.0), exact(celsius)).unwrap().value;
    close(conductivity(25.0), 53.071, 0.002);
    close(conductivity(20.0), 47.918, 0.002);
}

/// The check values of Unesco technical papers in marine science 44.
#[test]
fn density_of_sea_water() {
    close(derived::density_kg_m3(0.0, 5.0), 999.966_75, 0.000_005);
    close(derived::density_kg_m3(35.0, 5.0), 1_027.675_47, 0.000_005);
    close(derived::density_kg_m3(35.0, 25.0), 1_023.343_06, 0.000_005);
}

#[test]
fn specific_gravity_of_sea_water() {
    let gravity = |salinity| derived::specific_gravity(exact(salinity)).unwrap().value;
    close(gravity(35.0), 1.026_37, 0.000_005);
    close(gravity(33.0), 1.024_86, 0.000_005);
    assert_eq!(converted(Parameter::Salinity, "1.0264", Unit::Sg, Unit::Psu, 1), "35.0");
    assert_eq!(converted(Parameter::Salinity, "33", Unit::Ppt, Unit::Sg, 4), "1.0249");
}

#[test]
fn hardness_and_alkalinity() {
    assert_eq!(converted(Parameter::GeneralHardness, "100", Unit::Dgh, Unit::MgLCaco3, 0), "1785");
    assert_eq!(converted(Parameter::GeneralHardness, "100", Unit::Dgh, Unit::MmolL, 3), "17.832");
    assert_eq!(converted(Parameter::Alkalinity, "10", Unit::Dkh, Unit::MeqL, 3), "3.566");
    assert_eq!(converted(Parameter::Alkalinity, "2.5", Unit::MeqL, Unit::Dkh, 3), "7.010");
    assert_eq!(converted(Parameter::Alkalinity, "2.5", Unit::MeqL, Unit::MgLCaco3, 1), "125.1");
    assert_eq!(converted(Parameter::Alkalinity, "8.5", Unit::Dkh, Unit::MeqL, 3), "3.032");
    assert_eq!(converted(Parameter::Alkalinity, "8.5", Unit::Dkh, Unit::MgLCaco3, 1), "151.7");
}

/// Sodium has one charge (BrownandCaldwell-Public/tidywater#25), and is no hardness.
#[test]
fn hardness_counts_calcium_and_magnesium() {
    let hardness = general_hardness(&[(Ion::Calcium, 40_000), (Ion::Magnesium, 10_000)]).unwrap();
    assert_eq!(shown(Parameter::GeneralHardness, hardness, Unit::Dgh, 2).unwrap().to_string(), "7.90");
    close(f64::from(i32::try_from(hardness.get()).unwrap()) / 178.326, 7.904, 0.003);
    let with_alkalis =
        [(Ion::Calcium, 40_000), (Ion::Sodium, 16_000), (Ion::Magnesium, 10_000), (Ion::Potassium, 9_000)];
    assert_eq!(general_hardness(&with_alkalis), Some(hardness));
    assert_eq!(as_calcium_carbonate(Ion::Sodium, 16_000), Some(34_828));
    assert_eq!(as_calcium_carbonate(Ion::Calcium, 40_078), Some(100_087));
}

#[test]
fn bases_of_nitrogen_and_phosphorus() {
    assert_eq!(converted(Parameter::Nitrate, "10", Unit::MgLAsN, Unit::MgLAsNo3, 3), "44.268");
    assert_eq!(converted(Parameter::Nitrite, "1", Unit::MgLAsN, Unit::MgLAsNo2, 4), "3.2845");
    assert_eq!(converted(Parameter::Phosphate, "1", Unit::MgLAsP, Unit::MgLAsPo4, 4), "3.0662");
}

#[test]
fn carbon_dioxide_of_fresh_water() {
    // Where pH and pK1 are equal, there is as much CO2 as bicarbonate.
    let equal = |celsius, pk1: f64| {
        let one = derived::carbon_dioxide(WaterKind::Fresh, exact(1.0), exact(pk1), exact(celsius)).unwrap();
        close(one.value, 44.0095, 0.01);
        assert!(one.method.estimate);
    };
    equal(25.0, 6.3519);
    equal(20.0, 6.3819);
    let alkalinity = canonical(Parameter::Alkalinity, entered("4", Unit::Dkh)).unwrap();
    let alkalinity = Measured::of(Parameter::Alkalinity, alkalinity);
    let ph = Measured { value: 6.6, uncertainty: 0.1 };
    let estimate = derived::carbon_dioxide(WaterKind::Fresh, alkalinity, ph, exact(25.0)).unwrap();
    close(estimate.value, 35.5, 0.05);
    // Public calculators have 26.3 to 38.2 for this case.
    close(estimate.value, 26.3, estimate.uncertainty);
    close(estimate.value, 38.2, estimate.uncertainty);
}

#[test]
fn temperatures_and_volumes() {
    assert_eq!(converted(Parameter::Temperature, "78", Unit::Fahrenheit, Unit::Celsius, 3), "25.556");
    let difference = TemperatureDifference::from_entered(entered("2", Unit::Fahrenheit)).unwrap();
    assert_eq!(difference.shown(Unit::Celsius, 3).unwrap().to_string(), "1.111");
    assert_eq!(millilitres(entered("55", Unit::UsGal)), Ok(208_198));
    assert_eq!(millilitres(entered("55", Unit::ImpGal)), Ok(250_035));
    assert_eq!(
        TemperatureDifference::between(
            Canonical::new(Parameter::Temperature, 25_000).unwrap(),
            Canonical::new(Parameter::Temperature, 24_500).unwrap()
        )
        .unwrap()
        .millikelvin(),
        -500
    );
}

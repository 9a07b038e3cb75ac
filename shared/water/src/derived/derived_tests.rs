//! Properties of derived values: monotonicity, round trips, uncertainty, and refusals.

use proptest::prelude::*;

use super::*;

fn exact(value: f64) -> Measured {
    Measured::exact(value)
}

fn fraction(celsius: f64, ph: f64, salinity: f64) -> f64 {
    ammonia_fraction(exact(celsius), exact(ph), exact(salinity)).unwrap().value
}

fn solubility(celsius: f64, salinity: f64, pressure: AirPressure) -> f64 {
    oxygen_solubility(exact(celsius), exact(salinity), pressure).unwrap().value
}

#[test]
fn carbon_dioxide_is_refused_in_salt_water() {
    for kind in [WaterKind::Brackish, WaterKind::Marine] {
        assert_eq!(carbon_dioxide(kind, exact(1.4), exact(6.6), exact(25.0)), Err(Refusal::FreshWaterOnly));
        assert_eq!(
            carbon_dioxide_by_aeration(kind, exact(6.6), exact(7.6), exact(25.0), INDOOR_AIR_CO2_PPM),
            Err(Refusal::FreshWaterOnly)
        );
    }
}

/// At 25 °C, 550 ppm of CO2 in the air are 0.82 mg/L in water. A pH that is lower by one means ten times as much.
#[test]
fn aeration_replaces_the_alkalinity() {
    let estimate = |ph, aerated| {
        carbon_dioxide_by_aeration(WaterKind::Fresh, exact(ph), exact(aerated), exact(25.0), INDOOR_AIR_CO2_PPM)
            .unwrap()
    };
    assert!((estimate(7.6, 7.6).value - 0.824).abs() < 0.005);
    assert!((estimate(6.6, 7.6).value - 8.24).abs() < 0.05);
    assert_eq!(estimate(6.6, 7.6).inputs.len(), 4);
    // Aerated water does not become more acid.
    assert!(matches!(
        carbon_dioxide_by_aeration(WaterKind::Fresh, exact(7.6), exact(7.5), exact(25.0), INDOOR_AIR_CO2_PPM),
        Err(Refusal::OutOfRange { input: "aeratedPh", .. })
    ));
}

#[test]
fn inputs_beyond_the_formula_are_refused_by_name() {
    let refused = |result: Result<Derived, Refusal>| match result {
        Err(Refusal::OutOfRange { input, .. }) => input,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(ammonia_fraction(exact(41.0), exact(8.0), exact(0.0))), "temperature");
    assert_eq!(refused(ammonia_fraction(exact(25.0), exact(f64::NAN), exact(0.0))), "ph");
    assert_eq!(refused(ammonia_fraction(exact(25.0), exact(8.0), exact(50.0))), "salinity");
    assert_eq!(refused(carbon_dioxide(WaterKind::Fresh, exact(1.4), exact(8.5), exact(25.0))), "ph");
    assert_eq!(refused(carbon_dioxide(WaterKind::Fresh, exact(-1.0), exact(7.5), exact(25.0))), "alkalinity");
    assert_eq!(refused(salinity_from_conductivity(exact(0.5), exact(25.0))), "conductivity");
    assert_eq!(refused(conductivity(exact(1.0), exact(25.0))), "salinity");
    assert_eq!(refused(salinity_from_specific_gravity(exact(1.04))), "specificGravity");
    assert_eq!(refused(oxygen_solubility(exact(25.0), exact(0.0), AirPressure::AltitudeM(9_000.0))), "altitude");
    assert_eq!(
        refused(oxygen_solubility(exact(25.0), exact(0.0), AirPressure::StationHpa(exact(29.92)))),
        "airPressure"
    );
}

/// The standard atmosphere has 898.75 hPa at 1,000 m and 794.95 hPa at 2,000 m (ISO 2533).
#[test]
fn altitude_lowers_air_pressure_and_oxygen() {
    for (metres, hpa) in [(0.0, 1_013.25), (1_000.0, 898.75), (2_000.0, 794.95)] {
        let pressure = AirPressure::AltitudeM(metres).atmospheres().unwrap().value * 1_013.25;
        assert!((pressure - hpa).abs() < 0.1, "{pressure}");
    }
    // Henry's law with the vapour pressure taken off: (794.95 − 31.7) / (1013.25 − 31.7) at 25 °C.
    let ratio = solubility(25.0, 0.0, AirPressure::AltitudeM(2_000.0)) / solubility(25.0, 0.0, AirPressure::SeaLevel);
    assert!((ratio - 0.7776).abs() < 0.001, "{ratio}");
}

/// 0.1 pH is 26 % more or 21 % less ammonia while little is un-ionised.
#[test]
fn uncertainty_of_the_ph_dominates_that_of_ammonia() {
    let ph = Measured { value: 7.0, uncertainty: 0.1 };
    let ammonia = ammonia_fraction(exact(25.0), ph, exact(0.0)).unwrap();
    let relative = ammonia.uncertainty / ammonia.value;
    assert!((0.22..0.25).contains(&relative), "{relative}");
    let certain = ammonia_fraction(exact(25.0), exact(7.0), exact(0.0)).unwrap();
    assert!((certain.uncertainty / certain.value - 0.02).abs() < 1e-9);
}

#[test]
fn derived_values_name_their_method_and_inputs() {
    let value = oxygen_saturation(exact(8.0), exact(25.0), exact(0.0), AirPressure::SeaLevel).unwrap();
    assert_eq!(value.unit, Unit::Percent);
    assert_eq!(
        value.inputs.iter().map(|input| input.name).collect::<Vec<_>>(),
        ["oxygen", "temperature", "salinity", "airPressureAtm"]
    );
    let json = serde_json::to_value(&value).unwrap();
    assert_eq!(json["method"]["name"], "benson-krause-1984");
    assert_eq!(json["method"]["estimate"], false);
    assert!((value.value - 96.8).abs() < 0.05);
    // The weather alone makes 1.5 %.
    assert!(value.uncertainty > 1.4);
}

#[test]
fn measured_values_come_in_main_units_with_typical_uncertainties() {
    let of = |parameter, value| Measured::of(parameter, Canonical::new(parameter, value).unwrap());
    assert_eq!(of(Parameter::Temperature, 25_500), Measured { value: 25.5, uncertainty: 0.3 });
    assert_eq!(of(Parameter::Redox, 350), Measured { value: 350.0, uncertainty: 10.0 });
    assert_eq!(of(Parameter::Nitrate, 20_000), Measured { value: 20.0, uncertainty: 3.0 });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn ammonia_rises_with_ph_and_temperature(
        celsius in 0.0..39.0_f64, ph in 5.0..10.9_f64, salinity in 0.5..42.0_f64,
    ) {
        for salinity in [0.0, salinity] {
            let here = fraction(celsius, ph, salinity);
            prop_assert!(0.0 < here && here < 100.0);
            prop_assert!(fraction(celsius + 1.0, ph, salinity) > here);
            prop_assert!(fraction(celsius, ph + 0.1, salinity) > here);
        }
        // Salt keeps more of it ionised.
        prop_assert!(fraction(celsius, ph, 42.0) < fraction(celsius, ph, salinity) + 1e-9);
    }

    #[test]
    fn oxygen_falls_with_temperature_salinity_and_altitude(
        celsius in 0.0..39.0_f64, salinity in 0.0..41.0_f64, metres in 0.0..4_900.0_f64,
    ) {
        let at = |c, s, m| solubility(c, s, AirPressure::AltitudeM(m));
        let here = at(celsius, salinity, metres);
        prop_assert!(at(celsius + 1.0, salinity, metres) < here);
        prop_assert!(at(celsius, salinity + 1.0, metres) < here);
        prop_assert!(at(celsius, salinity, metres + 100.0) < here);
        let full = oxygen_saturation(exact(here), exact(celsius), exact(salinity), AirPressure::AltitudeM(metres)).unwrap();
        prop_assert!((full.value - 100.0).abs() < 1e-9);
    }

    #[test]
    fn conductivity_and_salinity_invert_each_other(salinity in 2.0..42.0_f64, celsius in 0.0..40.0_f64) {
        let conducted = conductivity(exact(salinity), exact(celsius)).unwrap().value;
        let back = salinity_from_conductivity(exact(conducted), exact(celsius));
        // At the very bounds, rounding may leave the range.
        if let Ok(back) = back {
            prop_assert!((back.value - salinity).abs() < 1e-6);
        } else {
            prop_assert!(!(2.000_01..41.999_99).contains(&salinity));
        }
        let saltier = conductivity(exact((salinity + 0.1).min(42.0)), exact(celsius)).unwrap().value;
        prop_assert!(saltier >= conducted);
    }

    #[test]
    fn gravity_and_salinity_invert_each_other(salinity in 0.0..41.9_f64) {
        let gravity = specific_gravity(exact(salinity)).unwrap().value;
        let back = salinity_from_specific_gravity(exact(gravity)).unwrap().value;
        prop_assert!((back - salinity).abs() < 1e-6);
        prop_assert!(specific_gravity(exact(salinity + 0.1)).unwrap().value > gravity);
    }

    #[test]
    fn carbon_dioxide_falls_by_ten_with_each_ph(alkalinity in 0.1..9.0_f64, ph in 5.0..7.3_f64, celsius in 0.0..40.0_f64) {
        let at = |ph| carbon_dioxide(WaterKind::Fresh, exact(alkalinity), exact(ph), exact(celsius)).unwrap().value;
        prop_assert!((at(ph) / at(ph + 1.0) - 10.0).abs() < 1e-6);
    }

    #[test]
    fn more_uncertain_inputs_make_more_uncertain_results(ph in 5.0..10.0_f64, wide in 0.01..0.5_f64) {
        let at = |uncertainty| {
            let ph = Measured { value: ph, uncertainty };
            ammonia_fraction(exact(25.0), ph, exact(0.0)).unwrap().uncertainty
        };
        prop_assert!(at(wide) > at(wide / 2.0));
        prop_assert!(at(wide / 2.0) > at(0.0));
    }
}

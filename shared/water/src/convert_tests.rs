//! Tests of conversions: exact values, ambiguous units, and round trips.

use proptest::prelude::*;

use crate::{
    Canonical, Decimal, Entered, Parameter, Unit, UnitError, canonical, millilitres, nearest_storable, same_amount,
    shown,
};

fn entered(value: &str, unit: Unit) -> Entered {
    Entered { value: Decimal::parse(value).unwrap(), unit }
}

fn stored(parameter: Parameter, value: &str, unit: Unit) -> i64 {
    canonical(parameter, entered(value, unit)).unwrap().get()
}

#[test]
fn what_cannot_be_stored_has_a_nearest_value_that_can() {
    for (parameter, value, unit, nearest) in [
        (Parameter::Temperature, "99999", Unit::Celsius, 200_000),
        (Parameter::Temperature, "-500", Unit::Fahrenheit, -273_150),
        (Parameter::Salinity, "-1", Unit::Psu, 0),
        (Parameter::Salinity, "0.9", Unit::Sg, 0),
        (Parameter::Salinity, "1.5", Unit::Sg, 350_000),
    ] {
        assert_eq!(canonical(parameter, entered(value, unit)), Err(UnitError::OutOfRange), "{value}");
        assert_eq!(nearest_storable(parameter, entered(value, unit)).unwrap().get(), nearest, "{value}");
    }
}

/// reef-pi/reef-pi#1838 and #1227: a preference changes what is shown and nothing that is stored.
#[test]
fn history_in_celsius_reads_in_fahrenheit_without_being_changed() {
    let history = [stored(Parameter::Temperature, "25.0", Unit::Celsius); 10];
    for value in history {
        let value = Canonical::new(Parameter::Temperature, value).unwrap();
        assert_eq!(shown(Parameter::Temperature, value, Unit::Fahrenheit, 1).unwrap().to_string(), "77.0");
        assert_eq!(value.get(), 25_000);
    }
    assert_eq!(stored(Parameter::Temperature, "77", Unit::Fahrenheit), 25_000);
}

/// home-assistant/core#55629: cubic metres, then cubic feet.
#[test]
fn a_meter_that_changes_its_unit_has_counted_nothing() {
    let metres = entered("5226.89", Unit::M3);
    assert!(same_amount(metres, entered("184585.99", Unit::Ft3)).unwrap());
    assert!(!same_amount(metres, entered("184586.99", Unit::Ft3)).unwrap());
    assert!(!same_amount(metres, entered("5226.91", Unit::M3)).unwrap());
    assert!(!same_amount(metres, entered("184585.99", Unit::M3)).unwrap());
}

/// convert-units/convert-units#91.
#[test]
fn gallons_need_a_system() {
    assert_eq!(millilitres(entered("55", Unit::Gal)), Err(UnitError::AmbiguousGallon));
    assert_eq!(millilitres(entered("55", Unit::UsGal)), Ok(208_198));
    assert_eq!(millilitres(entered("55", Unit::ImpGal)), Ok(250_035));
    assert_eq!(millilitres(entered("55", Unit::Mm)), Err(UnitError::NotAVolume(Unit::Mm)));
    assert_eq!(millilitres(entered("-1", Unit::L)), Err(UnitError::OutOfRange));
    assert!(UnitError::AmbiguousGallon.to_string().contains("us_gal"));
}

#[test]
fn concentrations_need_a_basis() {
    for parameter in [
        Parameter::Ammonia,
        Parameter::Nitrite,
        Parameter::Nitrate,
        Parameter::Phosphate,
        Parameter::Alkalinity,
        Parameter::GeneralHardness,
    ] {
        for unit in [Unit::MgL, Unit::Ppm] {
            let refused = canonical(parameter, entered("1", unit)).unwrap_err();
            assert_eq!(refused, UnitError::BasisMissing { parameter });
            assert!(refused.to_string().contains(parameter.units()[0].name()));
        }
    }
    assert_eq!(stored(Parameter::Calcium, "420", Unit::Ppm), 420_000);
    assert_eq!(stored(Parameter::Oxygen, "8.26", Unit::MgL), 8_260);
}

#[test]
fn a_unit_of_another_parameter_is_refused() {
    for parameter in Parameter::ALL {
        for unit in Unit::ALL.into_iter().filter(|unit| !parameter.units().contains(unit)) {
            assert!(canonical(parameter, entered("1", unit)).is_err(), "{parameter:?} {unit:?}");
        }
    }
    assert_eq!(
        canonical(Parameter::Oxygen, entered("90", Unit::Percent)),
        Err(UnitError::NotAUnitOf { parameter: Parameter::Oxygen })
    );
}

#[test]
fn values_beyond_the_bounds_are_refused() {
    assert_eq!(canonical(Parameter::Temperature, entered("-500", Unit::Celsius)), Err(UnitError::OutOfRange));
    assert_eq!(canonical(Parameter::Nitrate, entered("-1", Unit::MgLAsNo3)), Err(UnitError::OutOfRange));
    assert_eq!(canonical(Parameter::Salinity, entered("0.99", Unit::Sg)), Err(UnitError::OutOfRange));
    assert_eq!(canonical(Parameter::Salinity, entered("1.2", Unit::Sg)), Err(UnitError::OutOfRange));
    let warm = Canonical::new(Parameter::Temperature, 25_000).unwrap();
    assert_eq!(shown(Parameter::Temperature, warm, Unit::Celsius, 7), Err(UnitError::TooManyDecimals));
}

#[test]
fn every_unit_of_a_parameter_has_its_own_factor_or_an_equal_name() {
    for parameter in Parameter::ALL {
        for unit in parameter.units() {
            let typed = if *unit == Unit::Sg { "1.025" } else { "10" };
            assert!(canonical(parameter, entered(typed, *unit)).is_ok(), "{parameter:?} {unit:?}");
        }
    }
}

/// A parameter, one of its units, and a plausible canonical value.
fn values() -> impl Strategy<Value = (Parameter, Unit, i64)> {
    proptest::sample::select(Parameter::ALL.to_vec()).prop_flat_map(|parameter| {
        let range = parameter.plausible();
        // The equation of state ends at a salinity of 42.
        let max = if parameter == Parameter::Salinity { 42_000 } else { range.max };
        (Just(parameter), proptest::sample::select(parameter.units().to_vec()), range.min..=max)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_value_that_is_shown_with_six_decimals_is_stored_as_it_was((parameter, unit, value) in values()) {
        let before = Canonical::new(parameter, value).unwrap();
        let value = shown(parameter, before, unit, 6).unwrap();
        let after = canonical(parameter, Entered { value, unit }).unwrap();
        // A millionth of specific gravity is 1.3 thousandths of salinity.
        let tolerance = i64::from(unit == Unit::Sg);
        prop_assert!((after.get() - before.get()).abs() <= tolerance, "{value} {unit:?}: {before:?} {after:?}");
    }

    #[test]
    fn more_is_more((parameter, unit, value) in values(), step in 1_i64..1_000) {
        let max = if unit == Unit::Sg { 42_000 } else { parameter.storable().max };
        let (low, high) = (Canonical::new(parameter, value).unwrap(), Canonical::new(parameter, (value + step).min(max)).unwrap());
        let number = |value| shown(parameter, value, unit, 6).unwrap().to_string().parse::<f64>().unwrap();
        prop_assert!(number(low) <= number(high));
        prop_assert!(low == high || number(low) < number(high) || unit == Unit::Sg);
    }

    #[test]
    fn two_units_show_one_value((parameter, _, value) in values()) {
        let value = Canonical::new(parameter, value).unwrap();
        for unit in parameter.units().iter().filter(|unit| **unit != Unit::Sg) {
            let typed = Entered { value: shown(parameter, value, *unit, 6).unwrap(), unit: *unit };
            prop_assert_eq!(canonical(parameter, typed).unwrap(), value);
        }
    }
}

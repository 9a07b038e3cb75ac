use proptest::prelude::*;
use water::{Canonical, Decimal, Unit, shown};

use super::*;
use crate::domain::access::Access;

fn user(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(number))
}

fn scope() -> Scope {
    Access::new(AquariumId::new(Uuid::from_u128(1)), user(2)).scope(user(2)).unwrap()
}

fn entered(value: &str, unit: Unit) -> Entered {
    Entered { value: Decimal::parse(value).unwrap(), unit }
}

fn reading(parameter: Parameter, millis: i64, seed: u128, value: &str) -> Reading {
    let place = Place { parameter, measured_at: Timestamp::from_millisecond(millis).unwrap() };
    let measurement = Measurement::of(parameter, entered(value, parameter.units()[0])).unwrap();
    Reading::new(&scope(), place, Uuid::from_u128(seed), measurement, Timestamp::UNIX_EPOCH)
}

fn parameters() -> impl Strategy<Value = Parameter> {
    prop::sample::select(Parameter::ALL.to_vec())
}

/// A value within the plausible range, in any of the parameter's units, as it can be typed.
fn typed() -> impl Strategy<Value = (Parameter, Entered)> {
    let unit = parameters().prop_flat_map(|parameter| {
        let range = parameter.plausible();
        (Just(parameter), range.min..=range.max, prop::sample::select(parameter.units().to_vec()), 0..=4_u8)
    });
    unit.prop_filter_map("a unit that cannot show the value", |(parameter, value, unit, decimals)| {
        let value = shown(parameter, Canonical::new(parameter, value)?, unit, decimals).ok()?;
        let entered = Entered { value, unit };
        Measurement::of(parameter, entered).ok().map(|_| (parameter, entered))
    })
}

#[test]
fn parameters_have_numbers_of_their_own() {
    let mut numbers: Vec<_> = Parameter::ALL.map(number).into();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), Parameter::ALL.len());
    // Stored IDs contain them.
    assert_eq!((number(Parameter::Temperature), number(Parameter::Nitrate), number(Parameter::Co2)), (1, 11, 17));
}

#[test]
fn other_ids_are_no_places() {
    for id in [Uuid::nil(), Uuid::from_u128(7), types::derive_id(&["a"])] {
        let place = Place::of(ReadingId::new(id));
        assert!(place.is_none_or(|place| place.id(id) == ReadingId::new(id)), "{id}");
    }
    assert_eq!(Place::of(ReadingId::generate()), None);
}

#[test]
fn a_value_that_is_typed_wrong_is_refused_with_the_field() {
    let refused = |parameter, value, unit| Measurement::of(parameter, entered(value, unit)).unwrap_err();
    let basis = refused(Parameter::Nitrate, "10", Unit::MgL);
    assert_eq!(
        (basis.field(), basis),
        ("unit", NotAValue::Unit(UnitError::BasisMissing { parameter: Parameter::Nitrate }))
    );
    assert_eq!(refused(Parameter::Ph, "8.1", Unit::Celsius).field(), "unit");
    assert_eq!(refused(Parameter::Level, "1", Unit::Gal), NotAValue::Unit(UnitError::AmbiguousGallon));
    assert_eq!(refused(Parameter::Temperature, "85", Unit::Celsius), NotAValue::Implausible);
    assert_eq!(refused(Parameter::Temperature, "78", Unit::Celsius).field(), "value");
    assert_eq!(refused(Parameter::Temperature, "999999", Unit::Celsius).field(), "value");
}

#[test]
fn what_was_entered_stays_beside_the_exact_value() {
    let measurement = Measurement::of(Parameter::Nitrate, entered("10.0", Unit::MgLAsN)).unwrap();
    assert_eq!((measurement.value, measurement.entered.value.to_string().as_str()), (10_000, "10.0"));
    let measurement = Measurement::of(Parameter::Alkalinity, entered("8.50", Unit::Dkh)).unwrap();
    assert_eq!((measurement.value, measurement.entered.value.to_string().as_str()), (3_032, "8.50"));
}

#[test]
fn a_correction_keeps_the_first_value_and_a_repeated_request_is_recognised() {
    let first = reading(Parameter::Ph, 1_000, 1, "8.1");
    let measurement = |value| Measurement::of(Parameter::Ph, entered(value, Unit::Ph)).unwrap();
    let second = first.corrected(measurement("8.2")).unwrap();
    let third = second.corrected(measurement("8.3")).unwrap();
    assert_eq!(third.original, Some(entered("8.1", Unit::Ph)));
    assert_eq!(third.corrected(measurement("8.3")), None);
    assert!(third.was_recorded_with(entered("8.1", Unit::Ph)) && !third.was_recorded_with(entered("8.3", Unit::Ph)));
    // 8.10 is another text of the same value.
    assert!(first.corrected(measurement("8.10")).is_some());
    assert_eq!(third.fact(3).revision, 3);
}

#[test]
fn a_tombstone_names_nobody_and_expires() {
    let now: Timestamp = "2026-11-29T00:00:00Z".parse().unwrap();
    let deleted = reading(Parameter::Ph, 1_000, 1, "8.1").deleted(now);
    assert_eq!((deleted.recorded_by, deleted.fact(2).deleted), (None, true));
    assert!(!deleted.was_recorded_with(entered("8.1", Unit::Ph)));
    assert_eq!(deleted.expires_at(), Some("2026-12-29T00:00:00Z".parse().unwrap()));
}

#[test]
fn a_redacted_reading_keeps_the_names_of_others() {
    let known = reading(Parameter::Ph, 1_000, 1, "8.1");
    assert_eq!(known.redacted(user(2)).recorded_by, None);
    assert_eq!(known.redacted(user(9)), known);
}

#[test]
fn names_of_parameters_are_those_of_the_api() {
    assert_eq!((parameter_name(Parameter::Co2).as_str(), parameter_name(Parameter::Ph).as_str()), ("co2", "ph"));
    assert!(Parameter::ALL.into_iter().all(|parameter| !parameter_name(parameter).is_empty()));
}

proptest! {
    #[test]
    fn an_id_says_where_its_reading_is(parameter in parameters(), millis in 0..4_000_000_000_000_i64, seed: u128) {
        let place = Place { parameter, measured_at: Timestamp::from_millisecond(millis).unwrap() };
        let id = place.id(Uuid::from_u128(seed));
        prop_assert_eq!(Place::of(id), Some(place));
        prop_assert!(place.first_id() <= id);
    }

    #[test]
    fn ids_of_a_parameter_are_in_the_order_of_their_times(
        parameter in parameters(), one in 0..4_000_000_000_000_i64, other in 0..4_000_000_000_000_i64, seeds: [u128; 2],
    ) {
        let id = |millis, seed| {
            let measured_at = Timestamp::from_millisecond(millis).unwrap();
            Place { parameter, measured_at }.id(Uuid::from_u128(seed)).to_string()
        };
        if one != other {
            prop_assert_eq!(id(one, seeds[0]) < id(other, seeds[1]), one < other);
        }
    }

    #[test]
    fn an_entered_value_survives_and_the_stored_one_is_its_exact_conversion((parameter, entered) in typed()) {
        let place = Place { parameter, measured_at: Timestamp::UNIX_EPOCH };
        let measurement = Measurement::of(parameter, entered).unwrap();
        let reading = Reading::new(&scope(), place, Uuid::from_u128(1), measurement, Timestamp::UNIX_EPOCH);
        let stored = serde_json::to_string(&reading).unwrap();
        let read: Reading = serde_json::from_str(&stored).unwrap();
        prop_assert_eq!(&read, &reading);
        prop_assert_eq!(read.measurement.entered, entered);
        prop_assert_eq!(read.measurement.value, canonical(parameter, entered).unwrap().get());
        prop_assert_eq!(read.fact(1).entered_value, entered.value.to_string());
    }

    #[test]
    fn the_newest_readings_are_those_of_all_readings_in_any_order_of_changes(
        changes in prop::collection::vec((parameters(), 0..20_i64, any::<bool>()), 0..40),
    ) {
        let (mut all, mut newest) = (Vec::<Reading>::new(), NewestReadings::new(scope().aquarium_id()));
        for (number, (parameter, millis, delete)) in changes.into_iter().enumerate() {
            let position = all.iter().position(|reading| reading.parameter == parameter).filter(|_| delete);
            if let Some(position) = position {
                let deleted = all.remove(position);
                let left = all.iter().filter(|reading| reading.parameter == parameter).max_by_key(|reading| reading.id);
                newest = newest.without(&deleted, left.filter(|_| newest.has(deleted.id)));
            } else {
                let recorded = reading(parameter, millis, number as u128, "5");
                newest = newest.with(&recorded);
                all.push(recorded);
            }
            for parameter in Parameter::ALL {
                let of = all.iter().filter(|reading| reading.parameter == parameter);
                let expected = of.max_by_key(|reading| reading.id).map(|reading| reading.id);
                let found = newest.iter().find(|(place, _)| place.parameter == parameter);
                prop_assert_eq!(found.map(|(_, newest)| newest.id), expected);
            }
        }
    }
}

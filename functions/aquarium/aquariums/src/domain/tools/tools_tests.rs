use contracts::aquariums::AquariumKind;
use jiff::Timestamp;
use proptest::prelude::*;
use types::{SensorId, Uuid};
use water::calculate::Compound;
use water::derived::Refusal;
use water::{Canonical, Decimal, Entered, Parameter, Unit};

use super::convert::{convert, convert_volume};
use super::derive::{DerivedQuantity, DerivedQuantity as Q, Known, NotDerived, derive};
use super::dose::{Product, Raise, dose};
use super::from_readings::{LeftOut, MAX_SPREAD_SECONDS, Origin, Source, derive_all, newest};
use super::tank::{Bottom, Measures, volume};
use super::water_change::{Dilution, changes};
use super::{number, rounded};
use crate::domain::device::{Latest, Probe};
use crate::domain::reading::{Measurement, Newest, Place};

fn entered(value: &str, unit: Unit) -> Entered {
    Entered { value: Decimal::parse(value).unwrap(), unit }
}

fn shown(value: Decimal) -> String {
    value.to_string()
}

#[test]
fn a_value_has_two_digits_of_its_uncertainty() {
    for (value, uncertainty, expected) in [
        (25.4321, 0.3, ("25.43", "0.30")),
        (0.012_345, 0.001_9, ("0.0123", "0.0019")),
        (420.4, 13.0, ("420", "13")),
        (1.0, 0.0, ("1.000000", "0.000000")),
        (5.0, 0.099_6, ("5.00", "0.10")),
        (1e9, 1e-9, ("1000000000.00", "0.000000")),
    ] {
        let (value, uncertainty) = rounded(value, uncertainty);
        assert_eq!((shown(value).as_str(), shown(uncertainty).as_str()), expected);
    }
}

#[test]
fn values_are_converted_with_as_many_digits_as_they_have() {
    for (parameter, value, from, to, expected) in [
        (Parameter::Temperature, "78", Unit::Fahrenheit, Unit::Celsius, "25.556"),
        (Parameter::Nitrate, "10", Unit::MgLAsN, Unit::MgLAsNo3, "44.27"),
        (Parameter::Alkalinity, "8.5", Unit::Dkh, Unit::Dkh, "8.50"),
        (Parameter::Conductivity, "53.0", Unit::MsCm, Unit::UsCm, "53000"),
        (Parameter::Redox, "-120", Unit::Mv, Unit::Mv, "-120"),
        (Parameter::Salinity, "1.0264", Unit::Sg, Unit::Sg, "1.026400"),
    ] {
        let answer = convert(parameter, entered(value, from), to).unwrap();
        assert_eq!((shown(answer.value).as_str(), answer.unit), (expected, to), "{parameter:?}");
    }
    let gravity = convert(Parameter::Salinity, entered("35", Unit::Ppt), Unit::Sg).unwrap();
    assert_eq!((shown(gravity.value).as_str(), gravity.method.name), ("1.02637", "eos-80-gravity"));
    assert_eq!(shown(convert_volume(entered("10", Unit::UsGal), Unit::L).unwrap().value), "37.854");
}

#[test]
fn units_without_a_system_or_a_basis_are_refused_by_name() {
    let refused = |found: Result<super::Answer, super::Invalid>| found.unwrap_err();
    let gallons = refused(convert_volume(entered("10", Unit::Gal), Unit::L));
    assert_eq!((gallons.field.as_str(), gallons.message.contains("us_gal")), ("from", true));
    let gallons = refused(convert_volume(entered("10", Unit::L), Unit::Gal));
    assert_eq!((gallons.field.as_str(), gallons.message.contains("imp_gal")), ("to", true));
    let basis = refused(convert(Parameter::Nitrate, entered("10", Unit::Ppm), Unit::MgLAsN));
    assert_eq!((basis.field.as_str(), basis.message.contains("mg_l_as_no3")), ("from", true));
    let of_gravity = refused(convert(Parameter::Salinity, entered("1.026", Unit::Sg), Unit::Celsius));
    assert_eq!(of_gravity.field, "to");
    assert_eq!(refused(convert(Parameter::Ph, entered("99", Unit::Ph), Unit::Ph)).field, "value");
}

fn raise(current: &str, target: &str) -> Raise {
    let degrees = |value| entered(value, Unit::Dkh);
    Raise {
        parameter: Parameter::Alkalinity,
        volume: entered("100", Unit::L),
        current: degrees(current),
        target: degrees(target),
        max_per_day: Some(degrees("1")),
    }
}

#[test]
fn a_dose_is_divided_among_days_and_has_the_uncertainty_of_the_test_kit() {
    // 2 dKH are 0.7133 meq/L, and 84.007 g of sodium bicarbonate are one equivalent.
    let plan = dose(&raise("6", "8"), Product::Compound(Compound::SodiumBicarbonate)).unwrap();
    assert!((number(plan.total) - 5.992).abs() < 0.01, "{plan:?}");
    assert_eq!(plan.days, 2);
    assert!((number(plan.per_day) * 2.0 - number(plan.total)).abs() < 0.002);
    // 0.18 meq/L in 100 L are 18 meq.
    assert!((number(plan.uncertainty) - 1.512).abs() < 0.01, "{plan:?}");
    let solution = Product::Solution {
        amount: entered("10", Unit::Ml),
        water: entered("100", Unit::L),
        raises: entered("1", Unit::Dkh),
    };
    assert!((number(dose(&raise("6", "8"), solution).unwrap().total) - 20.0).abs() < 0.1);
}

#[test]
fn refused_doses_name_their_field() {
    let salt = Product::Compound(Compound::SodiumBicarbonate);
    let field = |raise: Raise, product| dose(&raise, product).unwrap_err().field;
    assert_eq!(field(raise("8", "6"), salt), "target");
    assert_eq!(field(raise("6", "8"), Product::Compound(Compound::PotassiumNitrate)), "compound");
    assert_eq!(field(Raise { volume: entered("10", Unit::Gal), ..raise("6", "8") }, salt), "volume.unit");
    assert_eq!(field(Raise { parameter: Parameter::Ph, ..raise("6", "8") }, salt), "parameter");
    let weak = Product::Solution {
        amount: entered("0", Unit::Ml),
        water: entered("100", Unit::L),
        raises: entered("1", Unit::Dkh),
    };
    assert_eq!(field(raise("6", "8"), weak), "solution");
}

#[test]
fn the_volume_of_a_tank_has_the_uncertainty_of_a_tape_measure() {
    let cm = |value| entered(value, Unit::Cm);
    let tank = Measures {
        bottom: Bottom::Box { length: cm("100"), width: cm("40") },
        water_height: cm("50"),
        glass: None,
        displaced: None,
    };
    let found = volume(&tank).unwrap();
    assert_eq!((shown(found.value).as_str(), found.unit), ("200.00", Unit::L));
    // 200 L times the root of (1/1000)² + (1/400)² + (1/500)².
    assert_eq!(shown(found.uncertainty), "0.67");
    let thick = Measures { glass: Some(cm("20")), ..tank };
    assert_eq!(volume(&thick).unwrap_err().field, "width");
    let full = Measures { displaced: Some(entered("200", Unit::L)), ..tank };
    assert_eq!(volume(&full).unwrap_err().field, "displaced");
    let inverted = Measures { glass: Some(cm("-1")), ..tank };
    assert_eq!(volume(&inverted).unwrap_err().field, "glass");
    let dry = Measures { water_height: cm("0"), ..tank };
    let refused = volume(&dry).unwrap_err();
    assert_eq!(
        (refused.field.as_str(), refused.message.as_str()),
        ("waterHeight", "must be positive, and at most 20000 mm")
    );
}

#[test]
fn a_message_continues_the_name_of_its_field() {
    let cm = |value| entered(value, Unit::Cm);
    let bow = |centre| Bottom::BowFront { length: cm("80"), side_depth: cm("30"), centre_depth: cm(centre) };
    let tank = |bottom| Measures { bottom, water_height: cm("50"), glass: None, displaced: None };
    let salt = Product::Compound(Compound::SodiumBicarbonate);
    let slow = Raise { max_per_day: Some(entered("0", Unit::Dkh)), ..raise("6", "8") };
    let dry = Raise { volume: entered("0", Unit::L), ..raise("6", "8") };
    let empty = Dilution { volume: entered("0", Unit::L), ..nitrate("40", "0", "20", None) };
    let refused = [
        volume(&tank(bow("20"))).unwrap_err(),
        volume(&tank(Bottom::Cylinder { diameter: cm("0") })).unwrap_err(),
        volume(&Measures { displaced: Some(entered("500", Unit::L)), ..tank(bow("40")) }).unwrap_err(),
        dose(&raise("8", "6"), salt).unwrap_err(),
        dose(&dry, salt).unwrap_err(),
        dose(&slow, salt).unwrap_err(),
        changes(&nitrate("40", "0", "50", None)).unwrap_err(),
        changes(&nitrate("40", "0", "0", None)).unwrap_err(),
        changes(&empty).unwrap_err(),
    ];
    for refused in refused {
        assert!(refused.message.starts_with("must "), "{refused:?}");
    }
}

fn nitrate(current: &str, new: &str, target: &str, share: Option<&str>) -> Dilution {
    let amount = |value| entered(value, Unit::MgLAsNo3);
    Dilution {
        parameter: Parameter::Nitrate,
        volume: entered("100", Unit::L),
        current: amount(current),
        new_water: amount(new),
        target: amount(target),
        share_percent: share.map(|share| Decimal::parse(share).unwrap()),
    }
}

#[test]
fn a_water_change_reaches_its_target() {
    let found = changes(&nitrate("40", "0", "20", None)).unwrap();
    assert_eq!((found.number, shown(found.share_percent).as_str()), (1, "50.0000"));
    assert!((number(found.each.value) - 50.0).abs() < 0.1);
    assert!((number(found.after[0]) - 20.0).abs() < 0.01);
    let repeated = changes(&nitrate("40", "0", "20", Some("25"))).unwrap();
    assert_eq!((repeated.number, repeated.after.len()), (3, 3));
    assert_eq!(shown(repeated.each.value), "25.0000");
    let none = changes(&nitrate("40", "0", "40", None)).unwrap();
    assert_eq!((none.number, none.after.len()), (0, 0));
}

#[test]
fn refused_water_changes_name_their_field() {
    let field = |asked| changes(&asked).unwrap_err().field;
    assert_eq!(field(nitrate("40", "0", "50", None)), "target");
    assert_eq!(field(nitrate("40", "0", "0", None)), "target");
    assert_eq!(field(nitrate("40", "0", "20", Some("100"))), "sharePercent");
    assert_eq!(field(nitrate("40", "0", "20", Some("0"))), "sharePercent");
    assert_eq!(field(Dilution { volume: entered("0", Unit::L), ..nitrate("40", "0", "20", None) }), "volume");
    assert_eq!(field(Dilution { parameter: Parameter::Ph, ..nitrate("40", "0", "20", None) }), "parameter");
}

fn value(parameter: Parameter, value: i64) -> (Parameter, Canonical) {
    (parameter, Canonical::new(parameter, value).unwrap())
}

fn known(values: &[(Parameter, i64)]) -> Known {
    Known { values: values.iter().map(|(of, canonical)| value(*of, *canonical)).collect(), ..Known::default() }
}

const FRESH: [(Parameter, i64); 3] =
    [(Parameter::Temperature, 25_000), (Parameter::Ph, 7_000), (Parameter::Alkalinity, 1_427)];

#[test]
fn carbon_dioxide_is_derived_in_fresh_water_only() {
    let found = derive(DerivedQuantity::CarbonDioxide, AquariumKind::Pond, &known(&FRESH)).unwrap();
    assert_eq!((found.method.estimate, found.inputs.len()), (true, 3));
    assert!((10.0..20.0).contains(&number(found.value)), "{found:?}");
    for kind in [AquariumKind::Marine, AquariumKind::Brackish] {
        let refused = derive(DerivedQuantity::CarbonDioxide, kind, &Known::default());
        assert_eq!(refused, Err(NotDerived::Refused(Refusal::FreshWaterOnly)));
    }
}

#[test]
fn salinity_is_needed_where_water_has_salt() {
    let values = [(Parameter::Ammonia, 1_000), (Parameter::Temperature, 25_000), (Parameter::Ph, 8_000)];
    let quantity = DerivedQuantity::UnIonisedAmmonia;
    let fresh = derive(quantity, AquariumKind::Fresh, &known(&values)).unwrap();
    assert_eq!((fresh.method.name, fresh.unit), ("emerson-1975", Unit::MgLAsN));
    assert!((number(fresh.value) - 0.053).abs() < 0.003, "{fresh:?}");
    assert_eq!(derive(quantity, AquariumKind::Marine, &known(&values)), Err(NotDerived::Missing("salinity")));
    let mut marine = values.to_vec();
    marine.push((Parameter::Salinity, 35_000));
    let marine = derive(quantity, AquariumKind::Marine, &known(&marine)).unwrap();
    assert_eq!(marine.method.name, "epa-1989-saltwater");
}

#[test]
fn every_quantity_is_derived_from_what_it_says_it_needs() {
    let all = [
        (Parameter::Temperature, 25_000),
        (Parameter::Ph, 7_500),
        (Parameter::Salinity, 5_000),
        (Parameter::Conductivity, 53_000),
        (Parameter::Alkalinity, 2_000),
        (Parameter::Ammonia, 500),
        (Parameter::Oxygen, 7_000),
        (Parameter::Calcium, 80_000),
        (Parameter::Magnesium, 10_000),
    ];
    for quantity in [
        Q::UnIonisedAmmonia,
        Q::AmmoniaFraction,
        Q::CarbonDioxide,
        Q::CarbonDioxideByAeration,
        Q::OxygenSaturation,
        Q::OxygenSolubility,
        Q::SalinityFromConductivity,
        Q::SalinityFromSpecificGravity,
        Q::Conductivity,
        Q::SpecificGravity,
        Q::GeneralHardness,
    ] {
        let needed = quantity.parameters(AquariumKind::Fresh);
        let of_needed: Vec<_> = all.iter().filter(|(parameter, _)| needed.contains(parameter)).copied().collect();
        let mut enough = known(&of_needed);
        enough.aerated_ph = Decimal::parse("8.2").ok();
        enough.specific_gravity = Decimal::parse("1.026").ok();
        derive(quantity, AquariumKind::Fresh, &enough).unwrap_or_else(|error| panic!("{quantity:?}: {error:?}"));
        for left_out in &needed {
            let less = enough.values.iter().filter(|(parameter, _)| parameter != left_out).copied().collect();
            let less = Known { values: less, ..enough.clone() };
            let refused = derive(quantity, AquariumKind::Fresh, &less);
            assert!(matches!(refused, Err(NotDerived::Missing(_))), "{quantity:?} without {left_out:?}");
        }
    }
}

#[test]
fn hardness_is_the_sum_of_calcium_and_magnesium() {
    let found = derive(
        DerivedQuantity::GeneralHardness,
        AquariumKind::Fresh,
        &known(&[(Parameter::Calcium, 40_078), (Parameter::Magnesium, 24_305)]),
    );
    let found = found.unwrap();
    assert_eq!((shown(found.value).as_str(), found.unit), ("2.000", Unit::MmolL));
    // Three percent of each mole.
    assert_eq!(shown(found.uncertainty), "0.042");
}

fn source(parameter: Parameter, canonical: i64, second: i64) -> Source {
    let origin = Origin::Sensor(SensorId::new(Uuid::from_u128(second.unsigned_abs().into())));
    Source { origin, parameter, value: value(parameter, canonical).1, second }
}

#[test]
fn readings_that_are_too_far_apart_are_left_out() {
    let at = |second| FRESH.map(|(parameter, canonical)| source(parameter, canonical, second));
    let mut sources = at(10_000);
    sources[0].second += MAX_SPREAD_SECONDS;
    let found = derive_all(AquariumKind::Fresh, &sources);
    assert_eq!(found.len(), 1);
    assert!(found[0].result.is_ok() && found[0].sources.len() == 3, "{found:?}");
    sources[0].second += 1;
    let found = derive_all(AquariumKind::Fresh, &sources);
    assert_eq!(found[0].result, Err(LeftOut::TooFarApart(MAX_SPREAD_SECONDS + 1)));
    let found = derive_all(AquariumKind::Fresh, &sources[1..]);
    assert_eq!(found[0].result, Err(LeftOut::Missing(vec![Parameter::Temperature])));
    // In sea water nothing follows from these.
    assert_eq!(derive_all(AquariumKind::Marine, &sources), []);
}

fn probe(id: u128, second: i64) -> Probe {
    Probe {
        id: SensorId::new(Uuid::from_u128(id)),
        parameter: Parameter::Temperature,
        unit: Unit::Celsius,
        calibrations: Vec::new(),
        latest: Some(Latest { second, value: 25_000 }),
    }
}

#[test]
fn of_a_sensor_and_a_manual_reading_the_newest_counts_and_at_one_second_the_sensor() {
    let entered = Entered { value: Decimal::parse("24.5").unwrap(), unit: Unit::Celsius };
    let by_hand = |millis| {
        let place =
            Place { parameter: Parameter::Temperature, measured_at: Timestamp::from_millisecond(millis).unwrap() };
        let measurement = Measurement::of(Parameter::Temperature, entered).unwrap();
        (place, Newest { id: place.id(Uuid::from_u128(7)), measurement })
    };
    let of = |millis| newest(&[probe(1, 10)], [by_hand(millis)])[0].origin;
    let manual = Origin::Manual(by_hand(11_000).1.id);
    assert_eq!((of(11_000), of(10_999)), (manual, Origin::Sensor(SensorId::new(Uuid::from_u128(1)))));
    let alone = newest(&[], [by_hand(1_000)]);
    assert_eq!(
        (alone[0].origin, alone[0].value.get(), alone[0].second),
        (Origin::Manual(by_hand(1_000).1.id), 24_500, 1)
    );
}

proptest! {
    #[test]
    fn the_newest_reading_does_not_depend_on_the_order_of_sensors(
        seconds in prop::collection::vec(0_i64..5, 1..6).prop_map(|seconds| {
            seconds.into_iter().zip(1_u128..).map(|(second, id)| probe(id, second)).collect::<Vec<_>>()
        }).prop_flat_map(|probes| (Just(probes.clone()), Just(probes).prop_shuffle()))
    ) {
        let (ordered, shuffled) = seconds;
        let found = newest(&ordered, []);
        prop_assert_eq!(&found, &newest(&shuffled, []));
        let latest = ordered.iter().filter_map(|probe| probe.latest).map(|latest| latest.second).max();
        prop_assert_eq!(Some(found[0].second), latest);
    }

    #[test]
    fn converting_there_and_back_changes_no_value_by_more_than_the_uncertainties(millidegrees in -2_000_i64..45_000) {
        let celsius = super::thousandths(millidegrees);
        let there = convert(Parameter::Temperature, Entered { value: celsius, unit: Unit::Celsius }, Unit::Fahrenheit).unwrap();
        let back = convert(Parameter::Temperature, Entered { value: there.value, unit: there.unit }, Unit::Celsius).unwrap();
        let allowed = number(there.uncertainty) * 5.0 / 9.0 + number(back.uncertainty) + 1e-9;
        prop_assert!((number(back.value) - number(celsius)).abs() <= allowed);
    }
}

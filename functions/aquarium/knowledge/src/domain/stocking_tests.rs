use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::fact::{Fact, FactValue};

fn species(id: &str, kind: SpeciesKind, facts: &[(FactName, FactValue)]) -> Species {
    let facts =
        facts.iter().map(|(name, value)| (*name, Fact { value: value.clone(), sources: ["a".to_owned()].into() }));
    Species {
        id: SpeciesId::parse(id).unwrap(),
        kind,
        water: SpeciesWater::Fresh,
        scientific_name: id.to_owned(),
        facts: facts.collect(),
        names: BTreeMap::new(),
        synonyms: Vec::new(),
        sources: BTreeMap::new(),
        merged_into: None,
    }
}

fn number(value: i64) -> FactValue {
    FactValue::Number(value)
}

fn text(value: &str) -> FactValue {
    FactValue::Text(value.to_owned())
}

/// A fish of which all is known, and that fits the aquarium of these tests in a group of six.
fn known(id: &str) -> Species {
    let facts = [
        (FactName::TemperatureMinMilliC, number(22_000)),
        (FactName::TemperatureMaxMilliC, number(27_000)),
        (FactName::PhMinMilli, number(6_000)),
        (FactName::PhMaxMilli, number(7_500)),
        (FactName::GhMinUmol, number(200)),
        (FactName::GhMaxUmol, number(2_000)),
        (FactName::MinVolumeMl, number(60_000)),
        (FactName::MinGroup, number(6)),
        (FactName::AdultSizeMm, number(40)),
        (FactName::Temperament, text("peaceful")),
        (FactName::PlantSafe, text("yes")),
    ];
    species(id, SpeciesKind::Fish, &facts)
}

fn with(id: &str, changes: &[(FactName, FactValue)]) -> Species {
    let mut species = known(id);
    let fact = |value: &FactValue| Fact { value: value.clone(), sources: ["a".to_owned()].into() };
    species.facts.extend(changes.iter().map(|(name, value)| (*name, fact(value))));
    species
}

fn aquarium() -> Aquarium {
    let span = |min, max| Span { min, max };
    Aquarium {
        water: SpeciesWater::Fresh,
        volume_ml: 100_000,
        parameters: vec![
            (Parameter::Temperature, span(24_000, 25_000)),
            (Parameter::Ph, span(6_500, 7_000)),
            (Parameter::Gh, span(1_000, 1_200)),
        ],
    }
}

fn reasons(species: &[&Species], count: u32) -> Vec<(Rule, Severity)> {
    let stock: Vec<_> = species.iter().map(|species| Stock { species, count }).collect();
    check(&aquarium(), &stock).into_iter().map(|reason| (reason.rule, reason.severity)).collect()
}

#[test]
fn what_fits_has_no_reasons() {
    let stock = [known("a"), known("b")];
    assert_eq!(reasons(&[&stock[0], &stock[1]], 6), []);
    assert_eq!(worst(&[]), None);
}

/// No public source gives a density that holds for species in general: see the README.
#[test]
fn the_number_of_animals_is_not_compared_with_the_volume() {
    assert_eq!(reasons(&[&known("a")], 10_000), []);
}

#[test]
fn each_rule_has_its_reason() {
    let of = |species: Species, count| reasons(&[&species], count);
    let range = Rule::Range;
    let warm = with("a", &[(FactName::TemperatureMinMilliC, number(26_000))]);
    assert_eq!(of(warm, 6), [(range(Parameter::Temperature), Severity::Conflict)]);
    let partly = with("a", &[(FactName::TemperatureMinMilliC, number(24_500))]);
    assert_eq!(of(partly, 6), [(range(Parameter::Temperature), Severity::Caution)]);
    // Both ends of ranges are included.
    let edge = with("a", &[(FactName::TemperatureMinMilliC, number(24_000))]);
    assert_eq!(of(edge, 6), []);
    let hard = with("a", &[(FactName::GhMinUmol, number(1_300))]);
    assert_eq!(of(hard, 6), [(range(Parameter::Gh), Severity::Conflict)]);
    let acid = with("a", &[(FactName::PhMaxMilli, number(6_400))]);
    assert_eq!(of(acid, 6), [(range(Parameter::Ph), Severity::Conflict)]);
    let large = with("a", &[(FactName::MinVolumeMl, number(100_001))]);
    assert_eq!(of(large, 6), [(Rule::Volume, Severity::Conflict)]);
    assert_eq!(of(with("a", &[(FactName::MinVolumeMl, number(100_000))]), 6), []);
    assert_eq!(of(known("a"), 5), [(Rule::Group, Severity::Conflict)]);
    let marine = Species { water: SpeciesWater::Marine, ..known("a") };
    assert_eq!(of(marine, 6), [(Rule::Water, Severity::Conflict)]);
}

#[test]
fn two_species_are_compared() {
    let pair = |one: &Species, other: &Species| reasons(&[one, other], 6);
    let small = known("a");
    let hunter = |size| with("b", &[(FactName::Temperament, text("predatory")), (FactName::AdultSizeMm, number(size))]);
    assert_eq!(pair(&small, &hunter(80)), [(Rule::Predation, Severity::Conflict)], "twice as long");
    assert_eq!(pair(&small, &hunter(79)), [(Rule::Predation, Severity::Caution)]);
    for (one, other, severity) in [
        ("peaceful", "semi_aggressive", Some(Severity::Caution)),
        ("peaceful", "aggressive", Some(Severity::Conflict)),
        ("semi_aggressive", "semi_aggressive", Some(Severity::Caution)),
        ("semi_aggressive", "aggressive", Some(Severity::Caution)),
        ("aggressive", "aggressive", Some(Severity::Caution)),
        ("peaceful", "peaceful", None),
    ] {
        let one = with("a", &[(FactName::Temperament, text(one))]);
        let other = with("b", &[(FactName::Temperament, text(other))]);
        let expected: Vec<_> = severity.map(|severity| (Rule::Temperament, severity)).into_iter().collect();
        assert_eq!(pair(&one, &other), expected);
        assert_eq!(pair(&other, &one), expected);
    }
    let eater = with("a", &[(FactName::PlantSafe, text("no"))]);
    let mut plant = with("b", &[]);
    plant.kind = SpeciesKind::Plant;
    assert_eq!(pair(&eater, &plant), [(Rule::Plants, Severity::Caution)]);
    let mut unsaid = with("a", &[]);
    unsaid.facts.remove(&FactName::PlantSafe);
    assert_eq!(pair(&unsaid, &plant), [(Rule::Plants, Severity::Unknown)]);
    assert_eq!(pair(&plant, &unsaid), [(Rule::Plants, Severity::Unknown)]);
    let cold = with(
        "b",
        &[(FactName::TemperatureMinMilliC, number(15_000)), (FactName::TemperatureMaxMilliC, number(21_000))],
    );
    let temperature = Rule::Range(Parameter::Temperature);
    let expected = [(temperature, Severity::Conflict), (temperature, Severity::Conflict)];
    assert_eq!(pair(&known("a"), &cold), expected, "with the aquarium and with each other");
}

#[test]
fn a_group_is_required_of_every_species_that_has_the_fact() {
    let of = |species: &Species, count| reasons(&[species], count);
    for kind in [SpeciesKind::Invertebrate, SpeciesKind::Coral, SpeciesKind::Plant] {
        let mut species = Species { kind, ..known("a") };
        assert_eq!(of(&species, 5), [(Rule::Group, Severity::Conflict)], "{kind:?}");
        assert_eq!(of(&species, 6), [], "{kind:?}");
        species.facts.remove(&FactName::MinGroup);
        assert_eq!(of(&species, 1), [], "{kind:?}");
    }
}

#[test]
fn several_animals_that_are_not_peaceful_need_care() {
    let caution = [(Rule::Temperament, Severity::Caution)];
    for temperament in TEMPERAMENTS.into_iter().skip(1) {
        let alone = with("a", &[(FactName::Temperament, text(temperament)), (FactName::MinGroup, number(1))]);
        assert_eq!(reasons(&[&alone], 1), [], "{temperament}");
        assert_eq!(reasons(&[&alone], 2), caution, "{temperament}");
        // Its source says that it is kept with its kind.
        let of_groups = with("a", &[(FactName::Temperament, text(temperament))]);
        assert_eq!(reasons(&[&of_groups], 6), [], "{temperament}");
    }
    assert_eq!(reasons(&[&with("a", &[(FactName::MinGroup, number(1))])], 2), []);
}

#[test]
fn what_is_not_known_is_told_and_never_assumed() {
    let nothing = species("a", SpeciesKind::Fish, &[]);
    let expected: Vec<_> = [
        Rule::Range(Parameter::Temperature),
        Rule::Range(Parameter::Ph),
        Rule::Range(Parameter::Gh),
        Rule::Volume,
        Rule::Group,
        Rule::Temperament,
    ]
    .into_iter()
    .map(|rule| (rule, Severity::Unknown))
    .collect();
    assert_eq!(reasons(&[&nothing], 1), expected);
    let hunter = with("b", &[(FactName::Temperament, text("predatory"))]);
    let of_both = reasons(&[&nothing, &hunter], 6);
    assert!(of_both.contains(&(Rule::Predation, Severity::Unknown)), "{of_both:?}");

    let unmeasured = Aquarium { parameters: Vec::new(), ..aquarium() };
    let fish = known("a");
    let told: Vec<_> = check(&unmeasured, &[Stock { species: &fish, count: 6 }])
        .into_iter()
        .map(|reason| (reason.rule, reason.severity, reason.given))
        .collect();
    let unknown = |parameter| (Rule::Range(parameter), Severity::Unknown, Given::Nothing);
    assert_eq!(told, [unknown(Parameter::Temperature), unknown(Parameter::Ph), unknown(Parameter::Gh)]);
}

fn any_species(id: &'static str) -> impl Strategy<Value = Species> {
    let optional = |strategy: std::ops::Range<i64>| prop::option::of(strategy);
    let kinds = prop::sample::select(vec![SpeciesKind::Fish, SpeciesKind::Invertebrate, SpeciesKind::Plant]);
    let temperaments = prop::option::of(prop::sample::select(TEMPERAMENTS.to_vec()));
    let numbers =
        (optional(15_000..30_000), optional(0..8_000), optional(10_000..200_000), optional(1..10), optional(10..300));
    (kinds, temperaments, numbers).prop_map(move |(kind, temperament, (least, width, volume, group, size))| {
        let most = least.zip(width).map(|(least, width)| least + width);
        let facts = [
            (FactName::TemperatureMinMilliC, least),
            (FactName::TemperatureMaxMilliC, most),
            (FactName::MinVolumeMl, volume),
            (FactName::MinGroup, group),
            (FactName::AdultSizeMm, size),
        ];
        let mut facts: Vec<_> = facts.into_iter().filter_map(|(name, value)| Some((name, number(value?)))).collect();
        facts.extend(temperament.map(|temperament| (FactName::Temperament, text(temperament))));
        species(id, kind, &facts)
    })
}

proptest! {
    /// The reasons for some of the species are those for all, without those that name the rest; and no order of a request matters.
    #[test]
    fn reasons_are_about_the_species_that_they_name(
        all in (any_species("a"), any_species("b"), any_species("c"), any_species("d")),
        taken in prop::collection::vec(any::<bool>(), 4),
        count in 1_u32..8,
    ) {
        let all = [&all.0, &all.1, &all.2, &all.3];
        let stock: Vec<_> = all.iter().map(|species| Stock { species, count }).collect();
        let of_all = check(&aquarium(), &stock);
        let backwards: Vec<_> = stock.iter().rev().copied().collect();
        prop_assert_eq!(&check(&aquarium(), &backwards), &of_all);

        let some: Vec<_> = stock.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(stock, _)| *stock).collect();
        let is_in = |id: &SpeciesId| some.iter().any(|stock| stock.species.id == *id);
        let expected: Vec<_> =
            of_all.into_iter().filter(|reason| reason.species.iter().all(|id| is_in(id))).collect();
        prop_assert_eq!(check(&aquarium(), &some), expected);
    }

    /// A reason that is no conflict of water compares at least one fact, and it is unknown exactly if something that it compares is missing.
    #[test]
    fn unknown_means_that_something_is_missing(one in any_species("a"), other in any_species("b"), count in 1_u32..8) {
        let stock = [Stock { species: &one, count }, Stock { species: &other, count }];
        for reason in check(&aquarium(), &stock) {
            prop_assert!(!reason.evidence.is_empty());
            let missing = reason.evidence.iter().any(|evidence| {
                !evidence.species.facts.contains_key(&evidence.fact) && evidence.fact != FactName::Kind
            });
            prop_assert_eq!(reason.severity == Severity::Unknown, missing, "{:?}", reason);
        }
    }
}

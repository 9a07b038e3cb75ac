//! The data set of species: each fact has a source with a licence, and can be imported.

use std::collections::BTreeMap;

use knowledge::domain::dataset::{Files, rows};
use knowledge::domain::entry::{MAX_WORDS, words};
use knowledge::domain::species::{Species, SpeciesRow};

fn data() -> Vec<SpeciesRow> {
    let folder = tests::root().join("functions/aquarium/knowledge/data");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let texts = ["species.csv", "facts.csv", "names.csv", "synonyms.csv", "sources.csv"].map(read);
    let [species, facts, names, synonyms, sources] = texts.each_ref().map(String::as_str);
    rows(Files { species, facts, names, synonyms, sources }).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

/// Parsing refuses a fact without a source, a source without a licence, a value outside of its bounds, a range whose ends are exchanged, and a
/// name that is there twice.
fn species() -> Vec<Species> {
    let parsed = data().into_iter().map(|row| {
        let id = row.id.clone();
        Species::parse(row).unwrap_or_else(|errors| panic!("{id}: {errors:#?}"))
    });
    parsed.collect()
}

#[test]
fn every_species_of_the_data_set_can_be_imported() {
    let species = species();
    assert!(species.len() >= 200, "{}", species.len());
    for species in &species {
        assert!(words(species).len() <= MAX_WORDS, "{} has too many words in its names", species.id);
    }
    // Some plants have no common name in any language.
    let unnamed: Vec<_> = species.iter().filter(|species| !species.names.contains_key("en")).collect();
    assert!(unnamed.len() * 50 < species.len(), "{} species have no English name", unnamed.len());
}

#[test]
fn a_scientific_name_is_accepted_for_one_species_only() {
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    let species = species();
    for species in &species {
        let other = owners.insert(text::fold(&species.scientific_name), species.id.to_string());
        assert_eq!(other, None, "{} has the accepted name of another species", species.id);
    }
    for species in &species {
        for synonym in &species.synonyms {
            let owner = owners.get(&text::fold(&synonym.name));
            assert_eq!(owner, None, "{} is a synonym of {} and an accepted name", synonym.name, species.id);
        }
    }
}

#[test]
fn the_licence_of_the_data_is_named_and_no_source_forbids_commercial_use() {
    let licence = tests::root().join("functions/aquarium/knowledge/data/LICENSE");
    assert!(std::fs::read_to_string(licence).unwrap().contains("CC-BY-4.0"));
    for row in data() {
        for (id, source) in row.sources {
            let is_free = !source.licence.contains("NC")
                && !source.url.contains("fishbase")
                && !source.url.contains("sealifebase");
            assert!(is_free, "{id}: {}", source.licence);
        }
    }
}

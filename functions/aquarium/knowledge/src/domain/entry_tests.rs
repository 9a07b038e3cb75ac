use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn species(scientific_name: &str, names: &[(&str, &str)]) -> Species {
    let mut by_language: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (language, name) in names {
        by_language.entry((*language).to_owned()).or_default().push((*name).to_owned());
    }
    Species {
        id: SpeciesId::parse("a-b").unwrap(),
        kind: SpeciesKind::Fish,
        water: SpeciesWater::Fresh,
        scientific_name: scientific_name.to_owned(),
        facts: BTreeMap::new(),
        names: by_language,
        synonyms: Vec::new(),
        sources: BTreeMap::new(),
        merged_into: None,
    }
}

fn hits(species: &Species, text: &str) -> usize {
    let query = NameQuery::parse(text).unwrap();
    let looked_up = |entry: &&SpeciesEntry| !entry.word.is_empty() && entry.word.starts_with(&query.lookup);
    entries(species).iter().filter(looked_up).filter(|entry| query.finds(entry)).count()
}

#[test]
fn a_species_is_found_once_by_beginnings_of_its_words() {
    let neon = species("Paracheirodon innesi", &[("en", "Neon tetra"), ("de", "Neonsalmler"), ("es", "Tetra neón")]);
    for text in ["ne", "NÉON", "neon tetra", "tet neo", "innesi", "paracheirodon inn", "neons"] {
        assert_eq!(hits(&neon, text), 1, "{text}");
    }
    for text in ["cardinal", "neon cardinal", "eon"] {
        assert_eq!(hits(&neon, text), 0, "{text}");
    }
}

#[test]
fn a_merged_species_is_not_found() {
    let mut merged = species("Paracheirodon innesi", &[]);
    assert_eq!(entries(&merged).len(), 3, "two words and the list");
    merged.merged_into = Some(SpeciesId::parse("c-d").unwrap());
    assert_eq!(entries(&merged), []);
}

#[test]
fn searches_have_few_words_and_a_long_one() {
    for bad in ["", " ", "a", "a b c", "!", "aa bb cc dd ee ff"] {
        assert_eq!(NameQuery::parse(bad), Err(NameQueryError), "{bad}");
    }
}

proptest! {
    #[test]
    fn every_word_of_a_name_finds_it_once(name in "[a-zé]{2,8}( [a-zé]{2,8}){0,3}", at in any::<prop::sample::Index>()) {
        let species = species("Aa bb", &[("en", &name), ("fr", "Zebra")]);
        let words: Vec<_> = name.split(' ').collect();
        let word = words[at.index(words.len())];
        prop_assert_eq!(hits(&species, word), 1);
        prop_assert_eq!(hits(&species, &word.chars().take(2).collect::<String>()), 1);
    }
}

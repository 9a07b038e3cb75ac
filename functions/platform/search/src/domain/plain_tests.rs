use std::collections::BTreeMap;

use contracts::knowledge::{SpeciesKind, SpeciesWater};
use proptest::prelude::*;
use search_engine::{Document, MAX_TEXTS};
use types::{GuideId, Uuid};

use super::*;
use crate::domain::collections::{
    FAMILY, GUIDES, KIND, LANGUAGE, NAME, OTHER_NAMES, SCIENTIFIC_NAME, SPECIES, SPECIES_ID, SUMMARY, SYNONYMS, TITLE,
    WATER,
};
use crate::domain::species::StoredSpecies;

fn names(names: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    names.iter().map(|(language, names)| ((*language).to_owned(), owned(names))).collect()
}

fn neon() -> SpeciesSnapshot {
    SpeciesSnapshot {
        kind: SpeciesKind::Fish,
        water: SpeciesWater::Fresh,
        scientific_name: "Paracheirodon innesi".to_owned(),
        family: Some("Characidae".to_owned()),
        synonyms: vec!["Hyphessobrycon innesi".to_owned()],
        names: names(&[("de", &["Neonsalmler", "Neontetra"]), ("en", &["Neon tetra"])]),
    }
}

fn species(revision: u64, species: SpeciesSnapshot) -> PlainDocument {
    SpeciesChanged { species_id: "paracheirodon-innesi".to_owned(), revision, species }.into()
}

fn merged(revision: u64) -> PlainDocument {
    let (species_id, merged_into) = ("paracheirodon-innesi".to_owned(), "paracheirodon-axelrodi".to_owned());
    SpeciesMerged { species_id, revision, merged_into }.into()
}

fn guide(revision: u64, published: bool) -> PlainDocument {
    let fact = GuideChanged {
        guide_id: GuideId::new(Uuid::from_u128(7)),
        slug: "first-fish".to_owned(),
        language: "en".to_owned(),
        title: "Your first fish".to_owned(),
        summary: "What to do before the first fish moves in.".to_owned(),
        species_ids: vec!["paracheirodon-innesi".to_owned(), "danio-rerio".to_owned()],
        published,
        published_at: published.then(|| "2026-11-29T12:00:00Z".parse().unwrap()),
        revision,
    };
    fact.into()
}

fn put(document: &PlainDocument) -> Document {
    match document.change(5) {
        Change::Put(document) => *document,
        Change::Delete { .. } => panic!("the public sees it"),
    }
}

#[test]
fn a_species_is_found_by_all_its_names_and_filtered_by_what_it_is() {
    let document = put(&species(1, neon()));
    document.check(&SPECIES.indexed).unwrap();
    assert_eq!((document.id.as_str(), document.revision), ("paracheirodon-innesi", 5));
    assert_eq!(document.texts[SCIENTIFIC_NAME], ["Paracheirodon innesi"]);
    assert_eq!(document.texts[NAME], ["Neonsalmler", "Neon tetra"]);
    assert_eq!(document.texts[OTHER_NAMES], ["Neontetra"]);
    assert_eq!(document.texts[SYNONYMS], ["Hyphessobrycon innesi"]);
    for (facet, value) in [(KIND, "fish"), (WATER, "fresh"), (FAMILY, "Characidae")] {
        assert_eq!(document.facets[facet], [value]);
    }
    let stored: StoredSpecies = serde_json::from_value(document.stored).unwrap();
    assert_eq!((stored.names["de"].as_str(), stored.names.len()), ("Neonsalmler", 2));
}

#[test]
fn a_guide_is_found_by_its_texts_and_the_names_of_its_species() {
    let document = put(&guide(1, true));
    document.check(&GUIDES.indexed).unwrap();
    assert_eq!(document.texts[TITLE], ["Your first fish"]);
    assert_eq!(document.texts[SPECIES_ID], ["paracheirodon innesi\ndanio rerio"]);
    assert_eq!(document.texts[SUMMARY], ["What to do before the first fish moves in."]);
    assert_eq!(document.facets[LANGUAGE], ["en"]);
    assert_eq!(document.facets[SPECIES_ID], ["paracheirodon-innesi", "danio-rerio"]);
    let published_at: Timestamp = "2026-11-29T12:00:00Z".parse().unwrap();
    assert_eq!(document.created_at, published_at.as_second());
}

#[test]
fn a_merged_species_and_a_withdrawn_guide_are_deleted_from_the_index() {
    for (document, id) in
        [(merged(2), "paracheirodon-innesi"), (guide(2, false), "00000000-0000-0000-0000-000000000007")]
    {
        assert!(!document.is_visible());
        assert_eq!(document.change(9), Change::Delete { id: id.to_owned(), revision: 9 });
    }
}

#[test]
fn more_names_than_a_field_has_texts_are_found_all_the_same() {
    let many: Vec<String> = (0..MAX_TEXTS * 3).map(|number| format!("Name{number}")).collect();
    let by_language = (0..40).map(|number| (format!("x{number}"), many.clone())).collect();
    let document = put(&species(1, SpeciesSnapshot { synonyms: many.clone(), names: by_language, ..neon() }));
    document.check(&SPECIES.indexed).unwrap();
    assert_eq!(document.texts[SYNONYMS].len(), MAX_TEXTS);
    let all = document.texts[SYNONYMS].join("\n");
    assert!(many.iter().all(|name| all.lines().any(|line| line == name)));
}

#[test]
fn what_is_stored_can_be_read_again() {
    for document in [species(1, neon()), merged(2), guide(1, true), guide(2, false)] {
        let text = serde_json::to_string(&document).unwrap();
        assert_eq!(serde_json::from_str::<PlainDocument>(&text).unwrap(), document);
    }
}

/// News of a species, whose content follows from the revision, as that of an event does.
fn news(revision: u64) -> PlainDocument {
    let scientific_name = format!("Name {revision}");
    if revision.is_multiple_of(4) {
        merged(revision)
    } else {
        species(revision, SpeciesSnapshot { scientific_name, ..neon() })
    }
}

fn applied(revisions: &[u64]) -> Option<PlainDocument> {
    revisions
        .iter()
        .map(|revision| news(*revision))
        .fold(None, |known, next| if next.is_news(known.as_ref()) { Some(next) } else { known })
}

proptest! {
    #[test]
    fn order_and_repetition_of_events_do_not_matter(
        (revisions, shuffled) in prop::collection::vec(1..9_u64, 0..16).prop_flat_map(|revisions| {
            let twice: Vec<_> = revisions.iter().chain(&revisions).copied().collect();
            (Just(revisions), Just(twice).prop_shuffle())
        }),
    ) {
        prop_assert_eq!(applied(&revisions), applied(&shuffled));
        prop_assert_eq!(applied(&shuffled).map(|known| known.revision), revisions.iter().copied().max());
    }
}

//! The guides of the data set: each can be created, exists in English and German, and names sources with a licence.

use std::collections::{BTreeMap, BTreeSet};

use knowledge::domain::guide_text::{
    MAX_GUIDE_SOURCES, MAX_GUIDE_SPECIES, MAX_SUMMARY_CHARS, MAX_TITLE_CHARS, language,
};
use knowledge::domain::markdown;
use knowledge::domain::slug::Slug;
use knowledge::domain::source::Source;
use serde::Deserialize;

/// `guides.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    guides: Vec<Guide>,
    sources: BTreeMap<String, Source>,
}

/// A guide without its body.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Guide {
    slug: String,
    language: String,
    title: String,
    summary: String,
    species_ids: Vec<String>,
    sources: Vec<String>,
}

fn read(path: &str) -> String {
    let folder = tests::root().join("functions/aquarium/knowledge/data");
    std::fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn data() -> Data {
    serde_json::from_str(&read("guides/guides.json")).unwrap()
}

#[test]
fn every_guide_of_the_data_set_can_be_created() {
    let (data, species) = (data(), read("species.csv"));
    let known: BTreeSet<_> = species.lines().filter_map(|line| line.split(',').next()).collect();
    let mut slugs = BTreeSet::new();
    for guide in &data.guides {
        let slug = Slug::parse(&guide.slug).unwrap_or_else(|error| panic!("{}: {error}", guide.slug));
        assert!(slugs.insert(slug), "{} is there twice", guide.slug);
        language(&guide.language).unwrap();
        text::line(&guide.title, MAX_TITLE_CHARS).unwrap();
        text::paragraphs(&guide.summary, MAX_SUMMARY_CHARS).unwrap();
        let body = markdown::parse(&read(&format!("guides/{}.md", guide.slug)));
        let body = body.unwrap_or_else(|error| panic!("{}: {error}", guide.slug));
        assert!(body.starts_with(&format!("# {}\n", guide.title)), "{} begins with its title", guide.slug);
        assert!(guide.species_ids.len() <= MAX_GUIDE_SPECIES);
        assert!(guide.species_ids.iter().all(|id| known.contains(id.as_str())), "{:?}", guide.species_ids);
        assert!((1..=MAX_GUIDE_SOURCES).contains(&guide.sources.len()), "{}", guide.slug);
        for source in &guide.sources {
            assert!(data.sources.contains_key(source), "{}: no source {source}", guide.slug);
        }
    }
}

#[test]
fn every_guide_exists_in_both_languages_with_the_same_sources() {
    let data = data();
    let in_language = |language: &str| {
        let guides = data.guides.iter().filter(|guide| guide.language == language);
        guides.map(|guide| (guide.sources.clone(), guide.species_ids.clone())).collect::<Vec<_>>()
    };
    assert_eq!(in_language("en").len(), 8);
    assert_eq!(in_language("en"), in_language("de"));
    assert_eq!(data.guides.len(), 16);
}

#[test]
fn every_source_of_the_guides_is_valid_and_cited() {
    let data = data();
    for (id, source) in &data.sources {
        assert_eq!(source.broken(), None, "{id}");
        assert!(!source.licence.contains("NC"), "{id}");
        assert!(data.guides.iter().any(|guide| guide.sources.contains(id)), "{id} is not cited");
    }
}

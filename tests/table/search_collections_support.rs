//! Events of species and guides, as search gets them.

use std::collections::BTreeMap;

use contracts::Envelope;
use contracts::knowledge::{GuideChanged, SpeciesChanged, SpeciesKind, SpeciesMerged, SpeciesSnapshot, SpeciesWater};
use jiff::Timestamp;
use serde_json::Value;
use types::{GuideId, Uuid};

use crate::search_support::event;

/// The neon tetra, with names that a test searches.
pub fn neon(revision: u64) -> Envelope<Value> {
    let names = [("de", ["Neonsalmler", "Neontetra"]), ("en", ["Neon tetra", "Neon fish"])];
    let names = names.map(|(language, names)| (language.to_owned(), names.map(str::to_owned).to_vec()));
    let species = SpeciesSnapshot {
        kind: SpeciesKind::Fish,
        water: SpeciesWater::Fresh,
        scientific_name: "Paracheirodon innesi".to_owned(),
        family: Some("Characidae".to_owned()),
        synonyms: vec!["Hyphessobrycon innesi".to_owned()],
        names: names.into(),
    };
    event(SpeciesChanged { species_id: "paracheirodon-innesi".to_owned(), revision, species })
}

/// A sea star of which little is known.
pub fn sea_star(revision: u64) -> Envelope<Value> {
    let species = SpeciesSnapshot {
        kind: SpeciesKind::Invertebrate,
        water: SpeciesWater::Marine,
        scientific_name: "Asterina gibbosa".to_owned(),
        family: None,
        synonyms: Vec::new(),
        names: BTreeMap::new(),
    };
    event(SpeciesChanged { species_id: "asterina-gibbosa".to_owned(), revision, species })
}

/// The merge of the neon tetra into another species.
pub fn neon_merged(revision: u64) -> Envelope<Value> {
    let (species_id, merged_into) = ("paracheirodon-innesi".to_owned(), "paracheirodon-axelrodi".to_owned());
    event(SpeciesMerged { species_id, revision, merged_into })
}

/// A guide about the neon tetra, published or withdrawn.
pub fn guide(number: u128, revision: u64, published: bool) -> Envelope<Value> {
    let day = i64::try_from(number).unwrap() * 86_400;
    event(GuideChanged {
        guide_id: GuideId::new(Uuid::from_u128(number)),
        slug: format!("guide-{number}"),
        language: "de".to_owned(),
        title: format!("Einfahren, Teil {number}"),
        summary: "Wie Bakterien ein neues Aquarium bewohnbar machen.".to_owned(),
        species_ids: vec!["paracheirodon-innesi".to_owned()],
        published,
        published_at: published.then(|| Timestamp::from_second(1_800_000_000 + day).unwrap()),
        revision,
    })
}

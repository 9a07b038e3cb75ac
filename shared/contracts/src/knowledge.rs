//! Events of the aquarium pack's knowledge: species and care guides.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::GuideId;
use utoipa::ToSchema;

/// What a species is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpeciesKind {
    /// A fish.
    Fish,
    /// A shrimp, crab, snail, clam, or another animal without a backbone that is no coral.
    Invertebrate,
    /// A coral or an anemone.
    Coral,
    /// A plant or an alga.
    Plant,
}

/// The water that a species lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpeciesWater {
    /// Fresh water.
    Fresh,
    /// Brackish water.
    Brackish,
    /// Sea water.
    Marine,
}

/// What others need to find and name a species.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpeciesSnapshot {
    /// Kind.
    pub kind: SpeciesKind,
    /// Water.
    pub water: SpeciesWater,
    /// Accepted scientific name.
    pub scientific_name: String,
    /// Family. Absent if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Other scientific names, earlier accepted ones included.
    pub synonyms: Vec<String>,
    /// Common names by language (BCP 47), the primary one first.
    pub names: BTreeMap<String, Vec<String>>,
}

/// A species was added or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpeciesChanged {
    /// Species ID: a slug that never changes, whatever the species is called.
    pub species_id: String,
    /// Revision of the species. Higher is newer.
    pub revision: u64,
    /// The species.
    pub species: SpeciesSnapshot,
}

event!(SpeciesChanged, "knowledge.species_changed", version = 1, subject = species_id);

/// A species was merged into another one: it was the same species. Its ID redirects to the other one from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpeciesMerged {
    /// ID of the species that is no longer shown.
    pub species_id: String,
    /// Revision of that species. Higher is newer.
    pub revision: u64,
    /// ID of the species that it is.
    pub merged_into: String,
}

event!(SpeciesMerged, "knowledge.species_merged", version = 1, subject = species_id);

/// A version of a care guide was published or withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuideChanged {
    /// Guide ID.
    pub guide_id: GuideId,
    /// Slug: the guide's address.
    pub slug: String,
    /// Language (BCP 47).
    pub language: String,
    /// Title.
    pub title: String,
    /// Summary in plain text.
    pub summary: String,
    /// Species that the guide is about.
    pub species_ids: Vec<String>,
    /// Whether a version is published.
    pub published: bool,
    /// Time of the publication of the current version. Absent if none is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published_at: Option<Timestamp>,
    /// Revision of the guide. Higher is newer.
    pub revision: u64,
}

event!(GuideChanged, "knowledge.guide_changed", version = 1, subject = guide_id);

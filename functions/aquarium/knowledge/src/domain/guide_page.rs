//! What the public sees of a guide, and the lists that it is found in.

use std::collections::BTreeSet;

use contracts::knowledge::GuideChanged;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::GuideId;

use super::guide_text::GuideText;
use super::slug::Slug;
use super::species_id::SpeciesId;

/// What the public sees of a guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuidePage {
    /// The guide.
    pub guide_id: GuideId,
    /// Language.
    pub language: String,
    /// Number of the version.
    pub number: u32,
    /// Text.
    pub text: GuideText,
    /// Time of the publication.
    pub published_at: Timestamp,
    /// Slugs under which the guide was published before. They redirect to the current one.
    pub earlier_slugs: BTreeSet<Slug>,
    /// Revision of the guide with this publication. It grows over withdrawals too, which the version of the item does not.
    pub revision: u64,
}

impl GuidePage {
    /// Returns the entries that lists find it by: one of its language, and one of each species.
    pub fn entries(&self) -> Vec<GuideEntry> {
        let of_species = self.text.species_ids.iter().cloned().map(Some);
        let entry = |species_id| GuideEntry {
            guide_id: self.guide_id,
            language: self.language.clone(),
            slug: self.text.slug.clone(),
            title: self.text.title.clone(),
            summary: self.text.summary.clone(),
            published_at: self.published_at,
            species_id,
        };
        std::iter::once(None).chain(of_species).map(entry).collect()
    }

    /// Returns the event of a publication or a withdrawal. `revision` is that of the guide.
    pub fn changed_fact(&self, is_published: bool, revision: u64) -> GuideChanged {
        GuideChanged {
            guide_id: self.guide_id,
            slug: self.text.slug.to_string(),
            language: self.language.clone(),
            title: self.text.title.clone(),
            summary: self.text.summary.clone(),
            species_ids: self.text.species_ids.iter().map(ToString::to_string).collect(),
            published: is_published,
            published_at: is_published.then_some(self.published_at),
            revision,
        }
    }
}

/// A published guide in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuideEntry {
    /// The guide.
    pub guide_id: GuideId,
    /// Language.
    pub language: String,
    /// Slug.
    pub slug: Slug,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// Time of the publication.
    pub published_at: Timestamp,
    /// The species in whose list it is; none for the list of its language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub species_id: Option<SpeciesId>,
}

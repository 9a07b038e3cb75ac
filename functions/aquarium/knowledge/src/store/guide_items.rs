//! Guides as items: keys and places in lists.

use dynamo::{Entity, IndexKey, Key};
use types::{GuideId, UserId};

use super::Knowledge;
use crate::domain::guide::{Guide, GuideVersion, GuideWork, VersionState};
use crate::domain::guide_page::{GuideEntry, GuidePage};
use crate::domain::slug::{Slug, SlugClaim};
use crate::domain::species_id::SpeciesId;

/// What the sort keys of versions start with.
const VERSION_PREFIX: &str = "version#";
/// What the sort keys of entries start with.
const ENTRY_PREFIX: &str = "entry#";
/// What the sort keys in lists of published guides start with.
pub(super) const TITLE_PREFIX: &str = "title#";
/// Maximum length of a folded title in a sort key, in bytes. A sort key has at most 1,024, and folding makes a title up to 18 times as
/// long. The ID after it keeps the key unique.
const MAX_TITLE_BYTES: usize = 600;
/// What the sort keys in the list of drafts start with.
pub(super) const CREATED_PREFIX: &str = "created#";
impl Entity for Guide {
    type Context = Knowledge;

    fn key(&self) -> Key<Knowledge> {
        guide_key(self.id)
    }

    /// Listed by the time of its newest version while that waits for a review.
    fn index(&self) -> Option<IndexKey<Knowledge>> {
        let sort = format!("{CREATED_PREFIX}{:014}#{}", self.newest_at.as_millisecond(), self.id);
        (self.newest_state == VersionState::Draft).then(|| IndexKey::new("drafts", &self.language, sort))
    }
}

impl Entity for GuideVersion {
    type Context = Knowledge;

    fn key(&self) -> Key<Knowledge> {
        version_key(self.guide_id, self.number)
    }
}

impl Entity for GuidePage {
    type Context = Knowledge;

    fn key(&self) -> Key<Knowledge> {
        page_key(self.guide_id)
    }

    fn index(&self) -> Option<IndexKey<Knowledge>> {
        Some(page_index(&self.text.slug))
    }
}

impl Entity for GuideEntry {
    type Context = Knowledge;

    fn key(&self) -> Key<Knowledge> {
        let species = self.species_id.as_ref().map_or("", SpeciesId::as_str);
        Key::new("guide", self.guide_id, format!("{ENTRY_PREFIX}{species}"))
    }

    /// In the list of its language, or of its species, by title.
    fn index(&self) -> Option<IndexKey<Knowledge>> {
        let sort = place(&self.language, &self.title, self.guide_id);
        Some(match &self.species_id {
            None => IndexKey::new("guides", &self.language, sort),
            Some(species) => IndexKey::new("species-guides", species, sort),
        })
    }
}

impl Entity for SlugClaim {
    type Context = Knowledge;

    fn key(&self) -> Key<Knowledge> {
        claim_key(&self.slug)
    }
}

impl Entity for GuideWork {
    type Context = Knowledge;

    fn key(&self) -> Key<Knowledge> {
        Key::new("user", self.user_id, format!("guide#{}#{:06}", self.guide_id, self.number))
    }
}

/// The place in a list by title.
fn place(language: &str, title: &str, id: GuideId) -> String {
    let mut folded = text::fold(title);
    folded.truncate(folded.floor_char_boundary(MAX_TITLE_BYTES));
    format!("{TITLE_PREFIX}{language}#{folded}#{id}")
}

pub(super) fn guide_key(id: GuideId) -> Key<Knowledge> {
    Key::new("guide", id, "guide")
}

pub(super) fn version_key(id: GuideId, number: u32) -> Key<Knowledge> {
    Key::new("guide", id, format!("{VERSION_PREFIX}{number:06}"))
}

pub(super) fn versions_key(id: GuideId) -> Key<Knowledge> {
    Key::new("guide", id, VERSION_PREFIX)
}

pub(super) fn page_key(id: GuideId) -> Key<Knowledge> {
    Key::new("guide", id, "page")
}

pub(super) fn entries_key(id: GuideId) -> Key<Knowledge> {
    Key::new("guide", id, ENTRY_PREFIX)
}

pub(super) fn claim_key(slug: &Slug) -> Key<Knowledge> {
    Key::new("slug", slug, "claim")
}

pub(super) fn page_index(slug: &Slug) -> IndexKey<Knowledge> {
    IndexKey::new("slug", slug, "page")
}

/// What the keys of all versions that a user wrote or reviewed start with.
pub(super) fn works_key(user: UserId) -> Key<Knowledge> {
    Key::new("user", user, "guide#")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::guide_text::MAX_TITLE_CHARS;

    #[test]
    fn the_longest_titles_fit_into_a_sort_key() {
        // A syllable of three letters, and a ligature of eighteen characters.
        for char in ["\u{ac01}", "\u{fdfa}", "\u{1f600}"] {
            let id = GuideId::generate();
            let place = place("en-US", &char.repeat(MAX_TITLE_CHARS), id);
            assert!(place.len() <= 1_024 && place.ends_with(&id.to_string()), "{char}: {}", place.len());
        }
        let id = GuideId::generate();
        assert_eq!(place("en", "Water", id), format!("title#en#water#{id}"));
    }
}

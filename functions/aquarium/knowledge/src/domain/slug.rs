//! Slugs of guides.

use std::fmt;

use serde::{Deserialize, Serialize};
use types::Uuid;

/// Maximum length of a slug in characters.
pub const MAX_SLUG_CHARS: usize = 100;
/// A path below `/guides/` that is no guide.
const RESERVED: &str = "drafts";

/// Name of a guide in URLs: 1 to 100 lower-case ASCII letters, digits and single hyphens between them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// Reason why a text is not a slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// Other characters, or too many.
    #[error(
        "must be 1 to {MAX_SLUG_CHARS} lower-case letters a-z, digits and single hyphens between them, like water-changes"
    )]
    Form,
    /// The form of an ID: paths with IDs and paths with slugs have the same place.
    #[error("must not have the form of a UUID; add a word")]
    Id,
    /// Another path has this name.
    #[error("must not be `{RESERVED}`, which is another path; add a word")]
    Reserved,
}

impl Slug {
    /// Parses a slug.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        if text.len() > MAX_SLUG_CHARS || !text::is_code(text) {
            Err(SlugError::Form)
        } else if Uuid::try_parse(text).is_ok() {
            Err(SlugError::Id)
        } else if text == RESERVED {
            Err(SlugError::Reserved)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// Returns the slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text::parsed_from_string!(Slug, SlugError);

/// The guide that a slug belongs to. A slug that a guide had once stays its own, so no link leads to another guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlugClaim {
    /// The slug.
    pub slug: Slug,
    /// The guide.
    pub guide_id: types::GuideId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_no_id_and_no_other_path() {
        assert_eq!(Slug::parse("ph-and-co2").unwrap().as_str(), "ph-and-co2");
        for bad in ["", "Water", "-water", "water--changes", "über", &"a".repeat(101)] {
            assert_eq!(Slug::parse(bad), Err(SlugError::Form), "{bad}");
        }
        assert_eq!(Slug::parse("drafts"), Err(SlugError::Reserved));
        assert_eq!(Slug::parse("0190b0a0-6f2e-7c3a-9d5e-1f2a3b4c5d6e"), Err(SlugError::Id));
    }
}

//! Names in URLs and in other systems: slugs and SKUs.

use std::fmt;

use serde::{Deserialize, Serialize};
use types::Uuid;

/// Maximum length of a slug in characters.
pub const MAX_SLUG_CHARS: usize = 100;
/// Maximum length of an SKU in characters.
pub const MAX_SKU_CHARS: usize = 64;

/// Name of a product in URLs: 1 to 100 lower-case ASCII letters, digits and single hyphens between them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// Reason why a text is not a slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// Other characters, or too many.
    #[error(
        "must be 1 to {MAX_SLUG_CHARS} lower-case letters a-z, digits and single hyphens between them, like red-shoe"
    )]
    Form,
    /// The form of an ID, so that an ID in a path cannot name two products.
    #[error("must not have the form of a UUID; add a word")]
    Id,
}

impl Slug {
    /// Parses a slug.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        if text.len() > MAX_SLUG_CHARS || !text::is_code(text) {
            Err(SlugError::Form)
        } else if Uuid::try_parse(text).is_ok() {
            Err(SlugError::Id)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// Derives a slug from a title; `None` if the title has no letters a-z, with or without diacritics, and no digits.
    pub fn of_title(title: &str) -> Option<Self> {
        let mut slug = String::new();
        for word in text::words(title) {
            let word: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
            let hyphen = usize::from(!slug.is_empty());
            if word.is_empty() {
                continue;
            }
            if slug.len() + hyphen + word.len() > MAX_SLUG_CHARS {
                break;
            }
            if hyphen == 1 {
                slug.push('-');
            }
            slug.push_str(&word);
        }
        Self::parse(&slug).ok()
    }

    /// Returns the slug.
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

/// Stock keeping unit: the name of a variant in other systems, unique in the catalog. 1 to 64 ASCII letters, digits, `.`, `_`
/// and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sku(String);

/// The text is not an SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {MAX_SKU_CHARS} letters A-Z and a-z, digits, dots, underscores and hyphens")]
pub struct SkuError;

impl Sku {
    /// Parses an SKU.
    pub fn parse(text: &str) -> Result<Self, SkuError> {
        let fits = (1..=MAX_SKU_CHARS).contains(&text.len());
        let allowed = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        (fits && allowed).then(|| Self(text.to_owned())).ok_or(SkuError)
    }

    /// Returns the SKU.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text::parsed_from_string!(Sku, SkuError);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn slugs_are_words_with_hyphens_and_no_ids() {
        for good in ["a", "red-shoe", "2", "a-1-b", &"a".repeat(MAX_SLUG_CHARS)] {
            assert_eq!(Slug::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "-", "a-", "A", "a_b", "ä", "a b", "a/b", &"a".repeat(MAX_SLUG_CHARS + 1)] {
            assert_eq!(Slug::parse(bad), Err(SlugError::Form), "{bad}");
        }
        for id in ["019a0c6e-5b10-7aa1-8c1d-6e5f4a3b2c1d", "019a0c6e5b107aa18c1d6e5f4a3b2c1d"] {
            assert_eq!(Slug::parse(id), Err(SlugError::Id));
        }
    }

    #[test]
    fn a_title_gives_a_slug_without_case_and_diacritics() {
        let of = |title: &str| Slug::of_title(title).map(String::from);
        assert_eq!(of("  Crème BRÛLÉE, 2 pcs. "), Some("creme-brulee-2-pcs".to_owned()));
        assert_eq!(of("東京"), None);
        assert_eq!(of("!"), None);
    }

    #[test]
    fn skus_have_no_other_characters() {
        for good in ["A", "shoe.42_red-L", &"9".repeat(MAX_SKU_CHARS)] {
            assert_eq!(Sku::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "a b", "a/b", "ä", "a#b", "a\n", &"9".repeat(MAX_SKU_CHARS + 1)] {
            assert_eq!(Sku::parse(bad), Err(SkuError), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_derived_slug_is_one_that_would_be_accepted(title in "\\PC{0,200}") {
            if let Some(slug) = Slug::of_title(&title) {
                prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug));
            }
        }
    }
}

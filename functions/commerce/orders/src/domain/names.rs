//! Short names that the shop gives: regions, customer groups, categories, promotion codes.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Minimum length of a promotion code in characters.
pub const MIN_PROMOTION_CODE_CHARS: usize = 3;
/// Maximum length of a promotion code in characters.
pub const MAX_PROMOTION_CODE_CHARS: usize = 32;

// The catalog has the same maximum length.
text::codes! {
    max_chars: 100, example: "eu",
    /// Code of a region: a set of countries where price lists apply.
    RegionCode,
    /// Code of a customer group, to which price lists apply.
    GroupCode,
    /// Slug of a category of the catalog.
    PromotionCategory,
}

/// Promotion code, as buyers type it. Letters count in either case; the canonical form is in upper case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$", min_length = 3, max_length = 32, examples("SPRING-10"))]
pub struct PromotionCode(String);

/// The text is not a promotion code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be {MIN_PROMOTION_CODE_CHARS} to {MAX_PROMOTION_CODE_CHARS} letters A-Z, digits, and single hyphens or underscores between them, like SPRING-10"
)]
pub struct NotAPromotionCode;

impl PromotionCode {
    /// Parses a code. Surrounding white space is removed.
    pub fn parse(text: &str) -> Result<Self, NotAPromotionCode> {
        let text = text.trim();
        let fits = (MIN_PROMOTION_CODE_CHARS..=MAX_PROMOTION_CODE_CHARS).contains(&text.len());
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let fits = fits && text.split(['-', '_']).all(is_word);
        fits.then(|| Self(text.to_ascii_uppercase())).ok_or(NotAPromotionCode)
    }

    /// Returns the code in upper case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PromotionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text::parsed_from_string!(PromotionCode, NotAPromotionCode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_case_and_the_space_around_a_promotion_code_do_not_matter() {
        for spelling in ["SPRING-10", "spring-10", "  Spring-10 "] {
            assert_eq!(PromotionCode::parse(spelling).unwrap().as_str(), "SPRING-10");
        }
        for bad in ["", "ab", "a b c", "-abc", "abc-", "a--b", "ß-code", "CODE#1", &"a".repeat(33)] {
            assert_eq!(PromotionCode::parse(bad), Err(NotAPromotionCode), "{bad}");
        }
    }

    #[test]
    fn a_region_is_a_code() {
        assert_eq!(RegionCode::parse("eu-west").unwrap().as_str(), "eu-west");
        let error = text::NotACode { max_chars: 100, example: "eu" };
        for bad in ["", "EU", "e u", &"a".repeat(101)] {
            assert_eq!(RegionCode::parse(bad), Err(error), "{bad}");
        }
    }
}

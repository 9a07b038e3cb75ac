//! Tax classes.

use std::fmt;

/// Maximum length of a tax class in characters.
const MAX_CLASS_CHARS: usize = 30;
/// The class of what names none.
const STANDARD: &str = "standard";

/// Tax class: what variants and shipping methods name to say how they are taxed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 30, examples("standard"))]
pub struct TaxClass(String);

/// The text is not a tax class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {MAX_CLASS_CHARS} lower-case letters a-z, digits and single hyphens between them, like standard")]
pub struct NotATaxClass;

impl TaxClass {
    /// The class of what names none.
    pub fn standard() -> Self {
        Self(STANDARD.to_owned())
    }

    /// True if this is the class of what names none.
    pub fn is_standard(&self) -> bool {
        self.0 == STANDARD
    }

    /// Parses a tax class.
    pub fn parse(text: &str) -> Result<Self, NotATaxClass> {
        let fits = text.len() <= MAX_CLASS_CHARS && ::text::is_code(text);
        fits.then(|| Self(text.to_owned())).ok_or(NotATaxClass)
    }
}

impl Default for TaxClass {
    fn default() -> Self {
        Self::standard()
    }
}

impl fmt::Display for TaxClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

::text::parsed_from_string!(TaxClass, NotATaxClass);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tax_class_is_a_code() {
        assert_eq!(TaxClass::parse("reduced-2").unwrap().to_string(), "reduced-2");
        assert!(
            TaxClass::parse("standard").unwrap().is_standard() && !TaxClass::parse("reduced").unwrap().is_standard()
        );
        for bad in ["", "Standard", "a b", "-a", &"a".repeat(31)] {
            assert_eq!(TaxClass::parse(bad), Err(NotATaxClass), "{bad}");
        }
    }
}

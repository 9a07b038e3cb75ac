//! IDs of species.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Maximum length of an ID in characters.
pub const MAX_ID_CHARS: usize = 100;

/// ID of a species: a slug of the first name that it was stored under, which stays the same when the species is renamed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SpeciesId(String);

/// Reason why a text is no ID of a species.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be 1 to {MAX_ID_CHARS} lower-case letters a-z, digits and single hyphens between them, like paracheirodon-innesi"
)]
pub struct SpeciesIdError;

impl SpeciesId {
    /// Parses an ID.
    pub fn parse(text: &str) -> Result<Self, SpeciesIdError> {
        // A path below `/species/` has this name.
        let is_id = text.len() <= MAX_ID_CHARS && text::is_code(text) && text != "imports";
        if is_id { Ok(Self(text.to_owned())) } else { Err(SpeciesIdError) }
    }

    /// Returns the ID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SpeciesId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text::parsed_from_string!(SpeciesId, SpeciesIdError);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_slug() {
        assert_eq!(SpeciesId::parse("danio-rerio").unwrap().as_str(), "danio-rerio");
        for bad in ["", "Danio rerio", "-danio", "danio--rerio", "imports", &"a".repeat(101)] {
            assert_eq!(SpeciesId::parse(bad), Err(SpeciesIdError), "{bad}");
        }
    }
}

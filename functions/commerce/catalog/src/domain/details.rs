//! Texts of a product.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use types::{TextError, line};

/// Maximum length of a title in characters.
pub const MAX_TITLE_CHARS: usize = 200;
/// Maximum length of a description in characters.
pub const MAX_DESCRIPTION_CHARS: usize = 5_000;
/// Maximum number of attributes of a product.
pub const MAX_ATTRIBUTES: usize = 50;
/// Maximum length of an attribute's name in characters.
pub const MAX_ATTRIBUTE_NAME_CHARS: usize = 30;
/// Maximum length of an attribute's value in characters.
pub const MAX_ATTRIBUTE_VALUE_CHARS: usize = 200;

/// What a product is, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Title.
    pub title: String,
    /// Description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Attributes, by their names.
    pub attributes: Attributes,
}

/// Attributes of a product, such as the material: values by names.
pub type Attributes = BTreeMap<String, String>;

/// Reason why attributes are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttributesError {
    /// There are too many.
    #[error("must have at most {MAX_ATTRIBUTES} entries")]
    TooMany,
    /// A name is not valid.
    #[error("has a name that {1}: `{0}`")]
    Name(String, TextError),
    /// Two names differ in case or diacritics only.
    #[error("has the name `{0}` twice; compare without case and diacritics")]
    NameRepeated(String),
    /// A value is not valid.
    #[error("has a value that {1}, for `{0}`")]
    Value(String, TextError),
}

/// Parses attributes. Names are compared without case and diacritics.
pub fn attributes(given: &BTreeMap<String, String>) -> Result<Attributes, AttributesError> {
    if given.len() > MAX_ATTRIBUTES {
        return Err(AttributesError::TooMany);
    }
    let (mut known, mut parsed) = (BTreeSet::new(), Attributes::new());
    for (name, value) in given {
        let shown = || name.chars().take(MAX_ATTRIBUTE_NAME_CHARS).collect();
        let parsed_name =
            line(name, MAX_ATTRIBUTE_NAME_CHARS).map_err(|error| AttributesError::Name(shown(), error))?;
        if !known.insert(text::fold(&parsed_name)) {
            return Err(AttributesError::NameRepeated(parsed_name));
        }
        let value = line(value, MAX_ATTRIBUTE_VALUE_CHARS).map_err(|error| AttributesError::Value(shown(), error))?;
        parsed.insert(parsed_name, value);
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(pairs: &[(&str, &str)]) -> Result<Attributes, AttributesError> {
        attributes(&pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn attributes_have_distinct_names_and_one_line() {
        assert_eq!(parsed(&[(" Material ", " wool ")]).unwrap().get("Material").unwrap(), "wool");
        assert_eq!(parsed(&[("A", "1"), ("a", "2")]), Err(AttributesError::NameRepeated("a".to_owned())));
        assert_eq!(parsed(&[("A", " ")]), Err(AttributesError::Value("A".to_owned(), TextError::Empty)));
        assert_eq!(parsed(&[("", "x")]), Err(AttributesError::Name(String::new(), TextError::Empty)));
        let many: BTreeMap<_, _> = (0..=MAX_ATTRIBUTES).map(|number| (format!("a{number}"), "x".to_owned())).collect();
        assert_eq!(attributes(&many), Err(AttributesError::TooMany));
    }
}

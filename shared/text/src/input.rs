//! Short texts from users.

/// Maximum length of a name in characters.
const MAX_NAME_CHARS: usize = 100;

/// Display name of a user: 1 to 100 characters without control characters. `Debug` output is redacted.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);

/// Reason why a text is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Empty or white space only.
    #[error("must not be empty")]
    Empty,
    /// Too long.
    #[error("is longer than {0} characters")]
    TooLong(usize),
    /// Control characters, which could forge mail headers or terminal output.
    #[error("must not contain control characters")]
    ControlCharacter,
}

impl PersonName {
    /// Parses a name. Surrounding white space is removed.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        line(text, MAX_NAME_CHARS).map(Self)
    }

    /// Returns the closest valid name to a text from another service: invalid parts are cut or removed, because the user
    /// cannot be asked again.
    pub fn nearest(text: &str) -> Self {
        let printable: String = text.chars().filter(|char| !char.is_control()).collect();
        let cut: String = printable.trim().chars().take(MAX_NAME_CHARS).collect();
        Self(if cut.is_empty() { "Unnamed".to_owned() } else { cut.trim_end().to_owned() })
    }

    /// Returns the placeholder for a deleted name.
    pub fn of_deleted_user() -> Self {
        Self("Deleted user".to_owned())
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns the trimmed text if it is one line of 1 to `max_chars` characters.
pub fn line(text: &str, max_chars: usize) -> Result<String, TextError> {
    let text = text.trim();
    if text.is_empty() {
        Err(TextError::Empty)
    } else if text.chars().count() > max_chars {
        Err(TextError::TooLong(max_chars))
    } else if text.chars().any(char::is_control) {
        Err(TextError::ControlCharacter)
    } else {
        Ok(text.to_owned())
    }
}

/// Returns the trimmed text if it has 1 to `max_chars` characters. Line breaks are allowed.
pub fn paragraphs(text: &str, max_chars: usize) -> Result<String, TextError> {
    let text = text.trim().replace("\r\n", "\n");
    if text.is_empty() {
        Err(TextError::Empty)
    } else if text.chars().count() > max_chars {
        Err(TextError::TooLong(max_chars))
    } else if text.chars().any(|char| char.is_control() && char != '\n') {
        Err(TextError::ControlCharacter)
    } else {
        Ok(text)
    }
}

crate::redacted!(PersonName);
crate::parsed_from_string!(PersonName, TextError);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_in_characters_and_inclusive() {
        assert!(PersonName::parse(&"é".repeat(MAX_NAME_CHARS)).is_ok());
        assert_eq!(PersonName::parse(&"é".repeat(MAX_NAME_CHARS + 1)), Err(TextError::TooLong(MAX_NAME_CHARS)));
        assert_eq!(PersonName::parse(" \t "), Err(TextError::Empty));
        assert_eq!(PersonName::parse("a\nb"), Err(TextError::ControlCharacter));
    }

    #[test]
    fn the_nearest_name_is_one_that_would_be_accepted() {
        let long = format!("{} {}", "é".repeat(MAX_NAME_CHARS - 1), "b".repeat(60));
        for text in ["", " \t\n", "Ann", "a\nb", "\u{1b}[31mred", &long] {
            let name = PersonName::nearest(text);
            assert_eq!(PersonName::parse(name.as_str()).as_ref(), Ok(&name), "{text:?}");
        }
        assert_eq!(PersonName::nearest(" Ann\u{7} ").as_str(), "Ann");
        let deleted = PersonName::of_deleted_user();
        assert_eq!(PersonName::parse(deleted.as_str()), Ok(deleted));
    }
}

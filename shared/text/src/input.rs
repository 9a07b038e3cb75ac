//! Short texts from users.

use crate::visible::{has_hidden, is_bidi_control, is_control, is_visible};

/// Maximum length of a name in characters.
const MAX_NAME_CHARS: usize = 100;

/// Display name of a user: 1 to 100 characters, visible, without control characters. `Debug` output is redacted.
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
    /// Bidirectional controls, which make a text read differently from what it is.
    #[error(
        "must not contain bidirectional controls (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069); remove them"
    )]
    BidiControl,
    /// Characters that a reader does not see, and nothing else.
    #[error("must contain a visible character")]
    Invisible,
    /// Characters that a reader does not see, between others.
    #[error(
        "must not contain noncharacters, private use characters, or invisible characters outside of emoji and of scripts that need them; remove them"
    )]
    Hidden,
}

/// The name of users who have not chosen one.
const UNNAMED: &str = "Unnamed";

impl PersonName {
    /// Parses a name. Surrounding white space is removed.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        line(text, MAX_NAME_CHARS).map(Self)
    }

    /// Returns the closest valid name to a text from another service: invalid parts are cut or removed, because the user
    /// cannot be asked again.
    pub fn nearest(text: &str) -> Self {
        let printable: String = text.chars().filter(|char| !is_control(*char) && !is_bidi_control(*char)).collect();
        let cut: String = printable.trim().chars().take(MAX_NAME_CHARS).collect();
        let cut = cut.trim_end();
        let is_name = is_visible(cut) && !has_hidden(cut);
        if is_name {
            return Self(cut.to_owned());
        }
        // Without every character that could be hidden, joiners of emoji too.
        let plain: String = cut.chars().filter(|char| !has_hidden(char.encode_utf8(&mut [0; 4]))).collect();
        let plain = plain.trim();
        Self(if is_visible(plain) { plain.to_owned() } else { UNNAMED.to_owned() })
    }

    /// Returns the placeholder for the name of a user who has not chosen one.
    pub fn unnamed() -> Self {
        Self(UNNAMED.to_owned())
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

/// Returns the trimmed text if it is one visible line of 1 to `max_chars` characters.
pub fn line(text: &str, max_chars: usize) -> Result<String, TextError> {
    let text = text.trim();
    check(text, max_chars, is_control)?;
    Ok(text.to_owned())
}

/// Returns the trimmed text if it is visible and has 1 to `max_chars` characters. Line breaks and tabs are allowed.
pub fn paragraphs(text: &str, max_chars: usize) -> Result<String, TextError> {
    let text = text.trim().replace("\r\n", "\n");
    check(&text, max_chars, |char| char.is_control() && !matches!(char, '\n' | '\t'))?;
    Ok(text)
}

fn check(text: &str, max_chars: usize, is_refused: impl Fn(char) -> bool) -> Result<(), TextError> {
    if text.is_empty() {
        Err(TextError::Empty)
    } else if text.chars().count() > max_chars {
        Err(TextError::TooLong(max_chars))
    } else if text.chars().any(is_refused) {
        Err(TextError::ControlCharacter)
    } else if text.chars().any(is_bidi_control) {
        Err(TextError::BidiControl)
    } else if !is_visible(text) {
        Err(TextError::Invisible)
    } else if has_hidden(text) {
        Err(TextError::Hidden)
    } else {
        Ok(())
    }
}

crate::redacted!(PersonName);
crate::parsed_from_string!(PersonName, TextError);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Texts with many of the characters that matter, between any others.
    fn texts() -> impl Strategy<Value = String> {
        let odd = prop::sample::select(
            "\u{200b}\u{200d}\u{feff}\u{3164}\u{202e}\u{2066}\u{61c}\u{2028}\u{301} \n\u{7}"
                .chars()
                .collect::<Vec<_>>(),
        );
        let char = prop_oneof![odd, any::<char>()];
        prop::collection::vec(char, 0..12).prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_visible_reads_in_order_and_is_accepted_unchanged(text in texts()) {
            for parse in [line, paragraphs] {
                let Ok(parsed) = parse(&text, 100) else { continue };
                prop_assert!(!parsed.chars().any(is_bidi_control) && is_visible(&parsed));
                prop_assert_eq!(parse(&parsed, 100), Ok(parsed));
            }
            let name = PersonName::nearest(&text);
            prop_assert_eq!(PersonName::parse(name.as_str()), Ok(name));
        }

        #[test]
        fn a_bidirectional_control_is_refused_wherever_it_stands(
            control in prop::sample::select(BIDI_CONTROLS.to_vec()), before in "[a-z]{1,5}", after in "[a-z]{1,5}",
        ) {
            let text = format!("{before}{control}{after}");
            prop_assert_eq!(line(&text, 100), Err(TextError::BidiControl));
            prop_assert_eq!(paragraphs(&text, 100), Err(TextError::BidiControl));
        }

        #[test]
        fn what_nobody_sees_is_no_text(text in "[\u{ad}\u{200b}-\u{200d}\u{2060}\u{feff}\u{3164}\u{2800}\u{300}-\u{36f} ]{1,20}") {
            let refused = [line(&text, 100), paragraphs(&text, 100)];
            prop_assert!(refused.iter().all(|text| matches!(text, Err(TextError::Invisible | TextError::Empty))));
        }
    }

    /// `Bidi_Control` of PropList.txt.
    const BIDI_CONTROLS: [char; 12] = [
        '\u{61C}', '\u{200E}', '\u{200F}', '\u{202A}', '\u{202B}', '\u{202C}', '\u{202D}', '\u{202E}', '\u{2066}',
        '\u{2067}', '\u{2068}', '\u{2069}',
    ];

    #[test]
    fn bounds_are_in_characters_and_inclusive() {
        assert!(PersonName::parse(&"é".repeat(MAX_NAME_CHARS)).is_ok());
        assert_eq!(PersonName::parse(&"é".repeat(MAX_NAME_CHARS + 1)), Err(TextError::TooLong(MAX_NAME_CHARS)));
        assert_eq!(PersonName::parse(" \t "), Err(TextError::Empty));
        assert_eq!(PersonName::parse("a\nb"), Err(TextError::ControlCharacter));
    }

    #[test]
    fn paragraphs_have_line_breaks_and_tabs_and_a_line_has_neither() {
        assert_eq!(paragraphs("two cats\r\n\tone dog", 100).as_deref(), Ok("two cats\n\tone dog"));
        for text in ["two\tcats", "two\ncats"] {
            assert_eq!(line(text, 100), Err(TextError::ControlCharacter));
        }
        for text in ["two\u{b}cats", "two\rcats", "two\u{1b}cats"] {
            assert_eq!(paragraphs(text, 100), Err(TextError::ControlCharacter));
        }
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

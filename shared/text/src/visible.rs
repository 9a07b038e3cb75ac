//! Characters that a text from a user must not contain, or must not consist of.

/// What has no shape of its own: `Default_Ignorable_Code_Point` of Unicode 16 (DerivedCoreProperties.txt), in ranges, and the
/// characters outside of it that fonts draw as nothing.
const INVISIBLE: [(char, char); 23] = [
    ('\u{AD}', '\u{AD}'),
    ('\u{34F}', '\u{34F}'),
    ('\u{61C}', '\u{61C}'),
    ('\u{115F}', '\u{1160}'),
    ('\u{17B4}', '\u{17B5}'),
    ('\u{180B}', '\u{180F}'),
    ('\u{200B}', '\u{200F}'),
    ('\u{202A}', '\u{202E}'),
    ('\u{2060}', '\u{206F}'),
    // The blank pattern of Braille.
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{FE00}', '\u{FE0F}'),
    ('\u{FEFF}', '\u{FEFF}'),
    ('\u{FFA0}', '\u{FFA0}'),
    ('\u{FFF0}', '\u{FFF8}'),
    // Anchors of interlinear annotations.
    ('\u{FFF9}', '\u{FFFB}'),
    ('\u{110BD}', '\u{110BD}'),
    ('\u{110CD}', '\u{110CD}'),
    ('\u{13430}', '\u{1343F}'),
    ('\u{1BCA0}', '\u{1BCA3}'),
    // The null notehead of music.
    ('\u{1D159}', '\u{1D159}'),
    ('\u{1D173}', '\u{1D17A}'),
    ('\u{E0000}', '\u{E0FFF}'),
];

/// True for the property `Bidi_Control`: marks, embeddings, overrides and isolates, which make a text read differently from
/// what it is, for example `gnp.exe` for `exe.png`.
pub(crate) const fn is_bidi_control(char: char) -> bool {
    matches!(char, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// True for controls and for the separators of lines and paragraphs.
pub(crate) fn is_control(char: char) -> bool {
    char.is_control() || matches!(char, '\u{2028}' | '\u{2029}')
}

/// True if a reader sees something: at least one character that is neither white space, nor a control, nor invisible, nor a
/// mark that only changes the character before it.
pub(crate) fn is_visible(text: &str) -> bool {
    text.chars().any(has_shape)
}

fn has_shape(char: char) -> bool {
    let is_invisible = INVISIBLE.iter().any(|(first, last)| (*first..=*last).contains(&char));
    !is_invisible && !char.is_whitespace() && !is_control(char) && !unicode_normalization::char::is_combining_mark(char)
}

#[cfg(test)]
mod tests {
    use unicode_general_category::{GeneralCategory, get_general_category};

    use super::*;

    /// Every character, compared with its general category, which comes from another table.
    #[test]
    fn no_format_character_separator_or_mark_is_visible_and_every_letter_is() {
        // Letters that have no glyph by definition: the fillers of Hangul, and two vowels of Khmer.
        let blank_letters = ['\u{115F}', '\u{1160}', '\u{3164}', '\u{FFA0}'];
        // Signs of the category `Cf` that are drawn: they enclose or precede numbers.
        let drawn = ['\u{6DD}', '\u{8E2}', '\u{70F}', '\u{890}', '\u{891}'];
        let is_drawn = |char| drawn.contains(&char) || ('\u{600}'..='\u{605}').contains(&char);
        for char in ('\0'..=char::MAX).filter(|char| !is_drawn(*char)) {
            use GeneralCategory as C;
            let hidden = match get_general_category(char) {
                C::Format
                | C::Control
                | C::LineSeparator
                | C::ParagraphSeparator
                | C::SpaceSeparator
                | C::NonspacingMark
                | C::EnclosingMark
                | C::SpacingMark => true,
                C::UppercaseLetter | C::LowercaseLetter | C::OtherLetter | C::DecimalNumber | C::OtherPunctuation => {
                    blank_letters.contains(&char)
                }
                _ => continue,
            };
            assert_eq!(!has_shape(char), hidden, "{}", char.escape_unicode());
        }
    }

    #[test]
    fn emoji_with_joiners_and_every_script_are_visible() {
        for text in ["👩‍👩‍👧", "❤\u{fe0f}", "नमस्ते", "می‌خواهم", "שלום", "ไทย", "1", "-", "e\u{301}"]
        {
            assert!(is_visible(text), "{text}");
        }
        for text in ["\u{200b}", "\u{feff}", "\u{3164}", "\u{2800} \u{200d}", "\u{301}", "\u{e0041}", ""] {
            assert!(!is_visible(text), "{}", text.escape_unicode());
        }
    }
}

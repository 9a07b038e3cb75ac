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

/// True if a text contains a character that no reader sees, or that means nothing to others: noncharacters, private use, and
/// invisible characters where no script and no emoji needs them. Two names that look alike could differ by one.
pub(crate) fn has_hidden(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (0..chars.len()).any(|at| match chars[at] {
        ZWNJ | ZWJ => !is_needed_joiner(&chars, at),
        TAG_FIRST..=TAG_END => !is_in_flag(&chars, at),
        char => is_never_needed(char),
    })
}

/// True for a character that is part of no text, wherever it stands.
const fn is_never_needed(char: char) -> bool {
    let code = char as u32;
    let is_noncharacter = code & 0xFFFE == 0xFFFE || matches!(code, 0xFDD0..=0xFDEF);
    let is_private = matches!(code, 0xE000..=0xF8FF | 0xF_0000..=0x10_FFFF);
    let is_invisible = matches!(
        code,
        // Fillers of Hangul that are drawn as nothing.
        0x3164 | 0xFFA0
        // Zero width space, word joiner, invisible operators, deprecated format characters.
        | 0x200B | 0x2060..=0x206F
        // The byte order mark, and what is reserved for such characters.
        | 0xFEFF | 0xFFF0..=0xFFFB
        // Shorthand and music format controls, tags and their reserve. Variation selectors follow them.
        | 0x1_BCA0..=0x1_BCA3 | 0x1_D173..=0x1_D17A | 0xE_0000..=0xE_00FF | 0xE_01F0..=0xE_0FFF
    );
    is_noncharacter || is_private || is_invisible
}

/// A joiner joins emoji, or shapes the letters of a script that has joined forms. Elsewhere nobody sees it.
fn is_needed_joiner(chars: &[char], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| chars[before]) else { return false };
    let after = chars.get(at + 1).copied();
    if chars[at] == ZWJ && (is_emoji(before) || matches!(before, '\u{FE0F}')) {
        return after.is_some_and(is_emoji);
    }
    // Old spellings of Malayalam and Sinhala end words with a joiner; a non-joiner stands between letters.
    is_of_joining_script(before) && (chars[at] == ZWJ || after.is_some_and(is_of_joining_script))
}

/// Pictographs and their skin tones, in ranges.
const fn is_emoji(char: char) -> bool {
    matches!(char, '\u{A9}' | '\u{AE}' | '\u{2190}'..='\u{21FF}' | '\u{2300}'..='\u{23FF}' | '\u{2460}'..='\u{27BF}'
        | '\u{2900}'..='\u{297F}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
}

/// Arabic, Syriac, N'Ko, the scripts of South and Southeast Asia, Tibetan, Mongolian, and their supplements.
const fn is_of_joining_script(char: char) -> bool {
    matches!(char, '\u{600}'..='\u{109F}' | '\u{1700}'..='\u{18AF}' | '\u{1900}'..='\u{1CFF}'
        | '\u{A840}'..='\u{ABFF}' | '\u{FB50}'..='\u{FDCF}' | '\u{FE70}'..='\u{FEFC}'
        | '\u{10A00}'..='\u{11FFF}' | '\u{1E900}'..='\u{1E95F}')
}

/// Flags of regions are a black flag, the letters and digits of the region as tags, and an end tag (UTS #51, ED-14a). Those of
/// England, Scotland and Wales have five tags.
fn is_in_flag(chars: &[char], at: usize) -> bool {
    let is_tag = |char: &char| ('\u{E0030}'..='\u{E007A}').contains(char);
    let before = chars[..at].iter().rev().take_while(|char| is_tag(char)).count();
    let after = chars[at..].iter().take_while(|char| is_tag(char)).count();
    let is_after_flag = at.checked_sub(before + 1).is_some_and(|flag| chars[flag] == '\u{1F3F4}');
    is_after_flag && (3..=MAX_FLAG_TAGS).contains(&(before + after)) && chars.get(at + after) == Some(&TAG_END)
}

const ZWNJ: char = '\u{200C}';
const ZWJ: char = '\u{200D}';
const TAG_FIRST: char = '\u{E0020}';
const TAG_END: char = '\u{E007F}';
/// Maximum number of tags of a flag.
const MAX_FLAG_TAGS: usize = 6;

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

    /// Every character between two letters, compared with its general category, which comes from another table.
    #[test]
    fn within_a_word_no_private_or_unassigned_invisible_character_is_accepted_and_every_letter_is() {
        use GeneralCategory as C;
        // Format characters with a use of their own: hyphenation, and signs that are drawn.
        let used = |char| {
            char == '\u{AD}'
                || matches!(char, '\u{600}'..='\u{8FF}' | '\u{180E}' | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}')
        };
        for char in '\0'..=char::MAX {
            let hidden = has_hidden(&format!("a{char}b"));
            match get_general_category(char) {
                C::PrivateUse => assert!(hidden, "{}", char.escape_unicode()),
                C::Format if !used(char) && !is_bidi_control(char) => assert!(hidden, "{}", char.escape_unicode()),
                C::UppercaseLetter
                | C::LowercaseLetter
                | C::TitlecaseLetter
                | C::ModifierLetter
                | C::DecimalNumber
                | C::OtherPunctuation
                | C::DashPunctuation
                | C::NonspacingMark
                | C::SpacingMark
                | C::MathSymbol
                | C::CurrencySymbol
                | C::OtherSymbol
                | C::SpaceSeparator => assert!(!hidden, "{}", char.escape_unicode()),
                C::OtherLetter => {
                    assert_eq!(hidden, ['\u{3164}', '\u{FFA0}'].contains(&char), "{}", char.escape_unicode());
                }
                _ => {}
            }
            if u32::from(char) & 0xFFFE == 0xFFFE || ('\u{FDD0}'..='\u{FDEF}').contains(&char) {
                assert!(hidden, "{}", char.escape_unicode());
            }
        }
    }

    #[test]
    fn what_scripts_and_emoji_need_is_not_hidden() {
        let england = "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}";
        for text in [
            "👩‍👩‍👧 Ann",
            "👩🏽‍🚒",
            "❤\u{fe0f}‍🔥",
            "می‌خواهم",
            "क्‍ष",
            "ന്‍",
            "ශ්‍රී",
            "葛\u{E0100}",
            england,
            "\u{11a8}한",
            "co\u{ad}operate",
        ] {
            assert!(!has_hidden(text), "{}", text.escape_unicode());
        }
        let tagged = "Ann\u{E0067}\u{E007F}";
        let endless = "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}";
        for text in
            ["A\u{200b}nn", "A‌nn", "A‍nn", "Ann‍", "‍Ann", "👩‍", "👩‍Ann", "می‌", tagged, endless, "\u{FFFE}", "\u{E000}"]
        {
            assert!(has_hidden(text), "{}", text.escape_unicode());
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

//! Folding: the forms of a word that ignore case and diacritics.
//!
//! Folding here differs from `text::fold` on purpose: it removes only the marks of Latin, Greek, Cyrillic, Hebrew and Arabic
//! letters (the vowel signs of other scripts are letters), maps letters without a decomposition, and knows languages.

use unicode_normalization::UnicodeNormalization;

use super::MAX_TERM_CHARS;
use crate::collection::Language;

/// The rules of folding for the languages of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Folding {
    /// Whether `ä` is also `ae`.
    umlauts: bool,
    /// Whether `å`, `ä` and `ö` are letters of their own.
    nordic: bool,
    /// Whether words are composed of others without a space.
    pub compounds: bool,
}

/// The forms of a word.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Forms {
    /// In lower case and composed, with diacritics.
    pub exact: String,
    /// Without diacritics.
    pub folded: String,
    /// Without diacritics, with umlauts written as two letters, if that differs.
    pub umlaut: Option<String>,
}

impl Folding {
    /// The rules for some languages.
    pub fn of(languages: &[Language]) -> Self {
        let umlauts = languages.contains(&Language::German);
        let folds = |language: &Language| matches!(language, Language::French | Language::Spanish | Language::Turkish);
        let northern = languages.iter().any(|language| matches!(language, Language::Swedish | Language::Finnish));
        Self { umlauts, nordic: northern && !umlauts && !languages.iter().any(folds), compounds: umlauts || northern }
    }

    /// The forms of a word.
    pub fn forms(self, word: &str) -> Forms {
        let exact = cut(&exact(word));
        let folded = cut(&self.fold(&exact));
        let umlaut = if self.umlauts { with_two_letters(&exact) } else { None };
        let umlaut = umlaut.map(|text| cut(&self.fold(&text))).filter(|text| *text != folded);
        Forms { exact, folded, umlaut }
    }

    fn fold(self, exact: &str) -> String {
        let mut folded = String::with_capacity(exact.len());
        for char in exact.chars() {
            match char {
                'å' | 'ä' | 'ö' if self.nordic => folded.push(char),
                _ => folded.extend(std::iter::once(char).nfd().filter(|part| !is_mark(*part)).flat_map(mapped)),
            }
        }
        // Hangul was decomposed.
        folded.nfc().collect()
    }
}

/// The word in lower case, in compatibility composition.
fn exact(word: &str) -> String {
    // Composition may bring capitals (`㎒`), and lower case may bring marks (`İ`).
    word.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// Whether a character is a diacritic of a letter.
fn is_mark(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}')
}

fn mapped(char: char) -> impl Iterator<Item = char> {
    let (first, second) = match char {
        'ı' => ('i', None),
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'þ' => ('t', Some('h')),
        'ø' => ('o', None),
        'đ' | 'ð' => ('d', None),
        'ħ' => ('h', None),
        'ł' => ('l', None),
        'ς' => ('σ', None),
        _ => (char, None),
    };
    std::iter::once(first).chain(second)
}

fn with_two_letters(exact: &str) -> Option<String> {
    if !exact.contains(['ä', 'ö', 'ü', 'ø', 'å']) {
        return None;
    }
    let mut text = String::with_capacity(exact.len() + 4);
    for char in exact.chars() {
        match char {
            'ä' => text.push_str("ae"),
            'ö' | 'ø' => text.push_str("oe"),
            'ü' => text.push_str("ue"),
            'å' => text.push_str("aa"),
            _ => text.push(char),
        }
    }
    Some(text)
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_TERM_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(languages: &[Language], word: &str) -> (String, String, Option<String>) {
        let Forms { exact, folded, umlaut } = Folding::of(languages).forms(word);
        (exact, folded, umlaut)
    }

    #[test]
    fn every_spelling_of_istanbul_folds_to_the_same_word() {
        for word in ["İstanbul", "ISTANBUL", "istanbul", "ıstanbul", "I\u{307}stanbul"] {
            assert_eq!(forms(&[Language::Turkish], word).1, "istanbul", "{word}");
        }
    }

    #[test]
    fn umlauts_are_found_with_one_letter_and_with_two_in_german() {
        assert_eq!(forms(&[Language::German], "Löffel"), ("löffel".into(), "loffel".into(), Some("loeffel".into())));
        assert_eq!(forms(&[Language::English], "Löffel").2, None);
        assert_eq!(forms(&[Language::German], "STRAẞE").1, "strasse");
    }

    #[test]
    fn swedish_letters_stay_letters() {
        // meilisearch/meilisearch#4945
        assert_eq!(forms(&[Language::Swedish, Language::English], "Smörgås").1, "smörgås");
        assert_eq!(forms(&[Language::Swedish, Language::German], "Smörgås").1, "smorgas");
        assert_eq!(forms(&[Language::Swedish], "Café").1, "cafe");
    }

    #[test]
    fn letters_of_other_scripts_keep_their_signs() {
        assert_eq!(forms(&[], "ガラス").1, "ガラス");
        assert_eq!(forms(&[], "한국").1, "한국");
        assert_eq!(forms(&[], "हिन्दी").1, "हिन्दी");
        assert_eq!(forms(&[], "ﬁn ＡＢＣ").0, "fin abc");
        assert_eq!(forms(&[], "ΣΊΣΥΦΟΣ").1, "σισυφοσ");
    }
}

//! Search keys.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The text as a search key: compatibility decomposition (NFKD) without combining marks, in lower case, with single spaces
/// between words and none around. Idempotent.
pub fn fold(text: &str) -> String {
    let folded = folded(text);
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a text as search keys: maximal runs of letters and digits, in order, with repetitions.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let folded = folded(text);
    let words: Vec<_> =
        folded.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    words.into_iter()
}

fn folded(text: &str) -> String {
    // Lower case may bring marks of its own (`İ`), and so is decomposed in its turn.
    let lower: String = bare(text).to_lowercase();
    bare(&lower)
}

fn bare(text: &str) -> String {
    text.nfkd().filter(|char| !is_combining_mark(*char)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_diacritics_and_width_do_not_count() {
        for (text, key) in [
            ("Ångström", "angstrom"),
            ("STRASSE", "strasse"),
            ("İstanbul", "istanbul"),
            ("ＡＢＣ １２", "abc 12"),
            ("e\u{301}", "e"),
            ("ﬁn", "fin"),
            ("Żółw", "zołw"),
            ("", ""),
            (" \t\n", ""),
        ] {
            assert_eq!(fold(text), key, "{text}");
        }
    }

    proptest! {
        #[test]
        fn folding_is_idempotent_and_ignores_composition(text in "\\PC{0,40}") {
            let key = fold(&text);
            prop_assert_eq!(fold(&key), key.clone());
            prop_assert_eq!(fold(&text.nfd().collect::<String>()), key.clone());
            prop_assert_eq!(fold(&text.nfc().collect::<String>()), key);
        }

        #[test]
        fn words_are_keys_of_letters_and_digits(text in "\\PC{0,40}") {
            for word in words(&text) {
                prop_assert!(!word.is_empty() && word.chars().all(char::is_alphanumeric));
                prop_assert_eq!(words(&word).collect::<Vec<_>>(), vec![word]);
            }
        }
    }
}

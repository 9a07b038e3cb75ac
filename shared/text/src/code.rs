//! Short identifiers, and safe names of files.

use crate::fold;

/// The longest name of a file, in bytes: what common file systems take, with room for a suffix.
const MAX_FILE_NAME_BYTES: usize = 200;
/// The name where nothing is left of one.
const UNNAMED: &str = "file";

/// True for a code: words of lower-case ASCII letters and digits with single hyphens between them, such as `feeding` or
/// `fresh-water`. The caller bounds the length.
pub fn is_code(text: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    text.split('-').all(is_word)
}

/// The nearest name that is safe in a header and in a file system: lower-case ASCII letters, digits, dots, hyphens and
/// underscores, not starting with a dot or a hyphen, at most 200 bytes. `file` if nothing is left.
pub fn file_name(text: &str) -> String {
    let mut name = String::new();
    for char in fold(text).chars() {
        if char.is_ascii_alphanumeric() || matches!(char, '.' | '_') {
            name.push(char);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_start_matches(['.', '-']).trim_end_matches(['.', '-']);
    let cut = &name[..name.len().min(MAX_FILE_NAME_BYTES)];
    let cut = cut.trim_end_matches(['.', '-']);
    if cut.is_empty() { UNNAMED.to_owned() } else { cut.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_are_words_with_hyphens() {
        for good in ["a", "feeding", "fresh-water", "2", "a-1-b"] {
            assert!(is_code(good), "{good}");
        }
        for bad in ["", "-", "a-", "-a", "a--b", "A", "a_b", "ä", "a b"] {
            assert!(!is_code(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn names_of_files_are_safe_and_stay_the_same(text in "\\PC{0,300}") {
            let name = file_name(&text);
            prop_assert!((1..=MAX_FILE_NAME_BYTES).contains(&name.len()));
            prop_assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte)));
            prop_assert!(!name.starts_with(['.', '-']) && !name.ends_with(['.', '-']));
            prop_assert_eq!(file_name(&name), name);
        }
    }
}

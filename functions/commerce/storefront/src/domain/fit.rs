//! Responses for mobile clients, which fit into a few network packets.

use serde::Serialize;

/// Maximum size of a response for mobile clients in bytes.
pub const MAX_MOBILE_BYTES: usize = 4_096;
/// Maximum length of a URL in a response for mobile clients in bytes. URLs of a CDN are shorter; signed ones can be longer, and are
/// left out.
pub const MAX_URL_BYTES: usize = 512;

/// Returns the longest beginning of `items` with which a view has at most [`MAX_MOBILE_BYTES`] as JSON; nothing if not even the view
/// without items fits.
pub fn fitting<T, V: Serialize>(items: &[T], view: impl Fn(&[T]) -> V) -> V {
    let fits = |count: usize| serde_json::to_vec(&view(items.get(..count).unwrap_or(items))).map(|json| json.len());
    let counts: Vec<usize> = (0..=items.len()).collect();
    let fitting = counts.partition_point(|count| fits(*count).is_ok_and(|bytes| bytes <= MAX_MOBILE_BYTES));
    view(items.get(..fitting.saturating_sub(1)).unwrap_or_default())
}

/// Returns a text with at most `max_chars` characters; a shortened one ends with an ellipsis.
pub fn shortened(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max_chars.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_items_are_shown_as_fit() {
        let items = vec!["x".repeat(100); 100];
        let view = fitting(&items, <[String]>::to_vec);
        let bytes = |count| serde_json::to_vec(&items[..count]).unwrap().len();
        assert!(bytes(view.len()) <= MAX_MOBILE_BYTES && bytes(view.len() + 1) > MAX_MOBILE_BYTES);
        assert_eq!(fitting(&items[..3], <[String]>::to_vec).len(), 3);
    }

    #[test]
    fn a_long_text_is_shortened_to_characters_and_not_bytes() {
        assert_eq!(shortened("Größe", 5), "Größe");
        assert_eq!(shortened("Größe und Maß", 7), "Größe…");
    }
}

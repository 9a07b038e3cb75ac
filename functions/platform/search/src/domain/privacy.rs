//! Which searched texts may be kept. A text that could identify a person is counted and not kept.

use jiff::civil::Date;
use kit::limits::subject_hash;

/// Length of a text that is kept, in characters.
pub const MAX_QUERY_CHARS: usize = 60;
/// Number of digits from which a text may be a phone number, an account or a card.
const MIN_PERSONAL_DIGITS: usize = 7;
/// Number of groups that network addresses are counted in: too few to tell people apart.
const SOURCE_GROUPS: u8 = 64;

/// Returns a searched text in the form in which equal searches are counted together; `None` if it is not kept: one that is empty
/// or long, and one that looks like an e-mail address, a phone number or another long number.
pub fn kept_query(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let digits = text.chars().filter(|character| character.is_numeric()).count();
    let fits = (1..=MAX_QUERY_CHARS).contains(&text.chars().count());
    (fits && digits < MIN_PERSONAL_DIGITS && !text.contains(['@', '＠'])).then_some(text)
}

/// Returns the text of a search whose hits contain all its words, and otherwise none: words that were dropped could say anything, and
/// would be suggested to others as a search that has results.
pub fn countable<'a>(text: &'a str, dropped: &[String]) -> &'a str {
    if dropped.is_empty() { text } else { "" }
}

/// Returns the group of a network address on a day.
pub fn source_group(source: &str, day: Date) -> SourceGroups {
    SourceGroups::of(&subject_hash(&[source, &day.to_string()]))
}

/// The groups of sources in which something was seen, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct SourceGroups(u64);

impl SourceGroups {
    /// The group of a source, by a hash of its network address and the day. Two sources may have the same group, so there are at
    /// least as many sources as groups.
    pub fn of(hash: &str) -> Self {
        let number = hash.bytes().fold(0_u8, |number, byte| number.wrapping_mul(31).wrapping_add(byte));
        Self(1 << (number % SOURCE_GROUPS))
    }

    /// The groups of both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Number of groups.
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_dropped_words_is_not_kept() {
        assert_eq!(countable("red shoe", &[]), "red shoe");
        let text = countable("shoe visit evil.example", &["visit".to_owned(), "evil".to_owned()]);
        assert_eq!(kept_query(text), None);
    }

    #[test]
    fn texts_that_could_identify_a_person_are_not_kept() {
        for personal in [
            "ann@example.com",
            "ann ＠ example",
            "+49 170 1234567",
            "(030) 123-456-7",
            "4111 1111 1111 1111",
            "DE02120300000000202051",
            "٠١٢٣٤٥٦٧",
            "",
            "  ",
        ] {
            assert_eq!(kept_query(personal), None, "{personal}");
        }
        assert_eq!(kept_query(&"a".repeat(MAX_QUERY_CHARS + 1)), None);
    }

    #[test]
    fn equal_searches_have_one_form() {
        for (typed, kept) in
            [("  Red\tSHOE ", "red shoe"), ("XYZ-123", "xyz-123"), ("iPhone 15 128GB", "iphone 15 128gb")]
        {
            assert_eq!(kept_query(typed).as_deref(), Some(kept));
        }
    }

    #[test]
    fn there_are_at_least_as_many_sources_as_groups() {
        let groups = (0..500).fold(SourceGroups::default(), |groups, source| {
            let next = groups.and(SourceGroups::of(&types::hex(&[u8::try_from(source % 251).unwrap(), 7])));
            assert!(next.count() <= source + 1);
            next
        });
        assert!((16..=64).contains(&groups.count()), "{}", groups.count());
        assert_eq!(SourceGroups::of("a").and(SourceGroups::of("a")).count(), 1);
    }
}

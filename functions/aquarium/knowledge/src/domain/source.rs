//! Sources of facts.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Maximum length of a title, publisher or licence in characters.
pub const MAX_SOURCE_TEXT_CHARS: usize = 200;
/// Maximum length of a URL in bytes.
pub const MAX_URL_BYTES: usize = 1_000;
/// Maximum length of the slug of a source in bytes.
const MAX_SOURCE_ID_BYTES: usize = 100;

/// Sources by their slugs.
pub type Sources = BTreeMap<String, Source>;

/// Where a fact was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Source {
    /// Title.
    pub title: String,
    /// Publisher.
    pub publisher: String,
    /// URL.
    pub url: String,
    /// Licence as the source states it.
    pub licence: String,
    /// Day on which it was read.
    pub accessed: Date,
}

impl Source {
    /// Returns the first field that breaks a rule, with the rule.
    pub fn broken(&self) -> Option<(&'static str, String)> {
        let texts = [("title", &self.title), ("publisher", &self.publisher), ("licence", &self.licence)];
        for (field, text) in texts {
            match text::line(text, MAX_SOURCE_TEXT_CHARS) {
                Ok(clean) if clean == *text => {}
                Ok(_) => return Some((field, "must not have spaces around it".to_owned())),
                Err(error) => return Some((field, error.to_string())),
            }
        }
        let is_url = ["https://", "http://"].iter().any(|scheme| self.url.starts_with(scheme))
            && self.url.len() <= MAX_URL_BYTES
            && !self.url.contains(|char: char| char.is_whitespace() || char.is_control());
        (!is_url).then(|| ("url", format!("must be an http or https URL of at most {MAX_URL_BYTES} bytes")))
    }

    /// Returns the first field of a new source that breaks a rule, with the rule: it cannot have been read later than now. Tomorrow in UTC is
    /// today in other time zones.
    pub fn broken_at(&self, now: Timestamp) -> Option<(&'static str, String)> {
        let tomorrow = (now + SignedDuration::from_hours(24)).to_zoned(TimeZone::UTC).date();
        let is_future = self.accessed > tomorrow;
        let rule = || ("accessed", "must not be in the future; send the day on which the source was read".to_owned());
        self.broken().or_else(|| is_future.then(rule))
    }
}

/// Returns true if a text is the slug of a source.
pub fn is_source_id(text: &str) -> bool {
    text.len() <= MAX_SOURCE_ID_BYTES && text::is_code(text)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_new_source_was_not_read_in_the_future() {
        let source = |accessed| Source {
            title: "A".to_owned(),
            publisher: "Publisher".to_owned(),
            url: "https://example.org/a".to_owned(),
            licence: "CC0".to_owned(),
            accessed,
        };
        let now: Timestamp = "2026-11-30T23:59:59Z".parse().unwrap();
        let field = |accessed| source(accessed).broken_at(now).map(|(field, _)| field);
        assert_eq!(field(date(2026, 12, 1)), None, "it is tomorrow in other time zones");
        assert_eq!(field(date(2026, 12, 2)), Some("accessed"));
        assert_eq!(source(date(2026, 12, 2)).broken(), None, "what is stored stays readable");
    }
}

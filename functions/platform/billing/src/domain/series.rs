//! Numbers of invoices and credit notes: without gaps per legal entity, kind and year, with dates in order.
//!
//! A series is one item. The transaction that writes documents also writes the series of their numbers, under the version that
//! was read: what fails takes no number.

use std::fmt;

use calendar::ZoneName;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::codes::EntityCode;
use super::tax::Country;

/// The most numbers that one transaction takes.
pub const MAX_NUMBERS: usize = 30;
/// Maximum length of a prefix in characters.
const MAX_PREFIX_CHARS: usize = 10;

/// A legal entity that issues invoices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalEntity {
    /// Code.
    pub code: EntityCode,
    /// Country.
    pub country: Country,
    /// Zone that the dates of its documents are in.
    pub zone: ZoneName,
    /// Prefix of invoice numbers.
    pub invoices: Prefix,
    /// Prefix of credit note numbers.
    pub credit_notes: Prefix,
}

/// Prefix of the numbers of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prefix(String);

/// The text is not a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {MAX_PREFIX_CHARS} capital letters and digits")]
pub struct NotAPrefix;

impl Prefix {
    /// Parses a prefix.
    pub fn parse(text: &str) -> Result<Self, NotAPrefix> {
        let is_bounded = (1..=MAX_PREFIX_CHARS).contains(&text.len());
        let fits = is_bounded && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        fits.then(|| Self(text.to_owned())).ok_or(NotAPrefix)
    }
}

::text::parsed_from_string!(Prefix, NotAPrefix);

/// What a series numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeriesKind {
    /// Invoices.
    Invoices,
    /// Credit notes.
    CreditNotes,
}

/// Number of a document: prefix, year and a number without gaps, like `RE-2026-17`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentNumber(String);

impl DocumentNumber {
    /// Returns the number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DocumentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The state of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Legal entity.
    pub entity: EntityCode,
    /// What it numbers.
    pub kind: SeriesKind,
    /// Year of its documents' dates.
    pub year: i16,
    /// Prefix of its numbers. An entity's new prefix counts from the next year on.
    pub prefix: Prefix,
    /// Last number. 0: none yet.
    pub last: u64,
    /// Date of the last document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_date: Option<Date>,
}

/// A number and the date of the document that gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbered {
    /// Number.
    pub number: DocumentNumber,
    /// Date of the document.
    pub date: Date,
}

/// Why a series gives no numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SeriesError {
    /// The documents' date is in another year: use the series of that year.
    #[error("the series is of another year")]
    OtherYear,
    /// The series belongs to another legal entity.
    #[error("the series is of another legal entity")]
    OtherEntity,
    /// Invoices and credit notes would get the same numbers.
    #[error("the prefixes of invoices and credit notes must differ")]
    SamePrefix,
    /// Too many documents for one transaction.
    #[error("at most {MAX_NUMBERS} documents are numbered at once")]
    TooMany,
}

impl LegalEntity {
    /// The date of a document that is issued at an instant.
    pub fn date(&self, at: Timestamp) -> Date {
        self.zone.local(at).date()
    }
}

impl Series {
    /// A series before its first number.
    pub fn new(entity: &LegalEntity, kind: SeriesKind, year: i16) -> Self {
        let prefix = match kind {
            SeriesKind::Invoices => entity.invoices.clone(),
            SeriesKind::CreditNotes => entity.credit_notes.clone(),
        };
        Self { entity: entity.code.clone(), kind, year, prefix, last: 0, last_date: None }
    }

    /// Takes numbers for documents that are issued at an instant. Returns them with the series after them.
    ///
    /// A clock that runs behind that of the last document's writer gets the last document's date.
    pub fn take(
        &self,
        entity: &LegalEntity,
        count: usize,
        at: Timestamp,
    ) -> Result<(Vec<Numbered>, Self), SeriesError> {
        if entity.code != self.entity {
            return Err(SeriesError::OtherEntity);
        }
        if count > MAX_NUMBERS {
            return Err(SeriesError::TooMany);
        }
        let today = entity.date(at);
        let date = self.last_date.map_or(today, |last| last.max(today));
        if date.year() != self.year {
            return Err(SeriesError::OtherYear);
        }
        if entity.invoices == entity.credit_notes {
            return Err(SeriesError::SamePrefix);
        }
        let count = u64::try_from(count).unwrap_or(0);
        let number = |number| DocumentNumber(format!("{}-{}-{number}", self.prefix.0, self.year));
        let numbers = (self.last + 1..=self.last + count).map(|next| Numbered { number: number(next), date });
        let last_date = if count == 0 { self.last_date } else { Some(date) };
        Ok((numbers.collect(), Self { last: self.last + count, last_date, ..self.clone() }))
    }
}

#[cfg(test)]
#[path = "series_tests.rs"]
mod tests;

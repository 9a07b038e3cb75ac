//! Figures of days, in parts that are written independently, and the marks of counted events.

use dynamo::{Conflict, Entity, Key, Outbox, Read, StoreError, TransactionError, Versioned};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kit::limits::{Limit, NotAllowed, Subject};
use serde::{Deserialize, Serialize};

use super::{Search, Store};
use crate::domain::figures::Figures;

/// Number of parts of a day: concurrent writers seldom meet. A report of 31 days reads fewer than 100 items.
pub const FIGURE_PARTS: u8 = 3;
/// How long figures are kept, in seconds: 400 days, so that a month can be compared with that of the year before.
const FIGURES_LIFETIME_SECONDS: i64 = 400 * 86_400;
/// How long the mark of a counted event is kept, in seconds: longer than a search ID can be used.
const MARK_LIFETIME_SECONDS: i64 = 2 * 86_400;

/// A part of the figures of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigurePart {
    /// Name of the collection.
    pub collection: String,
    /// The day, in UTC.
    pub day: Date,
    /// Number of the part.
    pub part: u8,
    /// The figures.
    pub figures: Figures,
}

impl FigurePart {
    /// A part that counts nothing yet.
    pub fn new(collection: &str, day: Date, part: u8) -> Self {
        Self { collection: collection.to_owned(), day, part: part % FIGURE_PARTS, figures: Figures::default() }
    }
}

impl Entity for FigurePart {
    type Context = Search;

    fn key(&self) -> Key<Search> {
        part_key(&self.collection, self.day, self.part)
    }

    fn expires_at(&self) -> Option<i64> {
        let midnight = self.day.to_zoned(TimeZone::UTC).ok()?.timestamp();
        Some(midnight.as_second() + FIGURES_LIFETIME_SECONDS)
    }
}

/// The mark of an event that was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventMark {
    /// Hash of search, document, kind and source.
    pub hash: String,
    /// When it was counted.
    pub at: Timestamp,
}

impl Entity for EventMark {
    type Context = Search;

    fn key(&self) -> Key<Search> {
        Key::new("event", &self.hash, "mark")
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.at.as_second() + MARK_LIFETIME_SECONDS)
    }
}

/// An event was not counted.
#[derive(Debug)]
pub enum NotCounted {
    /// It was counted before.
    Known,
    /// Another writer was faster: read again.
    Conflict,
    /// The source sent too many events, or the table failed.
    NotAllowed(NotAllowed),
}

fn part_key(collection: &str, day: Date, part: u8) -> Key<Search> {
    Key::new("figures", format!("{collection}#{day}"), format!("part#{part}"))
}

/// The keys of all parts of days.
pub(super) fn part_keys(collection: &str, days: &[Date]) -> Vec<Key<Search>> {
    days.iter().flat_map(|day| (0..FIGURE_PARTS).map(|part| part_key(collection, *day, part))).collect()
}

impl Store {
    /// Returns a part. The read is strongly consistent.
    pub async fn figure_part(
        &self,
        collection: &str,
        day: Date,
        part: u8,
    ) -> Result<Option<Versioned<FigurePart>>, StoreError> {
        self.table.get(part_key(collection, day, part), Read::Strong).await
    }

    /// Returns the figures of days, all parts of each: at most 33 days.
    pub async fn figures(&self, collection: &str, days: &[Date]) -> Result<Vec<Figures>, StoreError> {
        let found = self.table.get_many(part_keys(collection, days), Read::Eventual).await?;
        Ok(found.into_readable::<FigurePart>().into_iter().map(|part| part.value.figures).collect())
    }

    /// Writes a part, if it is still as it was read; a conflict has the newer one.
    pub async fn write_figures(
        &self,
        read: Option<&Versioned<FigurePart>>,
        next: FigurePart,
    ) -> Result<Versioned<FigurePart>, Conflict<FigurePart>> {
        match read {
            Some(read) => self.table.replace(read, next, &Outbox::none()).await,
            None => self.table.create(next, &Outbox::none()).await,
        }
    }

    /// Counts an event once, within the limit of its source.
    pub async fn count_event(
        &self,
        (read, next): (Option<&Versioned<FigurePart>>, &FigurePart),
        mark: &EventMark,
        (limit, source): (Limit, &str),
    ) -> Result<(), NotCounted> {
        let transaction = limit.count_in(self.table.transaction(), Subject::Source(source), mark.at);
        let transaction = transaction.create(mark, &Outbox::none());
        let transaction = match read {
            Some(read) => transaction.replace(read, next, &Outbox::none()),
            None => transaction.create(next, &Outbox::none()),
        };
        match transaction.commit().await {
            Ok(()) => Ok(()),
            Err(TransactionError::Store(error)) => Err(NotCounted::NotAllowed(error.into())),
            Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(1) => Err(NotCounted::Known),
            Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(0) => {
                Err(NotCounted::NotAllowed(NotAllowed::Exceeded(limit.exceeded(mark.at))))
            }
            Err(TransactionError::Cancelled(_)) => Err(NotCounted::Conflict),
        }
    }
}

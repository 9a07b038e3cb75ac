//! Hours, days and months in UTC.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = MetricInterval)]
pub enum Interval {
    /// An hour.
    Hour,
    /// A day in UTC.
    Day,
    /// A month in UTC.
    Month,
}

impl Interval {
    /// All values.
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Month];

    /// Returns the name as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    fn span(self, count: i64) -> Span {
        match self {
            Self::Hour => Span::new().hours(count),
            Self::Day => Span::new().days(count),
            Self::Month => Span::new().months(count),
        }
    }
}

/// One hour, day or month in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// Length.
    pub interval: Interval,
    /// Beginning, as a wall time in UTC.
    start: DateTime,
}

impl Period {
    /// The period of this length that contains an instant.
    pub fn containing(at: Timestamp, interval: Interval) -> Self {
        let time = at.to_zoned(TimeZone::UTC).datetime();
        let (date, hour) = (time.date(), time.hour());
        let start = match interval {
            Interval::Hour => date.at(hour, 0, 0, 0),
            Interval::Day => date.at(0, 0, 0, 0),
            Interval::Month => date.first_of_month().at(0, 0, 0, 0),
        };
        Self { interval, start }
    }

    /// The period before (negative) or after this one by so many; `None` beyond the calendar.
    pub fn offset(self, count: i64) -> Option<Self> {
        let start = self.start.checked_add(self.interval.span(count)).ok()?;
        Some(Self { interval: self.interval, start })
    }

    /// The date of its beginning.
    pub fn date(self) -> Date {
        self.start.date()
    }

    /// The hour of its beginning, from 0 to 23.
    pub fn hour(self) -> i8 {
        self.start.hour()
    }

    /// Its beginning.
    pub fn start(self) -> Timestamp {
        // UTC has no gaps; only the two ends of the calendar are no instants.
        TimeZone::UTC.to_timestamp(self.start).unwrap_or(Timestamp::MAX)
    }

    /// Its end, which is the beginning of the next period.
    pub fn end(self) -> Timestamp {
        self.offset(1).map_or(Timestamp::MAX, Self::start)
    }

    /// The name of the period: `2026-11-29T13`, `2026-11-29` or `2026-11`.
    pub fn name(self) -> String {
        let format = match self.interval {
            Interval::Hour => "%Y-%m-%dT%H",
            Interval::Day => "%Y-%m-%d",
            Interval::Month => "%Y-%m",
        };
        self.start.strftime(format).to_string()
    }
}

/// Consecutive periods of one length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The first period.
    pub first: Period,
    /// The number of periods.
    pub count: usize,
}

/// A range that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// It contains no period.
    #[error("must be later than from")]
    Empty,
    /// It contains too many periods.
    #[error("must be at most {0} intervals after the start of the one that contains from")]
    TooLong(usize),
}

impl Range {
    /// The periods that `from` (included) to `to` (excluded) touch, at most `max`.
    pub fn between(from: Timestamp, to: Timestamp, interval: Interval, max: usize) -> Result<Self, RangeError> {
        if from >= to {
            return Err(RangeError::Empty);
        }
        let first = Period::containing(from, interval);
        let count = (0..=max).find(|number| {
            let next = i64::try_from(*number).ok().and_then(|number| first.offset(number));
            next.is_none_or(|period| period.start() >= to)
        });
        count.map(|count| Self { first, count }).ok_or(RangeError::TooLong(max))
    }

    /// The periods in order.
    pub fn periods(self) -> impl Iterator<Item = Period> {
        (0..self.count).filter_map(move |number| i64::try_from(number).ok().and_then(|n| self.first.offset(n)))
    }

    /// The last period. The first one if the range is empty, which no range from [`Range::between`] is.
    pub fn last(self) -> Period {
        let number = i64::try_from(self.count.saturating_sub(1)).unwrap_or_default();
        self.first.offset(number).unwrap_or(self.first)
    }
}

#[cfg(test)]
#[path = "period_tests.rs"]
mod tests;

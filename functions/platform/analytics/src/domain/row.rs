//! Counters: which rows hold the values of a metric, and in which bucket of a row an event counts.
//!
//! A row of hours holds one day with a bucket per hour; a row of days holds one month with a bucket per day. Months are the
//! sums of their days. Each event adds to one row of both kinds per cell, so that no reader has to sum hours over months.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, EventId};

use crate::domain::period::{Interval, Period};

/// Over how many partitions the counters of a metric are spread. The event ID decides. Changing it needs a recount: readers
/// sum the shards up to this number.
pub const SHARDS: u8 = 4;
/// The name of the cells that are not broken down.
pub const TOTAL: &str = "total";

/// The shard in which an event counts.
pub fn shard(event: EventId) -> u8 {
    // The last bits of a UUIDv7 are random.
    u8::try_from(event.uuid().as_u128() % u128::from(SHARDS)).unwrap_or_default()
}

/// What a counter counts of a metric: everything, or one value of a dimension, in one currency for amounts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// Name of the dimension; [`TOTAL`] for everything.
    pub dimension: String,
    /// Value of the dimension; empty for everything.
    pub value: String,
    /// Currency of amounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
}

impl Cell {
    /// The cell of everything.
    pub fn total(currency: Option<CurrencyCode>) -> Self {
        Self { dimension: TOTAL.to_owned(), value: String::new(), currency }
    }

    /// The cell of one value of a dimension.
    pub fn of(dimension: &str, value: &str, currency: Option<CurrencyCode>) -> Self {
        Self { dimension: dimension.to_owned(), value: value.to_owned(), currency }
    }
}

/// The length of a row's buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grain {
    /// One row per day.
    Hours,
    /// One row per month.
    Days,
}

impl Grain {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Hours, Self::Days];

    /// Returns the name in keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::Days => "days",
        }
    }

    /// The grain whose buckets sum to periods of this length.
    pub const fn of(interval: Interval) -> Self {
        match interval {
            Interval::Hour => Self::Hours,
            Interval::Day | Interval::Month => Self::Days,
        }
    }

    /// The length of a bucket.
    pub const fn bucket(self) -> Interval {
        match self {
            Self::Hours => Interval::Hour,
            Self::Days => Interval::Day,
        }
    }

    /// The period of the row that contains an instant.
    pub fn row(self, at: Timestamp) -> Period {
        let interval = match self {
            Self::Hours => Interval::Day,
            Self::Days => Interval::Month,
        };
        Period::containing(at, interval)
    }

    /// The name of the partition that contains a row: its month for rows of hours, and its year for rows of days.
    pub fn partition(self, row: Period) -> String {
        match self {
            Self::Hours => row.date().strftime("%Y-%m").to_string(),
            Self::Days => row.date().strftime("%Y").to_string(),
        }
    }

    /// The attribute of the bucket that contains an instant: `h00` to `h23`, or `d01` to `d31`.
    pub fn attribute(self, at: Timestamp) -> String {
        let bucket = Period::containing(at, self.bucket());
        match self {
            Self::Hours => format!("h{:02}", bucket.hour()),
            Self::Days => format!("d{:02}", bucket.date().day()),
        }
    }

    /// The bucket that an attribute of a row names.
    pub fn bucket_of(self, row: Period, attribute: &str) -> Option<Period> {
        let (letter, number) = attribute.split_at_checked(1)?;
        let number = number.parse::<i64>().ok()?;
        let offset = match (self, letter) {
            (Self::Hours, "h") if (0..24).contains(&number) => number,
            (Self::Days, "d") if (1..=31).contains(&number) => number - 1,
            _ => return None,
        };
        Period::containing(row.start(), self.bucket()).offset(offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_found_by_its_attribute() {
        for text in ["2026-11-29T00:00:00Z", "2026-12-31T23:59:59Z", "2028-02-29T12:34:56Z"] {
            let at: Timestamp = text.parse().unwrap();
            for grain in Grain::ALL {
                let (row, attribute) = (grain.row(at), grain.attribute(at));
                assert_eq!(grain.bucket_of(row, &attribute), Some(Period::containing(at, grain.bucket())), "{text}");
            }
        }
        let row = Grain::Hours.row("2026-11-29T00:00:00Z".parse().unwrap());
        for other in ["h24", "d01", "version", "", "h", "hé"] {
            assert_eq!(Grain::Hours.bucket_of(row, other), None, "{other}");
        }
    }

    #[test]
    fn partitions_are_months_of_hours_and_years_of_days() {
        let at: Timestamp = "2026-11-29T13:00:00Z".parse().unwrap();
        assert_eq!(Grain::Hours.partition(Grain::Hours.row(at)), "2026-11");
        assert_eq!(Grain::Days.partition(Grain::Days.row(at)), "2026");
        assert_eq!((Grain::Hours.attribute(at), Grain::Days.attribute(at)), ("h13".to_owned(), "d29".to_owned()));
    }
}

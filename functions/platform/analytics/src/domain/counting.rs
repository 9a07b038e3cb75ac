//! What one event adds to the metrics: a pure function of the event, so that the totals do not depend on the order in which
//! events arrive, and a replay of all events gives the same totals.

use contracts::Envelope;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use types::CurrencyCode;

use crate::domain::metric::{
    Definition, Dimension, DimensionValues, Filter, MAX_DIMENSIONS, Metric, OTHER, Pointer, Source, Value,
};
use crate::domain::pointer::{self, TooManyElements};
use crate::domain::row::Cell;

/// The oldest event that is counted, in days. Its mark is kept for a day more, so an event cannot return after its mark is
/// gone. The bus's archive holds 30 days, and a dead-letter queue 14.
pub const MAX_EVENT_AGE_DAYS: i64 = 44;
/// The most that one event adds to a counter, and the least that it subtracts.
pub const MAX_AMOUNT: i64 = 1_000_000_000_000;
/// The most additions and distinct users of one event. With rows of hours and days, and the mark, they fit into a transaction.
pub const MAX_ADDITIONS: usize = 40;

/// What one event adds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contribution {
    /// What it adds to counters. No cell of a metric appears twice, and no amount is zero.
    pub additions: Vec<Addition>,
    /// The users that it adds to distinct users.
    pub users: Vec<ActiveUser>,
}

/// An amount that is added to a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// The metric.
    pub metric: &'static str,
    /// The cell.
    pub cell: Cell,
    /// The amount.
    pub amount: i64,
}

/// A user who counts as distinct. Its `Debug` shows no ID.
#[derive(Clone, PartialEq, Eq)]
pub struct ActiveUser {
    /// The metric.
    pub metric: &'static str,
    /// User ID.
    pub user: String,
}

types::redacted!(ActiveUser);

/// An event that cannot be counted, now or ever.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Uncountable {
    /// Whether it was counted is no longer known.
    #[error("the event is older than {MAX_EVENT_AGE_DAYS} days")]
    TooOld,
    /// No metric counts its type.
    #[error("unexpected event type {0}")]
    Unexpected(String),
    /// A value is missing or no integer.
    #[error("{metric}: no integer at {pointer}")]
    NoInteger {
        /// The metric.
        metric: &'static str,
        /// Where it should be.
        pointer: Pointer,
    },
    /// The currency is missing or none.
    #[error("{metric}: no currency at {pointer}")]
    NoCurrency {
        /// The metric.
        metric: &'static str,
        /// Where it should be.
        pointer: Pointer,
    },
    /// The amount is out of bounds.
    #[error("{0}: the amount is beyond ±{MAX_AMOUNT}")]
    Amount(&'static str),
    /// An array has too many elements.
    #[error("{0}: {1}")]
    Elements(&'static str, TooManyElements),
    /// Metrics declare more than one transaction can write.
    #[error("the event adds to more than {MAX_ADDITIONS} counters")]
    TooManyAdditions,
}

impl Contribution {
    /// What an event adds to these metrics at a time.
    pub fn of<'a>(
        event: &Envelope<Json>,
        metrics: impl Iterator<Item = &'a Metric>,
        now: Timestamp,
    ) -> Result<Self, Uncountable> {
        if now.duration_since(event.occurred_at) > SignedDuration::from_hours(24 * MAX_EVENT_AGE_DAYS) {
            return Err(Uncountable::TooOld);
        }
        let (mut contribution, mut is_expected) = (Self::default(), false);
        let event_type = event.detail_type();
        for metric in metrics {
            match metric.definition {
                Definition::Summed { sources, dimensions } => {
                    let Some(source) = sources.iter().find(|source| source.event == event_type) else { continue };
                    is_expected = true;
                    contribution.additions.extend(additions(metric, source, dimensions, &event.data)?);
                }
                Definition::Distinct { sources } => {
                    let Some(source) = sources.iter().find(|source| source.event == event_type) else { continue };
                    is_expected = true;
                    let user = event.data.pointer(source.user).and_then(Json::as_str).map(str::to_owned);
                    contribution.users.extend(user.map(|user| ActiveUser { metric: metric.name, user }));
                }
                Definition::Quotient { .. } => {}
            }
        }
        if !is_expected {
            return Err(Uncountable::Unexpected(event_type));
        }
        if contribution.additions.len() + contribution.users.len() > MAX_ADDITIONS {
            return Err(Uncountable::TooManyAdditions);
        }
        Ok(contribution)
    }

    /// True if it adds nothing.
    pub fn is_empty(&self) -> bool {
        self.additions.is_empty() && self.users.is_empty()
    }
}

/// The additions of one source: one per dimension, whose cells together are the total; or one to the total without any.
fn additions(
    metric: &Metric,
    source: &Source,
    dimensions: &[Dimension],
    data: &Json,
) -> Result<Vec<Addition>, Uncountable> {
    if !source.filters.iter().all(|filter| holds(*filter, data)) {
        return Ok(Vec::new());
    }
    let amount = amount(metric.name, source.value, data)?;
    if amount == 0 {
        return Ok(Vec::new());
    }
    let currency = source.currency.map(|pointer| currency(metric.name, pointer, data)).transpose()?;
    if dimensions.is_empty() {
        return Ok(vec![Addition { metric: metric.name, cell: Cell::total(currency), amount }]);
    }
    let cells = dimensions.iter().zip(source.dimensions).take(MAX_DIMENSIONS).map(|(dimension, pointer)| {
        let value = dimension_value(metric.name, dimension, pointer, data)?;
        Ok(Addition { metric: metric.name, cell: Cell::of(dimension.name, &value, currency.clone()), amount })
    });
    cells.collect()
}

fn holds(filter: Filter, data: &Json) -> bool {
    let at = |pointer: Pointer| data.pointer(pointer).filter(|value| !value.is_null());
    match filter {
        Filter::Present(pointer) => at(pointer).is_some(),
        Filter::Absent(pointer) => at(pointer).is_none(),
        Filter::Is(pointer, flag) => at(pointer).and_then(Json::as_bool) == Some(flag),
        Filter::Number(pointer, number) => at(pointer).and_then(Json::as_i64) == Some(number),
    }
}

fn amount(metric: &'static str, value: Value, data: &Json) -> Result<i64, Uncountable> {
    let resolve = |pointer| pointer::resolve(data, pointer).map_err(|error| Uncountable::Elements(metric, error));
    let pointer = match value {
        Value::One => return Ok(1),
        // At most `pointer::MAX_ELEMENTS`.
        Value::Elements(pointer) => return Ok(i64::try_from(resolve(pointer)?.len()).unwrap_or(MAX_AMOUNT)),
        Value::Sum(pointer) => pointer,
    };
    let values = resolve(pointer)?;
    if values.is_empty() && !pointer.contains('*') {
        return Err(Uncountable::NoInteger { metric, pointer });
    }
    let sum = values.into_iter().try_fold(0_i64, |sum, value| {
        let number = value.as_i64().ok_or(Uncountable::NoInteger { metric, pointer })?;
        sum.checked_add(number).ok_or(Uncountable::Amount(metric))
    })?;
    if sum.unsigned_abs() > MAX_AMOUNT.unsigned_abs() { Err(Uncountable::Amount(metric)) } else { Ok(sum) }
}

fn currency(metric: &'static str, pointer: Pointer, data: &Json) -> Result<CurrencyCode, Uncountable> {
    let text = data.pointer(pointer).and_then(Json::as_str);
    text.and_then(|text| CurrencyCode::parse(text).ok()).ok_or(Uncountable::NoCurrency { metric, pointer })
}

fn dimension_value(
    metric: &'static str,
    dimension: &Dimension,
    pointer: Pointer,
    data: &Json,
) -> Result<String, Uncountable> {
    match dimension.values {
        DimensionValues::Currency => currency(metric, pointer, data).map(|currency| currency.as_str().to_owned()),
        DimensionValues::Listed(values) => {
            let text = match data.pointer(pointer) {
                Some(Json::String(text)) => text.clone(),
                Some(Json::Number(number)) => number.to_string(),
                Some(Json::Bool(flag)) => flag.to_string(),
                _ => String::new(),
            };
            Ok(if values.contains(&text.as_str()) { text } else { OTHER.to_owned() })
        }
    }
}

#[cfg(test)]
#[path = "counting_tests.rs"]
mod tests;

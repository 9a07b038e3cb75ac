//! A row of a report's file.

use jiff::Timestamp;

/// Names of the columns.
pub const COLUMNS: [&str; 8] =
    ["period", "starts_at", "metric", "dimension", "dimension_value", "currency", "unit", "value"];

/// The value of a metric in a period. Amounts are whole minor units of the currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    /// Name of the period: `2026-11-29T13`, `2026-11-29` or `2026-11`.
    pub period: String,
    /// Beginning of the period.
    pub starts_at: Timestamp,
    /// Name of the metric.
    pub metric: String,
    /// Dimension that the value is broken down by.
    pub dimension: Option<String>,
    /// Value of that dimension.
    pub dimension_value: Option<String>,
    /// Currency of an amount.
    pub currency: Option<String>,
    /// Unit.
    pub unit: String,
    /// The value. None for a quotient whose divisor is zero.
    pub value: Option<i64>,
}

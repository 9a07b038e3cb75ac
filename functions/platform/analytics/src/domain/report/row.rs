//! A row of a report's file.

use jiff::Timestamp;

use super::super::metric::Unit;
use super::super::series::Values;
use super::Column;

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

/// Returns the rows of a metric, series by series.
pub fn rows(column: &Column, unit: Unit, values: Values) -> Vec<ReportRow> {
    let mut rows = Vec::new();
    for series in values.series {
        for (period, value) in values.range.periods().zip(series.values) {
            rows.push(ReportRow {
                period: period.name(),
                starts_at: period.start(),
                metric: column.metric.clone(),
                dimension: column.by.clone(),
                dimension_value: series.value.clone(),
                currency: series.currency.as_ref().map(|currency| currency.as_str().to_owned()),
                unit: unit_name(unit).to_owned(),
                value,
            });
        }
    }
    rows
}

/// The name of a unit, as in JSON.
const fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "count",
        Unit::MinorUnits => "minor_units",
        Unit::DistinctUsers => "distinct_users",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::metric::Unit;

    #[test]
    fn units_have_the_names_that_they_have_in_json() {
        for unit in [Unit::Count, Unit::MinorUnits, Unit::DistinctUsers] {
            assert_eq!(serde_json::to_value(unit).unwrap(), unit_name(unit));
        }
    }
}

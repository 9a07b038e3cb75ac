//! Views of metrics in responses.

use serde::Serialize;
use types::CurrencyCode;
use utoipa::ToSchema;

use crate::domain::metric::{Definition, Dimension, DimensionValues, Metric, OTHER, Unit};
use crate::domain::period::{Interval, Period};
use crate::domain::series::{Series, Values, max_periods_of};

/// How the values of a metric are obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MetricKind {
    /// The sum of what events add.
    Sum,
    /// The estimated number of distinct users.
    Distinct,
    /// One metric divided by another.
    Quotient,
}

/// A metric.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricDefinition {
    /// Name.
    #[schema(value_type = String, example = "gross_sales")]
    pub name: &'static str,
    /// What it measures.
    #[schema(value_type = String)]
    pub description: &'static str,
    /// Unit of its values.
    pub unit: Unit,
    /// How its values are obtained.
    pub kind: MetricKind,
    /// Event types that count, with their versions. Empty for quotients.
    #[schema(value_type = Vec<String>)]
    pub events: Vec<&'static str>,
    /// What the metric can be broken down by.
    pub dimensions: Vec<MetricDimension>,
    /// The intervals that it has, with the largest number of periods of a request.
    pub intervals: Vec<MetricBound>,
    /// The metric that is divided. Null unless `kind` is `quotient`.
    #[schema(value_type = Option<String>)]
    pub dividend: Option<&'static str>,
    /// The metric that it is divided by. Null unless `kind` is `quotient`.
    #[schema(value_type = Option<String>)]
    pub divisor: Option<&'static str>,
}

/// A dimension of a metric.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricDimension {
    /// Name, for the parameter `by`.
    #[schema(value_type = String, example = "provider")]
    pub name: &'static str,
    /// Its values, the last of which is `other`. Null for currencies.
    #[schema(value_type = Option<Vec<String>>)]
    pub values: Option<Vec<&'static str>>,
}

/// An interval, and how many of them one request may ask for.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricBound {
    /// Interval.
    pub interval: Interval,
    /// The most periods of a request.
    #[schema(example = 1000)]
    pub max_periods: usize,
}

impl From<&'static Metric> for MetricDefinition {
    fn from(metric: &'static Metric) -> Self {
        let (kind, dividend, divisor) = match metric.definition {
            Definition::Summed { .. } => (MetricKind::Sum, None, None),
            Definition::Distinct { .. } => (MetricKind::Distinct, None, None),
            Definition::Quotient { dividend, divisor } => (MetricKind::Quotient, Some(dividend), Some(divisor)),
        };
        let bounds = Interval::ALL.into_iter().filter_map(|interval| {
            max_periods_of(metric, interval).map(|max_periods| MetricBound { interval, max_periods })
        });
        Self {
            name: metric.name,
            description: metric.description,
            unit: metric.unit,
            kind,
            events: metric.events(),
            dimensions: metric.dimensions().iter().map(MetricDimension::from).collect(),
            intervals: bounds.collect(),
            dividend,
            divisor,
        }
    }
}

impl From<&Dimension> for MetricDimension {
    fn from(dimension: &Dimension) -> Self {
        let values = match dimension.values {
            DimensionValues::Listed(values) => Some(values.iter().copied().chain([OTHER]).collect()),
            DimensionValues::Currency => None,
        };
        Self { name: dimension.name, values }
    }
}

/// The values of a metric.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricValues {
    /// Name of the metric.
    #[schema(value_type = String, example = "gross_sales")]
    pub name: &'static str,
    /// Unit of the values.
    pub unit: Unit,
    /// Length of the periods.
    pub interval: Interval,
    /// The dimension that the values are broken down by. Null if they are not.
    #[schema(value_type = Option<String>)]
    pub by: Option<&'static str>,
    /// Beginnings of the periods, in order.
    #[schema(value_type = Vec<String>, format = DateTime)]
    pub periods: Vec<String>,
    /// The series, sorted by currency and value.
    pub series: Vec<MetricSeries>,
}

/// Values of a metric in one currency and for one value of a dimension.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricSeries {
    /// Value of the dimension. Null if the metric is not broken down.
    #[schema(example = "stripe")]
    pub value: Option<String>,
    /// Currency of the amounts. Null for metrics that are no amounts.
    pub currency: Option<CurrencyCode>,
    /// One value per period. 0 where nothing was counted; null where a quotient has no divisor.
    #[schema(example = json!([1250, 0, 990]))]
    pub values: Vec<Option<i64>>,
}

impl MetricValues {
    /// The values of a metric, broken down by a dimension of it.
    pub fn new(metric: &'static Metric, by: Option<&'static str>, values: Values) -> Self {
        let begin = |period: Period| types::time::text(&period.start());
        Self {
            name: metric.name,
            unit: metric.unit,
            interval: values.range.first.interval,
            by,
            periods: values.range.periods().map(begin).collect(),
            series: values.series.into_iter().map(MetricSeries::from).collect(),
        }
    }
}

impl From<Series> for MetricSeries {
    fn from(Series { value, currency, values }: Series) -> Self {
        Self { value, currency, values }
    }
}

//! Metrics, declared as data: which events count, what of them, and how the result can be broken down.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The most values of a dimension that are counted by themselves. All others are counted as [`OTHER`].
pub const MAX_DIMENSION_VALUES: usize = 50;
/// The most dimensions of a metric.
pub const MAX_DIMENSIONS: usize = 4;
/// The longest name of a metric or a dimension, in characters. The patterns of the API repeat it.
pub const MAX_NAME_CHARS: usize = 40;
/// The value of a dimension for everything that its declaration does not list.
pub const OTHER: &str = "other";

/// A JSON pointer (RFC 6901) into the payload of an event. A segment `*` stands for every element of an array.
pub type Pointer = &'static str;

/// A metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Unique name, such as `gross_sales`. It never changes: stored counters are found by it.
    pub name: &'static str,
    /// What it measures, for people.
    pub description: &'static str,
    /// Unit of its values.
    pub unit: Unit,
    /// How its values are obtained.
    pub definition: Definition,
}

/// The unit of a metric's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MetricUnit)]
pub enum Unit {
    /// A number of things.
    Count,
    /// An amount in minor units. Each series has one currency: amounts in different currencies are never added.
    MinorUnits,
    /// A number of distinct users, estimated with HyperLogLog.
    DistinctUsers,
}

/// How the values of a metric are obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Definition {
    /// Summed from events.
    Summed {
        /// The events that count. At most one source per event type.
        sources: &'static [Source],
        /// What the result can be broken down by. At most [`MAX_DIMENSIONS`].
        dimensions: &'static [Dimension],
    },
    /// The number of distinct users in events, per day and per month. Values of several days cannot be added.
    Distinct {
        /// The events that count, whose value is the pointer to the user ID.
        sources: &'static [DistinctSource],
    },
    /// One metric divided by another, per currency of the numerator, rounded half away from zero. The divisor has a dimension
    /// [`DimensionValues::Currency`] if the dividend is an amount.
    Quotient {
        /// Name of the metric that is divided.
        dividend: &'static str,
        /// Name of the metric that it is divided by.
        divisor: &'static str,
    },
}

/// Events of one type that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Event type with its version, as on the bus: `orders.order_placed.v1`.
    pub event: &'static str,
    /// Conditions on the payload, all of which must hold.
    pub filters: &'static [Filter],
    /// What one event adds.
    pub value: Value,
    /// Where the currency is, for metrics in [`Unit::MinorUnits`].
    pub currency: Option<Pointer>,
    /// Where the values of the metric's dimensions are, in the order of [`Definition::Summed::dimensions`].
    pub dimensions: &'static [Pointer],
}

/// Events of one type whose users are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DistinctSource {
    /// Event type with its version.
    pub event: &'static str,
    /// Where the user ID is. An event without one does not count.
    pub user: Pointer,
}

/// What one event adds to a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// One.
    One,
    /// The sum of the integers at a pointer.
    Sum(Pointer),
    /// The number of values at a pointer, which ends with `*` for the elements of an array.
    Elements(Pointer),
}

/// A condition on the payload of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// There is a value.
    Present(Pointer),
    /// There is no value.
    Absent(Pointer),
    /// There is this boolean.
    Is(Pointer, bool),
    /// There is this integer.
    Number(Pointer, i64),
}

/// What a metric can be broken down by. The values are declared and not learned from events: which fifty would come first
/// depends on the order of events, and counting must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dimension {
    /// Name, as in the query parameter `by`.
    pub name: &'static str,
    /// Its values.
    pub values: DimensionValues,
}

/// The values of a dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DimensionValues {
    /// These, at most [`MAX_DIMENSION_VALUES`], and [`OTHER`] for everything else.
    Listed(&'static [&'static str]),
    /// Currency codes. Their number is that of the currencies in which the deployment trades.
    Currency,
}

impl Metric {
    /// What the metric can be broken down by. None for distinct users and quotients.
    pub const fn dimensions(&self) -> &'static [Dimension] {
        match self.definition {
            Definition::Summed { dimensions, .. } => dimensions,
            Definition::Distinct { .. } | Definition::Quotient { .. } => &[],
        }
    }

    /// The event types that the metric counts, as on the bus.
    pub fn events(&self) -> Vec<&'static str> {
        match self.definition {
            Definition::Summed { sources, .. } => sources.iter().map(|source| source.event).collect(),
            Definition::Distinct { sources } => sources.iter().map(|source| source.event).collect(),
            Definition::Quotient { .. } => Vec::new(),
        }
    }

    /// The dimension of this name, if the metric has it.
    pub fn dimension(&self, name: &str) -> Option<&'static Dimension> {
        self.dimensions().iter().find(|dimension| dimension.name == name)
    }

    /// The dimension whose cells sum to the total: the first one, if there is any. Totals have no cells of their own then,
    /// which saves two writes per event.
    pub fn total_dimension(&self) -> Option<&'static str> {
        self.dimensions().first().map(|dimension| dimension.name)
    }
}

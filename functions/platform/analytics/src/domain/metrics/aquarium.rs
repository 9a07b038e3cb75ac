//! Metrics of aquariums.

use crate::domain::metric::{
    Definition, Dimension, DimensionValues, DistinctSource, Filter, Metric, Source, Unit, Value,
};

const AQUARIUM_KIND: Dimension =
    Dimension { name: "kind", values: DimensionValues::Listed(&["fresh", "brackish", "marine", "pond"]) };
const PARAMETER: Dimension = Dimension {
    name: "parameter",
    values: DimensionValues::Listed(&[
        "temperature",
        "ph",
        "salinity",
        "conductivity",
        "alkalinity",
        "general_hardness",
        "calcium",
        "magnesium",
        "ammonia",
        "nitrite",
        "nitrate",
        "phosphate",
        "oxygen",
        "oxygen_saturation",
        "redox",
        "level",
        "co2",
    ]),
};
const ALARM_CAUSE: Dimension = Dimension {
    name: "cause",
    values: DimensionValues::Listed(&["limit", "predicted_crossing", "disagreement", "probe_fault"]),
};

/// The first revision of something: later ones correct it.
const FIRST: Filter = Filter::Number("/revision", 1);

const fn count(event: &'static str) -> Source {
    Source { event, filters: &[], value: Value::One, currency: None, dimensions: &[] }
}

const fn owner(event: &'static str) -> DistinctSource {
    DistinctSource { event, user: "/ownerId" }
}

/// All of them.
pub const METRICS: &[Metric] = &[
    Metric {
        name: "aquariums_created",
        description: "Aquariums that were created",
        unit: Unit::Count,
        definition: Definition::Summed {
            sources: &[Source { dimensions: &["/kind"], ..count("aquariums.aquarium_created.v1") }],
            dimensions: &[AQUARIUM_KIND],
        },
    },
    Metric {
        name: "readings_recorded",
        description: "Readings that were recorded by hand, by what was measured. Corrections and deletions change nothing",
        unit: Unit::Count,
        definition: Definition::Summed {
            sources: &[Source {
                filters: &[FIRST],
                dimensions: &["/parameter"],
                ..count("aquariums.reading_recorded.v1")
            }],
            dimensions: &[PARAMETER],
        },
    },
    Metric {
        name: "alarms_fired",
        description: "Alarms that fired. One that late samples withdrew counts too",
        unit: Unit::Count,
        definition: Definition::Summed {
            sources: &[Source { filters: &[FIRST], dimensions: &["/cause"], ..count("aquariums.alarm_changed.v1") }],
            dimensions: &[ALARM_CAUSE],
        },
    },
    Metric {
        name: "timeline_entries_appended",
        description: "Entries that were appended to timelines",
        unit: Unit::Count,
        definition: Definition::Summed {
            sources: &[Source { value: Value::Elements("/entries/*"), ..count("timeline.entries_appended.v1") }],
            dimensions: &[],
        },
    },
    Metric {
        name: "active_keepers",
        description: "Distinct owners of aquariums that were created, or in which readings or entries of the timeline were \
                      recorded by hand. Estimated with HyperLogLog: the standard error is 1.6 %",
        unit: Unit::DistinctUsers,
        definition: Definition::Distinct {
            sources: &[
                owner("aquariums.aquarium_created.v1"),
                owner("aquariums.reading_recorded.v1"),
                owner("timeline.entries_appended.v1"),
            ],
        },
    },
];

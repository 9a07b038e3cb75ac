//! Metrics of the community.

use crate::domain::metric::{Definition, Dimension, DimensionValues, Filter, Metric, Source, Unit, Value};

const FUNDING: Dimension = Dimension { name: "funding", values: DimensionValues::Listed(&["balance", "card"]) };
const REWARD: Dimension = Dimension {
    name: "reward",
    values: DimensionValues::Listed(&["own_point", "new_point", "email_unverified", "user_limit", "type_limit"]),
};
const POINT_KIND: Dimension =
    Dimension { name: "kind", values: DimensionValues::Listed(&["food", "water", "shelter"]) };
const TIER: Dimension = Dimension { name: "tier", values: DimensionValues::Listed(&["1", "2", "3", "4", "5"]) };

const fn count(event: &'static str) -> Source {
    Source { event, filters: &[], value: Value::One, currency: None, dimensions: &[] }
}

/// All of them.
pub const METRICS: &[Metric] = &[
    Metric {
        name: "points_created",
        description: "Points that were created",
        unit: Unit::Count,
        definition: Definition::Summed {
            sources: &[Source { dimensions: &["/kind"], ..count("points.point_created.v1") }],
            dimensions: &[POINT_KIND],
        },
    },
    Metric {
        name: "care_events_reported",
        description: "Care events that users reported. The dimension reward is the reason why a report earns no reward, and \
                      `other` where there is none",
        unit: Unit::Count,
        definition: Definition::Summed {
            sources: &[Source { dimensions: &["/rewardWithheld"], ..count("events.event_reported.v1") }],
            dimensions: &[REWARD],
        },
    },
    Metric {
        name: "care_events_removed",
        description: "Care events that were deleted by their author or an admin",
        unit: Unit::Count,
        definition: Definition::Summed { sources: &[count("events.event_removed.v1")], dimensions: &[] },
    },
    Metric {
        name: "donations",
        description: "Donations that were credited to their recipients",
        unit: Unit::Count,
        definition: Definition::Summed {
            sources: &[Source { dimensions: &["/funding"], ..count("wallet.donation_completed.v1") }],
            dimensions: &[FUNDING],
        },
    },
    Metric {
        name: "donated",
        description: "Amounts of donations that were credited to their recipients",
        unit: Unit::MinorUnits,
        definition: Definition::Summed {
            sources: &[Source {
                value: Value::Sum("/money/amountMinor"),
                currency: Some("/money/currency"),
                dimensions: &["/funding"],
                ..count("wallet.donation_completed.v1")
            }],
            dimensions: &[FUNDING],
        },
    },
    Metric {
        name: "rewards",
        description: "Rewards that reports and badges earned",
        unit: Unit::MinorUnits,
        definition: Definition::Summed {
            sources: &[
                Source {
                    filters: &[Filter::Present("/reward"), Filter::Absent("/rewardWithheld")],
                    value: Value::Sum("/reward/amountMinor"),
                    currency: Some("/reward/currency"),
                    ..count("events.event_reported.v1")
                },
                Source {
                    filters: &[Filter::Present("/reward")],
                    value: Value::Sum("/reward/amountMinor"),
                    currency: Some("/reward/currency"),
                    ..count("badges.badge_earned.v1")
                },
                Source {
                    value: Value::Sum("/reward/amountMinor"),
                    currency: Some("/reward/currency"),
                    ..count("badges.reward_granted.v1")
                },
            ],
            dimensions: &[],
        },
    },
    Metric {
        name: "badges_earned",
        description: "Tiers of badges that users earned, by the number of the tier",
        unit: Unit::Count,
        definition: Definition::Summed {
            sources: &[Source { dimensions: &["/tier"], ..count("badges.badge_earned.v1") }],
            dimensions: &[TIER],
        },
    },
];

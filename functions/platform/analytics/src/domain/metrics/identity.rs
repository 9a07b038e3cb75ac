//! Metrics of accounts.

use crate::domain::metric::{Definition, Dimension, DimensionValues, DistinctSource, Metric, Source, Unit, Value};

const PLATFORM: Dimension = Dimension { name: "platform", values: DimensionValues::Listed(&["ios", "android", "web"]) };

const fn count(event: &'static str) -> Source {
    Source { event, filters: &[], value: Value::One, currency: None, dimensions: &[] }
}

const fn user(event: &'static str, user: &'static str) -> DistinctSource {
    DistinctSource { event, user }
}

/// All of them.
pub const METRICS: &[Metric] = &[
    Metric {
        name: "sign_ups",
        description: "Accounts that were registered",
        unit: Unit::Count,
        definition: Definition::Summed { sources: &[count("identity.user_registered.v1")], dimensions: &[] },
    },
    Metric {
        name: "sessions_started",
        description: "Sign-ins, by the platform that the client states",
        unit: Unit::Count,
        definition: Definition::Summed {
            sources: &[Source { dimensions: &["/device/platform"], ..count("identity.session_started.v1") }],
            dimensions: &[PLATFORM],
        },
    },
    Metric {
        name: "accounts_deleted",
        description: "Accounts that their owners deleted",
        unit: Unit::Count,
        definition: Definition::Summed { sources: &[count("identity.user_deleted.v1")], dimensions: &[] },
    },
    Metric {
        name: "active_users",
        description: "Distinct users who signed in, placed an order, reported a care event, created a point or donated. \
                      Estimated with HyperLogLog: the standard error is 1.6 %",
        unit: Unit::DistinctUsers,
        definition: Definition::Distinct {
            sources: &[
                user("identity.session_started.v1", "/userId"),
                user("orders.order_placed.v1", "/order/userId"),
                user("events.event_reported.v1", "/userId"),
                user("points.point_created.v1", "/keeperId"),
                user("wallet.donation_completed.v1", "/donorId"),
            ],
        },
    },
];

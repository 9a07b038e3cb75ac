//! Metrics of the shop.

use crate::domain::metric::{Definition, Dimension, DimensionValues, Filter, Metric, Source, Unit, Value};

const ORDER_CURRENCY: Dimension = Dimension { name: "currency", values: DimensionValues::Currency };
const REFUND_PROVIDER: Dimension =
    Dimension { name: "provider", values: DimensionValues::Listed(&["stripe", "paypal"]) };

/// One metric that counts orders by currency.
const fn orders(name: &'static str, description: &'static str, sources: &'static [Source]) -> Metric {
    Metric {
        name,
        description,
        unit: Unit::Count,
        definition: Definition::Summed { sources, dimensions: &[ORDER_CURRENCY] },
    }
}

const fn order_event(event: &'static str, filters: &'static [Filter]) -> Source {
    Source { event, filters, value: Value::One, currency: None, dimensions: &["/order/currency"] }
}

const fn units(event: &'static str) -> Source {
    Source { event, filters: &[], value: Value::Sum("/lines/*/quantity"), currency: None, dimensions: &[] }
}

/// All of them.
pub const METRICS: &[Metric] = &[
    orders(
        "orders_placed",
        "Orders placed, whether or not they are paid",
        &[order_event("orders.order_placed.v1", &[])],
    ),
    orders(
        "orders_confirmed",
        "Orders whose payment was captured or authorized",
        &[order_event("orders.order_confirmed.v1", &[])],
    ),
    orders("orders_lapsed", "Orders that were not paid in time", &[order_event("orders.order_lapsed.v1", &[])]),
    orders(
        "orders_cancelled",
        "Orders of which nothing remains after a cancellation",
        &[order_event("orders.order_cancelled.v1", &[Filter::Is("/isComplete", true)])],
    ),
    Metric {
        name: "units_sold",
        description: "Units of confirmed orders. Cancelled and returned units are not subtracted",
        unit: Unit::Count,
        definition: Definition::Summed { sources: &[units("orders.order_confirmed.v1")], dimensions: &[] },
    },
    Metric {
        name: "units_cancelled",
        description: "Units that were cancelled before they were shipped",
        unit: Unit::Count,
        definition: Definition::Summed { sources: &[units("orders.order_cancelled.v1")], dimensions: &[] },
    },
    Metric {
        name: "units_returned",
        description: "Returned units that were received",
        unit: Unit::Count,
        definition: Definition::Summed { sources: &[units("orders.return_received.v1")], dimensions: &[] },
    },
    Metric {
        name: "gross_sales",
        description: "Totals of confirmed orders, taxes and shipping included. Refunds are not subtracted",
        unit: Unit::MinorUnits,
        definition: Definition::Summed {
            sources: &[Source {
                event: "orders.order_confirmed.v1",
                filters: &[],
                value: Value::Sum("/order/totalMinor"),
                currency: Some("/order/currency"),
                dimensions: &[],
            }],
            dimensions: &[],
        },
    },
    Metric {
        name: "refunds",
        description: "Amounts that were sent back to buyers",
        unit: Unit::MinorUnits,
        definition: Definition::Summed {
            sources: &[Source {
                event: "payments.refund_succeeded.v1",
                filters: &[],
                value: Value::Sum("/refundedMinor"),
                currency: Some("/payment/currency"),
                dimensions: &["/payment/provider"],
            }],
            dimensions: &[REFUND_PROVIDER],
        },
    },
    Metric {
        name: "average_order_value",
        description: "Gross sales divided by confirmed orders, per currency, rounded half away from zero",
        unit: Unit::MinorUnits,
        definition: Definition::Quotient { dividend: "gross_sales", divisor: "orders_confirmed" },
    },
];

//! Orders for the back office.

use jiff::Timestamp;
use serde::Serialize;
use types::{CurrencyCode, OrderId};
use utoipa::ToSchema;

use crate::api::order_parts::{
    BackofficeReturn, OrderCancellation, OrderDispute, OrderPayment, OrderRefund, OrderShipment, OrderUnits, units,
};
use crate::domain::order::{Head, OrderPage};
use crate::domain::order_status::{Attention, Status};

/// Status of an order in the back office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FulfilmentStatus {
    /// Not paid yet.
    Placed,
    /// Not paid in time.
    Lapsed,
    /// Cancelled as a whole.
    Cancelled,
    /// To be shipped.
    Confirmed,
    /// Partly shipped.
    PartlyShipped,
    /// Nothing remains to be shipped.
    Shipped,
    /// All shipments were delivered, and nothing remains to be shipped.
    Delivered,
}

impl From<Status> for FulfilmentStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Placed => Self::Placed,
            Status::Lapsed => Self::Lapsed,
            Status::Cancelled => Self::Cancelled,
            Status::Confirmed => Self::Confirmed,
            Status::PartlyShipped => Self::PartlyShipped,
            Status::Shipped => Self::Shipped,
            Status::Delivered => Self::Delivered,
        }
    }
}

/// Why staff have to look at an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttentionReason {
    /// The buyer disputes the payment at the bank. Answer in the provider's dashboard.
    DisputeOpen,
    /// A refund failed. Request another one.
    RefundFailed,
    /// The authorization ends within a day, and not all of it was captured. Ship or capture.
    AuthorizationExpiring,
}

impl From<Attention> for AttentionReason {
    fn from(attention: Attention) -> Self {
        match attention {
            Attention::DisputeOpen => Self::DisputeOpen,
            Attention::RefundFailed => Self::RefundFailed,
            Attention::AuthorizationExpiring => Self::AuthorizationExpiring,
        }
    }
}

/// Page of an order for the back office. Names and addresses are in the order itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BackofficeOrder {
    /// Order ID.
    pub id: OrderId,
    /// Order number.
    #[schema(example = "7ZK2M0QX9D")]
    pub number: String,
    /// Status.
    pub status: FulfilmentStatus,
    /// Why staff have to look at it. Empty if they do not.
    pub attention: Vec<AttentionReason>,
    /// Currency of all amounts.
    pub currency: CurrencyCode,
    /// Total in minor units.
    #[schema(example = 2500)]
    pub total_minor: i64,
    /// When it was placed.
    #[serde(serialize_with = "types::time::millis")]
    pub placed_at: Timestamp,
    /// When it was confirmed. Null before.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub confirmed_at: Option<Timestamp>,
    /// The lines. Empty until the event arrives that has them.
    pub lines: Vec<OrderUnits>,
    /// Payment. Null before the buyer started to pay.
    pub payment: Option<OrderPayment>,
    /// Cancellations.
    pub cancellations: Vec<OrderCancellation>,
    /// Shipments, by number.
    pub shipments: Vec<OrderShipment>,
    /// Returns, by number.
    pub returns: Vec<BackofficeReturn>,
    /// Refunds.
    pub refunds: Vec<OrderRefund>,
    /// Disputes.
    pub disputes: Vec<OrderDispute>,
    /// Time of the newest event that the page shows.
    #[serde(serialize_with = "types::time::millis")]
    pub as_of: Timestamp,
}

impl BackofficeOrder {
    /// Shows a page; none while only payments of the order are known.
    pub fn of(page: &OrderPage) -> Option<Self> {
        let Head { number, currency, total_minor, placed_at } = page.head.clone()?;
        let number_of = |key: &String| key.parse().unwrap_or_default();
        let lines = page.lines.as_deref().unwrap_or_default();
        let cancellations = page.cancellations.values().map(|it| OrderCancellation::of(it, lines));
        let mut cancellations: Vec<_> = cancellations.collect();
        cancellations.sort_by_key(|cancellation| cancellation.at);
        Some(Self {
            id: page.order_id,
            number,
            status: page.status().into(),
            attention: page.attention().into_iter().map(AttentionReason::from).collect(),
            currency,
            total_minor,
            placed_at,
            confirmed_at: page.confirmed_at,
            lines: units(lines),
            payment: page.payment.as_ref().map(OrderPayment::from),
            cancellations,
            shipments: page.shipments.iter().map(|(key, it)| OrderShipment::of(number_of(key), it, lines)).collect(),
            returns: page.returns.iter().map(|(key, it)| BackofficeReturn::of(number_of(key), it, lines)).collect(),
            refunds: page.refunds.iter().map(|(id, it)| OrderRefund::of(*id, it)).collect(),
            disputes: page.disputes.iter().map(|(id, it)| OrderDispute::of(id, it)).collect(),
            as_of: page.as_of,
        })
    }
}

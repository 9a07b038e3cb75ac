//! What belongs to an order in the back office: units, payment, cancellations, shipments, returns, refunds and disputes.

use contracts::orders::{RefundReason, SoldUnits};
use contracts::payments::PaymentProviderName;
use jiff::Timestamp;
use serde::Serialize;
use types::{LocationId, PaymentId, ProductId, RefundId, VariantId};
use utoipa::ToSchema;

use crate::domain::order::{Cancellation, Dispute, OrderReturn, Payment, Refund, Returned, Shipment};
use crate::domain::units::Units;

/// Units of a variant in an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderUnits {
    /// Index of the line in the order, from 0.
    #[schema(example = 0)]
    pub line: u32,
    /// Variant ID.
    pub variant_id: VariantId,
    /// Product ID.
    pub product_id: ProductId,
    /// Number of units.
    #[schema(example = 2)]
    pub quantity: u32,
    /// What the buyer pays for them, taxes included, in minor units.
    #[schema(example = 2500)]
    pub gross_minor: i64,
}

impl From<&SoldUnits> for OrderUnits {
    fn from(units: &SoldUnits) -> Self {
        let SoldUnits { line, variant_id, product_id, quantity, gross_minor } = *units;
        Self { line, variant_id, product_id, quantity, gross_minor }
    }
}

/// Shows units.
pub fn units(lines: &[SoldUnits]) -> Vec<OrderUnits> {
    lines.iter().map(OrderUnits::from).collect()
}

/// Shows units of shipments, returns and cancellations, with the lines of the order.
fn parts(units: &[Units], lines: &[SoldUnits]) -> Vec<OrderUnits> {
    units.iter().filter_map(|units| units.whole(lines)).map(|units| OrderUnits::from(&units)).collect()
}

/// Cancellation of a part of an order, or of all of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderCancellation {
    /// When.
    #[serde(serialize_with = "types::time::millis")]
    pub at: Timestamp,
    /// The units.
    pub units: Vec<OrderUnits>,
    /// Whether nothing of the order remains.
    pub is_complete: bool,
}

impl OrderCancellation {
    /// Shows it.
    pub fn of(cancellation: &Cancellation, lines: &[SoldUnits]) -> Self {
        let Cancellation { at, lines: units, is_complete, .. } = cancellation;
        Self { at: *at, units: parts(units, lines), is_complete: *is_complete }
    }
}

/// Shipment of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderShipment {
    /// Number within the order, from 1.
    #[schema(example = 1)]
    pub number: u32,
    /// When it left. Null while only its delivery is known.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub shipped_at: Option<Timestamp>,
    /// Location that it left. Null while only its delivery is known.
    pub location_id: Option<LocationId>,
    /// The units.
    pub units: Vec<OrderUnits>,
    /// When it was delivered. Null before.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub delivered_at: Option<Timestamp>,
}

impl OrderShipment {
    /// Shows it.
    pub fn of(number: u32, shipment: &Shipment, lines: &[SoldUnits]) -> Self {
        let shipped = shipment.shipped.as_ref();
        Self {
            number,
            shipped_at: shipped.map(|shipped| shipped.at),
            location_id: shipped.map(|shipped| shipped.location_id),
            units: shipped.map(|shipped| parts(&shipped.lines, lines)).unwrap_or_default(),
            delivered_at: shipment.delivered_at,
        }
    }
}

/// Return of units of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BackofficeReturn {
    /// Number within the order, from 1.
    #[schema(example = 1)]
    pub number: u32,
    /// When it was requested. Null while only its arrival is known.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub requested_at: Option<Timestamp>,
    /// The units that the buyer wants to return.
    pub requested: Vec<OrderUnits>,
    /// When it was received. Null before.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub received_at: Option<Timestamp>,
    /// The units that were received.
    pub received: Vec<OrderUnits>,
    /// Amount to be refunded in minor units. Null before it was received.
    #[schema(example = 1250)]
    pub refund_minor: Option<i64>,
}

impl BackofficeReturn {
    /// Shows it.
    pub fn of(number: u32, returned: &OrderReturn, lines: &[SoldUnits]) -> Self {
        let units = |it: &Option<Returned>| it.as_ref().map(|it| parts(&it.lines, lines)).unwrap_or_default();
        Self {
            number,
            requested_at: returned.requested.as_ref().map(|requested| requested.at),
            requested: units(&returned.requested),
            received_at: returned.received.as_ref().map(|received| received.at),
            received: units(&returned.received),
            refund_minor: returned.refund_minor,
        }
    }
}

/// Refund of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderRefund {
    /// Refund ID.
    pub id: RefundId,
    /// Amount in minor units.
    #[schema(example = 1250)]
    pub amount_minor: i64,
    /// Reason. Null for a refund that a manager requested.
    pub reason: Option<RefundReason>,
    /// When it became due. Null for a refund that a manager requested.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub due_at: Option<Timestamp>,
    /// When it was sent to the buyer. Null before.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub sent_at: Option<Timestamp>,
    /// When it failed last. Null if it did not.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub failed_at: Option<Timestamp>,
}

impl OrderRefund {
    /// Shows it.
    pub fn of(id: RefundId, refund: &Refund) -> Self {
        let Refund { amount_minor, due, sent_at, failed_at } = refund.clone();
        let (due_at, reason) = due.unzip();
        Self { id, amount_minor, reason, due_at, sent_at, failed_at }
    }
}

/// Payment of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderPayment {
    /// Payment ID.
    pub id: PaymentId,
    /// Provider.
    pub provider: PaymentProviderName,
    /// Amount of the order in minor units.
    #[schema(example = 2500)]
    pub amount_minor: i64,
    /// Authorized amount in minor units.
    #[schema(example = 2500)]
    pub authorized_minor: i64,
    /// Captured amount in minor units.
    #[schema(example = 2500)]
    pub captured_minor: i64,
    /// Time until which the authorized amount may be captured. Null until a day before it ends.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub expires_at: Option<Timestamp>,
    /// When it ended without money. Null if it did not.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub closed_at: Option<Timestamp>,
    /// Reason of the last failed attempt. Null if none failed.
    #[schema(example = "card_declined")]
    pub failure: Option<String>,
}

impl From<&Payment> for OrderPayment {
    fn from(payment: &Payment) -> Self {
        Self {
            id: payment.payment_id,
            provider: payment.provider.1,
            amount_minor: payment.amount_minor,
            authorized_minor: payment.authorized_minor,
            captured_minor: payment.captured_minor,
            expires_at: payment.expires_at,
            closed_at: payment.closed_at,
            failure: payment.failure.clone().map(|(_, reason)| reason),
        }
    }
}

/// Dispute about the payment of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderDispute {
    /// The provider's ID.
    #[schema(example = "dp_1PxQ")]
    pub id: String,
    /// Disputed amount in minor units.
    #[schema(example = 2500)]
    pub amount_minor: i64,
    /// When it was opened. Null while only its end is known.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub opened_at: Option<Timestamp>,
    /// When it was decided. Null before.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub closed_at: Option<Timestamp>,
    /// Whether the buyer got the money back. Null before it was decided.
    pub is_lost: Option<bool>,
}

impl OrderDispute {
    /// Shows it.
    pub fn of(id: &str, dispute: &Dispute) -> Self {
        let (closed_at, is_lost) = dispute.closed.unzip();
        let Dispute { amount_minor, opened_at, .. } = *dispute;
        Self { id: id.to_owned(), amount_minor, opened_at, closed_at, is_lost }
    }
}

//! Orders and figures for the back office.

use contracts::orders::{RefundReason, SoldUnits, StockAvailability};
use contracts::payments::PaymentProviderName;
use jiff::Timestamp;
use serde::Serialize;
use types::{CurrencyCode, LocationId, OrderId, PaymentId, ProductId, RefundId, VariantId};
use utoipa::ToSchema;

use crate::domain::order::{Cancellation, Dispute, Head, OrderPage, OrderReturn, Payment, Refund, Returned, Shipment};
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

/// Why somebody has to look at an order.
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

fn units(lines: &[SoldUnits]) -> Vec<OrderUnits> {
    lines.iter().map(OrderUnits::from).collect()
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

impl From<&Cancellation> for OrderCancellation {
    fn from(cancellation: &Cancellation) -> Self {
        let Cancellation { at, lines, is_complete, .. } = cancellation;
        Self { at: *at, units: units(lines), is_complete: *is_complete }
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
    fn of(number: u32, shipment: &Shipment) -> Self {
        let shipped = shipment.shipped.as_ref();
        Self {
            number,
            shipped_at: shipped.map(|shipped| shipped.at),
            location_id: shipped.map(|shipped| shipped.location_id),
            units: shipped.map(|shipped| units(&shipped.lines)).unwrap_or_default(),
            delivered_at: shipment.delivered_at,
        }
    }
}

/// Return of units of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderReturnView {
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

impl OrderReturnView {
    fn of(number: u32, returned: &OrderReturn) -> Self {
        let lines = |returned: &Option<Returned>| returned.as_ref().map(|it| units(&it.lines)).unwrap_or_default();
        Self {
            number,
            requested_at: returned.requested.as_ref().map(|requested| requested.at),
            requested: lines(&returned.requested),
            received_at: returned.received.as_ref().map(|received| received.at),
            received: lines(&returned.received),
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
    fn of(id: RefundId, refund: &Refund) -> Self {
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
    fn of(id: &str, dispute: &Dispute) -> Self {
        let (closed_at, is_lost) = dispute.closed.unzip();
        let Dispute { amount_minor, opened_at, .. } = *dispute;
        Self { id: id.to_owned(), amount_minor, opened_at, closed_at, is_lost }
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
    /// Why somebody has to look at it. Empty if nobody has.
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
    pub returns: Vec<OrderReturnView>,
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
        let mut cancellations: Vec<_> = page.cancellations.values().map(OrderCancellation::from).collect();
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
            lines: units(page.lines.as_deref().unwrap_or_default()),
            payment: page.payment.as_ref().map(OrderPayment::from),
            cancellations,
            shipments: page.shipments.iter().map(|(key, it)| OrderShipment::of(number_of(key), it)).collect(),
            returns: page.returns.iter().map(|(key, it)| OrderReturnView::of(number_of(key), it)).collect(),
            refunds: page.refunds.iter().map(|(id, it)| OrderRefund::of(*id, it)).collect(),
            disputes: page.disputes.iter().map(|(id, it)| OrderDispute::of(id, it)).collect(),
            as_of: page.as_of,
        })
    }
}

/// Order that needs attention.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttentionOrder {
    /// Order ID.
    pub id: OrderId,
    /// Order number. Null while only payments of the order are known.
    #[schema(example = "7ZK2M0QX9D")]
    pub number: Option<String>,
    /// Why somebody has to look at it.
    pub reasons: Vec<AttentionReason>,
    /// Time of the newest event of the order.
    #[serde(serialize_with = "types::time::millis")]
    pub as_of: Timestamp,
}

impl From<&OrderPage> for AttentionOrder {
    fn from(page: &OrderPage) -> Self {
        Self {
            id: page.order_id,
            number: page.head.as_ref().map(|head| head.number.clone()),
            reasons: page.attention().into_iter().map(AttentionReason::from).collect(),
            as_of: page.as_of,
        }
    }
}

/// Variant of which few or no units can be ordered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScarceVariant {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Product ID. Null while it is not known.
    pub product_id: Option<ProductId>,
    /// SKU. Null while it is not known.
    #[schema(example = "SHOE-RED-42")]
    pub sku: Option<String>,
    /// Availability.
    pub availability: Option<StockAvailability>,
}

/// Revenue of a day in a currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CurrencyRevenue {
    /// Currency.
    pub currency: CurrencyCode,
    /// Totals of the orders that were confirmed on the day, less what was cancelled of them since, in minor units.
    #[schema(example = 125_000)]
    pub amount_minor: i64,
    /// Number of orders that were confirmed on the day.
    #[schema(example = 50)]
    pub orders: i64,
}

/// Figures for the staff.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DashboardView {
    /// Number of orders that are confirmed, and neither delivered nor cancelled.
    #[schema(example = 120)]
    pub open_orders: i64,
    /// Number of orders with units to be shipped.
    #[schema(example = 35)]
    pub to_ship: i64,
    /// Number of orders that need attention.
    #[schema(example = 2)]
    pub attention_count: i64,
    /// Up to 20 orders that need attention, those first whose newest event is oldest.
    pub attention: Vec<AttentionOrder>,
    /// Day of the revenue, in UTC.
    #[schema(value_type = String, format = Date, example = "2026-03-14")]
    pub day: jiff::civil::Date,
    /// Revenue of the day by currency.
    pub revenue: Vec<CurrencyRevenue>,
    /// Up to 20 variants of which no units can be ordered, and up to 20 of which few can.
    pub scarce: Vec<ScarceVariant>,
    /// Time of the newest event of an order that the figures include. Null before the first one.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub as_of: Option<Timestamp>,
}

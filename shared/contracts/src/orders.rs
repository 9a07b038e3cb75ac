//! Events of orders: stock, orders, shipments and returns.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, LocationId, OrderId, ProductId, PromotionId, RefundId, UserId, VariantId};
use utoipa::ToSchema;

/// Whether a variant can be ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StockAvailability {
    /// It can be ordered.
    InStock,
    /// Few units can be ordered.
    LowStock,
    /// It cannot be ordered.
    OutOfStock,
}

/// The availability of a variant changed. A change of the number of units alone is not published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailabilityChanged {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Product ID.
    pub product_id: ProductId,
    /// The availability.
    pub availability: StockAvailability,
    /// Revision of the variant's stock. Higher is newer.
    pub revision: u64,
}

event!(AvailabilityChanged, "orders.availability_changed", version = 1, subject = variant_id);

/// Units of a variant, with what the buyer pays for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SoldUnits {
    /// Index of the line in the order, from 0.
    pub line: u32,
    /// Variant ID. That of the bundle if the line is a bundle.
    pub variant_id: VariantId,
    /// Product ID.
    pub product_id: ProductId,
    /// Number of units.
    pub quantity: u32,
    /// What the buyer pays for them, taxes included, in minor units of the order's currency.
    pub gross_minor: i64,
}

/// What every event of an order says about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderFacts {
    /// Order ID.
    pub order_id: OrderId,
    /// Order number, as the buyer sees it.
    pub number: String,
    /// User ID of the buyer. Absent for guests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Currency.
    pub currency: CurrencyCode,
    /// What the buyer pays, taxes and shipping included, in minor units.
    pub total_minor: i64,
    /// When the order was placed.
    pub placed_at: Timestamp,
}

/// Implements an event about an order, with fields of its own.
macro_rules! order_event {
    ($(#[$meta:meta])* $name:ident, $type:literal { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// The order.
            pub order: OrderFacts,
            $($(#[$field_meta])* pub $field: $kind,)*
        }

        impl $crate::DomainEvent for $name {
            const TYPE: &'static str = $type;
            const VERSION: u32 = 1;

            fn subject(&self) -> String {
                self.order.order_id.to_string()
            }
        }
    };
}

order_event! {
    /// An order was placed. Its units are reserved; it is not paid yet.
    OrderPlaced, "orders.order_placed" {
        /// The lines.
        lines: Vec<SoldUnits>,
    }
}

order_event! {
    /// An order was paid, or its payment was authorized: it is going to be shipped.
    OrderConfirmed, "orders.order_confirmed" {
        /// The lines.
        lines: Vec<SoldUnits>,
    }
}

order_event! {
    /// An order was not paid in time. Its units are free again.
    OrderLapsed, "orders.order_lapsed" {
        /// The lines.
        lines: Vec<SoldUnits>,
    }
}

order_event! {
    /// An order was cancelled, completely or in part.
    OrderCancelled, "orders.order_cancelled" {
        /// The units that were cancelled.
        lines: Vec<SoldUnits>,
        /// Whether nothing of the order remains.
        is_complete: bool,
        /// What all shipments capture together, in minor units, if the cancellation leaves nothing to be shipped: no capture
        /// follows. Absent otherwise, and for orders that are captured at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        capture_total_minor: Option<i64>,
    }
}

order_event! {
    /// A shipment left a location.
    ShipmentShipped, "orders.shipment_shipped" {
        /// Number of the shipment within the order, from 1.
        shipment: u32,
        /// Location that it left.
        location_id: LocationId,
        /// The units. A component of a bundle has the line of the bundle.
        lines: Vec<SoldUnits>,
        /// What is to be captured for it, in minor units: its lines, and the shipping costs with the first shipment.
        capture_minor: i64,
        /// What all shipments up to this one capture together, in minor units. It never falls. Events may arrive in another
        /// order: the consumer captures what is missing of the highest sum.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        capture_total_minor: Option<i64>,
        /// Whether nothing remains to be shipped.
        is_last: bool,
    }
}

order_event! {
    /// A shipment was delivered.
    ShipmentDelivered, "orders.shipment_delivered" {
        /// Number of the shipment within the order, from 1.
        shipment: u32,
    }
}

order_event! {
    /// A buyer wants to return units.
    ReturnRequested, "orders.return_requested" {
        /// Number of the return within the order, from 1.
        return_number: u32,
        /// The units.
        lines: Vec<SoldUnits>,
    }
}

order_event! {
    /// Returned units were received.
    ReturnReceived, "orders.return_received" {
        /// Number of the return within the order, from 1.
        return_number: u32,
        /// The units that were received.
        lines: Vec<SoldUnits>,
        /// Amount to be refunded in minor units.
        refund_minor: i64,
    }
}

/// Why money goes back to the buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundReason {
    /// Units were cancelled before they were shipped.
    Cancelled,
    /// Units were returned.
    Returned,
}

order_event! {
    /// Money is owed to the buyer of a paid order. Nothing is owed for what was authorized and not captured.
    RefundDue, "orders.refund_due" {
        /// Refund ID, derived from what caused it.
        refund_id: RefundId,
        /// Amount in minor units.
        amount_minor: i64,
        /// What all shipments so far capture together, in minor units: what the refund is taken from. Absent for orders that
        /// are captured at once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        capture_total_minor: Option<i64>,
        /// Reason.
        reason: RefundReason,
    }
}

order_event! {
    /// The payment of an order is not wanted: the order lapsed or was cancelled. What is in progress is to be closed at the
    /// provider, and what was captured is to be refunded in full.
    PaymentUnwanted, "orders.payment_unwanted" {}
}

/// Which variants a promotion applies to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = PromotedVariants)]
pub enum PromotedVariants {
    /// All variants.
    Everything,
    /// Variants of these products.
    Products {
        /// Product IDs.
        ids: Vec<ProductId>,
    },
    /// These variants.
    Variants {
        /// Variant IDs.
        ids: Vec<VariantId>,
    },
}

/// A percentage that everybody gets without a code and without a condition: a reduction of prices as consumer law means it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublicReduction {
    /// Fraction of the price in millionths.
    pub rate_millionths: u32,
    /// Variants that it applies to.
    pub target: PromotedVariants,
    /// Currency of the prices that it applies to. Absent for every currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
    /// Reductions apply by rising priority, each on what the ones before left. Absent for 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub priority: u32,
    /// Of reductions of the same group, only the one applies that takes off most. Absent if it is in none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Whether it applies alone or not at all. Absent if it does not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exclusive: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A promotion was created or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromotionChanged {
    /// Promotion ID.
    pub promotion_id: PromotionId,
    /// Name.
    pub name: String,
    /// When it begins to apply.
    pub valid_from: Timestamp,
    /// When it ends to apply. Absent for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// The reduction of prices that it is. Absent if it needs a code or has a condition, or is not a percentage of lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reduction: Option<PublicReduction>,
    /// Revision of the promotion. Higher is newer.
    pub revision: u64,
}

event!(PromotionChanged, "orders.promotion_changed", version = 1, subject = promotion_id);

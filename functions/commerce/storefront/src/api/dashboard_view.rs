//! Figures for the back office.

use contracts::orders::StockAvailability;
use jiff::Timestamp;
use serde::Serialize;
use types::{CurrencyCode, OrderId, ProductId, VariantId};
use utoipa::ToSchema;

use crate::api::order_view::AttentionReason;
use crate::domain::order::OrderPage;

/// Order that needs attention.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttentionOrder {
    /// Order ID.
    pub id: OrderId,
    /// Order number. Null while only payments of the order are known.
    #[schema(example = "7ZK2M0QX9D")]
    pub number: Option<String>,
    /// Why staff have to look at it.
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

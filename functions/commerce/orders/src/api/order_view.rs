//! Orders in responses.

use std::collections::BTreeMap;

use contracts::payments::CaptureMode;
use jiff::Timestamp;
use money::Rate;
use serde::Serialize;
use types::{CurrencyCode, LocationId, OrderId, PaymentId, ProductId, VariantId};
use utoipa::ToSchema;

use crate::api::cart_view::AddressView;
use crate::api::fulfilment_view::Viewer;
use crate::domain::cart::Language;
use crate::domain::listed_state::ListedState;
use crate::domain::names::PromotionCode;
use crate::domain::order::{Line, State};
use crate::domain::order_number::OrderNumber;
use crate::domain::placed::{Contact, Dispute, DisputeState, Order, OrderLine, UsedPromotion};
use crate::domain::pricing::{LineTotals, RateTotals};
use crate::domain::shipping::ShippingCode;
use crate::store::OrderEntry;

/// Amounts of a line or of the shipping, in minor units.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderAmounts {
    /// Unit price × quantity, before discounts.
    #[schema(example = 3998)]
    pub subtotal_minor: i64,
    /// Discounts.
    #[schema(example = 0)]
    pub discount_minor: i64,
    /// Amount without tax.
    #[schema(example = 3360)]
    pub net_minor: i64,
    /// Tax.
    #[schema(example = 638)]
    pub tax_minor: i64,
    /// What the buyer pays.
    #[schema(example = 3998)]
    pub gross_minor: i64,
    /// Tax rate in millionths: 190000 is 19 %.
    #[schema(value_type = u32, example = 190_000)]
    pub tax_rate: Rate,
}

impl From<&LineTotals> for OrderAmounts {
    fn from(totals: &LineTotals) -> Self {
        Self {
            subtotal_minor: totals.subtotal,
            discount_minor: totals.discounts.iter().map(|discount| discount.amount).sum(),
            net_minor: totals.net,
            tax_minor: totals.tax,
            gross_minor: totals.gross(),
            tax_rate: totals.tax_rate,
        }
    }
}

/// Units that an order holds at a location.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderHeldUnits {
    /// Variant ID. For a bundle, that of a component.
    pub variant_id: VariantId,
    /// Location ID.
    pub location_id: LocationId,
    /// Number of units.
    #[schema(example = 2)]
    pub quantity: u32,
}

/// The units that a line holds, by variant and location. Parts of the stock are no matter of clients.
fn held_units(line: &Line) -> Vec<OrderHeldUnits> {
    let mut units: BTreeMap<(VariantId, LocationId), u32> = BTreeMap::new();
    for taken in line.items.iter().flat_map(|item| &item.held) {
        *units.entry((taken.variant_id, taken.location_id)).or_default() += taken.quantity;
    }
    let held = |((variant_id, location_id), quantity)| OrderHeldUnits { variant_id, location_id, quantity };
    units.into_iter().map(held).collect()
}

/// Line of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderLineView {
    /// Index of the line in the order, from 0. Shipments, returns and cancellations name lines by it.
    #[schema(example = 0)]
    pub line: u32,
    /// Variant ID. That of the bundle if the line is a bundle.
    pub variant_id: VariantId,
    /// Product ID.
    pub product_id: ProductId,
    /// SKU.
    #[schema(example = "LAMP-RED")]
    pub sku: String,
    /// Title of the product when the order was placed.
    #[schema(example = "Lamp")]
    pub title: String,
    /// The value of each option.
    pub choices: BTreeMap<String, String>,
    /// Price of one unit in minor units, with or without tax as the shop stated prices.
    #[schema(example = 1999)]
    pub unit_price_minor: i64,
    /// Units ordered.
    #[schema(example = 2)]
    pub quantity: u32,
    /// Units cancelled.
    #[schema(example = 0)]
    pub cancelled: u32,
    /// Units of which everything was shipped.
    #[schema(example = 0)]
    pub shipped: u32,
    /// Units for which a return was requested, those received included.
    #[schema(example = 0)]
    pub returning: u32,
    /// Units received back.
    #[schema(example = 0)]
    pub returned: u32,
    /// Units on back-order: they were not on hand when the order was placed, and were neither shipped nor cancelled since.
    #[schema(example = 0)]
    pub backordered: u32,
    /// Where units to be shipped are held. For managers and admins; empty for buyers.
    pub held: Vec<OrderHeldUnits>,
    /// Amounts.
    pub amounts: OrderAmounts,
}

impl OrderLineView {
    fn new(index: u32, line: &OrderLine, units: &Line, viewer: Viewer) -> Self {
        Self {
            line: index,
            variant_id: line.variant_id,
            product_id: line.product_id,
            sku: line.sku.clone(),
            title: line.title.clone(),
            choices: line.choices.clone(),
            unit_price_minor: line.unit_price,
            quantity: units.ordered,
            cancelled: units.cancelled,
            shipped: units.shipped(),
            returning: units.returning,
            returned: units.returned,
            backordered: units.backordered_open(),
            held: if viewer == Viewer::Manager { held_units(units) } else { Vec::new() },
            amounts: OrderAmounts::from(&line.totals),
        }
    }
}

/// Shipping of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderShippingView {
    /// Code of the shipping method.
    pub code: ShippingCode,
    /// Name of the shipping method.
    #[schema(example = "Parcel")]
    pub name: String,
    /// Amounts.
    pub amounts: OrderAmounts,
}

/// Amounts of a tax rate, in minor units.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderTaxView {
    /// Tax rate in millionths.
    #[schema(value_type = u32, example = 190_000)]
    pub rate: Rate,
    /// Sum of the amounts without tax.
    #[schema(example = 3360)]
    pub net_minor: i64,
    /// Sum of the taxes.
    #[schema(example = 638)]
    pub tax_minor: i64,
}

impl From<&RateTotals> for OrderTaxView {
    fn from(totals: &RateTotals) -> Self {
        Self { rate: totals.rate, net_minor: totals.net, tax_minor: totals.tax }
    }
}

/// Promotion that took something off an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderPromotionView {
    /// Name.
    #[schema(example = "Ten percent off")]
    pub name: String,
    /// Code that the buyer entered. Null if it needs none.
    pub code: Option<PromotionCode>,
    /// What it took off in all, in minor units.
    #[schema(example = 400)]
    pub amount_minor: i64,
}

impl From<&UsedPromotion> for OrderPromotionView {
    fn from(promotion: &UsedPromotion) -> Self {
        Self { name: promotion.name.clone(), code: promotion.code.clone(), amount_minor: promotion.amount }
    }
}

/// Where the goods and messages of an order go.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderContactView {
    /// E-mail address for messages about the order.
    #[schema(format = Email)]
    pub email: String,
    /// Language of these messages.
    pub language: Language,
    /// Where the order is delivered.
    pub shipping_address: AddressView,
    /// Who pays. Null for the shipping address.
    pub billing_address: Option<AddressView>,
}

types::redacted!(OrderContactView);

impl From<&Contact> for OrderContactView {
    fn from(contact: &Contact) -> Self {
        Self {
            email: contact.email.as_str().to_owned(),
            language: contact.language,
            shipping_address: AddressView::from(&contact.shipping_address),
            billing_address: contact.billing_address.as_ref().map(AddressView::from),
        }
    }
}

/// Payment of an order, in minor units of its currency.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderPaymentView {
    /// Payment ID. Null until a payment starts.
    pub id: Option<PaymentId>,
    /// When money is captured.
    pub capture_mode: CaptureMode,
    /// Authorized amount.
    #[schema(example = 0)]
    pub authorized_minor: i64,
    /// Captured amount.
    #[schema(example = 4488)]
    pub captured_minor: i64,
    /// What was sent back to the buyer.
    #[schema(example = 0)]
    pub refunded_minor: i64,
    /// True while the buyer disputes the payment.
    pub disputed: bool,
}

/// Order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderView {
    /// Order ID.
    pub id: OrderId,
    /// Order number, as the buyer sees it.
    pub number: OrderNumber,
    /// State. A hold that is over is `lapsed`.
    pub state: ListedState,
    /// End of the hold. Null unless the state is `held`.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub held_until: Option<Timestamp>,
    /// Signed amount, to be sent with `POST /v1/commerce/payments`. Null unless the order can be paid.
    pub quote: Option<String>,
    /// Currency of all amounts.
    pub currency: CurrencyCode,
    /// Lines.
    pub lines: Vec<OrderLineView>,
    /// Shipping.
    pub shipping: OrderShippingView,
    /// True if prices include taxes.
    pub prices_include_tax: bool,
    /// Amounts per tax rate.
    pub taxes: Vec<OrderTaxView>,
    /// Promotions.
    pub promotions: Vec<OrderPromotionView>,
    /// Sum of all discounts in minor units.
    #[schema(example = 0)]
    pub discount_minor: i64,
    /// Sum without tax in minor units.
    #[schema(example = 3772)]
    pub net_minor: i64,
    /// Sum of the taxes in minor units.
    #[schema(example = 716)]
    pub tax_minor: i64,
    /// What the buyer pays in minor units.
    #[schema(example = 4488)]
    pub total_minor: i64,
    /// Payment.
    pub payment: OrderPaymentView,
    /// Days after delivery within which the buyer may return units.
    #[schema(example = 14)]
    pub return_days: u16,
    /// E-mail address and addresses. Null once they were erased.
    pub contact: Option<OrderContactView>,
    /// When the order was placed.
    #[serde(serialize_with = "types::time::millis")]
    pub placed_at: Timestamp,
}

impl OrderView {
    /// Shows an order at a time, as the viewer may see it.
    pub fn new(order: &Order, viewer: Viewer, quote: Option<String>, now: Timestamp) -> Self {
        let fulfilment = &order.fulfilment;
        let has_lapsed = fulfilment.has_lapsed(now);
        let held_until = match fulfilment.state {
            State::Held { until } if !has_lapsed => Some(until),
            _ => None,
        };
        let payment = &order.payment;
        let is_open = |dispute: &Dispute| dispute.state == DisputeState::Open;
        Self {
            id: order.id,
            number: order.number.clone(),
            state: if has_lapsed { ListedState::Lapsed } else { fulfilment.state.into() },
            held_until,
            quote,
            currency: order.totals.currency.clone(),
            lines: (0..)
                .zip(order.lines.iter().zip(&fulfilment.lines))
                .map(|(index, (line, units))| OrderLineView::new(index, line, units, viewer))
                .collect(),
            shipping: OrderShippingView {
                code: order.shipping.code.clone(),
                name: order.shipping.name.clone(),
                amounts: OrderAmounts::from(&order.shipping.totals),
            },
            prices_include_tax: order.totals.policy.prices_include_tax,
            taxes: order.totals.taxes.iter().map(OrderTaxView::from).collect(),
            promotions: order.promotions.iter().map(OrderPromotionView::from).collect(),
            discount_minor: order.totals.discount,
            net_minor: order.totals.net,
            tax_minor: order.totals.tax,
            total_minor: order.totals.total,
            payment: OrderPaymentView {
                id: payment.payment_id,
                capture_mode: order.terms.capture,
                authorized_minor: payment.authorized,
                captured_minor: payment.captured,
                refunded_minor: payment.refunded(),
                disputed: payment.disputes.values().any(is_open),
            },
            return_days: order.terms.return_days,
            contact: order.contact.as_ref().map(OrderContactView::from),
            placed_at: order.placed_at,
        }
    }
}

/// Order in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderSummary {
    /// Order ID.
    pub id: OrderId,
    /// Order number.
    pub number: OrderNumber,
    /// State.
    pub state: ListedState,
    /// Currency.
    pub currency: CurrencyCode,
    /// What the buyer pays in minor units.
    #[schema(example = 4488)]
    pub total_minor: i64,
    /// When the order was placed.
    #[serde(serialize_with = "types::time::millis")]
    pub placed_at: Timestamp,
}

impl From<OrderEntry> for OrderSummary {
    fn from(entry: OrderEntry) -> Self {
        Self {
            id: entry.order_id,
            number: entry.number,
            state: entry.state,
            currency: entry.currency,
            total_minor: entry.total,
            placed_at: entry.placed_at,
        }
    }
}

//! Orders in responses.

use std::collections::BTreeMap;

use contracts::payments::CaptureMode;
use jiff::Timestamp;
use money::Rate;
use serde::Serialize;
use types::{CurrencyCode, OrderId, ProductId, VariantId};
use utoipa::ToSchema;

use crate::api::cart_view::AddressView;
use crate::domain::cart::Language;
use crate::domain::listed_state::ListedState;
use crate::domain::names::PromotionCode;
use crate::domain::order::{Line, State};
use crate::domain::order_number::OrderNumber;
use crate::domain::placed::{Contact, Order, OrderLine, UsedPromotion};
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

/// Line of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderLineView {
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
    /// Amounts.
    pub amounts: OrderAmounts,
}

impl OrderLineView {
    fn new(line: &OrderLine, units: &Line) -> Self {
        Self {
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
    /// When the money is taken.
    pub capture: CaptureMode,
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
    /// Shows an order at a time.
    pub fn new(order: &Order, quote: Option<String>, now: Timestamp) -> Self {
        let fulfilment = &order.fulfilment;
        let has_lapsed = fulfilment.has_lapsed(now);
        let held_until = match fulfilment.state {
            State::Held { until } if !has_lapsed => Some(until),
            _ => None,
        };
        let payment = &order.payment;
        let is_open =
            |dispute: &crate::domain::placed::Dispute| dispute.state == crate::domain::placed::DisputeState::Open;
        Self {
            id: order.id,
            number: order.number.clone(),
            state: if has_lapsed { ListedState::Lapsed } else { fulfilment.state.into() },
            held_until,
            quote,
            currency: order.totals.currency.clone(),
            lines: order
                .lines
                .iter()
                .zip(&fulfilment.lines)
                .map(|(line, units)| OrderLineView::new(line, units))
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
                capture: order.terms.capture,
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

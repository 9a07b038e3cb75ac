//! Carts in responses, with prices.

use std::collections::BTreeMap;

use jiff::Timestamp;
use money::Rate;
use serde::Serialize;
use types::{CartId, CurrencyCode, Money, ProductId, PromotionId, VariantId};
use utoipa::ToSchema;

use crate::api::cart_view::CartDetailsView;
use crate::api::explanation_view::CartExplanation;
use crate::api::settings_view::ShippingOfferView;
use crate::domain::cart::Cart;
use crate::domain::cart_pricing::{
    AppliedPromotion, CartProblem, CodeState, PriceRise, PricedCart, PricedItem, PricedLine, PricedOffer,
};
use crate::domain::names::PromotionCode;
use crate::domain::pricing::{LineTotals, RateTotals};
use crate::problem::not_usable_in_cart;

/// What a line sells.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CartItemView {
    /// Product ID.
    pub product_id: ProductId,
    /// SKU.
    #[schema(example = "SHOE-RED-42")]
    pub sku: String,
    /// Title of the product.
    #[schema(example = "Red shoe")]
    pub title: String,
    /// The value of each option.
    pub choices: BTreeMap<String, String>,
}

impl From<&PricedItem> for CartItemView {
    fn from(item: &PricedItem) -> Self {
        let PricedItem { product_id, sku, title, choices, .. } = item.clone();
        Self { product_id, sku, title, choices }
    }
}

/// Amounts of a line or of the shipping, in minor units.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "clients see the unit of each amount")]
pub struct AmountsView {
    /// Unit price × quantity, before discounts: with or without tax, as the shop states prices.
    #[schema(example = 3998)]
    pub subtotal_minor: i64,
    /// Discounts.
    #[schema(example = 400)]
    pub discount_minor: i64,
    /// Amount without tax.
    #[schema(example = 3024)]
    pub net_minor: i64,
    /// Tax.
    #[schema(example = 574)]
    pub tax_minor: i64,
    /// What the buyer pays.
    #[schema(example = 3598)]
    pub gross_minor: i64,
}

impl From<&LineTotals> for AmountsView {
    fn from(totals: &LineTotals) -> Self {
        Self {
            subtotal_minor: totals.subtotal,
            discount_minor: totals.subtotal - totals.amount,
            net_minor: totals.net,
            tax_minor: totals.tax,
            gross_minor: totals.gross(),
        }
    }
}

/// Line of a cart, with prices.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PricedLineView {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Number of units.
    #[schema(example = 2)]
    pub quantity: u32,
    /// What is sold. Null if it cannot be bought any more.
    pub item: Option<CartItemView>,
    /// Price of one unit in minor units. Null if no price list that applies has one.
    #[schema(example = 1999)]
    pub unit_price_minor: Option<i64>,
    /// Price of one unit in minor units when the buyer last set the line or confirmed the price.
    #[schema(example = 1999)]
    pub seen_unit_price_minor: Option<i64>,
    /// True if one unit costs more than the buyer saw. To accept the price, place the order with
    /// `expectedTotalMinor`.
    pub price_rose: bool,
    /// Tax rate in millionths. Null while it is not known.
    #[schema(value_type = Option<u32>, example = 190_000)]
    pub tax_rate: Option<Rate>,
    /// Amounts. Null without a price.
    pub amounts: Option<AmountsView>,
}

impl PricedLineView {
    fn new(line: &PricedLine, rises: &[PriceRise]) -> Self {
        Self {
            variant_id: line.variant_id,
            quantity: line.quantity,
            item: line.item.as_ref().map(CartItemView::from),
            unit_price_minor: line.price.as_ref().map(|price| price.unit_price_minor),
            seen_unit_price_minor: line.seen_unit_price_minor,
            price_rose: rises.iter().any(|rise| rise.variant_id == line.variant_id),
            tax_rate: line.tax_rate,
            amounts: line.totals.as_ref().map(AmountsView::from),
        }
    }
}

/// Promotion code of a cart.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CartCodeView {
    /// The code.
    pub code: PromotionCode,
    /// What it does.
    pub state: CodeState,
}

/// Promotion that takes something off.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppliedPromotionView {
    /// Promotion ID.
    pub promotion_id: PromotionId,
    /// Name.
    #[schema(example = "Spring sale")]
    pub name: String,
    /// Code that made it apply. Null if it needs none.
    pub code: Option<PromotionCode>,
    /// What it takes off in minor units.
    #[schema(example = 400)]
    pub amount_minor: i64,
}

impl From<&AppliedPromotion> for AppliedPromotionView {
    fn from(promotion: &AppliedPromotion) -> Self {
        let AppliedPromotion { promotion_id, name, code, amount_minor } = promotion.clone();
        Self { promotion_id, name, code, amount_minor }
    }
}

/// Sums of a tax rate, in minor units.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaxSumView {
    /// Rate in millionths.
    #[schema(value_type = u32, example = 190_000)]
    pub rate: Rate,
    /// Sum of the amounts without tax.
    #[schema(example = 3024)]
    pub net_minor: i64,
    /// Sum of the taxes.
    #[schema(example = 574)]
    pub tax_minor: i64,
}

impl From<&RateTotals> for TaxSumView {
    fn from(sums: &RateTotals) -> Self {
        Self { rate: sums.rate, net_minor: sums.net, tax_minor: sums.tax }
    }
}

/// Sums of a cart, in minor units.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CartTotalsView {
    /// Sum of all discounts.
    #[schema(example = 400)]
    pub discount_minor: i64,
    /// Sum without tax.
    #[schema(example = 3024)]
    pub net_minor: i64,
    /// Sum of the taxes.
    #[schema(example = 574)]
    pub tax_minor: i64,
    /// What the buyer pays, chosen shipping included.
    #[schema(example = 3598)]
    pub total_minor: i64,
    /// True if all tax rates are known. Otherwise rates that are not known count as zero.
    pub taxes_are_known: bool,
    /// True if prices include the tax.
    pub prices_include_tax: bool,
    /// Sums per tax rate, by rising rate.
    pub taxes: Vec<TaxSumView>,
}

/// What stands in the way of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CartProblemCode {
    /// The cart has no lines.
    Empty,
    /// A variant is archived, removed or not published.
    NotForSale,
    /// No price list that applies has a price of a variant.
    NoPrice,
    /// The shop has no tax rate for the country: it does not sell there.
    NoTaxRate,
    /// Too many units, or too many different variants.
    TooMuch,
    /// The sum is too large.
    TotalTooLarge,
    /// The e-mail address is missing.
    EmailMissing,
    /// The shipping address is missing.
    AddressMissing,
    /// No shipping method is chosen.
    ShippingMethodMissing,
    /// The shipping method, or no shipping method at all, delivers this cart to the address.
    ShippingNotOffered,
    /// A promotion code cannot be used.
    CodeNotUsable,
}

/// Problem of a cart.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CartProblemView {
    /// What is wrong.
    pub code: CartProblemCode,
    /// Variant that it is about. Null if it is about something else.
    pub variant_id: Option<VariantId>,
    /// What is wrong, and what to do.
    pub detail: String,
}

impl From<&CartProblem> for CartProblemView {
    fn from(problem: &CartProblem) -> Self {
        use CartProblemCode as Code;
        let of = |code, detail: String| Self { code, variant_id: None, detail };
        let about = |code, variant: &VariantId, detail: &str| Self {
            code,
            variant_id: Some(*variant),
            detail: detail.to_owned(),
        };
        match problem {
            CartProblem::Empty => of(Code::Empty, "The cart has no lines. Add a line.".to_owned()),
            CartProblem::NotForSale(variant) => {
                about(Code::NotForSale, variant, "The variant cannot be bought any more. Remove its line.")
            }
            CartProblem::NoPrice(variant) => {
                about(Code::NoPrice, variant, "The variant has no price here in this currency. Remove its line.")
            }
            CartProblem::NoTaxRate(class, country) => of(
                Code::NoTaxRate,
                format!(
                    "The shop does not deliver goods of tax class {class} to {}. Change the address.",
                    country.as_str()
                ),
            ),
            CartProblem::TooMuch(error) => of(Code::TooMuch, format!("{error}. Lower the quantities.")),
            CartProblem::TotalTooLarge => {
                of(Code::TotalTooLarge, "The sum of the cart is too large. Lower the quantities.".to_owned())
            }
            CartProblem::EmailMissing => of(Code::EmailMissing, "email: set it in the details of the cart.".to_owned()),
            CartProblem::AddressMissing => {
                of(Code::AddressMissing, "shippingAddress: set it in the details of the cart.".to_owned())
            }
            CartProblem::ShippingMethodMissing => of(
                Code::ShippingMethodMissing,
                "shippingMethod: choose one of shippingMethods in the details of the cart.".to_owned(),
            ),
            CartProblem::ShippingNotOffered(code) => of(
                Code::ShippingNotOffered,
                format!(
                    "shippingMethod: {code} does not deliver this cart to the address. Choose one of shippingMethods."
                ),
            ),
            CartProblem::NoShipping(country) => of(
                Code::ShippingNotOffered,
                format!(
                    "shippingAddress: no shipping method delivers the weight of this cart to {} in its currency. Change the address, or lower the quantities.",
                    country.as_str()
                ),
            ),
            CartProblem::Code(code, state) => {
                of(Code::CodeNotUsable, format!("{code}: {}", not_usable_in_cart(*state)))
            }
        }
    }
}

/// Cart with prices.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PricedCartView {
    /// Cart ID.
    pub id: CartId,
    /// Currency of all amounts.
    pub currency: CurrencyCode,
    /// Lines, in the order in which they were added.
    pub lines: Vec<PricedLineView>,
    /// Promotion codes.
    pub codes: Vec<CartCodeView>,
    /// E-mail address, addresses and shipping method.
    pub details: CartDetailsView,
    /// Methods that deliver the cart to the address, with their prices before promotions. Empty without an address, and if none
    /// delivers there, which `problems` says.
    pub shipping_methods: Vec<ShippingOfferView>,
    /// Amounts of the chosen shipping method. Null while there is none.
    pub shipping: Option<AmountsView>,
    /// Promotions that take something off.
    pub promotions: Vec<AppliedPromotionView>,
    /// Sums.
    pub totals: CartTotalsView,
    /// What stands in the way of an order. Empty if it can be placed, as long as the stock suffices.
    pub problems: Vec<CartProblemView>,
    /// What produced each amount. Null without `explain=1`.
    pub explanation: Option<CartExplanation>,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    pub created_at: Timestamp,
    /// Time of the last change.
    #[serde(serialize_with = "types::time::millis")]
    pub updated_at: Timestamp,
    /// When the cart is deleted unless it changes. Null for carts of users.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub expires_at: Option<Timestamp>,
}

impl PricedCartView {
    /// A cart and its prices.
    pub fn new(cart: &Cart, priced: &PricedCart, explain: bool) -> Self {
        let code = |(code, state): &(PromotionCode, CodeState)| CartCodeView { code: code.clone(), state: *state };
        let offer = |offer: &PricedOffer| ShippingOfferView {
            code: offer.code.clone(),
            name: offer.name.clone(),
            price: Money::new(offer.price_minor, priced.currency.clone()),
        };
        Self {
            id: cart.id,
            currency: priced.currency.clone(),
            lines: priced.lines.iter().map(|line| PricedLineView::new(line, &priced.rises)).collect(),
            codes: priced.codes.iter().map(code).collect(),
            details: CartDetailsView::from(&cart.details),
            shipping_methods: priced.offers.iter().map(offer).collect(),
            shipping: priced.totals.shipping.as_ref().map(AmountsView::from),
            promotions: priced.promotions.iter().map(AppliedPromotionView::from).collect(),
            totals: totals(priced),
            problems: priced.problems.iter().map(CartProblemView::from).collect(),
            explanation: explain.then(|| CartExplanation::from(priced)),
            created_at: cart.created_at,
            updated_at: cart.updated_at,
            expires_at: cart.expires_at(),
        }
    }
}

fn totals(priced: &PricedCart) -> CartTotalsView {
    CartTotalsView {
        discount_minor: priced.totals.discount,
        net_minor: priced.totals.net,
        tax_minor: priced.totals.tax,
        total_minor: priced.totals.total,
        taxes_are_known: priced.taxes_are_known(),
        prices_include_tax: priced.policy.prices_include_tax,
        taxes: priced.totals.taxes.iter().map(TaxSumView::from).collect(),
    }
}

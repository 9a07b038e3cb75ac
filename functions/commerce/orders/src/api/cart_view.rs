//! Carts in responses, without prices.

use jiff::Timestamp;
use serde::Serialize;
use types::{CartId, CurrencyCode, VariantId};
use utoipa::ToSchema;

use crate::domain::address::{Address, AddressLine};
use crate::domain::cart::{Cart, CartDetails, CartLine, Language};
use crate::domain::location::CountryCode;
use crate::domain::names::PromotionCode;
use crate::domain::shipping::ShippingCode;

/// Postal address.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddressView {
    /// Name of the recipient.
    #[schema(example = "Ada Lovelace")]
    pub name: String,
    /// Company.
    pub company: Option<String>,
    /// Street and number.
    #[schema(example = "Hauptstraße 1")]
    pub line1: String,
    /// Further part of the address.
    pub line2: Option<String>,
    /// Postal code.
    #[schema(example = "10115")]
    pub postal_code: Option<String>,
    /// City.
    #[schema(example = "Berlin")]
    pub city: String,
    /// State, province or prefecture.
    pub state: Option<String>,
    /// Country.
    pub country: CountryCode,
    /// Phone number in E.164 format.
    pub phone: Option<String>,
}

types::redacted!(AddressView);

impl From<&Address> for AddressView {
    fn from(address: &Address) -> Self {
        let text = |line: &AddressLine| line.as_str().to_owned();
        Self {
            name: address.name.as_str().to_owned(),
            company: address.company.as_ref().map(text),
            line1: text(&address.line1),
            line2: address.line2.as_ref().map(text),
            postal_code: address.postal_code.as_ref().map(text),
            city: text(&address.city),
            state: address.state.as_ref().map(text),
            country: address.country.clone(),
            phone: address.phone.as_ref().map(|phone| phone.as_str().to_owned()),
        }
    }
}

/// What the buyer stated for the delivery.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CartDetailsView {
    /// E-mail address for messages about the order.
    #[schema(format = Email)]
    pub email: Option<String>,
    /// Language of these messages.
    pub language: Language,
    /// Where the order is delivered.
    pub shipping_address: Option<AddressView>,
    /// Who pays. Null for the shipping address.
    pub billing_address: Option<AddressView>,
    /// Code of the shipping method.
    pub shipping_method: Option<ShippingCode>,
}

types::redacted!(CartDetailsView);

impl From<&CartDetails> for CartDetailsView {
    fn from(details: &CartDetails) -> Self {
        Self {
            email: details.email.as_ref().map(|email| email.as_str().to_owned()),
            language: details.language,
            shipping_address: details.shipping_address.as_ref().map(AddressView::from),
            billing_address: details.billing_address.as_ref().map(AddressView::from),
            shipping_method: details.shipping_method.clone(),
        }
    }
}

/// Line of a cart.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CartLineView {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Number of units.
    #[schema(example = 2)]
    pub quantity: u32,
    /// Price of one unit in minor units when the line was last set or its price confirmed. Null if there was none.
    #[schema(example = 1999)]
    pub seen_unit_price_minor: Option<i64>,
}

impl From<&CartLine> for CartLineView {
    fn from(line: &CartLine) -> Self {
        let CartLine { variant_id, quantity, seen_unit_price_minor } = *line;
        Self { variant_id, quantity, seen_unit_price_minor }
    }
}

/// Cart, without prices.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CartView {
    /// Cart ID.
    pub id: CartId,
    /// Currency of all prices.
    pub currency: CurrencyCode,
    /// Lines, in the order in which they were added.
    pub lines: Vec<CartLineView>,
    /// Promotion codes.
    pub codes: Vec<PromotionCode>,
    /// E-mail address, addresses and shipping method.
    pub details: CartDetailsView,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    pub created_at: Timestamp,
    /// Time of the last change.
    #[serde(serialize_with = "types::time::millis")]
    pub updated_at: Timestamp,
    /// When the cart is deleted unless it changes: 30 days after the last change. Null for carts of users.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub expires_at: Option<Timestamp>,
}

impl From<&Cart> for CartView {
    fn from(cart: &Cart) -> Self {
        Self {
            id: cart.id,
            currency: cart.currency.clone(),
            lines: cart.lines.iter().map(CartLineView::from).collect(),
            codes: cart.codes.iter().map(|code| code.code.clone()).collect(),
            details: CartDetailsView::from(&cart.details),
            created_at: cart.created_at,
            updated_at: cart.updated_at,
            expires_at: cart.expires_at(),
        }
    }
}

//! Carts: what a buyer wants to order, without prices. A cart holds no stock.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{BuyerId, CartId, CurrencyCode, EmailAddress, PromotionId, UserId, VariantId, derive_id};

use super::address::Address;
use super::names::PromotionCode;
use super::shipping::ShippingCode;
use super::stock::MAX_QUANTITY;

/// Maximum number of lines of a cart.
pub const MAX_LINES: usize = 50;
/// Maximum number of promotion codes of a cart.
pub const MAX_CODES: usize = 5;
/// How long a guest's cart is kept after its last change.
pub const GUEST_CART_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Units of a variant in a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    /// Variant ID. A cart has one line per variant.
    pub variant_id: VariantId,
    /// Number of units, 1 to [`MAX_QUANTITY`].
    pub quantity: u32,
    /// Price of one unit in minor units when the buyer last set the line or confirmed the price. None if there was no price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_unit_price_minor: Option<i64>,
}

/// A promotion code in a cart, with the promotion that it belonged to when it was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartCode {
    /// The code.
    pub code: PromotionCode,
    /// The promotion.
    pub promotion_id: PromotionId,
}

/// Language of e-mails about the order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = OrderLanguage)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

/// What a buyer states for the delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartDetails {
    /// E-mail address for messages about the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// Language of these messages.
    #[serde(default)]
    pub language: Language,
    /// Where the order is delivered. Its country decides on taxes, region and shipping methods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    /// Who pays; the shipping address if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_address: Option<Address>,
    /// Shipping method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_method: Option<ShippingCode>,
}

/// A cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// Cart ID. That of a user's cart is derived from the user ID.
    pub id: CartId,
    /// Whose it is.
    pub owner: BuyerId,
    /// Currency of all its prices.
    pub currency: CurrencyCode,
    /// Lines, in the order in which they were added.
    pub lines: Vec<CartLine>,
    /// Promotion codes, in the order in which they were added.
    #[serde(default)]
    pub codes: Vec<CartCode>,
    /// E-mail address, addresses and shipping method.
    #[serde(default)]
    pub details: CartDetails,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Reason why a cart cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CartError {
    /// It has the maximum number of lines.
    #[error("a cart has at most {MAX_LINES} lines")]
    TooManyLines,
    /// It has the maximum number of codes.
    #[error("a cart has at most {MAX_CODES} promotion codes")]
    TooManyCodes,
}

impl Cart {
    /// The ID of a user's cart. A user has one.
    pub fn id_of_user(user: UserId) -> CartId {
        CartId::new(derive_id(&["cart", &user.to_string()]))
    }

    /// An empty cart.
    pub fn new(id: CartId, owner: BuyerId, currency: CurrencyCode, now: Timestamp) -> Self {
        let (lines, codes, details) = (Vec::new(), Vec::new(), CartDetails::default());
        Self { id, owner, currency, lines, codes, details, created_at: now, updated_at: now }
    }

    /// An empty cart of a user.
    pub fn new_of_user(user: UserId, currency: CurrencyCode, now: Timestamp) -> Self {
        Self::new(Self::id_of_user(user), BuyerId::User(user), currency, now)
    }

    /// Returns what is left of it once its order is placed: a user's cart is empty, and its versions go on, so that a version never
    /// names two contents. A guest's cart is gone.
    pub fn after_order(&self, now: Timestamp) -> Option<Self> {
        match self.owner {
            BuyerId::User(_) => Some(Self::new(self.id, self.owner, self.currency.clone(), now)),
            BuyerId::Guest(_) => None,
        }
    }

    /// Returns when it ends to exist: guests' carts 30 days after the last change, users' carts never.
    pub fn expires_at(&self) -> Option<Timestamp> {
        match self.owner {
            BuyerId::User(_) => None,
            BuyerId::Guest(_) => Some(self.updated_at.checked_add(GUEST_CART_LIFETIME).unwrap_or(Timestamp::MAX)),
        }
    }

    /// True if it still exists: DynamoDB deletes expired items late.
    pub fn exists_at(&self, now: Timestamp) -> bool {
        self.expires_at().is_none_or(|end| now < end)
    }

    /// Returns the line of a variant.
    pub fn line(&self, variant: VariantId) -> Option<&CartLine> {
        self.lines.iter().find(|line| line.variant_id == variant)
    }

    /// Returns the cart with a line set to a quantity; 0 removes it. `seen` is the price of one unit that the buyer sees now.
    pub fn with_line(
        &self,
        variant_id: VariantId,
        quantity: u32,
        seen: Option<i64>,
        now: Timestamp,
    ) -> Result<Self, CartError> {
        let mut next = Self { updated_at: now, ..self.clone() };
        let line = CartLine { variant_id, quantity: quantity.min(MAX_QUANTITY), seen_unit_price_minor: seen };
        match next.lines.iter().position(|line| line.variant_id == variant_id) {
            _ if quantity == 0 => next.lines.retain(|line| line.variant_id != variant_id),
            Some(at) => next.lines.splice(at..=at, [line]).for_each(drop),
            None if next.lines.len() >= MAX_LINES => return Err(CartError::TooManyLines),
            None => next.lines.push(line),
        }
        Ok(next)
    }

    /// Returns the cart with other details.
    #[must_use]
    pub fn with_details(&self, details: CartDetails, now: Timestamp) -> Self {
        Self { details, updated_at: now, ..self.clone() }
    }

    /// Returns the cart with a code of a promotion; a code that is there already keeps its place.
    pub fn with_code(&self, code: PromotionCode, promotion_id: PromotionId, now: Timestamp) -> Result<Self, CartError> {
        let mut next = Self { updated_at: now, ..self.clone() };
        if let Some(known) = next.codes.iter_mut().find(|known| known.code == code) {
            known.promotion_id = promotion_id;
            return Ok(next);
        }
        if next.codes.len() >= MAX_CODES {
            return Err(CartError::TooManyCodes);
        }
        next.codes.push(CartCode { code, promotion_id });
        Ok(next)
    }

    /// Returns the cart without a code.
    #[must_use]
    pub fn without_code(&self, code: &PromotionCode, now: Timestamp) -> Self {
        let mut next = Self { updated_at: now, ..self.clone() };
        next.codes.retain(|known| known.code != *code);
        next
    }

    /// Returns the cart in a currency. In another one than before, no price was seen yet.
    #[must_use]
    pub fn in_currency(&self, currency: CurrencyCode, now: Timestamp) -> Self {
        if self.currency == currency {
            return self.clone();
        }
        let unseen = |line: &CartLine| CartLine { seen_unit_price_minor: None, ..line.clone() };
        let lines = self.lines.iter().map(unseen).collect();
        Self { currency, lines, updated_at: now, ..self.clone() }
    }

    /// Returns the cart as it is after the buyer saw these prices of one unit, in the order of the lines.
    #[must_use]
    pub fn with_seen(&self, prices: impl IntoIterator<Item = Option<i64>>, now: Timestamp) -> Self {
        let seen = |(line, seen_unit_price_minor): (&CartLine, Option<i64>)| CartLine {
            seen_unit_price_minor,
            ..line.clone()
        };
        let lines = self.lines.iter().zip(prices).map(seen).collect();
        Self { lines, updated_at: now, ..self.clone() }
    }

    /// Returns a user's cart after it took over the cart of a guest: the guest's quantity wins per line, codes are united, and
    /// details that the user has not stated come from the guest. The currency is the guest's if the guest chose something.
    pub fn merged(&self, guest: &Self, now: Timestamp) -> Result<Self, CartError> {
        let currency = if guest.lines.is_empty() { &self.currency } else { &guest.currency };
        let mut next = self.in_currency(currency.clone(), now);
        for line in &guest.in_currency(currency.clone(), now).lines {
            next = next.with_line(line.variant_id, line.quantity, line.seen_unit_price_minor, now)?;
        }
        for CartCode { code, promotion_id } in &guest.codes {
            next = next.with_code(code.clone(), *promotion_id, now)?;
        }
        let (mine, theirs) = (next.details, guest.details.clone());
        next.details = CartDetails {
            email: mine.email.or(theirs.email),
            language: if mine.shipping_address.is_some() { mine.language } else { theirs.language },
            shipping_address: mine.shipping_address.or(theirs.shipping_address),
            billing_address: mine.billing_address.or(theirs.billing_address),
            shipping_method: mine.shipping_method.or(theirs.shipping_method),
        };
        next.updated_at = now;
        Ok(next)
    }
}

#[cfg(test)]
#[path = "cart_tests.rs"]
mod tests;

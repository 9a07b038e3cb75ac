//! A card payment as the provider knows it: an id, an amount, and a status.

use std::fmt;

use serde::{Deserialize, Serialize};
use types::Money;
use utoipa::ToSchema;

use crate::units;

/// The least that is charged, in minor units: below, the provider's fee is all there is. The provider has minimums of its own,
/// which depend on the settlement currency, and refuses what is below them.
pub const MIN_CARD_MINOR: i64 = 50;
/// The most that is charged at once, in minor units of any currency. The wallet's README says where that is little.
pub const MAX_CARD_MINOR: i64 = 1_000_000;
/// The longest name of a payment method, in characters.
const MAX_METHOD_CHARS: usize = 100;

/// The provider's id of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProviderPaymentId(String);

impl ProviderPaymentId {
    /// An id that the provider gave.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderPaymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A card, by the name that the provider's form in the client gave it. The card itself is never seen here.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^pm_[A-Za-z0-9_]{1,97}$", examples("pm_card_visa"))]
pub struct PaymentMethod(String);

/// The text is not the name of a payment method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the provider's name of a payment method, like pm_card_visa")]
pub struct NotAMethod;

impl PaymentMethod {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, NotAMethod> {
        let rest = text.strip_prefix("pm_").filter(|rest| !rest.is_empty()).ok_or(NotAMethod)?;
        let plain = rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        (plain && text.len() <= MAX_METHOD_CHARS).then(|| Self(text.to_owned())).ok_or(NotAMethod)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

types::redacted!(PaymentMethod);
types::parsed_from_string!(PaymentMethod, NotAMethod);

/// The secret with which the client continues a payment at the provider. Redacted in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String)]
pub struct ClientSecret(String);

impl ClientSecret {
    /// A secret that the provider gave.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }
}

types::redacted!(ClientSecret);

/// The status of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentStatus {
    /// Not confirmed: nothing is charged, and nothing will be without a confirmation.
    Open,
    /// The card is being charged.
    Processing,
    /// The cardholder must authenticate with their bank.
    RequiresAction,
    /// The money has arrived.
    Succeeded,
    /// The card was refused; another one may be tried.
    Declined {
        /// The provider's reason code.
        code: String,
    },
    /// Canceled: nothing was charged, and nothing can be.
    Canceled,
}

/// A payment as the provider reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The provider's id.
    pub id: ProviderPaymentId,
    /// The amount.
    pub money: Money,
    /// The status.
    pub status: PaymentStatus,
    /// For the client.
    pub client_secret: Option<ClientSecret>,
}

/// Why an amount cannot be charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotChargeable {
    /// Not money outside of here.
    #[error("must be of a currency that cards are charged in")]
    Currency,
    /// Too little or too much.
    #[error("must be {MIN_CARD_MINOR} to {MAX_CARD_MINOR} minor units")]
    Amount,
    /// The provider charges whole multiples only.
    #[error("must be a multiple of {0} minor units in this currency")]
    Step(i64),
}

/// Checks that this amount can be charged to a card: money of ISO 4217, within bounds, that the provider can express.
pub fn chargeable(money: &Money) -> Result<(), NotChargeable> {
    if !units::is_card_currency(&money.currency) {
        return Err(NotChargeable::Currency);
    }
    if !(MIN_CARD_MINOR..=MAX_CARD_MINOR).contains(&money.amount_minor) {
        return Err(NotChargeable::Amount);
    }
    units::to_provider(money).map(drop).ok_or_else(|| NotChargeable::Step(units::step(&money.currency)))
}

#[cfg(test)]
mod tests {
    use types::CurrencyCode;

    use super::*;

    #[test]
    fn amounts_are_money_of_cards_within_bounds() {
        let money = |minor, code: &str| Money::new(minor, CurrencyCode::parse(code).unwrap());
        for good in [money(50, "EUR"), money(1_000_000, "USD"), money(50, "JPY"), money(50, "ISK"), money(1_250, "KWD")]
        {
            assert_eq!(chargeable(&good), Ok(()), "{good:?}");
        }
        for code in ["POINTS", "XAU", "IQD", "LYD", "QQQ"] {
            assert_eq!(chargeable(&money(1_000, code)), Err(NotChargeable::Currency), "{code}");
        }
        for minor in [i64::MIN, -50, 0, 49, 1_000_001, i64::MAX] {
            assert_eq!(chargeable(&money(minor, "EUR")), Err(NotChargeable::Amount), "{minor}");
        }
        assert_eq!(chargeable(&money(1_250, "MGA")), Err(NotChargeable::Step(100)));
        assert_eq!(chargeable(&money(1_251, "KWD")), Err(NotChargeable::Step(10)));
    }

    #[test]
    fn methods_are_plain_names_and_not_shown() {
        let method = PaymentMethod::parse("pm_card_visa").unwrap();
        assert_eq!((method.as_str(), format!("{method:?}")), ("pm_card_visa", "PaymentMethod(redacted)".to_owned()));
        let long = format!("pm_{}", "a".repeat(MAX_METHOD_CHARS));
        for bad in ["", "pm_", "4242424242424242", "pm_a b", "pm_a&amount=1", "card", &long] {
            assert_eq!(PaymentMethod::parse(bad), Err(NotAMethod), "{bad}");
        }
        assert_eq!(format!("{:?}", ClientSecret::new("pi_1_secret_2")), "ClientSecret(redacted)");
    }
}

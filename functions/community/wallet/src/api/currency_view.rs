//! A currency as everybody sees it.

use serde::Serialize;
use types::{CurrencyCode, Money};
use utoipa::ToSchema;

use crate::domain::currency::{Currency, CurrencyKind};

/// A currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CurrencyView {
    /// Its code.
    pub code: CurrencyCode,
    /// Whose it is.
    pub kind: CurrencyKind,
    /// What people call it.
    #[schema(example = "Points")]
    pub name: String,
    /// How many of the digits of an amount are decimals.
    #[schema(example = 2)]
    pub exponent: u8,
    /// What one whole unit of it costs, if it has a price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
}

impl From<Currency> for CurrencyView {
    fn from(currency: Currency) -> Self {
        let kind = currency.kind();
        let Currency { code, name, exponent, price } = currency;
        Self { code, kind, name, exponent, price }
    }
}

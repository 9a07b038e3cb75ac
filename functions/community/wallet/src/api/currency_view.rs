//! A currency as everybody sees it.

use serde::Serialize;
use types::{CurrencyCode, Money};
use utoipa::ToSchema;

use crate::domain::currency::{Currency, CurrencyKind};

/// A currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CurrencyView {
    /// Currency code.
    pub code: CurrencyCode,
    /// `iso`: ISO 4217 currency; `in_app`: custom currency.
    pub kind: CurrencyKind,
    /// What people call it.
    #[schema(example = "Points")]
    pub name: String,
    /// Number of decimals of an amount.
    #[schema(example = 2)]
    pub exponent: u8,
    /// Price of one whole unit, if it is for sale.
    pub price: Option<Money>,
}

impl From<Currency> for CurrencyView {
    fn from(currency: Currency) -> Self {
        let kind = currency.kind();
        let Currency { code, name, exponent, price } = currency;
        Self { code, kind, name, exponent, price }
    }
}

//! A currency as everybody sees it.

use serde::Serialize;
use types::{CurrencyCode, Money};
use utoipa::ToSchema;

use crate::domain::currency::{Currency, CurrencyKind};
use crate::store::Known;

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
    /// Version of the currency; 0 for a built-in currency that was never changed. Send it in quotes as `If-Match` to change
    /// exactly this version.
    #[schema(example = 1)]
    pub version: u64,
}

impl From<Known> for CurrencyView {
    fn from(known: Known) -> Self {
        let kind = known.currency.kind();
        let Currency { code, name, exponent, price } = known.currency;
        Self { code, kind, name, exponent, price, version: known.version }
    }
}

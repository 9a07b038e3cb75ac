//! What several requests say in the same way.

use kit::http::Fields;
use serde::Deserialize;
use types::{CurrencyCode, Money, TextError, paragraphs};

use crate::domain::currency::check_amount;
use crate::domain::donation::MAX_MESSAGE_CHARS;

/// An amount as a client says it; described as `Money`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MoneyBody {
    amount_minor: i64,
    currency: String,
}

impl MoneyBody {
    /// The amount that is to move. `field` is its own name in the request.
    pub fn parse(&self, field: &str, fields: &mut Fields) -> Option<Money> {
        let amount = fields.check(&format!("{field}.amountMinor"), check_amount(self.amount_minor));
        let currency = fields.check(&format!("{field}.currency"), CurrencyCode::parse(&self.currency));
        Some(Money::new(amount?, currency?))
    }
}

/// A message; one of nothing but white space is none.
pub fn message(text: Option<&str>) -> Result<Option<String>, TextError> {
    let text = text.filter(|text| !text.trim().is_empty());
    text.map(|text| paragraphs(text, MAX_MESSAGE_CHARS)).transpose()
}

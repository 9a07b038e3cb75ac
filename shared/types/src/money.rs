//! Amounts of money, in whole minor units of a currency.

use std::fmt;
use std::str::FromStr;

/// Maximum length of a currency code in characters.
const MAX_CODE_CHARS: usize = 10;
/// Minimum length, that of ISO 4217.
const MIN_CODE_CHARS: usize = 3;

/// Currency code: ISO 4217 (`EUR`) or a custom in-app currency (`POINTS`).
///
/// 3 to 10 capital letters. The wallet checks that the currency exists.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[A-Z]{3,10}$", examples("EUR"))]
pub struct CurrencyCode(String);

/// Invalid currency code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 3 to 10 capital letters, like EUR")]
pub struct NotACurrencyCode;

impl CurrencyCode {
    /// Parses a code.
    pub fn parse(text: &str) -> Result<Self, NotACurrencyCode> {
        let fits = (MIN_CODE_CHARS..=MAX_CODE_CHARS).contains(&text.len());
        let capitals = text.bytes().all(|byte| byte.is_ascii_uppercase());
        (fits && capitals).then(|| Self(text.to_owned())).ok_or(NotACurrencyCode)
    }

    /// Returns the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CurrencyCode {
    type Err = NotACurrencyCode;

    fn from_str(text: &str) -> Result<Self, NotACurrencyCode> {
        Self::parse(text)
    }
}

::text::parsed_from_string!(CurrencyCode, NotACurrencyCode);

/// Amount in minor units: EUR 12.50 is 1250. Each operation states whether zero or negative amounts are allowed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Money {
    /// Amount in the smallest unit of the currency.
    #[schema(example = 1250)]
    pub amount_minor: i64,
    /// Currency code.
    pub currency: CurrencyCode,
}

/// Schema of an amount that has to be greater than zero, in requests.
#[derive(Debug, utoipa::ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct PositiveMoney {
    /// Amount in the smallest unit of the currency, greater than zero.
    #[schema(minimum = 1, maximum = 9_223_372_036_854_775_807_i64, example = 1250)]
    pub amount_minor: i64,
    /// Currency code.
    pub currency: CurrencyCode,
}

impl Money {
    /// Returns an amount of a currency.
    pub const fn new(amount_minor: i64, currency: CurrencyCode) -> Self {
        Self { amount_minor, currency }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_capital_letters_within_their_bounds() {
        for good in ["EUR", "POINTS", "ABCDEFGHIJ"] {
            assert_eq!(CurrencyCode::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "EU", "eur", "EU R", "E2R", "ABCDEFGHIJK", "ÄÖÜ", "EUR#", "EUR\n"] {
            assert_eq!(CurrencyCode::parse(bad), Err(NotACurrencyCode), "{bad}");
        }
    }

    #[test]
    fn money_is_written_as_clients_read_it_and_takes_no_fractions() {
        let money = Money::new(1250, CurrencyCode::parse("EUR").unwrap());
        let text = serde_json::to_string(&money).unwrap();
        assert_eq!(text, r#"{"amountMinor":1250,"currency":"EUR"}"#);
        assert_eq!(serde_json::from_str::<Money>(&text).unwrap(), money);
        assert!(serde_json::from_str::<Money>(r#"{"amountMinor":12.5,"currency":"EUR"}"#).is_err());
        assert!(serde_json::from_str::<Money>(r#"{"amountMinor":1,"currency":"euro"}"#).is_err());
    }
}

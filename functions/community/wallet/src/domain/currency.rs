//! Currencies: those of ISO 4217 with the number of decimals that it says, and those of the product itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, Money, TextError, line};
use utoipa::ToSchema;

/// The longest name of a currency, in characters.
pub const MAX_NAME_CHARS: usize = 50;
/// The most that one request moves, in minor units: far above any donation, far below what a balance may hold.
pub const MAX_AMOUNT_MINOR: i64 = 1_000_000_000_000;
/// The most decimals of a currency of the product itself.
pub const MAX_EXPONENT: u8 = 8;
/// The length of a code that only ISO 4217 gives out, in characters: ours are longer, so none of theirs ever meets one.
const ISO_CODE_CHARS: usize = 3;
/// What every deployment has without an admin's doing: rewards need `POINTS` from the first event on.
const BUILT_IN: [(&str, &str, u8); 3] =
    [("EUR", "Euro", 2), ("POINTS", "Points", 0), ("USD", "United States dollar", 2)];
/// What nobody can pay with: ISO's codes for metals, tests and no currency at all start with this, but for the four
/// francs, dollars and guilders that states share.
const NOT_MONEY: char = 'X';
const SHARED_BY_STATES: [&str; 5] = ["XAF", "XCD", "XCG", "XOF", "XPF"];

/// Whose currency it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CurrencyKind {
    /// Of ISO 4217.
    Iso,
    /// Of the product itself.
    InApp,
}

/// A currency that balances can have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Currency {
    /// Its code.
    pub code: CurrencyCode,
    /// What people call it.
    pub name: String,
    /// How many decimals it has. It never changes, since amounts are in the smallest unit.
    pub exponent: u8,
    /// What one whole unit of a currency of the product costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
}

/// A price, and since when it was one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Of which currency.
    pub code: CurrencyCode,
    /// What one whole unit cost from then on; none if it had no price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// Since when.
    pub since: Timestamp,
}

/// Why a code or what is said of it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongCurrency {
    /// Three letters that ISO 4217 gives to no money.
    #[error("is no currency of ISO 4217; codes of one's own have 4 to 10 letters")]
    NotIso,
    /// ISO 4217 says otherwise.
    #[error("must be {0}, as ISO 4217 says")]
    ExponentOfIso(u8),
    /// Out of bounds.
    #[error("must be 0 to {MAX_EXPONENT}")]
    Exponent,
    /// A price of what needs none.
    #[error("is for currencies of the product itself only")]
    PriceOfIso,
    /// A price in what is not money.
    #[error("must be above zero, in a currency of ISO 4217")]
    Price,
}

/// Nothing, less than nothing, or more than anybody moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {MAX_AMOUNT_MINOR}")]
pub struct WrongAmount;

impl Currency {
    /// What every deployment has.
    pub fn built_in() -> Vec<Self> {
        BUILT_IN.iter().filter_map(|(code, ..)| Self::built_in_as(&CurrencyCode::parse(code).ok()?)).collect()
    }

    /// The currency with this code, if every deployment has it.
    pub fn built_in_as(code: &CurrencyCode) -> Option<Self> {
        let (_, name, exponent) = BUILT_IN.iter().find(|(known, ..)| *known == code.as_str())?;
        Some(Self { code: code.clone(), name: (*name).to_owned(), exponent: *exponent, price: None })
    }

    /// Whose it is.
    pub fn kind(&self) -> CurrencyKind {
        kind(&self.code)
    }

    /// An amount as people read it: `12.50 EUR`.
    pub fn format(&self, amount_minor: i64) -> String {
        let (sign, digits) = (if amount_minor < 0 { "-" } else { "" }, amount_minor.unsigned_abs().to_string());
        let decimals = usize::from(self.exponent);
        let digits = format!("{digits:0>width$}", width = decimals + 1);
        let (whole, part) = digits.split_at(digits.len() - decimals);
        let point = if decimals == 0 { "" } else { "." };
        format!("{sign}{whole}{point}{part} {}", self.code)
    }
}

fn kind(code: &CurrencyCode) -> CurrencyKind {
    if code.as_str().len() == ISO_CODE_CHARS { CurrencyKind::Iso } else { CurrencyKind::InApp }
}

/// The number of decimals of a currency of ISO 4217, if there is one with this code.
pub fn iso_exponent(code: &CurrencyCode) -> Option<u8> {
    let text = code.as_str();
    let is_money = !text.starts_with(NOT_MONEY) || SHARED_BY_STATES.contains(&text);
    let exponent = iso_currency::Currency::from_code(text).filter(|_| is_money)?.exponent()?;
    u8::try_from(exponent).ok()
}

/// An amount of ISO's money as people read it: `12.50 EUR`.
pub fn format_iso(money: &Money) -> String {
    let exponent = iso_exponent(&money.currency).unwrap_or_default();
    Currency { code: money.currency.clone(), name: String::new(), exponent, price: None }.format(money.amount_minor)
}

/// A code that a currency can have.
pub fn check_code(code: &CurrencyCode) -> Result<(), WrongCurrency> {
    match kind(code) {
        CurrencyKind::Iso if iso_exponent(code).is_none() => Err(WrongCurrency::NotIso),
        CurrencyKind::Iso | CurrencyKind::InApp => Ok(()),
    }
}

/// An amount that one request can move.
pub fn check_amount(amount_minor: i64) -> Result<i64, WrongAmount> {
    if (1..=MAX_AMOUNT_MINOR).contains(&amount_minor) { Ok(amount_minor) } else { Err(WrongAmount) }
}

/// A name that a currency can have.
pub fn check_name(name: &str) -> Result<String, TextError> {
    line(name, MAX_NAME_CHARS)
}

/// The decimals that a currency can have.
pub fn check_exponent(code: &CurrencyCode, exponent: u8) -> Result<u8, WrongCurrency> {
    match (kind(code), iso_exponent(code)) {
        (CurrencyKind::Iso, Some(iso)) if iso != exponent => Err(WrongCurrency::ExponentOfIso(iso)),
        (CurrencyKind::InApp, _) if exponent > MAX_EXPONENT => Err(WrongCurrency::Exponent),
        (CurrencyKind::Iso | CurrencyKind::InApp, _) => Ok(exponent),
    }
}

/// A price that one whole unit of a currency can have.
pub fn check_price(code: &CurrencyCode, price: Option<Money>) -> Result<Option<Money>, WrongCurrency> {
    let Some(price) = price else { return Ok(None) };
    if kind(code) == CurrencyKind::Iso {
        return Err(WrongCurrency::PriceOfIso);
    }
    let is_money = kind(&price.currency) == CurrencyKind::Iso && iso_exponent(&price.currency).is_some();
    if is_money && price.amount_minor > 0 { Ok(Some(price)) } else { Err(WrongCurrency::Price) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> CurrencyCode {
        CurrencyCode::parse(text).unwrap()
    }

    fn currency(text: &str, exponent: u8) -> Currency {
        Currency { code: code(text), name: text.to_owned(), exponent, price: None }
    }

    #[test]
    fn built_in_currencies_obey_the_rules_for_all() {
        assert_eq!(Currency::built_in().len(), BUILT_IN.len());
        for known in Currency::built_in() {
            assert_eq!(check_code(&known.code), Ok(()), "{:?}", known.code);
            assert_eq!(check_exponent(&known.code, known.exponent), Ok(known.exponent));
            assert!(check_name(&known.name).is_ok());
        }
    }

    #[test]
    fn amounts_read_as_people_write_them() {
        for (exponent, amount, text) in [
            (2, 1_250, "12.50 EUR"),
            (2, 5, "0.05 EUR"),
            (2, 0, "0.00 EUR"),
            (2, -5, "-0.05 EUR"),
            (0, 30, "30 EUR"),
            (3, 1_234_567, "1234.567 EUR"),
            (8, i64::MIN, "-92233720368.54775808 EUR"),
        ] {
            assert_eq!(currency("EUR", exponent).format(amount), text);
        }
    }

    #[test]
    fn iso_says_what_three_letters_mean() {
        for (iso, exponent) in [("EUR", 2), ("JPY", 0), ("KWD", 3), ("XOF", 0)] {
            assert_eq!(iso_exponent(&code(iso)), Some(exponent), "{iso}");
            assert_eq!(check_exponent(&code(iso), exponent + 1), Err(WrongCurrency::ExponentOfIso(exponent)));
        }
        for none in ["XAU", "XTS", "XXX", "AAA", "POINTS"] {
            assert_eq!(iso_exponent(&code(none)), None, "{none}");
        }
        assert_eq!(check_code(&code("AAA")), Err(WrongCurrency::NotIso));
        assert_eq!(check_code(&code("FISH")), Ok(()));
        assert_eq!(check_exponent(&code("FISH"), MAX_EXPONENT + 1), Err(WrongCurrency::Exponent));
    }

    #[test]
    fn prices_are_in_money_and_of_what_is_not() {
        let price = |amount, text: &str| Some(Money::new(amount, code(text)));
        assert!(check_price(&code("FISH"), price(10, "EUR")).is_ok());
        assert_eq!(check_price(&code("FISH"), None), Ok(None));
        assert_eq!(check_price(&code("USD"), price(10, "EUR")), Err(WrongCurrency::PriceOfIso));
        for bad in [price(0, "EUR"), price(-1, "EUR"), price(10, "POINTS"), price(10, "XXX")] {
            assert_eq!(check_price(&code("FISH"), bad), Err(WrongCurrency::Price));
        }
    }
}

//! Amounts as people write them.

use iso_currency::Currency;
use types::CurrencyCode;

/// Decimals of a currency that ISO 4217 does not list.
const USUAL_DECIMALS: u16 = 2;

/// Returns an amount of minor units in the currency itself, with the decimals of ISO 4217: 1250 cents are `12.50`, 80 yen `80`.
pub fn major_units(minor: i64, currency: &CurrencyCode) -> String {
    let decimals = Currency::from_code(currency.as_str()).and_then(Currency::exponent).unwrap_or(USUAL_DECIMALS);
    let decimals = usize::from(decimals);
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let sign = if minor < 0 { "-" } else { "" };
    let point = if decimals > 0 { "." } else { "" };
    format!("{sign}{whole}{point}{fraction}")
}

/// Returns an amount with its currency: `12.50 EUR`.
pub fn money(minor: i64, currency: &CurrencyCode) -> String {
    format!("{} {currency}", major_units(minor, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        let text = |minor, code: &str| money(minor, &CurrencyCode::parse(code).unwrap());
        assert_eq!((text(1_250, "EUR"), text(5, "EUR")), ("12.50 EUR".to_owned(), "0.05 EUR".to_owned()));
        assert_eq!((text(80, "JPY"), text(-1_234, "KWD")), ("80 JPY".to_owned(), "-1.234 KWD".to_owned()));
    }
}

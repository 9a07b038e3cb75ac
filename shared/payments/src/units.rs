//! Amounts as Stripe counts them, where that differs from ISO 4217.
//!
//! Source: <https://docs.stripe.com/currencies> ("Zero-decimal currencies", "Three-decimal currencies", "Special cases"),
//! read in November 2026. HUF and TWD are not in the table: Stripe treats them as zero-decimal in payouts only, and charges
//! them with two decimals, as ISO 4217 does.

use iso_currency::Currency;
use types::{CurrencyCode, Money};

/// How a currency is counted by the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Units {
    /// In the minor unit of ISO 4217.
    Iso,
    /// In larger units: one is so many minor units of ISO 4217.
    Larger(i64),
    /// In smaller units: so many are one minor unit of ISO 4217.
    Smaller(i64),
    /// In the minor unit of ISO 4217, but only in multiples of a number.
    Steps(i64),
}

/// The currencies that the provider counts in another way than ISO 4217.
///
/// | currency | ISO 4217 | provider |
/// |---|---|---|
/// | MGA | two decimals | zero-decimal: 1 is one ariary |
/// | ISK, UGX | no decimals | two decimals for compatibility, of which the last two are zero: 100 is one króna or shilling |
/// | BHD, JOD, KWD, OMR, TND | three decimals | three decimals, of which the last is zero |
const DIFFERENT: [(&str, Units); 8] = [
    ("MGA", Units::Larger(100)),
    ("ISK", Units::Smaller(100)),
    ("UGX", Units::Smaller(100)),
    ("BHD", Units::Steps(10)),
    ("JOD", Units::Steps(10)),
    ("KWD", Units::Steps(10)),
    ("OMR", Units::Steps(10)),
    ("TND", Units::Steps(10)),
];

/// The least that Stripe charges, in minor units of ISO 4217. Source: <https://docs.stripe.com/currencies> ("Minimum and maximum
/// charge amounts"), for accounts that are paid out in the same currency; for others it is the provider who refuses.
const MINIMUMS: [(&str, i64); 24] = [
    ("AED", 200),
    ("AUD", 50),
    ("BGN", 100),
    ("BRL", 50),
    ("CAD", 50),
    ("CHF", 50),
    ("CZK", 1_500),
    ("DKK", 250),
    ("EUR", 50),
    ("GBP", 30),
    ("HKD", 400),
    ("HUF", 17_500),
    ("INR", 50),
    ("JPY", 50),
    ("MXN", 1_000),
    ("MYR", 200),
    ("NOK", 300),
    ("NZD", 50),
    ("PLN", 200),
    ("RON", 200),
    ("SEK", 300),
    ("SGD", 50),
    ("THB", 1_000),
    ("USD", 50),
];

/// The least that is charged in a currency, in minor units of ISO 4217.
pub(crate) fn minimum(code: &CurrencyCode) -> i64 {
    MINIMUMS.iter().find(|(known, _)| *known == code.as_str()).map_or(1, |(_, minimum)| *minimum)
}

/// The units of a currency; none if cards are not charged in it.
fn units(code: &CurrencyCode) -> Option<Units> {
    if let Some((_, units)) = DIFFERENT.iter().find(|(different, _)| *different == code.as_str()) {
        return Some(*units);
    }
    // Other currencies with three or four decimals are not charged by the provider.
    let exponent = Currency::from_code(code.as_str()).and_then(Currency::exponent)?;
    matches!(exponent, 0 | 2).then_some(Units::Iso)
}

/// Whether cards are charged in this currency.
pub(crate) fn is_card_currency(code: &CurrencyCode) -> bool {
    units(code).is_some()
}

/// The number that an amount at Stripe must be a multiple of, in minor units of ISO 4217.
pub fn step(code: &CurrencyCode) -> i64 {
    match units(code) {
        Some(Units::Larger(step) | Units::Steps(step)) => step,
        Some(Units::Iso | Units::Smaller(_)) | None => 1,
    }
}

/// The amount in the provider's units; none if it cannot be expressed in them.
pub(crate) fn to_provider(money: &Money) -> Option<i64> {
    let amount = money.amount_minor;
    match units(&money.currency)? {
        Units::Iso => Some(amount),
        Units::Larger(factor) => (amount % factor == 0).then_some(amount / factor),
        Units::Smaller(factor) => amount.checked_mul(factor),
        Units::Steps(step) => (amount % step == 0).then_some(amount),
    }
}

/// An amount of the provider in minor units of ISO 4217. `currency` is the provider's code, in lower case.
pub(crate) fn from_provider(amount: i64, currency: &str) -> Result<Money, String> {
    let code = CurrencyCode::parse(&currency.to_ascii_uppercase()).map_err(|error| error.to_string())?;
    let minor = match units(&code) {
        Some(Units::Larger(factor)) => amount.checked_mul(factor),
        Some(Units::Smaller(factor)) => (amount % factor == 0).then_some(amount / factor),
        Some(Units::Iso | Units::Steps(_)) | None => Some(amount),
    };
    let minor = minor.ok_or_else(|| format!("an amount of {code} is not a whole number of minor units"))?;
    Ok(Money::new(minor, code))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(amount_minor: i64, code: &str) -> Money {
        Money::new(amount_minor, CurrencyCode::parse(code).unwrap())
    }

    /// RubyMoney/money#1099: an amount in MGA was charged a hundredfold.
    #[test]
    fn amounts_are_counted_as_the_provider_documents() {
        for (ours, theirs) in [
            (money(1_000, "EUR"), 1_000),
            (money(500, "JPY"), 500),
            (money(1_045, "HUF"), 1_045),
            (money(80_045, "TWD"), 80_045),
            (money(500_000, "MGA"), 5_000),
            (money(5, "ISK"), 500),
            (money(5, "UGX"), 500),
            (money(5_120, "KWD"), 5_120),
        ] {
            assert_eq!(to_provider(&ours), Some(theirs), "{ours:?}");
            let code = ours.currency.as_str().to_ascii_lowercase();
            assert_eq!(from_provider(theirs, &code), Ok(ours));
        }
        for refused in [money(101, "MGA"), money(5_124, "KWD"), money(100, "IQD"), money(100, "POINTS")] {
            assert_eq!(to_provider(&refused), None, "{refused:?}");
        }
        assert!(from_provider(150, "isk").is_err());
    }

    proptest! {
        #[test]
        fn what_can_be_sent_comes_back_unchanged(amount in 0..1_000_000_i64, which in 0..DIFFERENT.len()) {
            let money = money(amount, DIFFERENT[which].0);
            if let Some(theirs) = to_provider(&money) {
                let code = money.currency.as_str().to_ascii_lowercase();
                prop_assert_eq!(from_provider(theirs, &code), Ok(money));
            } else {
                prop_assert!(amount % step(&money.currency) != 0);
            }
        }
    }
}

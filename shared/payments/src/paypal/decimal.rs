//! Amounts as PayPal writes them: decimal texts, exact in both directions.
//!
//! Source: <https://developer.paypal.com/api/rest/reference/currency-codes/>, read in November 2026. HUF and TWD have two
//! decimals in ISO 4217 and none at PayPal: decimals are refused there.

use types::{CurrencyCode, Money};

use crate::order_payments::NotPayable;

/// The currencies, and their decimals at PayPal.
const DECIMALS: [(&str, u32); 24] = [
    ("AUD", 2),
    ("BRL", 2),
    ("CAD", 2),
    ("CHF", 2),
    ("CNY", 2),
    ("CZK", 2),
    ("DKK", 2),
    ("EUR", 2),
    ("GBP", 2),
    ("HKD", 2),
    ("HUF", 0),
    ("ILS", 2),
    ("JPY", 0),
    ("MXN", 2),
    ("MYR", 2),
    ("NOK", 2),
    ("NZD", 2),
    ("PHP", 2),
    ("PLN", 2),
    ("SEK", 2),
    ("SGD", 2),
    ("THB", 2),
    ("TWD", 0),
    ("USD", 2),
];
/// The most digits before the decimal point.
const MAX_WHOLE_DIGITS: u32 = 7;

/// How a currency is written, and how many minor units of ISO 4217 its last digit is.
struct Scale {
    decimals: u32,
    step: i64,
}

fn scale(code: &str) -> Option<Scale> {
    let (_, decimals) = DECIMALS.iter().find(|(known, _)| *known == code)?;
    let iso = if code == "JPY" { 0 } else { 2 };
    Some(Scale { decimals: *decimals, step: 10_i64.pow(iso - decimals) })
}

/// The number that an amount at PayPal must be a multiple of, in minor units of ISO 4217.
pub fn step(code: &CurrencyCode) -> i64 {
    scale(code.as_str()).map_or(1, |scale| scale.step)
}

/// Checks that PayPal takes this amount.
pub(super) fn payable(money: &Money) -> Result<(), NotPayable> {
    let scale = scale(money.currency.as_str()).ok_or(NotPayable::Currency)?;
    let max = (10_i64.pow(MAX_WHOLE_DIGITS + scale.decimals) - 1) * scale.step;
    if !(1..=max).contains(&money.amount_minor) {
        return Err(NotPayable::Amount { max });
    }
    if money.amount_minor % scale.step == 0 { Ok(()) } else { Err(NotPayable::Step(scale.step)) }
}

/// The amount as PayPal writes it; none if it cannot be written exactly.
pub(super) fn to_text(money: &Money) -> Option<String> {
    let scale = scale(money.currency.as_str())?;
    let is_exact = money.amount_minor >= 0 && money.amount_minor % scale.step == 0;
    let units = is_exact.then_some(money.amount_minor / scale.step)?;
    let one = 10_i64.pow(scale.decimals);
    Some(match scale.decimals {
        0 => units.to_string(),
        _ => format!("{}.{:02}", units / one, units % one),
    })
}

/// An amount of PayPal in minor units of ISO 4217. Decimals that are missing are zero, and further ones must be.
pub(super) fn from_text(value: &str, currency: &str) -> Result<Money, String> {
    let code = CurrencyCode::parse(currency).map_err(|error| error.to_string())?;
    let scale = scale(currency).ok_or_else(|| format!("{code} is no currency of the provider"))?;
    let wrong = || format!("an amount of {code} is not a decimal number that {code} has");
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return Err(wrong());
    }
    let decimals = scale.decimals as usize;
    let (kept, rest) = fraction.split_at(fraction.len().min(decimals));
    if rest.bytes().any(|digit| digit != b'0') {
        return Err(wrong());
    }
    let units: i64 = format!("{whole}{kept:0<decimals$}").parse().map_err(|_| wrong())?;
    units.checked_mul(scale.step).map(|minor| Money::new(minor, code.clone())).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(amount_minor: i64, code: &str) -> Money {
        Money::new(amount_minor, CurrencyCode::parse(code).unwrap())
    }

    #[test]
    fn amounts_are_written_as_the_provider_documents() {
        for (ours, theirs) in [
            (money(1_250, "EUR"), "12.50"),
            (money(5, "USD"), "0.05"),
            // Paymenter/Paymenter#1258: 80 yen are 80.
            (money(80, "JPY"), "80"),
            (money(104_500, "HUF"), "1045"),
            (money(80_000, "TWD"), "800"),
        ] {
            assert_eq!(to_text(&ours).as_deref(), Some(theirs), "{ours:?}");
            assert_eq!(payable(&ours), Ok(()));
            assert_eq!(from_text(theirs, ours.currency.as_str()), Ok(ours));
        }
        assert_eq!(from_text("12.5", "EUR"), Ok(money(1_250, "EUR")));
        assert_eq!(from_text("80.00", "JPY"), Ok(money(80, "JPY")));
    }

    #[test]
    fn what_cannot_be_written_exactly_is_refused() {
        assert_eq!(payable(&money(104_550, "HUF")), Err(NotPayable::Step(100)));
        assert_eq!(to_text(&money(104_550, "HUF")), None);
        assert_eq!(payable(&money(5_120, "KWD")), Err(NotPayable::Currency));
        // juspay/hyperswitch#11491.
        for wrong in [0, -500, i64::MIN, 1_000_000_000] {
            assert_eq!(payable(&money(wrong, "EUR")), Err(NotPayable::Amount { max: 999_999_999 }), "{wrong}");
        }
        assert_eq!(payable(&money(10_000_000, "JPY")), Err(NotPayable::Amount { max: 9_999_999 }));
        for (text, code) in [
            ("", "EUR"),
            (".5", "EUR"),
            ("1,00", "EUR"),
            ("-1.00", "EUR"),
            ("1.005", "EUR"),
            ("0.5", "JPY"),
            ("1", "KWD"),
        ] {
            assert!(from_text(text, code).is_err(), "{text} {code}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(minor in 0..1_000_000_000_i64, which in 0..DECIMALS.len()) {
            let money = money(minor, DECIMALS[which].0);
            if let Some(text) = to_text(&money) {
                prop_assert_eq!(from_text(&text, money.currency.as_str()), Ok(money));
            } else {
                prop_assert!(payable(&money).is_err());
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*", which in 0..DECIMALS.len()) {
            drop(from_text(&text, DECIMALS[which].0));
        }
    }
}

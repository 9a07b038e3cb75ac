//! Decimal numbers as people type them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ratio::Ratio;

/// The most digits of a number.
const MAX_DIGITS: usize = 12;
/// The most digits behind the point.
pub(crate) const MAX_SCALE: u8 = 6;

/// A decimal number with the digits that were typed: `8.50` stays `8.50`. At most 12 digits, of which 6 behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(as = DecimalText, value_type = String, pattern = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$", max_length = 14, examples("8.5"))]
pub struct Decimal(Digits);

/// All digits as one integer, and how many of them stand behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Digits {
    mantissa: i64,
    scale: u8,
}

/// The text is not a number that is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be a decimal number such as 8.5, with at most {MAX_DIGITS} digits, of which {MAX_SCALE} behind the point"
)]
pub struct NotADecimal;

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self(Digits { mantissa: 0, scale: 0 });

    /// Reads a number. The point is the only separator, and a sign is a minus.
    pub fn parse(text: &str) -> Result<Self, NotADecimal> {
        let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(whole, rest)| (whole, Some(rest)));
        let fraction = match fraction {
            Some("") => return Err(NotADecimal),
            Some(digits) => digits,
            None => "",
        };
        let all_digits = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
        let scale = u8::try_from(fraction.len()).map_err(|_| NotADecimal)?;
        if whole.is_empty() || !all_digits || scale > MAX_SCALE || whole.len() + fraction.len() > MAX_DIGITS {
            return Err(NotADecimal);
        }
        let mantissa: i64 = format!("{whole}{fraction}").parse().map_err(|_| NotADecimal)?;
        Ok(Self(Digits { mantissa: if negative { -mantissa } else { mantissa }, scale }))
    }

    /// The number of so many units of the last digit, if that has few enough digits.
    pub(crate) fn from_parts(mantissa: i64, scale: u8) -> Option<Self> {
        let fits = mantissa.unsigned_abs() < 10_u64.pow(u32::try_from(MAX_DIGITS).ok()?);
        (fits && scale <= MAX_SCALE).then_some(Self(Digits { mantissa, scale }))
    }

    /// The exact value.
    pub(crate) fn ratio(self) -> Ratio {
        Ratio::new(i128::from(self.0.mantissa), self.denominator())
    }

    /// Half of a unit of the last digit: what rounding may have hidden.
    pub(crate) fn half_step(self) -> Ratio {
        Ratio::new(1, 2 * self.denominator())
    }

    fn denominator(self) -> i128 {
        10_i128.pow(u32::from(self.0.scale))
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Digits { mantissa, scale } = self.0;
        let sign = if mantissa < 0 { "-" } else { "" };
        let digits = mantissa.unsigned_abs();
        if scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let divisor = 10_u64.pow(u32::from(scale));
        write!(f, "{sign}{}.{:0width$}", digits / divisor, digits % divisor, width = usize::from(scale))
    }
}

impl TryFrom<String> for Decimal {
    type Error = NotADecimal;

    fn try_from(text: String) -> Result<Self, NotADecimal> {
        Self::parse(&text)
    }
}

impl From<Decimal> for String {
    fn from(value: Decimal) -> Self {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn typed_digits_are_kept() {
        for text in ["8.5", "8.50", "-0.3", "0", "123456.789012", "999999999999"] {
            assert_eq!(Decimal::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in
            ["", "-", ".5", "5.", "1,5", "1e3", "+1", " 1", "1.2.3", "NaN", "1234567890123", "0.1234567", "--1", "٣"]
        {
            assert_eq!(Decimal::parse(text), Err(NotADecimal), "{text}");
        }
    }

    #[test]
    fn json_holds_the_text() {
        let value: Decimal = serde_json::from_str("\"8.50\"").unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), "\"8.50\"");
        assert!(serde_json::from_str::<Decimal>("8.5").is_err());
    }

    proptest! {
        #[test]
        fn every_number_reads_back(mantissa in -999_999_999_999_i64..=999_999_999_999, scale in 0..=MAX_SCALE) {
            let value = Decimal::from_parts(mantissa, scale).unwrap();
            prop_assert_eq!(Decimal::parse(&value.to_string()), Ok(value));
        }
    }
}

//! Fractions of an amount: tax rates and discounts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::round_div;

/// One, in millionths.
const ONE: u32 = 1_000_000;

/// A fraction from 0 to 1, in millionths: 19 % is 190000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u32", into = "u32")]
#[schema(value_type = u32, minimum = 0, maximum = 1_000_000, examples(190_000))]
pub struct Rate(u32);

/// The number is more than one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 0 to 1000000 millionths (100 %)")]
pub struct NotARate;

impl Rate {
    /// No part of the amount.
    pub const ZERO: Self = Self(0);

    /// Reads a number of millionths.
    pub const fn from_millionths(millionths: u32) -> Result<Self, NotARate> {
        if millionths <= ONE { Ok(Self(millionths)) } else { Err(NotARate) }
    }

    /// The fraction in millionths.
    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// The fraction of an amount, rounded: a discount of a price, or the tax on a net amount.
    pub fn of(self, amount: i64) -> i64 {
        Self::within(amount, round_div(i128::from(amount) * i128::from(self.0), i128::from(ONE)))
    }

    /// The tax that a gross amount includes, rounded: `gross · rate / (1 + rate)`.
    pub fn included_in(self, gross: i64) -> i64 {
        Self::within(gross, round_div(i128::from(gross) * i128::from(self.0), i128::from(ONE) + i128::from(self.0)))
    }

    /// A fraction of at most one is never more than the amount, so it fits.
    fn within(amount: i64, fraction: i128) -> i64 {
        i64::try_from(fraction).unwrap_or(amount)
    }
}

impl TryFrom<u32> for Rate {
    type Error = NotARate;

    fn try_from(millionths: u32) -> Result<Self, NotARate> {
        Self::from_millionths(millionths)
    }
}

impl From<Rate> for u32 {
    fn from(rate: Rate) -> Self {
        rate.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rate(millionths: u32) -> Rate {
        Rate::from_millionths(millionths).unwrap()
    }

    #[test]
    fn published_amounts_are_reproduced() {
        // medusajs/medusa#14818: 24.99 + 10.75 % tax.
        assert_eq!(rate(107_500).of(2499), 269);
        // vendurehq/vendure#2662: 382.30 with 20 % included.
        assert_eq!(rate(200_000).included_in(38_230), 6_372);
        // vendurehq/vendure#3091: 8,977.50 with 9 % included.
        assert_eq!(rate(90_000).included_in(897_750), 74_126);
        // spree/spree#6137: 8.50 and 1.65 with 7 % included; the sum, and each of them.
        assert_eq!((rate(70_000).included_in(1_015), rate(70_000).included_in(850)), (66, 56));
        assert_eq!(rate(70_000).included_in(165), 11);
        // saleor/saleor#12040: 25 % of 19.99.
        assert_eq!(rate(250_000).of(1_999), 500);
    }

    #[test]
    fn more_than_everything_is_no_rate() {
        assert_eq!(Rate::from_millionths(ONE + 1), Err(NotARate));
        assert_eq!(Rate::try_from(ONE), Ok(rate(ONE)));
        assert_eq!((rate(ONE).of(i64::MAX), rate(ONE).of(i64::MIN)), (i64::MAX, i64::MIN));
    }

    proptest! {
        #[test]
        fn a_tax_on_the_net_amount_is_the_tax_in_the_gross_amount(net in 0..i64::MAX / 4, millionths in 0..=ONE) {
            let tax = rate(millionths).of(net);
            let included = rate(millionths).included_in(net + tax);
            // The gross amount is rounded, so one unit of it may carry its own tax of less than one unit.
            prop_assert!((included - tax).abs() <= 1);
        }

        #[test]
        fn a_fraction_lies_between_nothing_and_the_amount(amount in any::<i64>(), millionths in 0..=ONE) {
            for fraction in [rate(millionths).of(amount), rate(millionths).included_in(amount)] {
                prop_assert!(fraction == 0 || fraction.signum() == amount.signum());
                prop_assert!(fraction.unsigned_abs() <= amount.unsigned_abs());
            }
        }
    }
}

//! Exact fractions, for conversions.

use std::ops::{Add, Mul, Sub};

/// A fraction of two integers with a positive denominator. Numbers of this crate stay far below the bounds of `i128`: a
/// decimal has 12 digits, and a unit's factor at most 11 above and below the line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ratio {
    numerator: i128,
    denominator: i128,
}

impl Ratio {
    /// The fraction `numerator / denominator`. The denominator is positive.
    pub(crate) const fn new(numerator: i128, denominator: i128) -> Self {
        Self { numerator, denominator }.reduced()
    }

    /// The integer as a fraction.
    pub(crate) const fn whole(value: i64) -> Self {
        Self { numerator: value as i128, denominator: 1 }
    }

    /// One divided by the fraction, which is positive.
    pub(crate) const fn inverse(self) -> Self {
        Self { numerator: self.denominator, denominator: self.numerator }
    }

    /// The nearest integer, half away from zero. None beyond `i64`.
    pub(crate) fn rounded(self) -> Option<i64> {
        let magnitude = (self.numerator.abs() * 2 + self.denominator) / (self.denominator * 2);
        i64::try_from(if self.numerator < 0 { -magnitude } else { magnitude }).ok()
    }

    /// Whether the fraction is less than the other, or equal.
    pub(crate) fn at_most(self, other: Self) -> bool {
        self.numerator * other.denominator <= other.numerator * self.denominator
    }

    const fn reduced(self) -> Self {
        let divisor = greatest_common_divisor(self.numerator.unsigned_abs(), self.denominator.unsigned_abs());
        if divisor <= 1 {
            return self;
        }
        let divisor = divisor.cast_signed();
        Self { numerator: self.numerator / divisor, denominator: self.denominator / divisor }
    }
}

impl Mul for Ratio {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self::new(self.numerator * other.numerator, self.denominator * other.denominator)
    }
}

impl Add for Ratio {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(
            self.numerator * other.denominator + other.numerator * self.denominator,
            self.denominator * other.denominator,
        )
    }
}

impl Sub for Ratio {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + Self { numerator: -other.numerator, denominator: other.denominator }
    }
}

const fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_away_from_zero() {
        for (numerator, denominator, rounded) in [(1, 2, 1), (-1, 2, -1), (3, 2, 2), (1, 3, 0), (-5, 3, -2), (7, 1, 7)]
        {
            assert_eq!(Ratio::new(numerator, denominator).rounded(), Some(rounded));
        }
        assert_eq!(Ratio::new(i128::from(i64::MAX) * 2, 1).rounded(), None);
    }

    #[test]
    fn sums_and_products_are_exact() {
        let third = Ratio::new(1, 3);
        assert_eq!((third + third + third).rounded(), Some(1));
        assert_eq!((Ratio::whole(6) * third - Ratio::whole(2)).rounded(), Some(0));
        assert!(third.at_most(third) && third.at_most(Ratio::new(1, 2)) && !Ratio::new(1, 2).at_most(third));
    }
}

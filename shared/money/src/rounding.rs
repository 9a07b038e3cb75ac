//! The rounding rule.

/// Returns `numerator / denominator`, rounded half away from zero.
///
/// # Panics
///
/// If the denominator is not positive.
pub fn round_div(numerator: i128, denominator: i128) -> i128 {
    assert!(denominator > 0, "amounts are divided by positive numbers");
    let (quotient, remainder) = (numerator / denominator, numerator % denominator);
    // Compared without doubling, which could overflow: the distance to the next integer.
    let up = remainder.abs() >= denominator - remainder.abs();
    if up { quotient + numerator.signum() } else { quotient }
}

/// The share of the first `units` of `of` equal units in a total.
///
/// The difference of two shares is the share of the units between them. It telescopes: however the units are returned, all
/// differences sum to the total. More units than there are count as all, and of no units the share is 0.
pub fn share(total: i64, units: u32, of: u32) -> i64 {
    if of == 0 {
        return 0;
    }
    let units = units.min(of);
    let share = round_div(i128::from(total) * i128::from(units), i128::from(of));
    // The share lies between 0 and the total, so it fits.
    i64::try_from(share).unwrap_or(total)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn halves_are_rounded_away_from_zero() {
        let cases =
            [(5, 10, 1), (-5, 10, -1), (4, 10, 0), (-4, 10, 0), (15, 10, 2), (-15, 10, -2), (0, 7, 0), (1, 1, 1)];
        for (numerator, denominator, expected) in cases {
            assert_eq!(round_div(numerator, denominator), expected, "{numerator}/{denominator}");
        }
        assert_eq!(round_div(i128::MAX, i128::MAX), 1);
        assert_eq!(round_div(i128::MAX / 2 + 1, i128::MAX), 1);
        assert_eq!(round_div(i128::MAX / 2, i128::MAX), 0);
    }

    proptest! {
        #[test]
        fn rounding_is_symmetric_and_off_by_at_most_a_half(numerator in any::<i64>(), denominator in 1..i64::MAX) {
            let (n, d) = (i128::from(numerator), i128::from(denominator));
            let rounded = round_div(n, d);
            prop_assert_eq!(round_div(-n, d), -rounded);
            prop_assert!((rounded * d - n).abs() * 2 <= d);
        }

        #[test]
        fn partial_returns_sum_to_the_total_in_any_division(
            total in any::<i64>(),
            steps in proptest::collection::vec(1_u32..1_000, 1..20),
        ) {
            let of = steps.iter().sum();
            let (mut before, mut sum) = (0, 0_i128);
            for step in steps {
                let part = i128::from(share(total, before + step, of)) - i128::from(share(total, before, of));
                prop_assert!(part == 0 || part.signum() == i128::from(total.signum()), "no part has the other sign");
                sum += part;
                before += step;
            }
            prop_assert_eq!(sum, i128::from(total));
        }
    }
}

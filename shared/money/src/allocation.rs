//! Division of a total by weights.

use std::cmp::Reverse;

/// There is something to divide, and no weight to divide it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an amount cannot be divided by weights that are all zero")]
pub struct NoWeights;

/// Divides a total in proportion to weights. The parts sum to the total.
///
/// Each part is first rounded toward zero; the units that remain go to the largest remainders, one each, and among equal
/// remainders to the first. This is the method of largest remainders (Hamilton).
pub fn allocate(total: i64, weights: &[u64]) -> Result<Vec<i64>, NoWeights> {
    let sum: u128 = weights.iter().copied().map(u128::from).sum();
    if sum == 0 {
        return if total == 0 { Ok(vec![0; weights.len()]) } else { Err(NoWeights) };
    }
    let magnitude = u128::from(total.unsigned_abs());
    let exact: Vec<(u64, u128)> = weights.iter().map(|weight| divide(magnitude * u128::from(*weight), sum)).collect();
    let mut parts: Vec<u64> = exact.iter().map(|(part, _)| *part).collect();
    let left = total.unsigned_abs() - parts.iter().sum::<u64>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|index| Reverse(exact.get(*index).map(|(_, remainder)| *remainder)));
    for index in order.into_iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
        if let Some(part) = parts.get_mut(index) {
            *part += 1;
        }
    }
    Ok(parts.into_iter().map(|part| signed(part, total)).collect())
}

/// Divides a total by weights, with no part larger than its cap. What a cap cuts off is divided among the others. Returns the
/// parts; they sum to the total, or to all caps if these are less.
///
/// Weights count only where the cap leaves room, so a discount of a fixed amount never makes a line negative.
pub fn allocate_within(total: u64, weights: &[u64], caps: &[u64]) -> Vec<u64> {
    let mut parts = vec![0_u64; weights.len()];
    let room = |parts: &[u64], index: usize| caps.get(index).map_or(0, |cap| cap - parts.get(index).unwrap_or(cap));
    let mut left = total;
    // Each round fills at least one cap or divides everything, so there are at most as many rounds as parts.
    for _ in 0..=weights.len() {
        let open: Vec<u64> = weights
            .iter()
            .enumerate()
            .map(|(index, weight)| if room(&parts, index) == 0 { 0 } else { *weight })
            .collect();
        let Ok(shares) = allocate(i64::try_from(left).unwrap_or(i64::MAX), &open) else { break };
        for (index, share) in shares.into_iter().enumerate() {
            let given = share.unsigned_abs().min(room(&parts, index));
            if let Some(part) = parts.get_mut(index) {
                *part += given;
                left -= given;
            }
        }
        if left == 0 {
            break;
        }
    }
    parts
}

/// Quotient and remainder. The quotient of a magnitude of 64 bits and a fraction of at most one has 64 bits.
fn divide(numerator: u128, denominator: u128) -> (u64, u128) {
    (u64::try_from(numerator / denominator).unwrap_or(u64::MAX), numerator % denominator)
}

fn signed(magnitude: u64, like: i64) -> i64 {
    // No part is larger than the total, so only the smallest integer has no positive counterpart.
    let part = i64::try_from(magnitude).unwrap_or(i64::MIN);
    if like < 0 { part.wrapping_neg() } else { part }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn remaining_units_go_to_the_largest_remainders_and_then_to_the_first() {
        assert_eq!(allocate(100, &[1, 1, 1]).unwrap(), [34, 33, 33]);
        assert_eq!(allocate(-100, &[1, 1, 1]).unwrap(), [-34, -33, -33]);
        assert_eq!(allocate(10, &[3, 0, 7]).unwrap(), [3, 0, 7]);
        assert_eq!(allocate(1, &[1, 5, 5]).unwrap(), [0, 1, 0]);
        assert_eq!(allocate(0, &[]).unwrap(), Vec::<i64>::new());
        assert_eq!(allocate(5, &[0, 0]), Err(NoWeights));
        assert_eq!(allocate(i64::MIN, &[u64::MAX]).unwrap(), [i64::MIN]);
    }

    #[test]
    fn what_a_cap_cuts_off_goes_to_the_others() {
        assert_eq!(allocate_within(100, &[1, 1, 1], &[10, 100, 100]), [10, 45, 45]);
        assert_eq!(allocate_within(100, &[1, 1], &[10, 20]), [10, 20]);
        assert_eq!(allocate_within(100, &[0, 1], &[100, 20]), [0, 20]);
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_total_and_are_off_by_less_than_one_unit(
            total in any::<i64>(),
            weights in proptest::collection::vec(0..u64::MAX / 64, 1..30),
        ) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let parts = allocate(total, &weights).unwrap();
            prop_assert_eq!(parts.iter().map(|part| i128::from(*part)).sum::<i128>(), i128::from(total));
            let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                let error = i128::from(*part) * sum - i128::from(total) * i128::from(*weight);
                prop_assert!(error.abs() < sum);
                prop_assert!(*weight > 0 || *part == 0, "nothing goes to a weight of zero");
            }
        }

        #[test]
        fn capped_parts_stay_below_their_caps_and_lose_nothing_that_fits(
            total in 0..i64::MAX as u64,
            lines in proptest::collection::vec((1..1_000_000_u64, 0..u64::MAX / 64), 1..30),
        ) {
            let (weights, caps): (Vec<u64>, Vec<u64>) = lines.into_iter().unzip();
            let parts = allocate_within(total, &weights, &caps);
            prop_assert!(parts.iter().zip(&caps).all(|(part, cap)| part <= cap));
            let fits = caps.iter().map(|cap| u128::from(*cap)).sum::<u128>().min(u128::from(total));
            prop_assert_eq!(parts.iter().map(|part| u128::from(*part)).sum::<u128>(), fits);
        }
    }
}

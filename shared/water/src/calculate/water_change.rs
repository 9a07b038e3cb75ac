//! Water changes.

use serde::Serialize;
use utoipa::ToSchema;

use crate::Canonical;
use crate::ratio::Ratio;

/// The most changes in a row.
pub const MAX_CHANGES: u32 = 100;

/// A change that brings a concentration to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaterChange {
    /// The volume to replace, in mL, rounded.
    pub volume_ml: i64,
    /// The share of the water that is replaced, in millionths, rounded.
    pub share_millionths: i64,
}

/// Why a change reaches no target. The messages continue the name of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WaterChangeError {
    /// The target does not lie between the tank and the new water.
    #[error("must be between the current value and the value of the new water: mixing reaches nothing else")]
    Unreachable,
    /// The target is the value of the new water, which takes a change of everything.
    #[error("must differ from the value of the new water, which only replacing everything reaches")]
    Everything,
    /// The volume is not positive.
    #[error("must be positive")]
    Volume,
    /// The share of a change is not between 1 and 999,999 millionths, or there are too many changes.
    #[error("must replace a part of the water with each change, and take at most {MAX_CHANGES} changes")]
    Changes,
}

/// The volume to change so that a concentration moves to the target: `(current − target) / (current − new water)`. For values
/// that mix in proportion to volume: concentrations, salinity, hardness, and nearly temperature, but not pH.
pub fn volume_to_change(
    volume_ml: i64,
    current: Canonical,
    new_water: Canonical,
    target: Canonical,
) -> Result<WaterChange, WaterChangeError> {
    if volume_ml <= 0 {
        return Err(WaterChangeError::Volume);
    }
    if target == current {
        return Ok(WaterChange { volume_ml: 0, share_millionths: 0 });
    }
    let (low, high) = (current.min(new_water), current.max(new_water));
    if !(low..=high).contains(&target) {
        return Err(WaterChangeError::Unreachable);
    }
    if target == new_water {
        return Err(WaterChangeError::Everything);
    }
    let share = Ratio::new(
        i128::from((current.get() - target.get()).abs()),
        i128::from((current.get() - new_water.get()).abs()),
    );
    let part = |of: i64| (share * Ratio::whole(of)).rounded().ok_or(WaterChangeError::Volume);
    Ok(WaterChange { volume_ml: part(volume_ml)?, share_millionths: part(1_000_000)? })
}

/// The value after each of a number of equal changes, rounded each time.
pub fn after_changes(
    current: Canonical,
    new_water: Canonical,
    share_millionths: i64,
    changes: u32,
) -> Result<Vec<i64>, WaterChangeError> {
    check_share(share_millionths)?;
    if changes > MAX_CHANGES {
        return Err(WaterChangeError::Changes);
    }
    let left = 1.0 - crate::derived::float(share_millionths) / 1e6;
    let difference = crate::derived::float(current.get() - new_water.get());
    let mut values = Vec::new();
    let mut remaining = difference;
    for _ in 0..changes {
        remaining *= left;
        let rest = crate::derived::rounded(remaining).ok_or(WaterChangeError::Changes)?;
        values.push(new_water.get() + rest);
    }
    Ok(values)
}

/// How many equal changes it takes until the value is at the target or beyond.
pub fn changes_needed(
    current: Canonical,
    new_water: Canonical,
    target: Canonical,
    share_millionths: i64,
) -> Result<u32, WaterChangeError> {
    let reached = |value: i64| if current > target { value <= target.get() } else { value >= target.get() };
    check_share(share_millionths)?;
    if current == target {
        return Ok(0);
    }
    let (low, high) = (current.min(new_water), current.max(new_water));
    if !(low..=high).contains(&target) {
        return Err(WaterChangeError::Unreachable);
    }
    let values = after_changes(current, new_water, share_millionths, MAX_CHANGES)?;
    let index = values.into_iter().position(reached).ok_or(WaterChangeError::Changes)?;
    u32::try_from(index + 1).map_err(|_| WaterChangeError::Changes)
}

fn check_share(millionths: i64) -> Result<(), WaterChangeError> {
    if (1..1_000_000).contains(&millionths) { Ok(()) } else { Err(WaterChangeError::Changes) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Parameter;

    fn nitrate(value: i64) -> Canonical {
        Canonical::new(Parameter::Nitrate, value).unwrap()
    }

    #[test]
    fn half_of_the_water_halves_the_difference() {
        let change = volume_to_change(200_000, nitrate(40_000), nitrate(0), nitrate(20_000)).unwrap();
        assert_eq!(change, WaterChange { volume_ml: 100_000, share_millionths: 500_000 });
        // New water has 5: from 40 to 20 takes 20 / 35.
        let change = volume_to_change(200_000, nitrate(40_000), nitrate(5_000), nitrate(20_000)).unwrap();
        assert_eq!(change.volume_ml, 114_286);
        // Upwards, with richer water.
        assert_eq!(
            volume_to_change(100_000, nitrate(1_000), nitrate(11_000), nitrate(2_000)).unwrap().volume_ml,
            10_000
        );
    }

    #[test]
    fn mixing_reaches_only_what_lies_between() {
        let error = |current, new_water, target| {
            volume_to_change(1_000, nitrate(current), nitrate(new_water), nitrate(target)).unwrap_err()
        };
        assert_eq!(error(40, 10, 5), WaterChangeError::Unreachable);
        assert_eq!(error(40, 10, 41), WaterChangeError::Unreachable);
        assert_eq!(error(40, 10, 10), WaterChangeError::Everything);
        assert_eq!(volume_to_change(0, nitrate(2), nitrate(0), nitrate(1)).unwrap_err(), WaterChangeError::Volume);
        assert_eq!(changes_needed(nitrate(40), nitrate(10), nitrate(5), 500_000), Err(WaterChangeError::Unreachable));
    }

    #[test]
    fn equal_changes_leave_a_power() {
        assert_eq!(after_changes(nitrate(80_000), nitrate(0), 500_000, 3).unwrap(), [40_000, 20_000, 10_000]);
        assert_eq!(changes_needed(nitrate(80_000), nitrate(0), nitrate(10_000), 500_000), Ok(3));
        assert_eq!(changes_needed(nitrate(80_000), nitrate(0), nitrate(9_999), 500_000), Ok(4));
        assert_eq!(changes_needed(nitrate(0), nitrate(80_000), nitrate(60_000), 500_000), Ok(2));
        assert_eq!(changes_needed(nitrate(7), nitrate(0), nitrate(7), 500_000), Ok(0));
        assert_eq!(after_changes(nitrate(1), nitrate(0), 0, 1), Err(WaterChangeError::Changes));
        assert_eq!(after_changes(nitrate(1), nitrate(0), 1, MAX_CHANGES + 1), Err(WaterChangeError::Changes));
    }

    proptest! {
        #[test]
        fn the_change_leads_to_the_target(
            current in 0_i64..250_000, new_water in 0_i64..250_000, target in 0_i64..250_000,
        ) {
            let (from, into, to) = (nitrate(current), nitrate(new_water), nitrate(target));
            if let Ok(change) = volume_to_change(1_000_000_000, from, into, to) {
                let mixed = i128::from(current) * i128::from(1_000_000_000 - change.volume_ml)
                    + i128::from(new_water) * i128::from(change.volume_ml);
                let wanted = i128::from(target) * 1_000_000_000;
                prop_assert!((mixed - wanted).abs() * 2 <= i128::from((current - new_water).abs()));
            }
        }
    }
}

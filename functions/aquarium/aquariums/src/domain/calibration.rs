//! Calibrations: how what a probe reports becomes a value. A calibration holds from when it is recorded, so stored values never
//! change.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use water::Canonical;

/// The most points of a calibration.
pub const MAX_POINTS: usize = 3;
/// The fewest points of a calibration.
pub const MIN_POINTS: usize = 2;
/// The most calibrations of a sensor.
pub const MAX_CALIBRATIONS: usize = 20;

/// What a probe reported in a solution of a known value, both in the canonical unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// What the probe reported without calibration.
    pub raw: i64,
    /// The value of the solution.
    pub reference: i64,
}

/// A piecewise linear function through two or three points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calibration {
    /// The instant from which it holds.
    pub from: Timestamp,
    /// The points, by their raw values.
    points: Vec<Point>,
}

/// Why points are no calibration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CalibrationError {
    /// Too few or too many.
    #[error("must have {MIN_POINTS} or {MAX_POINTS} points with different reference values")]
    Count,
    /// Two references with one raw value: the probe does not tell them apart.
    #[error(
        "must have different raw values; the probe reported the same value in two solutions, so check or replace it"
    )]
    EqualRaw,
    /// The probe rises and falls.
    #[error("must rise or fall throughout; a probe that does both is defective, or two solutions were mixed up")]
    NotMonotonic,
}

impl Calibration {
    /// The calibration through these points, in the order in which they were taken. Of two points with the same reference value, the
    /// newest stands.
    pub fn through(points: &[Point], from: Timestamp) -> Result<Self, CalibrationError> {
        let mut kept: Vec<Point> = Vec::new();
        for point in points {
            kept.retain(|earlier| earlier.reference != point.reference);
            kept.push(*point);
        }
        if !(MIN_POINTS..=MAX_POINTS).contains(&kept.len()) {
            return Err(CalibrationError::Count);
        }
        kept.sort_by_key(|point| point.raw);
        let steps = || kept.windows(2).filter_map(|pair| Some((pair.first()?, pair.last()?)));
        if steps().any(|(low, high)| low.raw == high.raw) {
            return Err(CalibrationError::EqualRaw);
        }
        let rises = steps().filter(|(low, high)| low.reference < high.reference).count();
        if rises != 0 && rises != kept.len() - 1 {
            return Err(CalibrationError::NotMonotonic);
        }
        Ok(Self { from, points: kept })
    }

    /// The points, by their raw values.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The value that a raw value stands for, rounded half away from zero. Beyond the outer points, their line goes on.
    pub fn apply(&self, raw: i64) -> Option<i64> {
        let lines = self.points.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?)));
        let mut line = None;
        for (low, high) in lines {
            line = Some((low, high));
            if raw <= high.raw {
                break;
            }
        }
        let (low, high) = line?;
        let run = i128::from(high.raw) - i128::from(low.raw);
        let rise = i128::from(high.reference) - i128::from(low.reference);
        let above = (i128::from(raw) - i128::from(low.raw)) * rise;
        // `run` is positive, since raw values rise.
        let rounded = above.signum() * ((2 * above.abs() + run) / (2 * run));
        i64::try_from(i128::from(low.reference) + rounded).ok()
    }
}

/// The calibration in force at an instant; none before the first one. They are in the order of their instants.
pub fn in_force(calibrations: &[Calibration], at: Timestamp) -> Option<&Calibration> {
    calibrations.iter().rev().find(|calibration| calibration.from <= at)
}

/// What a raw value stands for at an instant. It may be beyond what the parameter can have; none beyond 64 bits.
pub fn calibrated(calibrations: &[Calibration], raw: Canonical, at: Timestamp) -> Option<i64> {
    match in_force(calibrations, at) {
        Some(calibration) => calibration.apply(raw.get()),
        None => Some(raw.get()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use water::Parameter;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    fn point(raw: i64, reference: i64) -> Point {
        Point { raw, reference }
    }

    #[test]
    fn equal_raw_values_are_refused_and_the_newest_point_of_a_reference_stands() {
        let refused = Calibration::through(&[point(7_100, 7_000), point(7_100, 10_000)], START);
        assert_eq!(refused, Err(CalibrationError::EqualRaw));
        let taken = [point(7_100, 7_000), point(9_800, 10_000), point(9_900, 10_000)];
        let calibration = Calibration::through(&taken, START).unwrap();
        assert_eq!(calibration.points(), [point(7_100, 7_000), point(9_900, 10_000)]);
        assert_eq!((calibration.apply(7_100), calibration.apply(9_900)), (Some(7_000), Some(10_000)));
    }

    #[test]
    fn a_calibration_has_two_or_three_points_and_one_direction() {
        for count in [vec![], vec![point(1, 1)], vec![point(1, 1), point(2, 1)]] {
            assert_eq!(Calibration::through(&count, START), Err(CalibrationError::Count));
        }
        let four: Vec<_> = (1..5).map(|value| point(value, value)).collect();
        assert_eq!(Calibration::through(&four, START), Err(CalibrationError::Count));
        let bent = [point(1, 10), point(2, 20), point(3, 15)];
        assert_eq!(Calibration::through(&bent, START), Err(CalibrationError::NotMonotonic));
        // A pH probe whose voltage falls as the pH rises.
        let falling = Calibration::through(&[point(180, 4_000), point(0, 7_000), point(-180, 10_000)], START).unwrap();
        assert_eq!([-90, 0, 90, -360].map(|raw| falling.apply(raw)), [8_500, 7_000, 5_500, 13_000].map(Some));
    }

    #[test]
    fn a_calibration_changes_no_value_from_before_it() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let calibrations: Vec<_> = [(100, 10), (200, 20)]
            .map(|(from, offset)| {
                Calibration::through(&[point(0, offset), point(100, 100 + offset)], at(from)).unwrap()
            })
            .into();
        let raw = Canonical::new(Parameter::Temperature, 50).unwrap();
        let values = [99, 100, 199, 200].map(|second| calibrated(&calibrations, raw, at(second)));
        assert_eq!(values, [50, 60, 60, 70].map(Some));
    }

    proptest! {
        #[test]
        fn every_point_is_met_and_the_order_of_values_is_kept(
            raws in proptest::collection::btree_set(-1_000_000..1_000_000_i64, 2..4),
            references in proptest::collection::btree_set(-1_000_000..1_000_000_i64, 2..4),
            values in proptest::collection::btree_set(-2_000_000..2_000_000_i64, 2..20),
        ) {
            let points: Vec<_> = raws.into_iter().zip(references).map(|(raw, reference)| point(raw, reference)).collect();
            prop_assume!(points.len() >= MIN_POINTS);
            let calibration = Calibration::through(&points, START).unwrap();
            for point in &points {
                prop_assert_eq!(calibration.apply(point.raw), Some(point.reference));
            }
            let values: Vec<_> = values.into_iter().map(|raw| calibration.apply(raw)).collect();
            prop_assert!(values.windows(2).all(|pair| pair[0] <= pair[1]));
        }
    }
}

//! Calibrations: how what a probe reports becomes a value. A calibration holds from when it is recorded, so stored values never
//! change.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use water::Canonical;

/// The most points of a calibration.
pub const MAX_POINTS: usize = 3;
/// The fewest points of a calibration.
pub const MIN_POINTS: usize = 2;
/// The largest factor, in either direction, between the difference of two solutions and that of what the probe reported in them. Both have
/// one unit: beyond the factor, a point is wrong or the probe is defective.
pub const MAX_GAIN: i64 = 10;
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
    /// Too many, or too few with different reference values.
    #[error("must have {MIN_POINTS} or {MAX_POINTS} points with different reference values")]
    Count,
    /// Two references with one raw value: the probe does not tell them apart.
    #[error(
        "must have different raw values; the probe reported the same value in two solutions, so check or replace it"
    )]
    EqualRaw,
    /// The probe reported less in a solution of a higher value.
    #[error(
        "must rise: the probe must report more in a solution of a higher value; check whether two solutions were mixed up"
    )]
    NotRising,
    /// The probe is too sensitive, or not sensitive enough.
    #[error(
        "must have raw values that differ by 1/{MAX_GAIN} to {MAX_GAIN} times as much as the reference values; \
         check the points, or replace the probe"
    )]
    Gain,
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
        if points.len() > MAX_POINTS || kept.len() < MIN_POINTS {
            return Err(CalibrationError::Count);
        }
        kept.sort_by_key(|point| point.raw);
        let steps = || kept.windows(2).filter_map(|pair| Some((pair.first()?, pair.last()?)));
        if steps().any(|(low, high)| low.raw == high.raw) {
            return Err(CalibrationError::EqualRaw);
        }
        if steps().any(|(low, high)| low.reference > high.reference) {
            return Err(CalibrationError::NotRising);
        }
        if !steps().all(|(low, high)| has_gain(*low, *high)) {
            return Err(CalibrationError::Gain);
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

/// Whether the values of two neighbouring points, which rise, differ by about as much as what the probe reported.
fn has_gain(low: Point, high: Point) -> bool {
    let run = i128::from(high.raw) - i128::from(low.raw);
    let rise = i128::from(high.reference) - i128::from(low.reference);
    let most = i128::from(MAX_GAIN);
    rise <= run * most && run <= rise * most
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
    fn a_calibration_has_two_or_three_points() {
        for count in [vec![], vec![point(1, 1)], vec![point(1, 1), point(2, 1)]] {
            assert_eq!(Calibration::through(&count, START), Err(CalibrationError::Count));
        }
        let four: Vec<_> = (1..5).map(|value| point(value, value)).collect();
        assert_eq!(Calibration::through(&four, START), Err(CalibrationError::Count));
        let repeated = [point(1, 1), point(2, 2), point(3, 3), point(4, 3)];
        assert_eq!(Calibration::through(&repeated, START), Err(CalibrationError::Count));
    }

    #[test]
    fn the_values_of_a_calibration_rise_with_what_the_probe_reports() {
        let bent = [point(1, 10), point(2, 20), point(3, 15)];
        // The buffers of pH 7 and 10 were swapped.
        let swapped = [point(7_000, 10_000), point(10_000, 7_000)];
        for points in [&bent[..], &swapped[..]] {
            assert_eq!(Calibration::through(points, START), Err(CalibrationError::NotRising), "{points:?}");
        }
    }

    #[test]
    fn the_gain_of_a_calibration_is_bounded_between_any_neighbouring_points() {
        let of = |points: &[Point]| Calibration::through(points, START).map(|_| ());
        assert_eq!(of(&[point(7_000, 7_000), point(7_001, 10_000)]), Err(CalibrationError::Gain));
        let second = [point(4_000, 4_000), point(7_000, 7_000), point(37_001, 10_000)];
        assert_eq!(of(&second), Err(CalibrationError::Gain));
        for (raw, reference) in [(100, 1_000), (1_000, 100)] {
            assert_eq!(of(&[point(0, 0), point(raw, reference)]), Ok(()));
        }
        for (raw, reference) in [(100, 1_001), (1_001, 100)] {
            assert_eq!(of(&[point(0, 0), point(raw, reference)]), Err(CalibrationError::Gain));
        }
        assert_eq!(of(&[point(i64::MIN, i64::MIN), point(i64::MAX, i64::MAX)]), Ok(()));
    }

    #[test]
    fn a_falling_calibration_from_before_they_were_refused_still_applies() {
        let falling =
            Calibration { from: START, points: vec![point(-180, 10_000), point(0, 7_000), point(180, 4_000)] };
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
            first in (-1_000_000..1_000_000_i64, -1_000_000..1_000_000_i64),
            steps in proptest::collection::vec((1_000..10_000_i64, 1_000..10_000_i64), 1..3),
            values in proptest::collection::btree_set(-2_000_000..2_000_000_i64, 2..20),
        ) {
            let mut points = vec![point(first.0, first.1)];
            for (run, rise) in steps {
                let last = points[points.len() - 1];
                points.push(point(last.raw + run, last.reference + rise));
            }
            let calibration = Calibration::through(&points, START).unwrap();
            for point in &points {
                prop_assert_eq!(calibration.apply(point.raw), Some(point.reference));
            }
            let values: Vec<_> = values.into_iter().map(|raw| calibration.apply(raw)).collect();
            prop_assert!(values.windows(2).all(|pair| pair[0] <= pair[1]));
        }
    }
}

//! Predicted crossings: the Theil–Sen slope over 15-minute means.
//!
//! The estimator is the median of the slopes between all pairs of means (Theil 1950, Sen 1968). Up to 29 % of the means may be
//! outliers without moving it.

use serde::{Deserialize, Serialize};

use super::automaton::Level;
use super::rule::Condition;

/// Seconds of a quarter of an hour.
pub(super) const QUARTER_S: i64 = 900;
/// The fewest means that a trend is computed from.
const MIN_MEANS: usize = 12;
/// Predicted values are computed in millionths.
const MICRO: i64 = 1_000_000;

/// The 15-minute means of the sensors of a rule since the last calibration or water change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trend {
    /// The quarter that is not over: its number since 1970, the sum and the number of its samples.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    open: Option<(i64, i64, i64)>,
    /// Numbers of quarters and their means.
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    means: Vec<(i64, i64)>,
}

/// What a quarter that is over says about the trend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Evaluated {
    /// The end of the quarter, in seconds since 1970.
    pub(super) at: i64,
    /// Where the predicted value stands.
    pub(super) level: Level,
    /// The predicted value.
    pub(super) predicted: i64,
}

impl Trend {
    /// Adds a sample. Returns what the quarter before says, if this sample ends one.
    pub(super) fn add(&mut self, condition: Condition, at: i64, value: i64) -> Option<Evaluated> {
        let quarter = at.div_euclid(QUARTER_S);
        match &mut self.open {
            Some((open, sum, count)) if *open == quarter => {
                *sum += value;
                *count += 1;
                None
            }
            open => {
                let closed = open.replace((quarter, value, 1));
                closed.and_then(|(closed, sum, count)| self.close(condition, closed, sum.div_euclid(count)))
            }
        }
    }

    /// Begins anew: values before a calibration or a water change say nothing about the trend after it.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    fn close(&mut self, condition: Condition, quarter: i64, mean: i64) -> Option<Evaluated> {
        let (limit, within_minutes, span_hours, is_rising) = match condition {
            Condition::RisesAbove { limit, within_minutes, span_hours } => (limit, within_minutes, span_hours, true),
            Condition::FallsBelow { limit, within_minutes, span_hours } => (limit, within_minutes, span_hours, false),
            _ => return None,
        };
        self.means.push((quarter, mean));
        self.means.retain(|(number, _)| quarter - number < i64::from(span_hours) * 4);
        let (slope, base) = theil_sen(&self.means)?;
        let predict = |seconds: i64| {
            let ahead = i128::from(slope) * i128::from(seconds) / i128::from(QUARTER_S);
            let value =
                (i128::from(base) + i128::from(slope) * i128::from(quarter - self.first()) + ahead) / i128::from(MICRO);
            i64::try_from(value).unwrap_or(if ahead < 0 { i64::MIN } else { i64::MAX })
        };
        let within = i64::from(within_minutes) * 60;
        let crosses = |value: i64| if is_rising { value > limit } else { value < limit };
        let level = if crosses(predict(within)) {
            Level::Beyond
        } else if crosses(predict(within + within / 2)) {
            Level::Between
        } else {
            Level::Inside
        };
        Some(Evaluated { at: (quarter + 1) * QUARTER_S, level, predicted: predict(within) })
    }

    fn first(&self) -> i64 {
        self.means.first().map_or(0, |(number, _)| *number)
    }
}

/// The slope per quarter and the value at the first quarter, both in millionths. None of too few means.
fn theil_sen(means: &[(i64, i64)]) -> Option<(i64, i64)> {
    if means.len() < MIN_MEANS {
        return None;
    }
    let first = means.first()?.0;
    let mut slopes = Vec::with_capacity(means.len() * means.len() / 2);
    for (index, (x, y)) in means.iter().enumerate() {
        slopes.extend(means.iter().skip(index + 1).map(|(later, value)| (value - y) * MICRO / (later - x)));
    }
    let slope = median(&mut slopes)?;
    let mut bases: Vec<_> = means.iter().map(|(x, y)| y * MICRO - slope * (x - first)).collect();
    Some((slope, median(&mut bases)?))
}

fn median(values: &mut [i64]) -> Option<i64> {
    values.sort_unstable();
    let upper = *values.get(values.len() / 2)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *values.get(values.len() / 2 - 1)?;
    Some(i64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Above 28 °C within 2 hours, from 6 hours.
    const RISE: Condition = Condition::RisesAbove { limit: 28_000, within_minutes: 120, span_hours: 6 };

    /// Feeds one sample per minute, and returns what the quarters say.
    fn evaluated(condition: Condition, minutes: i64, value: impl Fn(i64) -> i64) -> Vec<Evaluated> {
        let mut trend = Trend::default();
        (0..minutes).filter_map(|minute| trend.add(condition, minute * 60, value(minute))).collect()
    }

    #[test]
    fn a_heater_that_sticks_is_predicted_two_hours_ahead() {
        // 0.5 K per hour from 25 °C: 28 °C is crossed after 6 hours, and predicted after 4.
        let all = evaluated(RISE, 360, |minute| 25_000 + minute * 500 / 60);
        // Three hours are needed for twelve means.
        assert_eq!(all.first().unwrap().at, 12 * QUARTER_S);
        let first_beyond = all.iter().find(|evaluated| evaluated.level == Level::Beyond).unwrap();
        assert!((14_400..=15_300).contains(&first_beyond.at), "{first_beyond:?}");
        // An hour earlier, the prediction is within one and a half times the time.
        assert!(all.iter().any(|evaluated| evaluated.level == Level::Between && evaluated.at < first_beyond.at));
    }

    #[test]
    fn outliers_do_not_move_the_trend() {
        let all = evaluated(RISE, 360, |minute| if minute / 15 % 5 == 0 { 27_900 } else { 25_000 });
        assert!(all.iter().all(|evaluated| evaluated.level == Level::Inside && evaluated.predicted == 25_000));
    }

    #[test]
    fn a_new_segment_forgets_the_trend_before() {
        let mut trend = Trend::default();
        for minute in 0..600 {
            trend.add(RISE, minute * 60, 20_000 + minute * 20);
        }
        trend.reset();
        assert_eq!(trend, Trend::default());
        assert!((600..770).all(|minute| trend.add(RISE, minute * 60, 20_000).is_none()));
    }

    proptest! {
        #[test]
        fn the_line_of_a_line_is_itself(base in -50_000_i64..50_000, slope in -500_i64..500, n in 12_i64..96) {
            let means: Vec<_> = (0..n).map(|x| (x + 7, base + slope * x)).collect();
            prop_assert_eq!(theil_sen(&means), Some((slope * MICRO, base * MICRO)));
        }

        #[test]
        fn a_quarter_of_outliers_leaves_the_slope_within_that_of_the_rest(
            slope in -500_i64..500, outliers in prop::collection::btree_map(0_i64..48, -100_000_i64..100_000, 0..12),
        ) {
            let means: Vec<_> = (0..48).map(|x| (x, outliers.get(&x).copied().unwrap_or(slope * x))).collect();
            // 36 of 48 lie on the line: 630 of 1,128 slopes are exact, more than half.
            prop_assert_eq!(theil_sen(&means).unwrap().0, slope * MICRO);
        }
    }
}

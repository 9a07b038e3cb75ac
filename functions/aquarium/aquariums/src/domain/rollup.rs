//! Statistics of quarters of an hour. Coarser ones are merged from them: a mean is a sum over a count and never a mean of means.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use types::{SensorId, Uuid};

use super::hour::Hour;
use super::packing::{Corrupt, Packed, Reader};

/// Seconds of a quarter of an hour. All zones of today have offsets and transitions at its multiples, so days of any zone consist
/// of whole quarters.
pub const QUARTER_SECONDS: i64 = 900;
/// The same, for steps of iterators.
pub(super) const QUARTER_STEP: usize = 900;
/// Quarters of an hour.
const QUARTERS: usize = 4;

/// Statistics of the values of a sensor in a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rollup {
    /// Number of values.
    pub count: u64,
    /// Their sum.
    pub sum: i64,
    /// The least value.
    pub min: i64,
    /// The greatest value.
    pub max: i64,
    /// The earliest value.
    pub first: i64,
    /// The latest value.
    pub last: i64,
}

impl Rollup {
    /// The statistics of one value.
    pub const fn of(value: i64) -> Self {
        Self { count: 1, sum: value, min: value, max: value, first: value, last: value }
    }

    /// The statistics of both spans, of which `later` is the later one.
    #[must_use]
    pub fn followed_by(self, later: Self) -> Self {
        Self {
            count: self.count + later.count,
            sum: self.sum + later.sum,
            min: self.min.min(later.min),
            max: self.max.max(later.max),
            first: self.first,
            last: later.last,
        }
    }

    /// The mean, rounded half away from zero.
    pub fn mean(&self) -> i64 {
        let (sum, count) = (i128::from(self.sum), i128::from(self.count.max(1)));
        let rounded = (2 * sum.abs() + count) / (2 * count);
        i64::try_from(sum.signum() * rounded).unwrap_or_default()
    }
}

/// The roll-ups of the quarters of an hour, of each sensor of a device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Packed", into = "Packed")]
pub struct HourRollups(BTreeMap<SensorId, [Option<Rollup>; QUARTERS]>);

impl HourRollups {
    /// Adds a value that is later than those before it.
    pub(super) fn include(&mut self, sensor: SensorId, offset: u16, value: i64) {
        let quarters = self.0.entry(sensor).or_default();
        if let Some(quarter) = quarters.get_mut(usize::from(offset) / QUARTER_STEP) {
            let one = Rollup::of(value);
            *quarter = Some(quarter.map_or(one, |before| before.followed_by(one)));
        }
    }

    /// The quarters of a sensor that have values, in order: the first second since 1970 of each, and its statistics.
    pub fn of(&self, sensor: SensorId, hour: Hour) -> impl Iterator<Item = (i64, Rollup)> {
        let quarters = self.0.get(&sensor).into_iter().flatten();
        (hour.start()..).step_by(QUARTER_STEP).zip(quarters).filter_map(|(start, quarter)| Some((start, (*quarter)?)))
    }
}

/// All numbers but the least value are small, since they are differences.
impl From<HourRollups> for Packed {
    fn from(rollups: HourRollups) -> Self {
        let mut packed = Self::default();
        for (sensor, quarters) in &rollups.0 {
            packed.bytes(sensor.uuid().as_bytes());
            let mut least_before = 0;
            for quarter in quarters {
                let Some(Rollup { count, sum, min, max, first, last }) = *quarter else {
                    packed.unsigned(0);
                    continue;
                };
                packed.unsigned(count);
                packed.signed(min - least_before);
                packed.unsigned(max.abs_diff(min));
                packed.unsigned(first.abs_diff(min));
                packed.unsigned(last.abs_diff(min));
                packed.unsigned((sum - min * count.cast_signed()).unsigned_abs());
                least_before = min;
            }
        }
        packed
    }
}

impl TryFrom<Packed> for HourRollups {
    type Error = Corrupt;

    fn try_from(packed: Packed) -> Result<Self, Corrupt> {
        let (mut reader, mut sensors) = (packed.reader(), BTreeMap::new());
        while !reader.is_at_end() {
            let sensor = SensorId::new(Uuid::from_bytes(reader.bytes()?));
            let (mut quarters, mut least_before) = ([None; QUARTERS], 0);
            for quarter in &mut quarters {
                *quarter = rollup(&mut reader, least_before)?;
                least_before = quarter.map_or(least_before, |rollup| rollup.min);
            }
            sensors.insert(sensor, quarters);
        }
        Ok(Self(sensors))
    }
}

fn rollup(reader: &mut Reader<'_>, least_before: i64) -> Result<Option<Rollup>, Corrupt> {
    let count = reader.unsigned()?;
    if count == 0 {
        return Ok(None);
    }
    let min = least_before.checked_add(reader.signed()?).ok_or(Corrupt)?;
    let mut above = || reader.unsigned().and_then(|above| min.checked_add_unsigned(above).ok_or(Corrupt));
    let (max, first, last) = (above()?, above()?, above()?);
    let least_sum = i64::try_from(count).ok().and_then(|count| min.checked_mul(count)).ok_or(Corrupt)?;
    let sum = least_sum.checked_add_unsigned(reader.unsigned()?).ok_or(Corrupt)?;
    Ok(Some(Rollup { count, sum, min, max, first, last }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_is_a_sum_over_a_count() {
        // An hour of 60 values of 26.0 °C, and one of a single 20.0 °C.
        let hour = (1..60).fold(Rollup::of(26_000), |hour, _| hour.followed_by(Rollup::of(26_000)));
        let both = hour.followed_by(Rollup::of(20_000));
        assert_eq!((both.count, both.mean(), both.min, both.max), (61, 25_902, 20_000, 26_000));
        assert_eq!((both.first, both.last), (26_000, 20_000));
    }

    #[test]
    fn a_mean_is_rounded_half_away_from_zero() {
        let mean = |one: i64, other: i64| Rollup::of(one).followed_by(Rollup::of(other)).mean();
        assert_eq!((mean(1, 2), mean(-1, -2), mean(0, 1), mean(0, -1), mean(-1, 1)), (2, -2, 1, -1, 0));
    }
}

//! The samples of a device in one hour, and their union.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use types::{SensorId, Uuid};
use water::Parameter;

use super::doubt::{is_doubtful, is_like};
use super::hour::{Hour, SECONDS_PER_HOUR};
use super::packing::{Corrupt, Packed, Reader};
use super::rollup::HourRollups;

/// A value of a sensor at a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// The value in the canonical unit of the sensor's parameter.
    pub value: i64,
    /// True for a value that water cannot have, and for a doubtful one that no other value confirms: a broken probe sent it. It is
    /// stored and shown as such, and is part of no statistics.
    pub suspect: bool,
}

/// What became of samples that were added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// They are new.
    pub stored: usize,
    /// The same value of the sensor and second was there.
    pub duplicates: usize,
    /// Another value of the sensor and second was there. The first value stands.
    pub conflicts: usize,
}

impl Counts {
    /// The sum.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            stored: self.stored + other.stored,
            duplicates: self.duplicates + other.duplicates,
            conflicts: self.conflicts + other.conflicts,
        }
    }
}

/// The samples of one sensor, by their offset in the hour in seconds.
pub type Samples = BTreeMap<u16, Measured>;

/// The samples of an hour: at most one per sensor and second.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Packed", into = "Packed")]
pub struct HourSamples(BTreeMap<SensorId, Samples>);

impl HourSamples {
    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// The samples of each sensor.
    pub fn sensors(&self) -> impl Iterator<Item = (SensorId, &Samples)> {
        self.0.iter().map(|(sensor, samples)| (*sensor, samples))
    }

    /// The samples of a sensor, with their seconds since 1970.
    pub fn of(&self, sensor: SensorId, hour: Hour) -> impl Iterator<Item = (i64, Measured)> {
        let samples = self.0.get(&sensor).into_iter().flatten();
        samples.map(move |(offset, measured)| (hour.second(*offset), *measured))
    }

    /// Adds a sample unless there is one of the sensor at this second.
    pub fn add(&mut self, sensor: SensorId, offset: u16, measured: Measured) -> Counts {
        let samples = self.0.entry(sensor).or_default();
        match samples.get(&offset) {
            None => {
                samples.insert(offset, measured);
                Counts { stored: 1, ..Counts::default() }
            }
            Some(there) if there.value == measured.value => Counts { duplicates: 1, ..Counts::default() },
            Some(_) => Counts { conflicts: 1, ..Counts::default() },
        }
    }

    /// Adds the samples that are not there yet. Idempotent; where both have a value, that of `self` stands.
    pub fn merge(&mut self, other: &Self) -> Counts {
        let mut counts = Counts::default();
        for (sensor, samples) in other.sensors() {
            for (offset, measured) in samples {
                counts = counts.plus(self.add(sensor, *offset, *measured));
            }
        }
        counts
    }

    /// Judges the doubtful values of a sensor by the others of the hour: one is trusted if the trusted value before it is like it, and
    /// at the beginning of the hour the first value that is beyond doubt. It follows from the values alone, in whatever order they came.
    pub fn judge(&mut self, sensor: SensorId, parameter: Parameter) {
        let Some(samples) = self.0.get_mut(&sensor) else { return };
        let is_sure = |measured: &&Measured| !measured.suspect && !is_doubtful(parameter, measured.value);
        let mut trusted = samples.values().find(is_sure).map(|measured| measured.value);
        for measured in samples.values_mut() {
            if is_doubtful(parameter, measured.value) {
                measured.suspect = !trusted.is_some_and(|trusted| is_like(measured.value, trusted));
            }
            if !measured.suspect {
                trusted = Some(measured.value);
            }
        }
    }

    /// The samples without suspect ones.
    #[must_use]
    pub fn without_suspect(mut self) -> Self {
        for samples in self.0.values_mut() {
            samples.retain(|_, measured| !measured.suspect);
        }
        self.0.retain(|_, samples| !samples.is_empty());
        self
    }

    /// Keeps the samples of some sensors only.
    pub fn retain(&mut self, is_kept: impl Fn(SensorId) -> bool) {
        self.0.retain(|sensor, _| is_kept(*sensor));
    }

    /// Removes the samples of a sensor.
    pub fn remove(&mut self, sensor: SensorId) {
        self.0.remove(&sensor);
    }

    /// The roll-ups of each quarter of the hour.
    pub fn rollups(&self) -> HourRollups {
        let mut rollups = HourRollups::default();
        for (sensor, samples) in self.sensors() {
            for (offset, measured) in samples.iter().filter(|(_, measured)| !measured.suspect) {
                rollups.include(sensor, *offset, measured.value);
            }
        }
        rollups
    }
}

/// Offsets and values are stored as differences to the sample before, so a steady probe takes two bytes per sample.
impl From<HourSamples> for Packed {
    fn from(samples: HourSamples) -> Self {
        let mut packed = Self::default();
        for (sensor, samples) in samples.sensors() {
            packed.bytes(sensor.uuid().as_bytes());
            packed.unsigned(samples.len() as u64);
            let (mut offset_before, mut value_before) = (0, 0);
            for (offset, Measured { value, suspect }) in samples {
                packed.unsigned(u64::from(offset - offset_before) << 1 | u64::from(*suspect));
                packed.signed(value - value_before);
                (offset_before, value_before) = (*offset, *value);
            }
        }
        packed
    }
}

impl TryFrom<Packed> for HourSamples {
    type Error = Corrupt;

    fn try_from(packed: Packed) -> Result<Self, Corrupt> {
        let (mut reader, mut sensors) = (packed.reader(), BTreeMap::new());
        while !reader.is_at_end() {
            let sensor = SensorId::new(Uuid::from_bytes(reader.bytes()?));
            sensors.insert(sensor, samples(&mut reader)?);
        }
        Ok(Self(sensors))
    }
}

fn samples(reader: &mut Reader<'_>) -> Result<Samples, Corrupt> {
    let count: u16 = reader.small()?;
    let (mut offset, mut value, mut samples) = (0_u16, 0_i64, Samples::new());
    for _ in 0..count {
        let step: u16 = reader.small()?;
        offset = offset.checked_add(step >> 1).filter(|offset| i64::from(*offset) < SECONDS_PER_HOUR).ok_or(Corrupt)?;
        value = value.checked_add(reader.signed()?).ok_or(Corrupt)?;
        if samples.insert(offset, Measured { value, suspect: step & 1 == 1 }).is_some() {
            return Err(Corrupt);
        }
    }
    Ok(samples)
}

#[cfg(test)]
#[path = "bucket_tests.rs"]
mod tests;

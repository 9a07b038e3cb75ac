//! The newest samples of a device, which late ones are sorted into. Packed into two to three bytes each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use types::{SensorId, Uuid};

use crate::domain::packing::{Corrupt, Packed};

/// Samples by second and sensor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Packed", into = "Packed")]
pub(super) struct Tail(BTreeMap<(i64, SensorId), i64>);

impl Tail {
    /// Adds a sample. Where a second has one already, the first stands.
    pub(super) fn add(&mut self, at: i64, sensor: SensorId, value: i64) {
        self.0.entry((at, sensor)).or_insert(value);
    }

    /// Removes the samples of sensors that are gone.
    pub(super) fn retain(&mut self, stays: impl Fn(SensorId) -> bool) {
        self.0.retain(|(_, sensor), _| stays(*sensor));
    }

    /// The samples by second.
    pub(super) fn seconds(&self) -> BTreeMap<i64, Vec<(SensorId, i64)>> {
        let mut seconds: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for ((at, sensor), value) in &self.0 {
            seconds.entry(*at).or_default().push((*sensor, *value));
        }
        seconds
    }

    /// The samples that are newer than a second.
    pub(super) fn after(&self, second: i64) -> Self {
        Self(self.0.iter().filter(|((at, _), _)| *at > second).map(|(key, value)| (*key, *value)).collect())
    }
}

impl From<Tail> for Packed {
    /// Per sensor: its ID, the number of samples, and the differences of their seconds and values.
    fn from(tail: Tail) -> Self {
        let mut sensors: BTreeMap<SensorId, Vec<(i64, i64)>> = BTreeMap::new();
        for ((at, sensor), value) in tail.0 {
            sensors.entry(sensor).or_default().push((at, value));
        }
        let mut packed = Self::default();
        for (sensor, samples) in sensors {
            packed.bytes(sensor.uuid().as_bytes());
            packed.unsigned(samples.len() as u64);
            let (mut before, mut last) = (0, 0);
            for (at, value) in samples {
                packed.signed(at.wrapping_sub(before));
                packed.signed(value.wrapping_sub(last));
                (before, last) = (at, value);
            }
        }
        packed
    }
}

impl TryFrom<Packed> for Tail {
    type Error = Corrupt;

    fn try_from(packed: Packed) -> Result<Self, Corrupt> {
        let (mut samples, mut reader) = (BTreeMap::new(), packed.reader());
        while !reader.is_at_end() {
            let sensor = SensorId::new(Uuid::from_bytes(reader.bytes()?));
            let (mut at, mut value) = (0_i64, 0_i64);
            for _ in 0..reader.unsigned()? {
                at = at.wrapping_add(reader.signed()?);
                value = value.wrapping_add(reader.signed()?);
                samples.insert((at, sensor), value);
            }
        }
        Ok(Self(samples))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sensor(number: u128) -> SensorId {
        SensorId::new(Uuid::from_u128(number))
    }

    proptest! {
        #[test]
        fn packed_samples_read_back(samples in prop::collection::vec((any::<i32>(), 0_u128..4, any::<i32>()), 0..100)) {
            let mut tail = Tail::default();
            for (at, number, value) in samples {
                tail.add(i64::from(at), sensor(number), i64::from(value));
            }
            prop_assert_eq!(Tail::try_from(Packed::from(tail.clone())), Ok(tail.clone()));
            let json = serde_json::to_string(&tail).unwrap();
            prop_assert_eq!(serde_json::from_str::<Tail>(&json).unwrap(), tail);
        }

        #[test]
        fn other_bytes_are_an_error_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let json = serde_json::to_string(&bytes).unwrap();
            if let Ok(tail) = serde_json::from_str::<Tail>(&json) {
                prop_assert_eq!(Tail::try_from(Packed::from(tail.clone())), Ok(tail));
            }
        }
    }

    #[test]
    fn half_an_hour_of_eight_sensors_is_less_than_a_kilobyte() {
        let mut tail = Tail::default();
        for minute in 0..30_i64 {
            for number in 0..8 {
                tail.add(1_796_000_000 + minute * 60, sensor(number), 25_000 + minute * 7 % 60);
            }
        }
        assert!(Packed::from(tail.clone()).len() < 1_000, "{}", Packed::from(tail).len());
    }
}

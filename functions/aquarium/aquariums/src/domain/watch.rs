//! Watches of devices: when it is checked whether a device has sent something. See [`silence`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, DeviceId};

use super::alarm::silence::{self, Verdict};
use super::device::DeviceHead;

/// For how many seconds a new device has time for its first sample.
const FIRST_SAMPLE_S: i64 = 3_600;
/// Over how many partitions of the index watches and reminders are spread.
pub const SHARDS: u8 = 8;

/// From so many owners on whose devices are silent at once, the cause may be the platform. Owners are counted and not
/// devices: the devices of one house lose power together, and keep no notice of another owner back.
pub const MIN_OUTAGE_OWNERS: usize = 10;
/// From more than this percentage of the owners whose devices are due, silent ones are a sign of an outage of the platform.
const OUTAGE_PERCENT: usize = 20;
/// For how many seconds an outage keeps notifications back. Then devices are reported anyway, since a deployment may
/// have few owners, whose devices lose power together.
const OUTAGE_PATIENCE_S: i64 = 3_600;

/// A device that is looked at when it may be silent. There is one unless its silence was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// The device.
    pub device_id: DeviceId,
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// The second of the pairing.
    pub paired: i64,
    /// The second at which the device is silent, as known when it was written.
    pub due: i64,
}

/// What is done about a watch that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The device has sent something, or has more time.
    Rearm(Watch),
    /// The device is silent since this second.
    Silent {
        /// The second of the newest sample, or of the pairing.
        since: i64,
        /// The second at which it became silent.
        deadline: i64,
    },
}

impl Watch {
    /// The watch of a new device.
    pub fn of_new(head: &DeviceHead, now: Timestamp) -> Self {
        let paired = now.as_second();
        let due = paired + FIRST_SAMPLE_S.max(silence::quiet_after_s(head.interval_s));
        Self { device_id: head.id, aquarium_id: head.aquarium_id, paired, due }
    }

    /// The watch of a device that sends again after its silence was reported.
    pub fn of_returned(head: &DeviceHead, due: i64, now: Timestamp) -> Self {
        Self { device_id: head.id, aquarium_id: head.aquarium_id, paired: now.as_second(), due }
    }

    /// Looks at the device of a watch that is due.
    pub fn judge(&self, head: &DeviceHead, now: Timestamp) -> Finding {
        let maintenance = head.maintenance();
        let quiet_after = silence::quiet_after_s(head.interval_s);
        // Without a sample, the time of the pairing counts, with some more time for the first one.
        let first = self.paired + (FIRST_SAMPLE_S - quiet_after).max(0);
        let newest = head.alarms.newest().unwrap_or(first);
        let deadline = silence::deadline(newest, head.interval_s, &maintenance);
        match silence::check(newest, head.interval_s, &maintenance, now.as_second()) {
            Verdict::Rearm(due) => Finding::Rearm(Self { due, ..self.clone() }),
            Verdict::Silent { .. } => Finding::Silent { since: head.alarms.newest().unwrap_or(self.paired), deadline },
        }
    }
}

/// True if so many of the owners whose devices are due have silent ones that the platform is the likely cause.
pub const fn is_outage(due: usize, silent: usize) -> bool {
    silent >= MIN_OUTAGE_OWNERS && silent * 100 > due * OUTAGE_PERCENT
}

/// True if a device has been silent for so long that it is reported also during an outage.
pub fn is_overdue(deadline: i64, now: Timestamp) -> bool {
    now.as_second() - deadline >= OUTAGE_PATIENCE_S
}

/// The part of the index for a resource.
pub fn shard(id: types::Uuid) -> u8 {
    // The last bits of a UUID are random.
    id.as_bytes().last().map_or(0, |byte| byte % SHARDS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::{UserId, Uuid};

    use crate::domain::alarm::{AlarmState, Maintenance, Sample, Window};
    use crate::domain::device::{Device, Probe};
    use crate::domain::device_key::DeviceKey;
    use crate::domain::sensor::Label;
    use calendar::ZoneName;
    use types::SensorId;
    use water::{Parameter, Unit};

    const START: i64 = 1_796_000_000;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(START + second).unwrap()
    }

    fn head() -> DeviceHead {
        let id = |number| Uuid::from_u128(number);
        let device = Device {
            id: DeviceId::new(id(1)),
            aquarium_id: AquariumId::new(id(2)),
            owner_id: UserId::new(id(3)),
            name: Label::parse("Controller").unwrap(),
            created_at: at(0),
        };
        let key = DeviceKey::new(device.id, device.aquarium_id, [1; 32]);
        let mut head = DeviceHead::new(&device, key.hash(), device.owner_id);
        let sensor = SensorId::new(id(4));
        head.sensors.push(Probe {
            id: sensor,
            parameter: Parameter::Ph,
            unit: Unit::Ph,
            calibrations: Vec::new(),
            latest: None,
        });
        head
    }

    fn sent(head: DeviceHead, second: i64) -> DeviceHead {
        let sample = Sample { sensor: head.sensors[0].id, at: START + second, value: 8_000 };
        head.observing(&[sample]).head
    }

    #[test]
    fn a_new_device_has_an_hour_for_its_first_sample() {
        let watch = Watch::of_new(&head(), at(0));
        assert_eq!(watch.due, START + 3_600);
        assert!(matches!(watch.judge(&head(), at(3_599)), Finding::Rearm(_)));
        assert_eq!(watch.judge(&head(), at(3_600)), Finding::Silent { since: START, deadline: START + 3_600 });
        let slow = DeviceHead { interval_s: 3_600, ..head() };
        assert_eq!(Watch::of_new(&slow, at(0)).due, START + 10_800);
        assert!(matches!(watch.judge(&slow, at(10_799)), Finding::Rearm(_)));
    }

    #[test]
    fn a_watch_follows_the_newest_sample_and_quiet_times() {
        let watch = Watch::of_new(&head(), at(0));
        let head = sent(head(), 3_500);
        let Finding::Rearm(next) = watch.judge(&head, at(3_600)) else { panic!("silent") };
        assert_eq!((next.due, next.paired), (START + 3_500 + 900, START));
        assert_eq!(next.judge(&head, at(4_400)), Finding::Silent { since: START + 3_500, deadline: START + 4_400 });
        let windows = vec![Window { from: START + 4_000, until: START + 8_000 }];
        let quiet = head.with_quiet(Maintenance { windows, ..Maintenance::none(ZoneName::utc()) });
        let Finding::Rearm(later) = next.judge(&quiet, at(4_400)) else { panic!("silent") };
        assert_eq!(later.due, START + 8_900);
    }

    #[test]
    fn a_device_that_comes_and_goes_is_notified_of_four_times_a_day() {
        let noon = Timestamp::from_second(1_796_040_000).unwrap();
        let (mut head, mut notified) = (head(), 0);
        for round in 1..=10 {
            let (silent, is_notified) = head.reported_silent(noon);
            assert_eq!((silent.silence.is_reported, silent.silence.revision), (true, 2 * round - 1));
            notified += usize::from(is_notified);
            head = silent.with_silence(false);
        }
        assert_eq!(notified, 4);
        let tomorrow = noon + jiff::SignedDuration::from_hours(24);
        assert!(head.reported_silent(tomorrow).1);
    }

    #[test]
    fn silence_ends_with_a_sample_that_is_recent() {
        let silent = sent(head(), 0).with_silence(true);
        assert_eq!(silent.ends_silence(START + 7_200), None);
        let old = sent(silent.clone(), 600);
        assert_eq!(old.ends_silence(START + 7_200), None);
        let back = sent(silent, 7_000);
        assert_eq!(back.ends_silence(START + 7_200), Some(START + 7_900));
        assert_eq!(back.with_silence(false).ends_silence(START + 7_200), None);
        assert_eq!(back.with_silence(false).silence.revision, 2);
        assert_ne!(back.alarms, AlarmState::default());
    }

    #[test]
    fn silent_devices_of_many_owners_are_an_outage() {
        assert!(!is_outage(9, 9));
        assert!(is_outage(10, 10));
        assert!(!is_outage(50, 10));
        assert!(is_outage(49, 10));
        assert!(!is_overdue(START, at(3_599)) && is_overdue(START, at(3_600)));
    }
}

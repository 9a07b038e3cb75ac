//! Devices: what sends readings of an aquarium, with the open hour of their samples.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kit::limits::Exceeded;
use serde::{Deserialize, Serialize};
use types::{AquariumId, DeviceId, SensorId, UserId};
use water::{Parameter, Unit};

use super::access::{Access, Role, Scope};
use super::alarm::{AlarmState, Maintenance, Rule};
use super::bucket::HourSamples;
use super::calibration::Calibration;
use super::day::Day;
use super::device_key::{DeviceKey, DeviceKeyHash};
use super::hour::Hour;
use super::limits::PAST_HOURS;
use super::sensor::{Label, MAX_SENSORS_PER_DEVICE, Sensor};

/// The most devices of an aquarium.
pub const MAX_DEVICES: usize = 10;
/// The most devices that an aquarium can have had, with those that were deleted.
pub const MAX_DEVICES_EVER: usize = 50;
/// The usual seconds between two samples of a device.
pub const USUAL_INTERVAL_S: u32 = 300;
/// The seconds between two samples of a device.
pub const INTERVAL_S: std::ops::RangeInclusive<u32> = 10..=86_400;

/// The most days that are summarized when a sensor is deleted: as far back as late samples can be, and the days at both ends.
const MAX_UNSUMMARIZED_DAYS: usize = 32;
const SECONDS_PER_DAY: i64 = 86_400;
/// Of so many silences of a device users are notified on a day (UTC). Further ones are published without a notice.
const MAX_SILENCE_NOTICES: u8 = 4;

/// A device as its keepers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Device ID.
    pub id: DeviceId,
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// The owner of the aquarium.
    pub owner_id: UserId,
    /// Name.
    pub name: Label,
    /// Time of creation.
    pub created_at: Timestamp,
}

/// What a batch of samples reads and writes: the key's hash, the sensors, and the samples of the newest hour.
///
/// It is written once per batch, so the names of its attributes are short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceHead {
    /// Device ID.
    #[serde(rename = "d")]
    pub id: DeviceId,
    /// The aquarium.
    #[serde(rename = "a")]
    pub aquarium_id: AquariumId,
    /// The owner of the aquarium.
    #[serde(rename = "u")]
    pub owner_id: UserId,
    /// Hash of the key.
    #[serde(rename = "k")]
    pub key: DeviceKeyHash,
    /// The user to whom the key was issued. It is valid while they are the owner, or remain the keeper they were, and are not suspended.
    /// None after they deleted the account.
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub issued_to: Option<UserId>,
    /// Since when that user was a keeper when the key was issued, as [`Scope::keeper_since`] says.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub keeper_since: Option<u64>,
    /// The sensors.
    #[serde(rename = "s")]
    pub sensors: Vec<Probe>,
    /// The samples of the newest hour.
    #[serde(rename = "o")]
    pub open: Option<OpenHour>,
    /// Number of samples that were sent with another value than one of the same sensor and second before.
    #[serde(rename = "c")]
    pub conflicts: u64,
    /// Requests of a day that changed past hours.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub past_uses: Option<PastUses>,
    /// How often the device sends a sample, in seconds.
    #[serde(rename = "e", default = "usual_interval")]
    pub interval_s: u32,
    /// The rules about its sensors.
    #[serde(rename = "w", default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// The alarms of its sensors.
    #[serde(rename = "m", default)]
    pub alarms: AlarmState,
    /// When rules are suspended: a copy of what the directory of the aquarium has.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Maintenance>,
    /// Whether it was reported that the device is silent.
    #[serde(rename = "n", default)]
    pub silence: Silence,
    /// The last day that is summarized for the data export, with all samples that have arrived of it and of the days before. None
    /// before the first batch.
    #[serde(rename = "z", default, skip_serializing_if = "Option::is_none")]
    pub summarized: Option<Day>,
}

/// How many requests changed past hours on a day (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastUses {
    /// The day, as the number of days since 1970.
    #[serde(rename = "d")]
    pub day: i64,
    /// The number.
    #[serde(rename = "n")]
    pub count: u32,
}

/// Whether it was reported that a device sends nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// The number of reports of silence and of its end.
    #[serde(rename = "r")]
    pub revision: u64,
    /// True from the report until the device sends again.
    #[serde(rename = "s")]
    pub is_reported: bool,
    /// The notices of a day.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub(super) notices: Option<SilenceNotices>,
}

/// How many silences of a device users were notified of on a day (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SilenceNotices {
    /// The day, as the number of days since 1970.
    #[serde(rename = "d")]
    day: i64,
    /// The number.
    #[serde(rename = "n")]
    count: u8,
}

impl Silence {
    /// The silence with one more notice; none if users were notified of [`MAX_SILENCE_NOTICES`] today.
    pub(super) fn with_notice(self, now: Timestamp) -> Option<Self> {
        let day = now.as_second().div_euclid(SECONDS_PER_DAY);
        let count = self.notices.filter(|notices| notices.day == day).map_or(0, |notices| notices.count);
        let notices = Some(SilenceNotices { day, count: count + 1 });
        (count < MAX_SILENCE_NOTICES).then_some(Self { notices, ..self })
    }
}

const fn usual_interval() -> u32 {
    USUAL_INTERVAL_S
}

/// A sensor as its device's batches need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// Sensor ID.
    #[serde(rename = "i")]
    pub id: SensorId,
    /// What it measures.
    #[serde(rename = "p")]
    pub parameter: Parameter,
    /// The unit in which its values are sent.
    #[serde(rename = "u")]
    pub unit: Unit,
    /// The calibrations, in the order of the instants from which they hold.
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub calibrations: Vec<Calibration>,
    /// The newest value that is not suspect.
    #[serde(rename = "l")]
    pub latest: Option<Latest>,
}

/// The newest value of a sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latest {
    /// When it was measured, in seconds since 1970.
    #[serde(rename = "t")]
    pub second: i64,
    /// The value in the canonical unit.
    #[serde(rename = "v")]
    pub value: i64,
}

/// The samples of the newest hour of a device. Older hours are in buckets of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenHour {
    /// The hour.
    #[serde(rename = "h")]
    pub hour: Hour,
    /// Its samples.
    #[serde(rename = "s")]
    pub samples: HourSamples,
}

/// The interval is out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {} to {} seconds", INTERVAL_S.start(), INTERVAL_S.end())]
pub struct IntervalOutOfRange;

/// Checks the seconds between two samples of a device.
pub fn interval(seconds: u32) -> Result<u32, IntervalOutOfRange> {
    if INTERVAL_S.contains(&seconds) { Ok(seconds) } else { Err(IntervalOutOfRange) }
}

/// The device has as many sensors as it can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceFull;

impl DeviceHead {
    /// The head of a new device whose key is issued to the owner. [`with_key`](Self::with_key) issues one to a keeper.
    pub fn new(device: &Device, key: DeviceKeyHash, issued_to: UserId) -> Self {
        Self {
            id: device.id,
            aquarium_id: device.aquarium_id,
            owner_id: device.owner_id,
            key,
            issued_to: Some(issued_to),
            keeper_since: None,
            sensors: Vec::new(),
            open: None,
            conflicts: 0,
            past_uses: None,
            interval_s: USUAL_INTERVAL_S,
            rules: Vec::new(),
            alarms: AlarmState::default(),
            quiet: None,
            silence: Silence::default(),
            summarized: None,
        }
    }

    /// The head with another key, which is issued to this user.
    #[must_use]
    pub fn with_key(&self, key: DeviceKeyHash, holder: &Scope) -> Self {
        Self { key, issued_to: Some(holder.user_id()), keeper_since: holder.keeper_since(), ..self.clone() }
    }

    /// True if a key is that of the device, and the user to whom it was issued is the owner, or has been a keeper ever since, and is not
    /// suspended.
    pub fn admits(&self, key: &DeviceKey, access: &Access) -> bool {
        let is_key = self.key.is_of(key) && self.aquarium_id == key.aquarium_id();
        let holder = self.issued_to.and_then(|user| access.scope(user));
        let may_record = |scope: Scope| {
            let is_keeper = scope.at_least(Role::Keeper).is_ok() && scope.keeper_since() == self.keeper_since;
            is_keeper && !access.is_suspended(scope.user_id())
        };
        is_key && holder.is_some_and(may_record)
    }

    /// The next day to summarize, which has ended for the device and has all its hours in buckets.
    pub fn day_to_summarize(&self) -> Option<Day> {
        let (last, open) = (self.summarized?, self.open.as_ref()?);
        Some(last.following()).filter(|day| *day < Day::of(open.hour))
    }

    /// The days without a complete summary, up to the one of the open hour: at most [`MAX_UNSUMMARIZED_DAYS`], the newest. None before
    /// the first batch.
    pub fn unsummarized_days(&self) -> BTreeSet<Day> {
        let Some(open) = &self.open else { return BTreeSet::new() };
        let newest = Day::of(open.hour);
        let first = self.summarized.map_or(newest, Day::following);
        let days = std::iter::successors(Some(newest), |day| Some(day.previous()));
        days.take_while(|day| *day >= first).take(MAX_UNSUMMARIZED_DAYS).collect()
    }

    /// The head after samples of an hour and of later ones arrived: days from then on are summarized, again if need be.
    #[must_use]
    pub fn changed_since(self, hour: Hour) -> Self {
        let before = Day::of(hour).previous();
        let summarized = self.summarized.map_or(before, |last| last.min(before));
        Self { summarized: Some(summarized), ..self }
    }

    /// True if samples of this hour are late: it ended before, and has a bucket or gets one of its own.
    pub fn is_late(&self, hour: Hour) -> bool {
        self.open.as_ref().is_some_and(|open| hour < open.hour)
    }

    /// The head with one more request that changes past hours, or what refuses it. The head counts, since such a request writes it
    /// anyway.
    pub fn changing_past(&self, now: Timestamp) -> Result<Self, Exceeded> {
        let day = now.as_second().div_euclid(SECONDS_PER_DAY);
        let used = self.past_uses.filter(|uses| uses.day == day).map_or(0, |uses| uses.count);
        PAST_HOURS.judge(used, now)?;
        Ok(Self { past_uses: Some(PastUses { day, count: used + 1 }), ..self.clone() })
    }

    /// The head without the user to whom its key was issued, which cannot be used then; none if it was issued to another user.
    pub fn redacted(&self, user: UserId) -> Option<Self> {
        (self.issued_to == Some(user)).then(|| Self { issued_to: None, ..self.clone() })
    }

    /// The sensor with this ID.
    pub fn sensor(&self, id: SensorId) -> Option<&Probe> {
        self.sensors.iter().find(|probe| probe.id == id)
    }

    /// The head with one more sensor.
    pub fn with_sensor(&self, sensor: &Sensor) -> Result<Self, DeviceFull> {
        if self.sensors.len() >= MAX_SENSORS_PER_DEVICE {
            return Err(DeviceFull);
        }
        let mut next = self.clone();
        next.sensors.push(Probe {
            id: sensor.id,
            parameter: sensor.parameter,
            unit: sensor.unit,
            calibrations: sensor.calibrations.clone(),
            latest: None,
        });
        Ok(next)
    }

    /// The head without a sensor and its samples.
    #[must_use]
    pub fn without_sensor(&self, id: SensorId) -> Self {
        let mut next = self.clone();
        next.sensors.retain(|probe| probe.id != id);
        if let Some(open) = &mut next.open {
            open.samples.remove(id);
        }
        next
    }

    /// The head with a sensor's calibrations.
    #[must_use]
    pub fn with_calibrations(&self, sensor: &Sensor) -> Self {
        let mut next = self.clone();
        if let Some(probe) = next.sensors.iter_mut().find(|probe| probe.id == sensor.id) {
            probe.calibrations.clone_from(&sensor.calibrations);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use contracts::aquariums::MemberRole;
    use types::Uuid;

    use super::*;

    fn user(number: u128) -> UserId {
        UserId::new(Uuid::from_u128(number))
    }

    fn head() -> DeviceHead {
        let (id, aquarium_id) = (DeviceId::new(Uuid::from_u128(1)), AquariumId::new(Uuid::from_u128(2)));
        let name = Label::parse("Controller").unwrap();
        let device = Device { id, aquarium_id, owner_id: user(3), name, created_at: Timestamp::UNIX_EPOCH };
        DeviceHead::new(&device, DeviceKey::new(id, aquarium_id, [7; 32]).hash(), user(4))
    }

    #[test]
    fn a_key_of_an_erased_user_is_nobodys() {
        assert_eq!(head().redacted(user(3)), None);
        let redacted = head().redacted(user(4)).unwrap();
        assert_eq!((redacted.issued_to, redacted.redacted(user(4))), (None, None));
    }

    #[test]
    fn a_key_is_valid_for_as_long_as_its_keeper_remains_one() {
        let (keeper, key) = (user(4), DeviceKey::new(head().id, head().aquarium_id, [7; 32]));
        let admitted = |access: &Access| access.admit(keeper, MemberRole::Keeper).unwrap();
        let access = admitted(&Access::new(head().aquarium_id, user(3)));
        let issued = |access: &Access| head().with_key(key.hash(), &access.scope(keeper).unwrap());
        let head = issued(&access);
        assert!(head.admits(&key, &access));
        assert!(head.admits(&key, &access.admit(user(5), MemberRole::Keeper).unwrap()), "others come and go");
        let left = access.without(keeper).unwrap();
        let demoted = access.with_role(keeper, MemberRole::Viewer).unwrap();
        let (back, promoted) = (admitted(&left), demoted.with_role(keeper, MemberRole::Keeper).unwrap());
        for access in [&left, &demoted, &back, &promoted] {
            assert!(!head.admits(&key, access), "{access:?}");
        }
        assert!(issued(&back).admits(&key, &back));
    }

    #[test]
    fn a_key_is_refused_while_its_holder_is_suspended() {
        let (keeper, key) = (user(4), DeviceKey::new(head().id, head().aquarium_id, [7; 32]));
        let access = Access::new(head().aquarium_id, user(3)).admit(keeper, MemberRole::Keeper).unwrap();
        for holder in [keeper, user(3)] {
            let head = head().with_key(key.hash(), &access.scope(holder).unwrap());
            assert!(head.admits(&key, &access));
            let suspended = access.with_suspension(holder, true).unwrap();
            assert!(!head.admits(&key, &suspended));
            assert!(head.admits(&key, &suspended.with_suspension(holder, false).unwrap()));
        }
        let owned = head().with_key(key.hash(), &access.scope(user(3)).unwrap());
        assert!(owned.admits(&key, &access.with_suspension(keeper, true).unwrap()), "another user");
    }

    #[test]
    fn a_key_from_before_keepers_had_a_revision_is_valid_until_its_keeper_leaves() {
        let (keeper, key) = (user(4), DeviceKey::new(head().id, head().aquarium_id, [7; 32]));
        let access = Access::new(head().aquarium_id, user(3)).admit(keeper, MemberRole::Keeper).unwrap();
        let mut stored = serde_json::to_value(&access).unwrap();
        stored.as_object_mut().unwrap().remove("keepers_since").unwrap();
        let access: Access = serde_json::from_value(stored).unwrap();
        assert!(head().admits(&key, &access));
        let back = access.without(keeper).unwrap().admit(keeper, MemberRole::Keeper).unwrap();
        assert!(!head().admits(&key, &back));
    }

    #[test]
    fn changes_of_past_hours_are_limited_per_day() {
        let now: Timestamp = "2026-11-29T23:59:00Z".parse().unwrap();
        let mut head = head();
        for _ in 0..PAST_HOURS.max() {
            head = head.changing_past(now).unwrap();
        }
        assert_eq!(head.changing_past(now).unwrap_err().retry_after_seconds, 60);
        let next = head.changing_past("2026-11-30T00:00:00Z".parse().unwrap()).unwrap();
        assert_eq!(next.past_uses.map(|uses| uses.count), Some(1));
    }
}

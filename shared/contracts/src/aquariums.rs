//! Events of aquariums: who keeps them, with whom they are shared, what lives and works in them, and what their water is like.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AlarmRuleId, AquariumId, DeviceId, EpisodeId, EquipmentId, LivestockId, ReadingId, SensorId, UserId};
use utoipa::ToSchema;

/// Type of water of an aquarium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AquariumKind {
    /// Fresh water.
    Fresh,
    /// Brackish water.
    Brackish,
    /// Sea water.
    Marine,
    /// Fresh water outdoors.
    Pond,
}

impl AquariumKind {
    /// Returns the name as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Brackish => "brackish",
            Self::Marine => "marine",
            Self::Pond => "pond",
        }
    }
}

/// What a user may do with an aquarium that is shared with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    /// Reads everything.
    Viewer,
    /// Also records readings, and manages equipment, livestock, sensors and alarms.
    Keeper,
}

/// A user with whom an aquarium is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AquariumMember {
    /// User ID.
    pub user_id: UserId,
    /// Role.
    pub role: MemberRole,
}

/// A user created an aquarium.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AquariumCreated {
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner.
    pub owner_id: UserId,
    /// Name.
    pub name: String,
    /// Type of water.
    pub kind: AquariumKind,
    /// Volume of the water in millilitres.
    pub net_volume_ml: u64,
    /// IANA time zone of the aquarium's days.
    pub time_zone: String,
    /// Revision of the aquarium. Higher is newer.
    pub revision: u64,
}

event!(AquariumCreated, "aquariums.aquarium_created", version = 1, subject = aquarium_id);

/// The name, type of water, volume or time zone of an aquarium changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AquariumChanged {
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner.
    pub owner_id: UserId,
    /// Name.
    pub name: String,
    /// Type of water.
    pub kind: AquariumKind,
    /// Volume of the water in millilitres.
    pub net_volume_ml: u64,
    /// IANA time zone of the aquarium's days.
    pub time_zone: String,
    /// Revision of the aquarium. Higher is newer.
    pub revision: u64,
}

event!(AquariumChanged, "aquariums.aquarium_changed", version = 1, subject = aquarium_id);

/// An aquarium was deleted. It is final: the ID is not used again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AquariumRemoved {
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner.
    pub owner_id: UserId,
    /// Revision of the access to the aquarium, which is higher than that of every `aquariums.access_changed`.
    pub revision: u64,
}

event!(AquariumRemoved, "aquariums.aquarium_removed", version = 1, subject = aquarium_id);

/// The users with access to an aquarium changed. The list is complete.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessChanged {
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner.
    pub owner_id: UserId,
    /// Revision of the access. Higher is newer.
    pub revision: u64,
    /// The users with whom the aquarium is shared, without the owner.
    pub members: Vec<AquariumMember>,
    /// The revision with which each of these users became a member, by user ID: another one after the user left and came back. What a
    /// consumer keeps for a member from before belongs to an earlier membership. Absent for users who have been members since before
    /// these revisions were recorded.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub members_since: BTreeMap<UserId, u64>,
}

event!(AccessChanged, "aquariums.access_changed", version = 1, subject = aquarium_id);

/// A piece of equipment was serviced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EquipmentServiced {
    /// Equipment ID.
    pub equipment_id: EquipmentId,
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner of the aquarium.
    pub owner_id: UserId,
    /// Time of the service, which may be in the past.
    #[schema(value_type = String, format = DateTime)]
    pub serviced_at: Timestamp,
    /// Date of the next service in the aquarium's time zone. Absent for equipment without a service interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub next_due_on: Option<jiff::civil::Date>,
    /// Revision of the equipment. Higher is newer.
    pub revision: u64,
}

event!(EquipmentServiced, "aquariums.equipment_serviced", version = 1, subject = equipment_id);

/// A piece of equipment was added, changed, serviced or deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EquipmentChanged {
    /// Equipment ID.
    pub equipment_id: EquipmentId,
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner of the aquarium.
    pub owner_id: UserId,
    /// Date of the next service in the aquarium's time zone. Absent for equipment without a service interval, and for deleted
    /// equipment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub next_due_on: Option<jiff::civil::Date>,
    /// Whether it was deleted, which is final.
    pub deleted: bool,
    /// Revision of the equipment. Higher is newer.
    pub revision: u64,
}

event!(EquipmentChanged, "aquariums.equipment_changed", version = 1, subject = equipment_id);

/// Why animals or plants came into an aquarium or left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MovementCause {
    /// In: bought.
    Bought,
    /// In: born or grown in the aquarium.
    Born,
    /// In: received as a gift, or from another aquarium.
    Received,
    /// Out: died.
    Died,
    /// Out: sold.
    Sold,
    /// Out: given away, or moved to another aquarium.
    GivenAway,
    /// Out: missing.
    Missing,
    /// In or out: the count was wrong.
    Corrected,
}

/// Animals or plants of one species came into an aquarium or left it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LivestockChanged {
    /// Livestock ID: animals or plants of one species in one aquarium.
    pub livestock_id: LivestockId,
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner of the aquarium.
    pub owner_id: UserId,
    /// Species, as the keeper entered it.
    pub species: String,
    /// The change of the count: negative for animals or plants that left.
    pub change: i64,
    /// The count after it.
    pub count: u32,
    /// Cause.
    pub cause: MovementCause,
    /// Time of the movement, which may be in the past.
    #[schema(value_type = String, format = DateTime)]
    pub moved_at: Timestamp,
    /// Revision of the livestock. Higher is newer.
    pub revision: u64,
}

event!(LivestockChanged, "aquariums.livestock_changed", version = 1, subject = livestock_id);

/// What an episode of an alarm is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmCause {
    /// A value was beyond the limit of a rule.
    Limit,
    /// The trend of a value predicted that it crosses the limit of a rule.
    PredictedCrossing,
    /// Two probes of a rule disagreed.
    Disagreement,
    /// A probe reported values that water cannot have.
    ProbeFault,
}

/// Status of an episode of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmStatus {
    /// The alarm is firing.
    Open,
    /// The alarm has ended.
    Ended,
    /// Late samples showed that there was no such episode.
    Withdrawn,
}

/// An episode of an alarm began, was acknowledged, corrected or withdrawn, or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlarmChanged {
    /// Episode ID: one alarm from its beginning to its end.
    pub episode_id: EpisodeId,
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner of the aquarium.
    pub owner_id: UserId,
    /// Device whose samples moved the alarm.
    pub device_id: DeviceId,
    /// Rule. Absent for a fault of a probe, which needs no rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_id: Option<AlarmRuleId>,
    /// Name of the rule, or of the sensor whose probe is faulty.
    pub name: String,
    /// Cause.
    pub cause: AlarmCause,
    /// Sensors that the alarm is about.
    pub sensor_ids: Vec<SensorId>,
    /// Water parameter, for example `temperature`.
    pub parameter: String,
    /// Status.
    pub status: AlarmStatus,
    /// Whether a member has acknowledged it.
    pub acknowledged: bool,
    /// Most extreme value in the canonical unit of the parameter. Absent for a fault of a probe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extreme: Option<i64>,
    /// Time of the first sample beyond the limit.
    #[schema(value_type = String, format = DateTime)]
    pub first_at: Timestamp,
    /// Time of the sample with which it began to fire.
    #[schema(value_type = String, format = DateTime)]
    pub fired_at: Timestamp,
    /// Time of the sample with which it ended. Absent while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Revision of the episode. Higher is newer.
    pub revision: u64,
}

event!(AlarmChanged, "aquariums.alarm_changed", version = 1, subject = episode_id);

/// A device stopped sending samples, or sends again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceSilenceChanged {
    /// Device ID.
    pub device_id: DeviceId,
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner of the aquarium.
    pub owner_id: UserId,
    /// Name of the device.
    pub name: String,
    /// Whether it is silent.
    pub silent: bool,
    /// Time of its newest sample. Absent if it never sent one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_sample_at: Option<Timestamp>,
    /// Revision of the device's silence. Higher is newer.
    pub revision: u64,
}

event!(DeviceSilenceChanged, "aquariums.device_silence_changed", version = 1, subject = device_id);

/// The samples of a sensor in an hour, without suspect ones. Values are in the canonical unit of the parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HourSummary {
    /// Sensor ID.
    pub sensor_id: SensorId,
    /// Water parameter, for example `temperature`.
    pub parameter: String,
    /// Unit that the sensor reports, for display.
    pub unit: String,
    /// Number of samples.
    pub count: u32,
    /// Sum of the values. The mean is `sum / count`.
    pub sum: i64,
    /// Least value.
    pub least: i64,
    /// Greatest value.
    pub greatest: i64,
    /// Last value.
    pub last: i64,
    /// Time of the last value.
    #[schema(value_type = String, format = DateTime)]
    pub last_at: Timestamp,
}

/// The samples of a device in an hour, when a newer hour began. There is no event per sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReadingsSummarized {
    /// Device ID.
    pub device_id: DeviceId,
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner of the aquarium.
    pub owner_id: UserId,
    /// Start of the hour (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub hour: Timestamp,
    /// The sensors that have samples in the hour. Samples that arrive later are not included.
    pub sensors: Vec<HourSummary>,
    /// True if each of these sensors has samples in a later hour that ended at the same time, as when a device was offline. A consumer of
    /// the newest values alone can ignore such an hour.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub superseded: bool,
}

event!(ReadingsSummarized, "aquariums.readings_summarized", version = 1, subject = device_id);

/// A member recorded, corrected or deleted a value that was measured by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReadingRecorded {
    /// Reading ID.
    pub reading_id: ReadingId,
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// User ID of the owner of the aquarium.
    pub owner_id: UserId,
    /// Water parameter, for example `nitrate`.
    pub parameter: String,
    /// Value in the canonical unit of the parameter.
    pub value: i64,
    /// Value as it was entered, decimal.
    pub entered_value: String,
    /// Unit in which it was entered.
    pub entered_unit: String,
    /// Time of the measurement, which may be in the past.
    #[schema(value_type = String, format = DateTime)]
    pub measured_at: Timestamp,
    /// Whether it was deleted.
    pub deleted: bool,
    /// Revision of the reading. Higher is newer.
    pub revision: u64,
}

event!(ReadingRecorded, "aquariums.reading_recorded", version = 1, subject = reading_id);

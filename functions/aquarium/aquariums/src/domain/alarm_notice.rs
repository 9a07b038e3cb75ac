//! The notifications of alarms and silent devices.

use contracts::aquariums::{AlarmCause, DeviceSilenceChanged, MemberRole};
use contracts::notifications::{Category, Message, NotificationRequested};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, DeviceId, UserId, Uuid, derive_id};
use water::{Decimal, Unit};

use super::access::Access;
use super::alarm::{AlarmKey, EndCause};
use super::alarm_episode::{AlarmEpisode, Subject};
use super::device::{Device, DeviceHead};

/// For how many seconds an announcement is kept: its events name users. They are published from the stream of the table, which
/// has them from the write on, also if the item is gone.
const ANNOUNCEMENT_S: i64 = 3_600;

/// What carries events about a device, until they are published. They name the members who are notified, so they are
/// not on an item that stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// The device.
    pub device_id: DeviceId,
    /// An ID of its own.
    pub id: Uuid,
    /// The second from which it may be deleted.
    pub expires_at: i64,
}

impl Announcement {
    /// A new one.
    pub fn new(device_id: DeviceId, id: Uuid, now: Timestamp) -> Self {
        Self { device_id, id, expires_at: now.as_second() + ANNOUNCEMENT_S }
    }
}

/// What is said about an episode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// It began.
    Began,
    /// It still lasts.
    Reminder,
    /// It ended.
    Ended(EndCause),
}

impl Occasion {
    const fn template(self) -> &'static str {
        match self {
            Self::Began => "water_alarm",
            Self::Reminder => "water_alarm_reminder",
            Self::Ended(_) => "water_alarm_ended",
        }
    }
}

/// Everybody with access to an aquarium as of this access: the owner and all members. Empty once it is removed.
pub fn everybody(access: &Access) -> Vec<UserId> {
    access.owner_id().into_iter().chain(access.members().map(|(member, _)| member)).collect()
}

/// The owner and the keepers of an aquarium.
pub fn keepers(access: &Access) -> Vec<UserId> {
    let keepers = access.members().filter(|(_, role)| *role == MemberRole::Keeper);
    access.owner_id().into_iter().chain(keepers.map(|(member, _)| member)).collect()
}

/// A notification about an episode. Its ID is that of the revision, so a repeated request is delivered once.
pub fn of_episode(
    episode: &AlarmEpisode,
    occasion: Occasion,
    revision: u64,
    aquarium: &str,
    recipients: Vec<UserId>,
) -> NotificationRequested {
    let template = occasion.template();
    let id = derive_id(&[template, &episode.id.to_string(), &revision.to_string()]);
    let value = episode.shown_extreme().map(|value| with_unit(value, episode.subject.unit));
    let mut data = about(&episode.subject, aquarium, episode.aquarium_id, episode.first);
    data.extend([
        ("cause".to_owned(), cause(episode.subject.cause).to_owned()),
        ("value".to_owned(), value.unwrap_or_default()),
        ("episode_id".to_owned(), episode.id.to_string()),
    ]);
    // Without it, the text says that the values are back.
    if occasion == Occasion::Ended(EndCause::SetupChanged) {
        data.push(("end_cause".to_owned(), "setup_changed".to_owned()));
    }
    let link = format!("/aquariums/{}/alarms/{}", episode.aquarium_id, episode.id);
    request(id, recipients, template, data, link)
}

/// A notification that an alarm has begun and ended too often.
pub fn of_unsettled(
    head: &DeviceHead,
    subject: &Subject,
    (alarm, since): (AlarmKey, i64),
    aquarium: &str,
    recipients: Vec<UserId>,
) -> NotificationRequested {
    let template = "water_alarm_unsettled";
    let (name, of) = match alarm {
        AlarmKey::Rule(rule) => ("rule_id", rule.to_string()),
        AlarmKey::ProbeFault(sensor) => ("sensor_id", sensor.to_string()),
    };
    let id = derive_id(&[template, &of, &since.to_string()]);
    let mut data = about(subject, aquarium, head.aquarium_id, since);
    data.push((name.to_owned(), of));
    request(id, recipients, template, data, format!("/aquariums/{}/alarms", head.aquarium_id))
}

/// A notification that a device sends nothing. `head` has the revision of the silence.
pub fn of_silence(
    head: &DeviceHead,
    device: &str,
    aquarium: &str,
    since: i64,
    recipients: Vec<UserId>,
) -> NotificationRequested {
    let template = "device_silent";
    let id = derive_id(&[template, &head.id.to_string(), &head.silence.revision.to_string()]);
    let data = vec![
        ("device".to_owned(), device.to_owned()),
        ("aquarium".to_owned(), aquarium.to_owned()),
        ("since".to_owned(), text(since)),
        ("aquarium_id".to_owned(), head.aquarium_id.to_string()),
        ("device_id".to_owned(), head.id.to_string()),
    ];
    request(id, recipients, template, data, format!("/aquariums/{}/devices/{}", head.aquarium_id, head.id))
}

/// The fact that a device is silent or sends again. `head` is the head after that.
pub fn silence_fact(head: &DeviceHead, device: Option<&Device>) -> DeviceSilenceChanged {
    let name = device.map(|device| device.name.as_str().to_owned()).unwrap_or_default();
    DeviceSilenceChanged {
        device_id: head.id,
        aquarium_id: head.aquarium_id,
        owner_id: head.owner_id,
        name,
        silent: head.silence.is_reported,
        last_sample_at: head.alarms.newest().and_then(|newest| Timestamp::from_second(newest).ok()),
        revision: head.silence.revision,
    }
}

fn about(subject: &Subject, aquarium: &str, aquarium_id: AquariumId, since: i64) -> Vec<(String, String)> {
    vec![
        ("alarm".to_owned(), subject.name.clone()),
        ("aquarium".to_owned(), aquarium.to_owned()),
        ("since".to_owned(), text(since)),
        ("aquarium_id".to_owned(), aquarium_id.to_string()),
    ]
}

fn request(
    notification_id: Uuid,
    recipients: Vec<UserId>,
    template: &str,
    data: Vec<(String, String)>,
    link: String,
) -> NotificationRequested {
    let message = Message { template: template.to_owned(), data: data.into_iter().collect(), link: Some(link) };
    NotificationRequested { notification_id, recipients, category: Category::Reminders, message, channels: None }
}

fn text(second: i64) -> String {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

const fn cause(cause: AlarmCause) -> &'static str {
    match cause {
        AlarmCause::Limit => "limit",
        AlarmCause::PredictedCrossing => "predicted_crossing",
        AlarmCause::Disagreement => "disagreement",
        AlarmCause::ProbeFault => "probe_fault",
    }
}

/// A value as texts show it: `28.6 °C`.
fn with_unit(value: Decimal, unit: Unit) -> String {
    let number = value.to_string();
    let number =
        if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number.as_str() };
    format!("{number} {}", symbol(unit)).trim_end().to_owned()
}

const fn symbol(unit: Unit) -> &'static str {
    match unit {
        Unit::Celsius => "°C",
        Unit::Fahrenheit => "°F",
        Unit::Ph | Unit::Sg => "",
        Unit::Ppt | Unit::Psu => "‰",
        Unit::UsCm => "µS/cm",
        Unit::MsCm => "mS/cm",
        Unit::Dkh => "°dKH",
        Unit::Dgh => "°dGH",
        Unit::MeqL => "meq/L",
        Unit::MmolL => "mmol/L",
        Unit::MgLCaco3 => "mg/L CaCO₃",
        Unit::MgL => "mg/L",
        Unit::Ppm => "ppm",
        Unit::MgLAsN => "mg/L N",
        Unit::MgLAsNh3 => "mg/L NH₃",
        Unit::MgLAsNh4 => "mg/L NH₄",
        Unit::MgLAsNo2 => "mg/L NO₂",
        Unit::MgLAsNo3 => "mg/L NO₃",
        Unit::MgLAsP => "mg/L P",
        Unit::MgLAsPo4 => "mg/L PO₄",
        Unit::Percent => "%",
        Unit::Mv => "mV",
        Unit::Mm => "mm",
        Unit::Cm => "cm",
        Unit::In => "in",
        // No parameter is measured in a unit of volume.
        Unit::Ml | Unit::L | Unit::M3 | Unit::UsGal | Unit::ImpGal | Unit::Gal | Unit::Ft3 => unit.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_without_surplus_digits() {
        let value = |text| Decimal::parse(text).unwrap();
        assert_eq!(with_unit(value("28.600"), Unit::Celsius), "28.6 °C");
        assert_eq!(with_unit(value("8.000"), Unit::Ph), "8");
        assert_eq!(with_unit(value("100"), Unit::Mv), "100 mV");
    }

    #[test]
    fn viewers_are_notified_of_alarms_and_not_of_silent_devices() {
        let id = |number| UserId::new(Uuid::from_u128(number));
        let access = Access::new(AquariumId::new(Uuid::from_u128(9)), id(1));
        let access = access.admit(id(2), MemberRole::Keeper).unwrap().admit(id(3), MemberRole::Viewer).unwrap();
        assert_eq!(everybody(&access), [id(1), id(2), id(3)]);
        assert_eq!(keepers(&access), [id(1), id(2)]);
        assert_eq!(everybody(&access.without(id(3)).unwrap()), [id(1), id(2)]);
        assert!(everybody(&access.removed(Timestamp::UNIX_EPOCH)).is_empty());
    }
}

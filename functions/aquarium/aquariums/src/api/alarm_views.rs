//! Views of alarm rules, alarms and quiet times, and parts of requests that several endpoints share.

use calendar::DailyWindow;
use contracts::aquariums::{AlarmCause, AlarmStatus};
use jiff::Timestamp;
use kit::http::{Fields, Problem};
use serde::{Deserialize, Serialize};
use types::{AlarmRuleId, AquariumId, DeviceId, EpisodeId, SensorId};
use utoipa::ToSchema;
use water::{Decimal, Entered, Parameter, Unit};

use crate::domain::alarm::{Maintenance, Votes};
use crate::domain::alarm_episode::AlarmEpisode;
use crate::domain::alarm_rule::{AlarmRule, ConditionKind, SettingsError};
use crate::domain::quiet::ends_at;

/// The path of an alarm rule of an aquarium.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RulePath {
    /// Aquarium ID.
    pub id: AquariumId,
    /// Rule ID.
    pub rule_id: AlarmRuleId,
}

/// The path of an alarm of an aquarium.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EpisodePath {
    /// Aquarium ID.
    pub id: AquariumId,
    /// Episode ID.
    pub episode_id: EpisodeId,
}

/// How many of the last samples have to be beyond the limit, if single outliers are expected.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AlarmVotes {
    /// So many.
    #[schema(minimum = 1, maximum = 16, example = 3)]
    pub beyond: u8,
    /// Of so many.
    #[schema(minimum = 2, maximum = 16, example = 5)]
    pub of: u8,
}

impl From<AlarmVotes> for Votes {
    fn from(AlarmVotes { beyond, of }: AlarmVotes) -> Self {
        Self { beyond, of }
    }
}

impl From<Votes> for AlarmVotes {
    fn from(Votes { beyond, of }: Votes) -> Self {
        Self { beyond, of }
    }
}

/// An alarm rule.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlarmRuleView {
    /// Rule ID.
    id: AlarmRuleId,
    /// Name.
    name: String,
    /// Device that sends the values of its sensors.
    device_id: DeviceId,
    /// Sensors.
    sensor_ids: Vec<SensorId>,
    /// What the sensors measure.
    parameter: Parameter,
    /// What the rule watches for.
    condition: ConditionKind,
    /// Limit as it was entered. Of probes that disagree: the largest difference that is no alarm.
    limit: Entered,
    /// How far a value has to come back behind the limit, as it was entered. Null for trends.
    band: Option<Entered>,
    /// For how many seconds the condition has to hold before the alarm begins.
    for_seconds: u32,
    /// For how many seconds the value has to be back before the alarm ends.
    clear_for_seconds: u32,
    /// How many of the last samples have to agree. Null if each one counts.
    votes: Option<AlarmVotes>,
    /// How far the trend looks ahead, in minutes. Null for other conditions.
    within_minutes: Option<u32>,
    /// How many hours the trend is computed from. Null for other conditions.
    span_hours: Option<u8>,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
}

impl From<&AlarmRule> for AlarmRuleView {
    fn from(rule: &AlarmRule) -> Self {
        let settings = rule.settings;
        Self {
            id: rule.id,
            name: rule.name.as_str().to_owned(),
            device_id: rule.device_id,
            sensor_ids: rule.sensors.clone(),
            parameter: rule.parameter,
            condition: settings.kind,
            limit: settings.limit,
            band: settings.band,
            for_seconds: settings.for_s,
            clear_for_seconds: settings.clear_for_s,
            votes: settings.votes.map(AlarmVotes::from),
            within_minutes: settings.within_minutes,
            span_hours: settings.span_hours,
            created_at: rule.created_at,
        }
    }
}

/// One alarm from its beginning to its end.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlarmView {
    /// Episode ID.
    id: EpisodeId,
    /// Status.
    status: AlarmStatus,
    /// Cause.
    cause: AlarmCause,
    /// Name of the rule, or of the sensor whose probe is faulty, as of the beginning.
    name: String,
    /// Rule. Null for a fault of a probe, which needs no rule.
    rule_id: Option<AlarmRuleId>,
    /// Device whose samples moved the alarm.
    device_id: DeviceId,
    /// Sensors.
    sensor_ids: Vec<SensorId>,
    /// What the sensors measure.
    parameter: Parameter,
    /// Most extreme value. While the alarm is open, that of its beginning. Null for a fault of a probe.
    extreme: Option<Decimal>,
    /// Unit of the value.
    unit: Unit,
    /// Time of the first sample beyond the limit.
    #[serde(serialize_with = "types::time::millis")]
    first_at: Timestamp,
    /// Time of the sample with which it began to fire.
    #[serde(serialize_with = "types::time::millis")]
    fired_at: Timestamp,
    /// Time of the sample with which it ended. Null while it is open.
    #[serde(serialize_with = "types::time::optional_millis")]
    ended_at: Option<Timestamp>,
    /// True if there are no notifications of it, because the alarm has begun and ended too often.
    muted: bool,
    /// Time of the acknowledgement. Null if there is none.
    #[serde(serialize_with = "types::time::optional_millis")]
    acknowledged_at: Option<Timestamp>,
}

impl From<&AlarmEpisode> for AlarmView {
    fn from(episode: &AlarmEpisode) -> Self {
        let at = |second| Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
        let subject = episode.subject.clone();
        Self {
            id: episode.id,
            status: episode.status,
            cause: subject.cause,
            name: subject.name,
            rule_id: episode.rule_id(),
            device_id: episode.device_id,
            sensor_ids: subject.sensors,
            parameter: subject.parameter,
            extreme: episode.shown_extreme(),
            unit: subject.unit,
            first_at: at(episode.first),
            fired_at: at(episode.fired),
            ended_at: episode.ended.map(at),
            muted: episode.muted,
            acknowledged_at: episode.acknowledged_at,
        }
    }
}

/// Quiet times of an aquarium.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QuietTimes {
    /// End of the quiet time that is under way. Null if there is none.
    #[serde(serialize_with = "types::time::optional_millis")]
    until: Option<Timestamp>,
    /// Quiet times of every day.
    daily: Vec<DailyQuietTime>,
    /// IANA time zone of the daily ones: that of the aquarium when they were set.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
}

/// A quiet time of every day. It may go over midnight.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DailyQuietTime {
    /// Start by the clock of the aquarium.
    #[schema(pattern = "^[0-2][0-9]:[0-5][0-9]$", max_length = 5, example = "18:00")]
    pub from: String,
    /// End by the clock of the aquarium.
    #[schema(pattern = "^[0-2][0-9]:[0-5][0-9]$", max_length = 5, example = "18:15")]
    pub to: String,
}

impl QuietTimes {
    /// The quiet times as of now.
    pub fn of(quiet: Option<&Maintenance>, now: Timestamp) -> Self {
        let text = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
        let daily = quiet.into_iter().flat_map(|quiet| &quiet.daily);
        Self {
            until: quiet.and_then(|quiet| ends_at(quiet, now)),
            daily: daily.map(|window| DailyQuietTime { from: text(window.from()), to: text(window.to()) }).collect(),
            time_zone: quiet.map_or("UTC", |quiet| quiet.zone.as_str()).to_owned(),
        }
    }
}

/// Parses a daily quiet time.
pub fn daily_window(fields: &mut Fields, number: usize, time: &DailyQuietTime) -> Option<DailyWindow> {
    let from = fields.check(&format!("daily[{number}].from"), DailyWindow::time(&time.from));
    let to = fields.check(&format!("daily[{number}].to"), DailyWindow::time(&time.to));
    fields.check(&format!("daily[{number}].to"), DailyWindow::new(from?, to?))
}

/// The answer to settings that are refused.
pub fn refused(error: SettingsError) -> Problem {
    let mut fields = Fields::new();
    fields.refuse(error.field(), error);
    fields.all((None::<()>,)).err().unwrap_or_else(|| Problem::internal("refused settings without an error"))
}

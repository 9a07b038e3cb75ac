//! Episodes of alarms, and what changes about them.

use serde::{Deserialize, Serialize};
use types::{AlarmRuleId, SensorId};

/// What an alarm belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AlarmKey {
    /// A rule.
    Rule(AlarmRuleId),
    /// A probe that reports nonsense. Every sensor has this alarm.
    ProbeFault(SensorId),
}

/// One alarm from its beginning to its end. Its ID is derived from the [`AlarmKey`] and `first`. Times are seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Episode {
    /// The time of its first sample, before the alarm began to fire.
    #[serde(rename = "t")]
    pub first: i64,
    /// The time of the sample with which it began to fire.
    #[serde(rename = "f")]
    pub fired: i64,
    /// The most extreme value.
    #[serde(rename = "x")]
    pub extreme: i64,
    /// People are told nothing about it, since the alarm is unsettled.
    #[serde(rename = "m", default, skip_serializing_if = "std::ops::Not::not")]
    pub muted: bool,
    /// The time of the sample with which it ended.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<i64>,
}

/// An episode of which the caller was told, and which late samples may still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// The alarm.
    #[serde(rename = "k")]
    pub alarm: AlarmKey,
    /// The episode as it was reported.
    #[serde(flatten)]
    pub episode: Episode,
}

/// Why an episode ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndCause {
    /// The values are back.
    Recovered,
    /// The rule was changed or removed, or the sensor was.
    SetupChanged,
}

/// A change that the caller stores in the history of alarms and may tell people about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The alarm.
    pub alarm: AlarmKey,
    /// What changed.
    pub change: Change,
}

/// What changed about an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// An episode began. It is told once, unless it is muted.
    Fired(Episode),
    /// An episode ended. It is told once, unless it is muted.
    Cleared(Episode, EndCause),
    /// Late samples show that an episode began or ended at another time than was reported. No member is notified; the history is
    /// corrected.
    Corrected {
        /// The time of the first sample as it was reported, which the ID in the history is derived from.
        reported_first: i64,
        /// The episode.
        episode: Episode,
    },
    /// Late samples show that an episode lasts on whose end was reported. It is told like a beginning, unless it is muted.
    Reopened {
        /// The time of the first sample as it was reported.
        reported_first: i64,
        /// The episode.
        episode: Episode,
    },
    /// Late samples show that there was no such episode. If it was open, its end is told.
    Withdrawn(Episode),
    /// There were too many episodes: told once, instead of this and the further ones.
    Unsettled {
        /// Since when.
        since: i64,
    },
    /// The alarm has been calm for an hour: its next episode is told again.
    Settled,
}

impl Episode {
    /// Whether both are about the same time.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let ends_after = |one: &Self, start: i64| one.ended.is_none_or(|ended| ended >= start);
        ends_after(self, other.first) && ends_after(other, self.first)
    }
}

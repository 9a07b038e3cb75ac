//! Alarms that begin and end again and again.

use serde::{Deserialize, Serialize};

/// So many episodes within a day are too many to be told one by one.
const MAX_EPISODES: usize = 4;
/// Seconds of a day.
const DAY_S: i64 = 86_400;
/// After so many seconds without an alarm, an alarm is settled again.
const CALM_S: i64 = 3_600;

/// The recent episodes of an alarm. After more than four within 24 hours the alarm is unsettled: people are told that once, and
/// nothing about its further episodes until it has been calm for an hour.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsettled {
    /// When the last episodes began, at most five.
    #[serde(rename = "f", default, skip_serializing_if = "Vec::is_empty")]
    fired: Vec<i64>,
    /// Since when it is unsettled.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    since: Option<i64>,
    /// Since when nothing has been wrong, while it is unsettled.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    calm_since: Option<i64>,
}

impl Unsettled {
    /// True if no episode is known.
    pub(super) fn is_new(&self) -> bool {
        *self == Self::default()
    }

    /// Since when the alarm is unsettled.
    pub const fn since(&self) -> Option<i64> {
        self.since
    }

    /// Notes the beginning of an episode, and returns whether people are told nothing about it.
    pub(super) fn fired(&mut self, at: i64) -> bool {
        self.fired.push(at);
        if self.fired.len() > MAX_EPISODES + 1 {
            self.fired.remove(0);
        }
        let oldest = self.fired.first().filter(|_| self.fired.len() > MAX_EPISODES);
        if self.since.is_none() && oldest.is_some_and(|oldest| at - oldest <= DAY_S) {
            self.since = Some(at);
        }
        self.since.is_some()
    }

    /// Notes whether nothing is wrong at a time.
    pub(super) fn calm(&mut self, at: i64, nothing_is_wrong: bool) {
        if self.since.is_none() || !nothing_is_wrong {
            self.calm_since = None;
            return;
        }
        let calm_since = *self.calm_since.get_or_insert(at);
        if at - calm_since >= CALM_S {
            // The day begins anew, or the next episode would make it unsettled at once.
            *self = Self::default();
        }
    }
}

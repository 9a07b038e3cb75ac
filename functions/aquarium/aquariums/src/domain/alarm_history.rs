//! What transitions of alarms change in the history of an aquarium, and of what its members are notified.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use types::EpisodeId;

use super::alarm::{AlarmKey, Change, EndCause, Episode, Transition};
use super::alarm_episode::{AlarmEpisode, Subject, episode_id};
use super::device::DeviceHead;

/// The most episodes that one write changes. A transaction has at most 100 writes, of which 48 are the buckets of 24 hours.
pub const MAX_EPISODES_PER_WRITE: usize = 40;

/// What members are notified of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// An episode began, or lasts on after its end was reported.
    Began(EpisodeId),
    /// An episode ended, or did not take place.
    Ended(EpisodeId, EndCause),
    /// An alarm has begun and ended too often: there are no notices of it until it has been calm for an hour.
    Unsettled {
        /// The alarm.
        alarm: AlarmKey,
        /// Since when, in seconds since 1970.
        since: i64,
    },
}

/// Episodes by ID.
pub type Episodes = BTreeMap<EpisodeId, AlarmEpisode>;

/// The episodes after transitions, and the notices of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// The episodes that were known, and new ones.
    pub episodes: Episodes,
    /// The notices, in order.
    pub notices: Vec<Notice>,
}

/// The IDs of the episodes that transitions may change.
pub fn touched(transitions: &[Transition]) -> BTreeSet<EpisodeId> {
    let mut ids = BTreeSet::new();
    for Transition { alarm, change } in transitions {
        match change {
            Change::Fired(episode) | Change::Cleared(episode, _) | Change::Withdrawn(episode) => {
                ids.insert(episode_id(*alarm, episode.first));
            }
            Change::Corrected { reported_first, episode } | Change::Reopened { reported_first, episode } => {
                ids.extend([*reported_first, episode.first].map(|first| episode_id(*alarm, first)));
            }
            Change::Unsettled { .. } | Change::Settled => {}
        }
    }
    ids
}

/// The alarms that transitions are about.
pub fn alarms(transitions: &[Transition]) -> BTreeSet<AlarmKey> {
    transitions.iter().map(|transition| transition.alarm).collect()
}

/// Applies transitions to the known ones of the episodes that they touch. `subject` says what an alarm is about. `head`
/// is the head before them.
pub fn apply(
    head: &DeviceHead,
    known: Episodes,
    transitions: &[Transition],
    subject: impl Fn(AlarmKey) -> Option<Subject>,
    now: Timestamp,
) -> History {
    let mut history = History { episodes: known, notices: Vec::new() };
    for Transition { alarm, change } in transitions {
        history.step(head, *alarm, change, &subject, now);
    }
    history
}

impl History {
    fn step(
        &mut self,
        head: &DeviceHead,
        alarm: AlarmKey,
        change: &Change,
        subject: &impl Fn(AlarmKey) -> Option<Subject>,
        now: Timestamp,
    ) {
        let id_of = |first: i64| episode_id(alarm, first);
        let new = |episode: &Episode| Some(AlarmEpisode::new(head, alarm, subject(alarm)?, episode, now));
        match change {
            Change::Fired(episode) => {
                let id = id_of(episode.first);
                self.episodes.extend(new(episode).map(|new| (id, new)));
                self.notify((!episode.muted).then_some(Notice::Began(id)));
            }
            Change::Cleared(episode, cause) => {
                let id = id_of(episode.first);
                let next = self.episodes.get(&id).map(|known| known.now_as(episode)).or_else(|| new(episode));
                self.episodes.extend(next.map(|next| (id, next)));
                self.notify((!episode.muted).then_some(Notice::Ended(id, *cause)));
            }
            Change::Corrected { reported_first, episode } | Change::Reopened { reported_first, episode } => {
                let (before, id) = (id_of(*reported_first), id_of(episode.first));
                let known = self.episodes.get(&before).cloned();
                if let Some(known) = known.as_ref().filter(|_| before != id) {
                    self.episodes.insert(before, known.withdrawn());
                }
                let moved = known.map(|known| known.moved_to(episode.first).now_as(episode));
                self.episodes.extend(moved.or_else(|| new(episode)).map(|next| (id, next)));
                let is_told = matches!(change, Change::Reopened { .. }) && !episode.muted;
                self.notify(is_told.then_some(Notice::Began(id)));
            }
            Change::Withdrawn(episode) => {
                let id = id_of(episode.first);
                let known = self.episodes.get(&id).map(AlarmEpisode::withdrawn);
                let is_told = known.is_some() && episode.ended.is_none() && !episode.muted;
                self.episodes.extend(known.map(|withdrawn| (id, withdrawn)));
                self.notify(is_told.then_some(Notice::Ended(id, EndCause::Recovered)));
            }
            Change::Unsettled { since } => {
                self.notify(Some(Notice::Unsettled { alarm, since: *since }));
            }
            Change::Settled => {}
        }
    }

    fn notify(&mut self, notice: Option<Notice>) {
        self.notices.extend(notice);
    }
}

#[cfg(test)]
#[path = "alarm_history_tests.rs"]
mod tests;

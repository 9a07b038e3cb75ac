//! The states of one alarm: ok, pending, firing, recovering.

use serde::{Deserialize, Serialize};

use super::episode::Episode;
use super::rule::{Rule, Votes};
use super::unsettled::Unsettled;

/// Where a value stands relative to a limit and its band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Beyond the limit.
    Beyond,
    /// Between the limit and the end of the band: neither begins nor ends an alarm.
    Between,
    /// Back inside, behind the band.
    Inside,
}

/// The state of an alarm. Times are seconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// Nothing is wrong.
    #[default]
    Ok,
    /// The condition holds, but not for long enough.
    Pending {
        /// The time of the first sample.
        since: i64,
        /// The most extreme value since then.
        extreme: i64,
    },
    /// The alarm has begun.
    Firing(Episode),
    /// The value is back, but not for long enough.
    Recovering {
        /// The episode that is about to end.
        episode: Episode,
        /// The time of the first sample that was back.
        since: i64,
    },
}

/// The state of one alarm with its memory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Automaton {
    /// The `since` of the rule that it belongs to.
    #[serde(rename = "b")]
    pub(super) rule_since: i64,
    /// The state.
    #[serde(rename = "p")]
    pub(super) phase: Phase,
    /// Which of the last samples were beyond, the newest in the lowest bit.
    #[serde(rename = "v", default, skip_serializing_if = "is_zero")]
    votes: u16,
    /// The beginnings of recent episodes.
    #[serde(rename = "u")]
    pub(super) unsettled: Unsettled,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(votes: &u16) -> bool {
    *votes == 0
}

impl Automaton {
    /// The automaton of a rule that has seen nothing.
    pub(super) fn new(rule: &Rule) -> Self {
        Self { rule_since: rule.since, ..Self::default() }
    }

    /// The automaton of a rule that was changed: it begins anew, but its recent episodes still count, or changing a rule
    /// again and again would notify people each time.
    pub(super) fn anew(&self, rule: &Rule, fired: impl Iterator<Item = i64>) -> Self {
        let mut unsettled = self.unsettled.clone();
        fired.for_each(|at| {
            unsettled.fired(at);
        });
        Self { unsettled, ..Self::new(rule) }
    }

    /// The state.
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// The episode that has begun and not ended.
    pub(super) const fn open_episode(&self) -> Option<Episode> {
        match self.phase {
            Phase::Firing(episode) | Phase::Recovering { episode, .. } => Some(episode),
            Phase::Ok | Phase::Pending { .. } => None,
        }
    }

    /// Applies one evaluated sample, and returns the episode that ends with it. Samples come in the order of their times.
    pub(super) fn step(&mut self, rule: &Rule, at: i64, level: Level, value: i64) -> Option<Episode> {
        let is_beyond = level == Level::Beyond;
        let holds = self.vote(rule.votes, is_beyond);
        let mut ended = None;
        self.phase = match self.phase {
            Phase::Ok if holds => self.begin(rule, at, at, value),
            Phase::Pending { since, extreme } if holds => {
                let extreme = rule.condition.worse(extreme, value);
                // A sample that is back does not begin an alarm, whatever the samples before it were.
                if is_beyond { self.begin(rule, since, at, extreme) } else { Phase::Pending { since, extreme } }
            }
            Phase::Ok | Phase::Pending { .. } => Phase::Ok,
            Phase::Firing(episode) | Phase::Recovering { episode, .. } if level != Level::Inside => {
                Phase::Firing(Episode { extreme: rule.condition.worse(episode.extreme, value), ..episode })
            }
            Phase::Firing(episode) => recovering(rule, episode, at, at, &mut ended),
            Phase::Recovering { episode, since } => recovering(rule, episode, since, at, &mut ended),
        };
        if ended.is_some() {
            self.votes = 0;
        }
        self.unsettled.calm(at, self.phase == Phase::Ok);
        ended
    }

    /// Applies a sample that counts for nothing because of maintenance: durations begin anew after it, and what fires keeps
    /// firing.
    pub(super) fn suspend(&mut self) {
        self.votes = 0;
        self.phase = match self.phase {
            Phase::Pending { .. } => Phase::Ok,
            Phase::Recovering { episode, .. } => Phase::Firing(episode),
            other => other,
        };
    }

    /// Whether the condition holds, with the votes of earlier samples.
    fn vote(&mut self, votes: Option<Votes>, beyond: bool) -> bool {
        let Some(Votes { beyond: needed, of }) = votes else { return beyond };
        self.votes = (self.votes << 1) | u16::from(beyond);
        let counted = self.votes & (u16::MAX >> u16::BITS.saturating_sub(u32::from(of)).min(u16::BITS - 1));
        counted.count_ones() >= u32::from(needed)
    }

    /// Pending since then, or firing if that is long enough.
    fn begin(&mut self, rule: &Rule, since: i64, at: i64, extreme: i64) -> Phase {
        if at - since < i64::from(rule.for_s) {
            return Phase::Pending { since, extreme };
        }
        let muted = self.unsettled.fired(at);
        Phase::Firing(Episode { first: since, fired: at, extreme, muted, ended: None })
    }
}

/// Recovering since then, or ended if that is long enough.
fn recovering(rule: &Rule, episode: Episode, since: i64, at: i64, ended: &mut Option<Episode>) -> Phase {
    if at - since < i64::from(rule.clear_for_s) {
        return Phase::Recovering { episode, since };
    }
    *ended = Some(Episode { ended: Some(at), ..episode });
    Phase::Ok
}

//! The course of a task: what becomes due, and what members do with it.

use jiff::{SignedDuration, Timestamp};

use super::schedule::{Schedule, just_before};
use super::{MAX_OPEN, Open, Outcome, Settled, Task, Upcoming};

/// Maximum number of steps by which a task is brought up to a time at once. A task that is further behind goes on at its next
/// call, which is due at once.
const MAX_STEPS: usize = 400;
/// How often an occurrence can be snoozed.
pub const MAX_SNOOZES: u8 = 20;
/// How long an occurrence can be snoozed, in hours: 30 days.
pub const MAX_SNOOZE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The schedule has no occurrence in the future.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have an occurrence in the future")]
pub struct NeverDue;

/// The occurrence is neither open nor the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotOpen;

/// Reason why an occurrence cannot be snoozed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnoozeError {
    /// It is not open.
    NotOpen,
    /// It was snoozed too often.
    TooOften,
}

/// What a member says about an occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// Which occurrence.
    pub due_at: Timestamp,
    /// What became of it.
    pub outcome: Outcome,
    /// When it was done or skipped.
    pub happened_at: Timestamp,
    /// Whether all earlier open occurrences are skipped too.
    pub skip_earlier: bool,
}

impl Task {
    /// Returns the task as it is at a time: everything that was due by then is open.
    #[must_use]
    pub fn advanced(&self, now: Timestamp) -> Self {
        let mut next = self.clone();
        if !next.paused {
            let mut steps = 0..MAX_STEPS;
            while next.step(now) && steps.next().is_some() {}
        }
        next
    }

    /// Returns the task after an occurrence was done or skipped, and the number of earlier ones that were skipped with it. The
    /// next occurrence can be settled before it is due.
    pub fn settled(&self, settlement: &Settlement, now: Timestamp) -> Result<(Self, u64), NotOpen> {
        let mut next = self.advanced(now);
        let due_at = settlement.due_at;
        if let Some(index) = next.open.iter().position(|open| open.due_at == due_at) {
            next.open.remove(index);
        } else if next.next_at() == Some(due_at) {
            next.adopt_for(due_at);
            next.take_next(due_at);
        } else {
            return Err(NotOpen);
        }
        let skipped = if settlement.skip_earlier { next.drop_before(due_at) } else { 0 };
        if next.open.is_empty() {
            next.missed = 0;
        }
        let Settlement { outcome, happened_at, .. } = *settlement;
        next.settled = Some(Settled { due_at, outcome, at: happened_at });
        if outcome == Outcome::Done {
            next.done_at = Some(next.done_at.map_or(happened_at, |last| last.max(happened_at)));
        }
        next.count_on(happened_at);
        Ok((next, skipped))
    }

    /// Returns the task with an open occurrence of which members are reminded again later.
    pub fn snoozed(&self, due_at: Timestamp, until: Timestamp, now: Timestamp) -> Result<Self, SnoozeError> {
        let mut next = self.advanced(now);
        let open = next.open.iter_mut().find(|open| open.due_at == due_at).ok_or(SnoozeError::NotOpen)?;
        if open.snoozed_until == Some(until) {
            return Ok(next);
        }
        if open.snoozes >= MAX_SNOOZES {
            return Err(SnoozeError::TooOften);
        }
        *open = Open {
            remind_at: Some(until),
            is_overdue: false,
            snoozed_until: Some(until),
            snoozes: open.snoozes + 1,
            ..*open
        };
        Ok(next)
    }

    /// Returns the task without further occurrences and reminders until it is resumed. What is open stays open.
    #[must_use]
    pub fn paused(&self, now: Timestamp) -> Self {
        Self { paused: true, ..self.advanced(now) }
    }

    /// Returns the task with occurrences again. Those of a fixed schedule during the pause are left out; a task that is due once or
    /// counts from its last completion keeps its place, and can be due at once.
    #[must_use]
    pub fn resumed(&self, now: Timestamp) -> Self {
        if !self.paused {
            return self.advanced(now);
        }
        let mut next = Self { paused: false, ..self.clone() };
        next.adopt_for(now);
        if !next.schedule.is_rolling() && !next.schedule.is_once() {
            next.pending = next.schedule.next_after(now.max(next.through));
        }
        for open in &mut next.open {
            open.remind_at = open.remind_at.filter(|at| *at > now);
        }
        next.advanced(now)
    }

    /// Returns the task with another schedule from an instant on, which is now if it has passed. What is open stays open, and
    /// occurrences that are due before the instant stay as they are.
    pub fn rescheduled(&self, schedule: Schedule, from: Timestamp, now: Timestamp) -> Result<Self, NeverDue> {
        let mut next = self.advanced(now);
        let upcoming = Upcoming { from: from.max(now), schedule };
        upcoming.next_after(next.through).ok_or(NeverDue)?;
        next.upcoming = Some(upcoming);
        if from <= now {
            next.adopt();
        }
        Ok(next)
    }

    /// Returns the occurrences from one instant to before another, ascending, at most `bound` of them: those that are open, and
    /// those to come. Of a rolling schedule these are a forecast. A paused task has none to come.
    pub fn occurrences(&self, from: Timestamp, to: Timestamp, bound: usize) -> Vec<Timestamp> {
        let mut found: Vec<_> = self.open.iter().map(|open| open.due_at).filter(|at| *at >= from && *at < to).collect();
        let mut course = self.clone();
        let mut steps = 0..MAX_STEPS;
        while !self.paused && found.len() < bound && steps.next().is_some() {
            let Some(at) = course.next_at().filter(|at| *at < to) else { break };
            course.adopt_for(at);
            course.take_next(at);
            course.count_on(at);
            found.extend(Some(at).filter(|at| *at >= from));
        }
        found.truncate(bound);
        found
    }

    /// Does what comes next in time; false if nothing is due.
    fn step(&mut self, now: Timestamp) -> bool {
        let is_over = |upcoming: &Upcoming| upcoming.from <= now && self.pending.is_none_or(|at| at >= upcoming.from);
        if self.upcoming.as_ref().is_some_and(is_over) {
            self.adopt();
            return true;
        }
        let Some(at) = self.pending.filter(|at| *at <= now) else { return false };
        self.becomes_due(at);
        true
    }

    fn becomes_due(&mut self, at: Timestamp) {
        self.through = self.through.max(at);
        // Members are reminded of the newest occurrence only, and of those that they snoozed.
        for open in self.open.iter_mut().filter(|open| open.snoozed_until.is_none()) {
            open.remind_at = None;
        }
        self.open.push(Open {
            due_at: at,
            remind_at: Some(at),
            is_overdue: false,
            overdue_reminders: 0,
            snoozed_until: None,
            snoozes: 0,
        });
        self.keep_newest(MAX_OPEN);
        self.pending = if self.schedule.is_rolling() { None } else { self.schedule.next_after(self.through) };
    }

    /// Lets the upcoming schedule take effect.
    fn adopt(&mut self) {
        let Some(Upcoming { from, schedule }) = self.upcoming.take() else { return };
        self.schedule = schedule;
        if self.schedule.is_rolling() {
            self.keep_newest(1);
        }
        let waits = self.schedule.is_rolling() && !self.open.is_empty();
        let next = self.schedule.next_after(just_before(from).max(self.through));
        self.pending = next.filter(|_| !waits);
    }

    /// Lets the upcoming schedule take effect if an instant belongs to it.
    fn adopt_for(&mut self, at: Timestamp) {
        if self.upcoming.as_ref().is_some_and(|upcoming| upcoming.from <= at) {
            self.adopt();
        }
    }

    /// Takes the next occurrence before it is due.
    fn take_next(&mut self, at: Timestamp) {
        self.through = self.through.max(at);
        if self.pending == Some(at) {
            self.pending = if self.schedule.is_rolling() { None } else { self.schedule.next_after(self.through) };
        }
    }

    /// Counts a rolling schedule on from when an occurrence was settled, unless another one is open or to come.
    fn count_on(&mut self, settled_at: Timestamp) {
        if self.schedule.is_rolling() && self.open.is_empty() && self.pending.is_none() {
            let on = self.schedule.local(settled_at).date();
            self.pending = self.schedule.following(self.through, on);
        }
    }

    /// Removes the open occurrences before one, and returns how many they are with those that were only counted.
    fn drop_before(&mut self, due_at: Timestamp) -> u64 {
        let before = self.open.len();
        self.open.retain(|open| open.due_at > due_at);
        let missed = std::mem::take(&mut self.missed);
        u64::try_from(before - self.open.len()).unwrap_or(u64::MAX).saturating_add(u64::from(missed))
    }

    fn keep_newest(&mut self, count: usize) {
        let excess = self.open.len().saturating_sub(count);
        self.open.drain(..excess);
        self.missed = self.missed.saturating_add(u32::try_from(excess).unwrap_or(u32::MAX));
    }
}

//! Tasks of an aquarium: when they are due, and what becomes of each occurrence.
//!
//! The state of a task follows from its schedule, the time and what members did. [`Task::advanced`] brings it up to a time, so a
//! task is right also where a reminder is late or lost.

mod course;
mod reminder;
pub mod schedule;
#[cfg(test)]
mod task_tests;

use contracts::timeline::{TaskChanged, TaskStatus};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, TaskId, TextError, UserId, Uuid, line};

pub use self::course::{MAX_SNOOZE, MAX_SNOOZES, NeverDue, NotOpen, Settlement, SnoozeError};
pub use self::reminder::{Kind, Reminder};
use self::schedule::{Schedule, just_before};
use super::content::{Content, MAX_NAME_CHARS};

/// Maximum number of tasks of an aquarium.
pub const MAX_TASKS: u32 = 100;
/// Maximum number of occurrences of a task that are open at the same time. Older ones are only counted.
pub const MAX_OPEN: usize = 10;

/// Parses the title of a task.
pub fn title(text: &str) -> Result<String, TextError> {
    line(text, MAX_NAME_CHARS)
}

/// A task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// ID.
    pub id: TaskId,
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// What is to be done.
    pub details: Details,
    /// Author of the notes; none without notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes_by: Option<UserId>,
    /// When it is due.
    pub schedule: Schedule,
    /// The schedule that follows from an instant on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upcoming: Option<Upcoming>,
    /// Whether it is paused.
    pub paused: bool,
    /// The next occurrence of the current schedule. None if there is none, or a rolling schedule waits for the open occurrence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Timestamp>,
    /// The latest occurrence that became due or was settled. Neither it nor an earlier one becomes due again.
    pub through: Timestamp,
    /// Occurrences that became due and are neither done nor skipped, oldest first.
    pub open: Vec<Open>,
    /// Number of older open occurrences beyond [`MAX_OPEN`].
    pub missed: u32,
    /// The last occurrence that was done or skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
    /// When it was done last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Timestamp>,
    /// ID of the request that created it, which recognises a repeated request.
    pub request: Uuid,
    /// When it was created.
    pub created_at: Timestamp,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Title.
    pub title: String,
    /// Notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Category.
    pub category: Category,
}

/// Category of tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TaskCategory)]
pub enum Category {
    /// Water changes.
    WaterChange,
    /// Feeding.
    Feeding,
    /// Cleaning.
    Cleaning,
    /// Water tests.
    Testing,
    /// Dosing.
    Dosing,
    /// Equipment.
    Equipment,
    /// Animals and plants.
    Livestock,
    /// Anything else.
    Other,
}

/// A schedule that takes effect later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Upcoming {
    /// From when on.
    pub from: Timestamp,
    /// The schedule.
    pub schedule: Schedule,
}

/// An occurrence that became due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// When it was due, which is also its name.
    pub due_at: Timestamp,
    /// When members are reminded next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_at: Option<Timestamp>,
    /// Whether that reminder says that it is overdue.
    pub is_overdue: bool,
    /// Number of reminders that it is overdue.
    pub overdue_reminders: u8,
    /// Until when it is snoozed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<Timestamp>,
    /// How often it was snoozed.
    pub snoozes: u8,
}

/// What became of an occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TaskOutcome)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was skipped.
    Skipped,
}

/// An occurrence that was done or skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// When it was due.
    pub due_at: Timestamp,
    /// What became of it.
    pub outcome: Outcome,
    /// When that happened.
    pub at: Timestamp,
}

/// A task to create.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTask {
    /// ID.
    pub id: TaskId,
    /// ID of the request.
    pub request: Uuid,
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// What is to be done.
    pub details: Details,
    /// When it is due.
    pub schedule: Schedule,
}

impl Outcome {
    /// Returns the name as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skipped => "skipped",
        }
    }

    /// Parses a name.
    pub fn named(text: &str) -> Option<Self> {
        [Self::Done, Self::Skipped].into_iter().find(|outcome| outcome.as_str() == text)
    }
}

impl Upcoming {
    /// Its first occurrence after an instant.
    fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        self.schedule.next_after(just_before(self.from).max(after))
    }
}

impl Open {
    /// Whether it is snoozed at an instant.
    pub fn is_snoozed(&self, now: Timestamp) -> bool {
        self.snoozed_until.is_some_and(|until| until > now)
    }
}

impl Task {
    /// Creates a task, which needs an occurrence in the future.
    pub fn new(new: NewTask, author: UserId, now: Timestamp) -> Result<Self, NeverDue> {
        let NewTask { id, request, aquarium_id, details, schedule } = new;
        let pending = schedule.next_after(now).ok_or(NeverDue)?;
        Ok(Self {
            id,
            aquarium_id,
            notes_by: details.notes.as_ref().map(|_| author),
            details,
            schedule,
            upcoming: None,
            paused: false,
            pending: Some(pending),
            through: now,
            open: Vec::new(),
            missed: 0,
            settled: None,
            done_at: None,
            request,
            created_at: now,
        })
    }

    /// Returns the next occurrence that is not due yet. A paused task keeps its place.
    pub fn next_at(&self) -> Option<Timestamp> {
        let Some(upcoming) = &self.upcoming else { return self.pending };
        let current = self.pending.filter(|at| *at < upcoming.from);
        let waits = upcoming.schedule.is_rolling() && !self.open.is_empty();
        current.or_else(|| upcoming.next_after(self.through).filter(|_| !waits))
    }

    /// Returns when the task must be looked at next: something becomes due, or members are reminded.
    pub fn wake_at(&self) -> Option<Timestamp> {
        let reminders = self.open.iter().filter_map(|open| open.remind_at);
        reminders.chain(self.next_at()).min().filter(|_| !self.paused)
    }

    /// Returns the schedule that was set last.
    pub fn latest_schedule(&self) -> &Schedule {
        self.upcoming.as_ref().map_or(&self.schedule, |upcoming| &upcoming.schedule)
    }

    /// Returns the status.
    pub fn status(&self) -> TaskStatus {
        if self.paused {
            TaskStatus::Paused
        } else if self.open.is_empty() && self.next_at().is_none() {
            TaskStatus::Ended
        } else {
            TaskStatus::Scheduled
        }
    }

    /// Whether an occurrence is due at an instant and not snoozed.
    pub fn is_due(&self, now: Timestamp) -> bool {
        !self.paused && self.open.iter().any(|open| !open.is_snoozed(now))
    }

    /// Returns the fact that the task changed.
    pub fn fact(&self, owner_id: UserId, revision: u64) -> TaskChanged {
        let oldest = self.open.first().map(|open| open.due_at);
        TaskChanged {
            task_id: self.id,
            aquarium_id: self.aquarium_id,
            owner_id,
            title: self.details.title.clone(),
            status: self.status(),
            due_at: oldest.or_else(|| self.next_at().filter(|_| !self.paused)),
            done_at: self.done_at,
            revision,
        }
    }

    /// Returns the fact that the task was deleted.
    pub fn deletion(&self, owner_id: UserId, revision: u64) -> TaskChanged {
        TaskChanged { status: TaskStatus::Ended, due_at: None, ..self.fact(owner_id, revision) }
    }

    /// Returns the entry of the timeline that says what became of an occurrence.
    pub fn entry(&self, settlement: &Settlement, earlier: u64) -> Content {
        let (task_id, title, due_at) = (self.id, self.details.title.clone(), settlement.due_at);
        match settlement.outcome {
            Outcome::Done => Content::TaskDone { task_id, title, due_at, skipped_earlier: earlier },
            Outcome::Skipped => Content::TaskSkipped { task_id, title, due_at, skipped_earlier: earlier },
        }
    }

    /// Returns the task with other words by a user, who becomes the author of changed notes.
    #[must_use]
    pub fn described(&self, details: Details, author: UserId) -> Self {
        let notes_by = if details.notes == self.details.notes { self.notes_by } else { Some(author) };
        Self { notes_by: notes_by.filter(|_| details.notes.is_some()), details, ..self.clone() }
    }

    /// Returns the task without the notes of a user.
    #[must_use]
    pub fn redacted(&self, user: UserId) -> Self {
        let mut next = self.clone();
        if self.notes_by == Some(user) {
            next.notes_by = None;
            next.details.notes = None;
        }
        next
    }
}

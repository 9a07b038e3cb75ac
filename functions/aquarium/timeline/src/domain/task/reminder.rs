//! Reminders of what is due.

use jiff::{SignedDuration, Timestamp};
use types::{Uuid, derive_id};

use super::{Open, Task};

/// How long after a reminder members are reminded that an occurrence is overdue, in hours.
const OVERDUE_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// Maximum number of reminders that an occurrence is overdue. Snoozing begins anew, but does not raise it.
const MAX_OVERDUE_REMINDERS: u8 = 3;
/// How late members are still reminded, in hours. What is later is visible, but sends nothing.
const MAX_LATE: SignedDuration = SignedDuration::from_hours(6);

/// What a reminder says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The occurrence is due.
    Due,
    /// It has been due for a day.
    Overdue,
}

/// A reminder of an occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminder {
    /// When the occurrence was due.
    pub due_at: Timestamp,
    /// When the reminder is due.
    pub at: Timestamp,
    /// What it says.
    pub kind: Kind,
}

impl Reminder {
    /// Returns the ID of the notification, the same whenever the reminder is sent.
    pub fn notification_id(&self, task: &Task) -> Uuid {
        derive_id(&["task reminder", &task.id.to_string(), &self.due_at.to_string(), &self.at.to_string()])
    }
}

impl Task {
    /// Returns the task as it is at a time, after the reminders that are due then, and these reminders.
    #[must_use]
    pub fn fired(&self, now: Timestamp) -> (Self, Vec<Reminder>) {
        let mut next = self.advanced(now);
        let mut due = Vec::new();
        if next.paused {
            return (next, due);
        }
        let newest = next.open.last().map(|open| open.due_at);
        for open in &mut next.open {
            let is_newest = newest == Some(open.due_at);
            while let Some(at) = open.remind_at.filter(|at| *at <= now) {
                let kind = open.remind(at, is_newest);
                if at.duration_until(now) <= MAX_LATE {
                    due.push(Reminder { due_at: open.due_at, at, kind });
                }
            }
        }
        (next, due)
    }
}

impl Open {
    /// Moves on to the next reminder. After one that it is overdue, there is none until the occurrence is snoozed.
    fn remind(&mut self, at: Timestamp, is_newest: bool) -> Kind {
        if self.is_overdue {
            self.overdue_reminders = self.overdue_reminders.saturating_add(1);
            self.remind_at = None;
            return Kind::Overdue;
        }
        self.is_overdue = true;
        self.snoozed_until = None;
        let goes_on = is_newest && self.overdue_reminders < MAX_OVERDUE_REMINDERS;
        self.remind_at = at.checked_add(OVERDUE_AFTER).ok().filter(|_| goes_on);
        Kind::Due
    }
}

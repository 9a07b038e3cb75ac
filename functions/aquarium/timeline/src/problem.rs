//! Problems of this context: every error code that it returns is in this file.

use http::StatusCode;
use kit::http::{IdempotencyKey, Problem};

use crate::domain::access::RoleTooLow;
use crate::domain::dose::{MAX_PLANS, history_limits};
use crate::domain::stream::{MAX_CORRECTIONS, StreamError};
use crate::domain::task::{MAX_SNOOZES, MAX_TASKS, NotOpen, SnoozeError};

/// A refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No aquarium with this ID exists, or the caller has no part in it.
    NoSuchAquarium,
    /// The caller's role does not include the operation.
    RoleTooLow,
    /// The timeline has no entry with this sequence number.
    NoSuchEntry,
    /// The entry is a correction or a retraction.
    NotCorrectable,
    /// The entry is retracted.
    Retracted,
    /// The entry has too many corrections.
    TooManyCorrections,
    /// The correction has another type than its entry.
    TypeChanged,
    /// The idempotency key was used with another request.
    KeyReused,
    /// Newer code has written to the timeline.
    NewerEntries,
    /// The state of the past would take too many reads.
    HistoryUnavailable,
    /// The state is computed again, which takes further requests.
    Rebuilding,
    /// The aquarium has no task with this ID.
    NoSuchTask,
    /// The aquarium has the maximum number of tasks.
    TooManyTasks,
    /// The occurrence is neither open nor the next one.
    OccurrenceNotOpen,
    /// The occurrence was snoozed too often.
    SnoozedTooOften,
}

impl From<RoleTooLow> for Problem {
    fn from(RoleTooLow: RoleTooLow) -> Self {
        Refusal::RoleTooLow.into()
    }
}

impl From<NotOpen> for Problem {
    fn from(NotOpen: NotOpen) -> Self {
        Refusal::OccurrenceNotOpen.into()
    }
}

impl From<SnoozeError> for Problem {
    fn from(error: SnoozeError) -> Self {
        match error {
            SnoozeError::NotOpen => Refusal::OccurrenceNotOpen.into(),
            SnoozeError::TooOften => Refusal::SnoozedTooOften.into(),
        }
    }
}

impl From<StreamError> for Problem {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::NotCorrectable => Refusal::NotCorrectable.into(),
            StreamError::Retracted => Refusal::Retracted.into(),
            StreamError::TooManyCorrections => Refusal::TooManyCorrections.into(),
            StreamError::TypeChanged => Refusal::TypeChanged.into(),
            StreamError::Unreadable(error) => Self::internal(error),
            StreamError::NotJson(error) => Self::internal(error),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let conflict = |code, title: &'static str| Self::new(StatusCode::CONFLICT, code, title);
        let unfit = |code, title: &'static str| Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, title);
        match refusal {
            Refusal::NoSuchAquarium => Self::not_found("timeline.no_such_aquarium")
                .with_detail("No aquarium with this ID exists, or it is not shared with you."),
            Refusal::RoleTooLow => Self::new(StatusCode::FORBIDDEN, "timeline.role_too_low", "Role not sufficient")
                .with_detail(
                    "Only the owner and keepers of the aquarium can do this. Ask the owner to change your role.",
                ),
            Refusal::NoSuchEntry => Self::not_found("timeline.no_such_entry")
                .with_detail("The timeline has no entry with this sequence number."),
            Refusal::NotCorrectable => conflict("timeline.not_correctable", "Entry not correctable")
                .with_detail("The entry is itself a correction or a retraction. Correct the entry that it belongs to."),
            Refusal::Retracted => conflict("timeline.entry_retracted", "Entry retracted")
                .with_detail("The entry is retracted and can no longer change. Append a new entry."),
            Refusal::TooManyCorrections => conflict("timeline.too_many_corrections", "Too many corrections")
                .with_detail(format!(
                    "An entry has at most {MAX_CORRECTIONS} corrections. Retract it and append a new entry."
                )),
            Refusal::TypeChanged => unfit("timeline.type_changed", "Type changed")
                .with_detail("`content.type` must be the type of the entry. Retract the entry and append a new one."),
            Refusal::KeyReused => IdempotencyKey::reused(),
            Refusal::NewerEntries => conflict("timeline.newer_entries", "Entries of a newer version")
                .with_detail("A newer version of the service has written to this timeline. Try again in a few minutes.")
                .retry_after(NEWER_RETRY_SECONDS),
            Refusal::HistoryUnavailable => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "timeline.history_unavailable", "History not available yet")
                    .with_detail("The state of that time is not prepared yet. Try again in a few minutes.")
                    .retry_after(HISTORY_RETRY_SECONDS)
            }
            Refusal::Rebuilding => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "timeline.rebuilding", "State not available yet")
                    .with_detail("The state of the timeline is being computed again. Try again in a second.")
                    .retry_after(REBUILDING_RETRY_SECONDS)
            }
            Refusal::NoSuchTask => {
                Self::not_found("timeline.no_such_task").with_detail("The aquarium has no task with this ID.")
            }
            Refusal::TooManyTasks => conflict("timeline.too_many_tasks", "Too many tasks").with_detail(format!(
                "An aquarium has at most {MAX_TASKS} tasks. Delete one that is no longer needed."
            )),
            Refusal::OccurrenceNotOpen => conflict("timeline.occurrence_not_open", "Occurrence not open").with_detail(
                "`occurrence` must be the time of an open occurrence of the task or, except for snoozing, of the next \
                     one. Get the task again.",
            ),
            Refusal::SnoozedTooOften => conflict("timeline.snoozed_too_often", "Snoozed too often").with_detail(
                format!("An occurrence can be snoozed {MAX_SNOOZES} times. Complete or skip it, or edit the schedule."),
            ),
        }
    }
}

/// A refused request about dose plans and calendars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoseRefusal {
    /// The aquarium has no dose plan with this ID.
    NoSuchDosePlan,
    /// The aquarium has as many plans as it may have.
    TooManyPlans,
    /// The plan has changed too often.
    TooManyChanges,
    /// The plan has no reservoir.
    NoReservoir,
    /// No calendar has this link any more.
    NoSuchCalendar,
}

impl From<DoseRefusal> for Problem {
    fn from(refusal: DoseRefusal) -> Self {
        let conflict = |code, title: &'static str| Self::new(StatusCode::CONFLICT, code, title);
        match refusal {
            DoseRefusal::NoSuchDosePlan => Self::not_found("timeline.no_such_dose_plan")
                .with_detail("The aquarium has no dose plan with this ID. List its dose plans."),
            DoseRefusal::TooManyPlans => conflict("timeline.too_many_dose_plans", "Too many dose plans")
                .with_detail(format!("An aquarium has at most {MAX_PLANS} dose plans. Delete one that is not used.")),
            DoseRefusal::TooManyChanges => conflict("timeline.too_many_dose_changes", "Too many changes")
                .with_detail(format!("A dose plan has at most {}. Create a new plan.", history_limits())),
            DoseRefusal::NoReservoir => conflict("timeline.no_reservoir", "No reservoir").with_detail(
                "The dose plan has no reservoir. Add one with `reservoir`, which also records its first fill.",
            ),
            DoseRefusal::NoSuchCalendar => Self::not_found("timeline.no_such_calendar").with_detail(
                "The calendar link is not valid, was replaced, or its user is no longer a member. Create a new link.",
            ),
        }
    }
}

/// A deployment takes minutes.
const NEWER_RETRY_SECONDS: u64 = 120;
const HISTORY_RETRY_SECONDS: u64 = 120;
/// Each request computes a part, so the next one can come at once.
const REBUILDING_RETRY_SECONDS: u64 = 1;

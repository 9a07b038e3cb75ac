//! Care events that are due again and again.

use calendar::Recurrence;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{EventTypeId, PointId, ScheduleId, TextError, UserId, line};

use super::copies::{PointCopy, Standing};
use super::event_type::EventType;
use super::refusal::Refusal;

/// The longest title, in characters.
const MAX_TITLE_CHARS: usize = 100;
/// The most schedules that one person may have.
pub const MAX_SCHEDULES_PER_USER: u32 = 20;
/// The most schedules that one point may have.
pub const MAX_SCHEDULES_PER_POINT: u32 = 50;
/// How far from now a schedule may start, in hours: a year.
const MAX_START_DISTANCE: SignedDuration = SignedDuration::from_hours(366 * 24);
/// How late people are still reminded, in hours; what is later is passed over in silence.
const MAX_LATE: SignedDuration = SignedDuration::from_hours(1);
/// How early an occurrence may be fired, in seconds: clocks differ.
const MAX_EARLY: SignedDuration = SignedDuration::from_secs(30);

/// A title.
pub fn title(text: &str) -> Result<String, TextError> {
    line(text, MAX_TITLE_CHARS)
}

/// A schedule as its creator wishes it. It never changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// Its id, derived from who asks and their key.
    pub id: ScheduleId,
    /// Who made it.
    pub creator_id: UserId,
    /// Where something is due.
    pub point_id: PointId,
    /// What is due.
    pub event_type_id: EventTypeId,
    /// What it is called, if not as its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// When it is due.
    pub recurrence: Recurrence,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The moving part of a schedule: the occurrence that it waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// Which schedule.
    pub schedule_id: ScheduleId,
    /// In whose partition the schedule lies.
    pub creator_id: UserId,
    /// The next occurrence.
    pub next_at: Timestamp,
}

/// What the decision on a new schedule stands on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Circumstances {
    /// Whether the creator may take part.
    pub standing: Option<Standing>,
    /// The point.
    pub point: Option<PointCopy>,
    /// The kind.
    pub kind: Option<EventType>,
    /// How many schedules the creator has.
    pub of_user: u32,
    /// How many schedules the point has.
    pub of_point: u32,
    /// True if the creator is an admin, who may schedule at every point.
    pub is_admin: bool,
}

impl Schedule {
    /// True if this asks for the same.
    pub fn is_same(&self, other: &Self) -> bool {
        *self == Self { created_at: self.created_at, ..other.clone() }
    }

    /// The first occurrence that it waits for, if the rules allow it.
    pub fn begin(&self, circumstances: &Circumstances, now: Timestamp) -> Result<Chain, Refusal> {
        if circumstances.standing.as_ref().is_some_and(|standing| standing.suspended) {
            return Err(Refusal::Suspended);
        }
        let point = circumstances.point.as_ref().filter(|point| point.place.is_some()).ok_or(Refusal::NoSuchPoint)?;
        if !circumstances.is_admin && !point.is_kept_by(self.creator_id) {
            return Err(Refusal::NotKeeper);
        }
        if circumstances.kind.as_ref().ok_or(Refusal::NoSuchEventType)?.retired {
            return Err(Refusal::TypeRetired);
        }
        if circumstances.of_user >= MAX_SCHEDULES_PER_USER {
            return Err(Refusal::TooManySchedulesOfUser);
        }
        if circumstances.of_point >= MAX_SCHEDULES_PER_POINT {
            return Err(Refusal::TooManySchedulesOfPoint);
        }
        let next_at = self.recurrence.next_after(now).ok_or(Refusal::NoSuchSchedule)?;
        Ok(Chain { schedule_id: self.id, creator_id: self.creator_id, next_at })
    }
}

/// True if a schedule may still remind: its point is there, its creator is not suspended, and its kind is not retired.
pub fn may_remind(point: Option<&PointCopy>, creator: Option<&Standing>, kind: Option<&EventType>) -> bool {
    point.is_some_and(|point| point.place.is_some())
        && creator.is_none_or(|standing| !standing.suspended)
        && kind.is_some_and(|kind| !kind.retired)
}

/// True if a rule starts within a year of now, before or after, and has not ended.
pub fn starts_in_time(recurrence: &Recurrence, now: Timestamp) -> bool {
    let is_near = recurrence.starts().is_some_and(|start| start.duration_until(now).abs() <= MAX_START_DISTANCE);
    is_near && recurrence.next_after(now).is_some()
}

/// What is to be done about an occurrence that a message calls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// It is not due, or was fired before: the chain waits for another.
    No,
    /// It is due.
    Now {
        /// True if people are still to be reminded.
        remind: bool,
        /// What the chain waits for then; it ends where there is nothing more.
        next: Option<Timestamp>,
    },
}

impl Chain {
    /// Whether this occurrence is the one that the chain waits for, and due.
    pub fn due(&self, recurrence: &Recurrence, occurs_at: Timestamp, now: Timestamp) -> Due {
        let late = occurs_at.duration_until(now);
        if occurs_at != self.next_at || late < -MAX_EARLY {
            return Due::No;
        }
        // Occurrences that nobody fired while all stood still are passed over: they would remind of the past.
        Due::Now { remind: late <= MAX_LATE, next: recurrence.next_after(occurs_at.max(now)) }
    }
}

#[cfg(test)]
mod tests {
    use calendar::{ZoneName, parse_local};
    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    fn recurrence(rule: &str) -> Recurrence {
        Recurrence::parse(rule, ZoneName::utc(), parse_local("2026-04-01T18:00").unwrap()).unwrap()
    }

    fn chain(next_at: Timestamp) -> Chain {
        Chain { schedule_id: ScheduleId::new(Uuid::nil()), creator_id: UserId::new(Uuid::nil()), next_at }
    }

    proptest! {
        #[test]
        fn a_chain_fires_each_occurrence_once_and_ends(delays in prop::collection::vec(0..7_200_i64, 30), repeats in 1..4_usize) {
            let rule = recurrence("FREQ=DAILY;COUNT=20");
            let mut chain = chain(rule.next_after(Timestamp::MIN).unwrap());
            let mut fired = Vec::new();
            for delay in delays {
                let occurs_at = chain.next_at;
                let now = occurs_at + SignedDuration::from_secs(delay);
                let mut ended = false;
                for _ in 0..repeats {
                    match chain.due(&rule, occurs_at, now) {
                        Due::No => {}
                        Due::Now { remind, next } => {
                            prop_assert_eq!(remind, delay <= 3_600);
                            fired.push(occurs_at);
                            let Some(next) = next else { ended = true; break };
                            chain.next_at = next;
                        }
                    }
                }
                if ended { break }
            }
            prop_assert_eq!(fired.len(), 20);
            prop_assert!(fired.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn nothing_is_fired_early_and_what_was_slept_through_is_passed_over() {
        let rule = recurrence("FREQ=DAILY");
        let first = rule.next_after(Timestamp::MIN).unwrap();
        let after = |seconds| first + SignedDuration::from_secs(seconds);
        assert_eq!(chain(first).due(&rule, first, after(-31)), Due::No);
        assert!(matches!(chain(first).due(&rule, first, after(-30)), Due::Now { remind: true, .. }));
        // Three days later: no reminder, and on with the day that comes.
        let late = after(3 * 86_400 + 7_200);
        assert_eq!(chain(first).due(&rule, first, late), Due::Now { remind: false, next: Some(after(4 * 86_400)) });
    }

    #[test]
    fn a_start_is_within_a_year_and_something_is_to_come() {
        let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        assert!(starts_in_time(&recurrence("FREQ=DAILY"), now));
        assert!(!starts_in_time(&recurrence("FREQ=DAILY;COUNT=3"), now));
        assert!(!starts_in_time(&recurrence("FREQ=DAILY"), "2027-06-01T00:00:00Z".parse().unwrap()));
    }
}

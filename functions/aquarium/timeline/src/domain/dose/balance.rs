//! What is left in a reservoir.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::Uuid;

use super::course::Course;

/// The account of a reservoir at an instant. What was filled is what is left, was given, or was replaced at a refill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// The instant. Doses at it are not included.
    pub at: Timestamp,
    /// What is left, in microlitres.
    pub left_ul: u64,
    /// All that was filled in.
    pub filled_ul: u64,
    /// All that was given. A pump with an almost empty reservoir gives what is left.
    pub given_ul: u64,
    /// All that was left when the reservoir was filled again.
    pub replaced_ul: u64,
    /// The last fill.
    pub fill: Fill,
    /// When the dose was given after which nothing was left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emptied_at: Option<Timestamp>,
}

/// A fill that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// ID.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
}

/// A refill: from then on the reservoir contains this volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refill {
    /// ID, derived from the request.
    pub id: Uuid,
    /// ID of the whole request, which differs for another one with the same idempotency key.
    pub fingerprint: Uuid,
    /// When.
    pub at: Timestamp,
    /// Volume in microlitres.
    pub volume_ul: u64,
}

/// A reservoir.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservoir {
    /// Size in microlitres.
    pub size_ul: u64,
    /// It is low this many days before it is empty.
    pub alarm_days: u16,
    /// Where the account starts. Older refills are part of it.
    start: Balance,
    /// Later refills, ascending.
    refills: Vec<Refill>,
}

impl Reservoir {
    /// A reservoir that contains a volume.
    pub const fn new(fill: Fill, (size_ul, volume_ul): (u64, u64), alarm_days: u16) -> Self {
        let start = Balance {
            at: fill.at,
            left_ul: volume_ul,
            filled_ul: volume_ul,
            given_ul: 0,
            replaced_ul: 0,
            fill,
            emptied_at: None,
        };
        Self { size_ul, alarm_days, start, refills: Vec::new() }
    }

    /// The same account of a reservoir of another size.
    #[must_use]
    pub fn resized(&self, size_ul: u64, alarm_days: u16) -> Self {
        Self { size_ul, alarm_days, ..self.clone() }
    }

    /// The account at an instant, which is not before the start.
    pub fn balance(&self, course: &Course, at: Timestamp) -> Balance {
        let refills = self.refills.iter().take_while(|refill| refill.at <= at);
        let last = refills.fold(self.start, |balance, refill| balance.until(course, refill.at).refilled(refill));
        last.until(course, at)
    }

    /// When nothing will be left, or was; none if the course ends before.
    pub fn empty_at(&self, course: &Course) -> Option<Timestamp> {
        let filled = self.balance(course, self.last_change());
        filled.emptied_at.or_else(|| course.emptied(filled.at, filled.left_ul))
    }

    /// The last fill.
    pub fn fill(&self) -> Fill {
        self.refills.last().map_or(self.start.fill, |refill| Fill { id: refill.id, at: refill.at })
    }

    /// The refill with an ID, if it is still known.
    pub fn refill(&self, id: Uuid) -> Option<&Refill> {
        self.refills.iter().find(|refill| refill.id == id)
    }

    /// Number of refills that are kept.
    pub fn refills(&self) -> usize {
        self.refills.len()
    }

    /// The earliest instant of a refill: that of the last one.
    pub fn last_change(&self) -> Timestamp {
        self.refills.last().map_or(self.start.at, |refill| refill.at)
    }

    /// The reservoir after a refill, which is not before the last one.
    #[must_use]
    pub fn refilled(&self, refill: Refill) -> Self {
        let mut next = self.clone();
        next.refills.push(refill);
        next
    }

    /// The reservoir whose account starts at an instant, if it started earlier. It is the same account.
    #[must_use]
    pub fn since(&self, course: &Course, cutoff: Timestamp) -> Self {
        if cutoff <= self.start.at {
            return self.clone();
        }
        let refills = self.refills.iter().filter(|refill| refill.at > cutoff).copied().collect();
        Self { start: self.balance(course, cutoff), refills, ..*self }
    }
}

impl Balance {
    /// The account at a later instant before the next refill.
    fn until(self, course: &Course, at: Timestamp) -> Self {
        if at <= self.at {
            return self;
        }
        let given = course.used(self.at, at).min(self.left_ul);
        let is_emptied = given == self.left_ul && given > 0;
        Self {
            at,
            left_ul: self.left_ul - given,
            given_ul: self.given_ul.saturating_add(given),
            emptied_at: if is_emptied { course.emptied(self.at, self.left_ul) } else { self.emptied_at },
            ..self
        }
    }

    fn refilled(self, refill: &Refill) -> Self {
        Self {
            left_ul: refill.volume_ul,
            filled_ul: self.filled_ul.saturating_add(refill.volume_ul),
            replaced_ul: self.replaced_ul.saturating_add(self.left_ul),
            fill: Fill { id: refill.id, at: refill.at },
            emptied_at: None,
            ..self
        }
    }
}

//! Deliveries: one message to one person, sent once however often its cause is told.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::UserId;

/// How long a sender may take. One that has not reported by then is taken for dead, and another may send.
pub const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// How long a delivery is remembered. No event comes again later: the bus's archive keeps them for 30 days, and a queue of
/// dead letters for 14.
pub const MEMORY: SignedDuration = SignedDuration::from_hours(24 * 90);

/// One message to one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Who gets it.
    pub user_id: UserId,
    /// What it is: the same cause always has the same name here.
    pub cause: String,
    /// How far it is.
    pub status: Status,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Status {
    /// Somebody is sending it since then.
    Sending {
        /// When they began.
        since: Timestamp,
    },
    /// The provider has it.
    Sent {
        /// Since when.
        at: Timestamp,
    },
}

/// What may be done with a delivery that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing: it is done.
    Done,
    /// Somebody is at it; come again.
    Wait,
    /// Its sender died: send it.
    TakeOver,
}

impl Delivery {
    /// A delivery that is being sent from now on.
    pub fn begin(user_id: UserId, cause: impl Into<String>, now: Timestamp) -> Self {
        Self { user_id, cause: cause.into(), status: Status::Sending { since: now } }
    }

    /// The same delivery in another status.
    #[must_use]
    pub fn with(&self, status: Status) -> Self {
        Self { status, ..self.clone() }
    }

    /// From when on it may be forgotten.
    pub fn forgotten_at(&self) -> Timestamp {
        let (Status::Sending { since: at } | Status::Sent { at }) = self.status;
        at + MEMORY
    }

    /// What may be done with it now.
    pub fn next(&self, now: Timestamp) -> Next {
        match self.status {
            Status::Sent { .. } => Next::Done,
            Status::Sending { since } if now.duration_since(since) < LEASE => Next::Wait,
            Status::Sending { .. } => Next::TakeOver,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_taken_over_only_from_a_sender_that_is_dead() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let delivery = Delivery::begin(UserId::generate(), "verification", now);
        assert_eq!(delivery.next(now), Next::Wait);
        assert_eq!(delivery.next(now + LEASE), Next::TakeOver);
        assert_eq!(delivery.with(Status::Sent { at: now }).next(now + LEASE), Next::Done);
    }
}

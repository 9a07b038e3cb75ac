//! Which of a user's newest notifications are unread.
//!
//! The newest notifications are kept by the time at which they were added, which both events state, and each is read or not. What is
//! newest does not depend on the order of events, and reading is final, so neither order nor repetition matters.

use std::collections::BTreeMap;

use contracts::notifications::ReadNotification;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Number of notifications that are kept and counted.
pub const MAX_COUNTED: usize = 100;
/// How long a notification stays in the inbox.
pub const SHELF_LIFE: SignedDuration = SignedDuration::from_hours(24 * 90);

/// The newest notifications of a user.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// Whether each was read, by the time at which it was added and its ID.
    known: BTreeMap<String, bool>,
    /// Time of the newest event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    as_of: Option<Timestamp>,
}

impl Unread {
    /// Merges notifications that were added, or read.
    pub fn merge(&mut self, notifications: &[ReadNotification], is_read: bool, at: Timestamp) {
        for notification in notifications {
            let read = self.known.entry(key(notification)).or_default();
            *read = *read || is_read;
        }
        while self.known.len() > MAX_COUNTED {
            self.known.pop_first();
        }
        self.as_of = self.as_of.max(Some(at));
    }

    /// Returns how many are unread now.
    pub fn count(&self, now: Timestamp) -> usize {
        let oldest = format!("{:014}", (now - SHELF_LIFE).as_millisecond().max(0));
        self.known.range(oldest..).filter(|(_, is_read)| !**is_read).count()
    }

    /// True if nothing is known.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Returns the time of the newest event.
    pub const fn as_of(&self) -> Option<Timestamp> {
        self.as_of
    }
}

/// Milliseconds, then the ID: sorts by time.
fn key(notification: &ReadNotification) -> String {
    format!("{:014}#{}", notification.added_at.as_millisecond().max(0), notification.notification_id)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + second).unwrap()
    }

    fn notification(number: u8) -> ReadNotification {
        ReadNotification { notification_id: Uuid::from_u128(number.into()), added_at: at(number.into()) }
    }

    fn merged(events: &[(u8, bool)]) -> Unread {
        let mut unread = Unread::default();
        for (number, is_read) in events {
            unread.merge(&[notification(*number)], *is_read, at(300 + i64::from(*is_read)));
        }
        unread
    }

    proptest! {
        #[test]
        fn events_in_any_order_and_however_often_give_the_same_number(
            events in proptest::collection::vec((0_u8..=250, any::<bool>()), 0..400),
            rotation in 0_usize..400,
        ) {
            let mut other: Vec<_> = events.iter().chain(&events).copied().rev().collect();
            let middle = rotation % other.len().max(1);
            other.rotate_left(middle);
            prop_assert_eq!(merged(&events), merged(&other));
        }
    }

    #[test]
    fn a_notification_counts_until_it_is_read_or_leaves_the_inbox() {
        let unread = merged(&[(1, false), (2, false), (2, true), (3, true), (3, false)]);
        assert_eq!(unread.count(at(10)), 1);
        assert_eq!(unread.count(at(1) + SHELF_LIFE + SignedDuration::from_secs(1)), 0);
        assert_eq!(Unread::default().count(at(0)), 0);
    }

    #[test]
    fn the_newest_hundred_are_counted() {
        let all: Vec<_> = (0..=200).map(|number| (number, number < 150)).collect();
        assert_eq!(merged(&all).count(at(1_000)), 51);
        let unread: Vec<_> = (0..=200).map(|number| (number, false)).collect();
        assert_eq!(merged(&unread).count(at(1_000)), MAX_COUNTED);
    }
}

//! The figures of a point: how many users follow it, how many care events were reported at it, and the latest of them.
//!
//! A consumer keeps them, one event at a time, so that requests never wait for each other at a popular point. What was counted
//! is written in the same transaction as the count: on the subscription itself, and on a record of each care event. An event
//! that comes twice, late or out of order is therefore counted once or not at all.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{CareEventId, PointId};

/// How many of the latest care events are kept, so that the next one is known when the latest is deleted.
pub const RECENT_EVENTS: usize = 5;
/// How long the record of a deleted care event stands. No event comes later: the bus's archive keeps them for 30 days, and a
/// queue of dead letters for 14.
const MARK_LIFETIME: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The figures of a point. They exist as long as the point does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Point ID.
    pub point_id: PointId,
    /// Number of counted subscriptions.
    pub subscribers: u32,
    /// Number of counted care events.
    pub events: u32,
    /// The latest care events, the latest first. They name no user.
    pub recent: Vec<RecentEvent>,
}

/// A care event, as far as it is shown with a point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentEvent {
    /// Care event ID.
    pub event_id: CareEventId,
    /// Code of the event type.
    pub code: String,
    /// Name of the event type at the time of the report.
    pub type_name: String,
    /// Time when it happened.
    pub occurred_at: Timestamp,
}

impl Figures {
    /// The figures of a new point.
    pub const fn new(point_id: PointId) -> Self {
        Self { point_id, subscribers: 0, events: 0, recent: Vec::new() }
    }

    /// The figures after a subscription began, or ended.
    #[must_use]
    pub fn with_subscription(&self, active: bool) -> Self {
        let subscribers = if active { self.subscribers.saturating_add(1) } else { self.subscribers.saturating_sub(1) };
        Self { subscribers, ..self.clone() }
    }

    /// The figures after a care event was reported.
    #[must_use]
    pub fn with_event(&self, event: RecentEvent) -> Self {
        let mut recent = self.recent.clone();
        recent.push(event);
        recent.sort_by_key(|event| std::cmp::Reverse((event.occurred_at, event.event_id)));
        recent.truncate(RECENT_EVENTS);
        Self { events: self.events.saturating_add(1), recent, ..*self }
    }

    /// The figures after a care event was deleted.
    #[must_use]
    pub fn without_event(&self, event: CareEventId) -> Self {
        let recent = self.recent.iter().filter(|recent| recent.event_id != event).cloned().collect();
        Self { events: self.events.saturating_sub(1), recent, ..*self }
    }

    /// The latest care event. None also if the latest [`RECENT_EVENTS`] were deleted and none was reported since.
    pub fn last_event(&self) -> Option<&RecentEvent> {
        self.recent.first()
    }
}

/// The record that a care event was counted, or must not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedEvent {
    /// Point ID.
    pub point_id: PointId,
    /// Care event ID.
    pub event_id: CareEventId,
    /// When it was deleted: it does not count any more, and not when its report arrives late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    removed_at: Option<Timestamp>,
}

impl CountedEvent {
    /// The record of a report.
    pub const fn reported(point_id: PointId, event_id: CareEventId) -> Self {
        Self { point_id, event_id, removed_at: None }
    }

    /// The record of a deletion.
    pub const fn removed(point_id: PointId, event_id: CareEventId, at: Timestamp) -> Self {
        Self { point_id, event_id, removed_at: Some(at) }
    }

    /// True while it counts.
    pub const fn counts(&self) -> bool {
        self.removed_at.is_none()
    }

    /// When its record may go.
    pub fn forgotten_at(&self) -> Option<Timestamp> {
        self.removed_at.map(|at| at.saturating_add(MARK_LIFETIME).unwrap_or(Timestamp::MAX))
    }
}

/// The record and the figures after a report; none if the record stands.
pub fn reported(
    record: Option<&CountedEvent>,
    figures: &Figures,
    event: RecentEvent,
) -> Option<(CountedEvent, Figures)> {
    let next = CountedEvent::reported(figures.point_id, event.event_id);
    record.is_none().then(|| (next, figures.with_event(event)))
}

/// The record and the figures after a deletion; none if that is known.
pub fn removed(
    record: Option<&CountedEvent>,
    figures: &Figures,
    event: CareEventId,
    at: Timestamp,
) -> Option<(CountedEvent, Figures)> {
    let next = CountedEvent::removed(figures.point_id, event, at);
    match record {
        Some(record) if record.counts() => Some((next, figures.without_event(event))),
        Some(_) => None,
        None => Some((next, figures.clone())),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    fn event(number: u8) -> RecentEvent {
        let occurred_at = Timestamp::from_second(i64::from(number) * 7 % 5).unwrap();
        let event_id = CareEventId::new(Uuid::from_u128(number.into()));
        RecentEvent { event_id, code: "feeding".into(), type_name: "Feeding".into(), occurred_at }
    }

    proptest! {
        #[test]
        fn each_care_event_counts_once_until_it_is_deleted_in_whatever_order_events_arrive(
            steps in prop::collection::vec((0..8_u8, any::<bool>()), 0..60),
        ) {
            let point_id = PointId::new(Uuid::nil());
            let mut figures = Figures::new(point_id);
            let mut records: BTreeMap<u8, CountedEvent> = BTreeMap::new();
            let (mut told, mut deleted) = (BTreeSet::new(), BTreeSet::new());
            for (number, is_report) in steps {
                let (record, event) = (records.get(&number), event(number));
                let next = if is_report {
                    told.insert(number);
                    reported(record, &figures, event)
                } else {
                    deleted.insert(number);
                    removed(record, &figures, event.event_id, Timestamp::UNIX_EPOCH)
                };
                if let Some((record, next)) = next {
                    records.insert(number, record);
                    figures = next;
                }
                let counted: Vec<u8> = told.difference(&deleted).copied().collect();
                prop_assert_eq!(figures.events as usize, counted.len());
                prop_assert!(figures.recent.len() <= RECENT_EVENTS);
                prop_assert!(figures.recent.iter().all(|recent| counted.iter().any(|n| super::tests::event(*n) == *recent)));
                if counted.len() <= RECENT_EVENTS && told.len() <= RECENT_EVENTS {
                    let latest = counted.iter().map(|n| super::tests::event(*n)).max_by_key(|e| (e.occurred_at, e.event_id));
                    prop_assert_eq!(figures.last_event(), latest.as_ref());
                }
            }
        }
    }

    #[test]
    fn a_record_of_a_deletion_expires_and_that_of_a_report_does_not() {
        let (point, id, now) = (PointId::new(Uuid::nil()), event(1).event_id, Timestamp::UNIX_EPOCH);
        assert_eq!(CountedEvent::reported(point, id).forgotten_at(), None);
        assert!(CountedEvent::removed(point, id, now).forgotten_at() > Some(now));
    }
}

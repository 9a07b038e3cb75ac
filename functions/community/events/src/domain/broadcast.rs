//! Telling all who follow a point, page by page.
//!
//! The progress is one item that changes with each page, and the page's notification rides on that change. So a page is
//! sent once, wherever a function is killed, and however many of them try at the same time.

use contracts::notifications::{Category, Message, NotificationRequested};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{PointId, UserId, Uuid, derive_id};

/// How many people one page holds: as many as one notification may name.
pub const PAGE_PEOPLE: u32 = 100;
/// How long the progress is kept, so that an event that comes again finds it: longer than the bus's archive, in seconds.
const KEPT_SECONDS: i64 = 45 * 24 * 60 * 60;

/// How far the telling is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Broadcast {
    /// Its id, the same for the same event or occurrence.
    pub id: Uuid,
    /// Whose followers are told.
    pub point_id: PointId,
    /// What it is about.
    pub category: Category,
    /// What is said.
    pub message: Message,
    /// What its line in the log is found by.
    pub correlation_id: String,
    /// The last person that was looked at; none at the start and at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<UserId>,
    /// How many pages are told.
    pub pages: u32,
    /// True once all are told.
    pub done: bool,
    /// When the item ends, in seconds.
    pub until: i64,
}

impl Broadcast {
    /// The start.
    pub fn new(
        id: Uuid,
        point_id: PointId,
        category: Category,
        message: Message,
        correlation_id: String,
        now: Timestamp,
    ) -> Self {
        let until = now.as_second() + KEPT_SECONDS;
        Self { id, point_id, category, message, correlation_id, after: None, pages: 0, done: false, until }
    }

    /// The id of the broadcast of a care event.
    pub fn id_of_event(event: types::CareEventId) -> Uuid {
        derive_id(&["events.broadcast.event", &event.to_string()])
    }

    /// The id of the broadcast of one occurrence of a schedule.
    pub fn id_of_occurrence(schedule: types::ScheduleId, at: Timestamp) -> Uuid {
        derive_id(&["events.broadcast.occurrence", &schedule.to_string(), &at.to_string()])
    }

    /// The progress after one page, and the notification that it requests; none for a page without recipients.
    pub fn page(
        &self,
        people: &[UserId],
        is_last: bool,
        except: Option<UserId>,
    ) -> (Self, Option<NotificationRequested>) {
        let recipients: Vec<_> = people.iter().copied().filter(|user| Some(*user) != except).collect();
        let request = (!recipients.is_empty()).then(|| NotificationRequested {
            notification_id: derive_id(&["events.broadcast.page", &self.id.to_string(), &self.pages.to_string()]),
            recipients,
            category: self.category,
            message: self.message.clone(),
            channels: None,
        });
        // The end is a change of its own without an event, so that the item does not keep the ids of the last recipients.
        let done = is_last && request.is_none();
        let after = people.last().copied().or(self.after).filter(|_| !done);
        (Self { after, pages: self.pages + u32::from(request.is_some()), done, ..self.clone() }, request)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn everybody_but_the_author_is_told_once(count in 0..350_usize, author in any::<prop::sample::Index>()) {
            let followers: Vec<_> = (0..count).map(|n| UserId::new(Uuid::from_u128(n as u128))).collect();
            let except = followers.get(author.index(count.max(1))).copied();
            let message = Message { template: "care_event".into(), data: BTreeMap::new(), link: None };
            let point = PointId::new(Uuid::from_u128(1));
            let mut broadcast =
                Broadcast::new(Uuid::from_u128(7), point, Category::Activity, message, "c".into(), Timestamp::UNIX_EPOCH);
            let (mut told, mut ids) = (Vec::new(), BTreeSet::new());
            while !broadcast.done {
                let rest: Vec<_> =
                    followers.iter().copied().filter(|user| broadcast.after.is_none_or(|after| *user > after)).collect();
                let page = &rest[..rest.len().min(PAGE_PEOPLE as usize)];
                let (next, request) = broadcast.page(page, page.len() == rest.len(), except);
                if let Some(request) = request {
                    prop_assert!(request.recipients.len() <= contracts::notifications::MAX_RECIPIENTS);
                    prop_assert!(ids.insert(request.notification_id));
                    told.extend(request.recipients);
                }
                broadcast = next;
            }
            let wanted: Vec<_> = followers.into_iter().filter(|user| Some(*user) != except).collect();
            prop_assert_eq!(told, wanted);
            prop_assert_eq!(broadcast.after, None);
        }
    }
}

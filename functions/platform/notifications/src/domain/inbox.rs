//! What stands in a person's inbox.

use contracts::notifications::{Category, NotificationIds, NotificationsRead, ReadNotification};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};

/// How long a notification stands in an inbox.
pub const SHELF_LIFE: SignedDuration = SignedDuration::from_hours(24 * 90);

/// A notification in an inbox, written in the language that its reader had chosen when it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxItem {
    /// Whose inbox it is.
    pub user_id: UserId,
    /// Which notification.
    pub notification_id: Uuid,
    /// The category.
    pub category: Category,
    /// The name of its template.
    pub kind: String,
    /// IDs of the resources that it is about.
    #[serde(default)]
    pub data: NotificationIds,
    /// Its first line.
    pub title: String,
    /// Its text.
    pub body: String,
    /// The page of the app that it leads to, as a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// When it came.
    pub created_at: Timestamp,
    /// When it was read, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Timestamp>,
}

impl InboxItem {
    /// The item once it was read; a second reading changes nothing.
    #[must_use]
    pub fn read(&self, now: Timestamp) -> Self {
        Self { read_at: self.read_at.or(Some(now)), ..self.clone() }
    }

    /// When it leaves the inbox.
    pub fn leaves_at(&self) -> Timestamp {
        self.created_at + SHELF_LIFE
    }

    /// True until it leaves the inbox: items are swept some time after that.
    pub fn is_there(&self, now: Timestamp) -> bool {
        now < self.leaves_at()
    }

    /// What says that it is no longer unread.
    pub const fn read_notification(&self) -> ReadNotification {
        ReadNotification { notification_id: self.notification_id, added_at: self.created_at }
    }
}

/// Returns the event that these notifications of a user are no longer unread.
pub fn read_fact<'a>(user_id: UserId, items: impl IntoIterator<Item = &'a InboxItem>) -> NotificationsRead {
    NotificationsRead { user_id, notifications: items.into_iter().map(InboxItem::read_notification).collect() }
}

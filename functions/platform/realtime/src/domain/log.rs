//! The numbered message log of a user, from which clients recover missed messages.
//!
//! Numbers start at 1 and have no gaps, so a gap in the received numbers means a lost message.

use std::time::Duration;

use contracts::notifications::{Category, NotificationAdded, NotificationIds};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{EventId, UserId, Uuid};
use utoipa::ToSchema;

/// Retention of messages. Clients that were offline for longer read the inbox.
pub const MESSAGE_LIFETIME: Duration = Duration::from_hours(7 * 24);
/// Retention of processed event IDs: longer than replays from the archive (30 days) and dead-letter queues (14 days).
pub const SEEN_LIFETIME: Duration = Duration::from_hours(90 * 24);
/// Time after the first processing in which a repeated event is sent again, in case the first consumer crashed. Later
/// repetitions are replays from the archive and are not sent.
pub const PUSH_AGAIN: Duration = Duration::from_hours(1);
/// Maximum number of messages per `resume`.
pub const RESUME_PAGE_MESSAGES: usize = 50;
/// Maximum number of missed messages that are recovered. Beyond it, reading the inbox is cheaper.
pub const MAX_BEHIND: u64 = 1_000;
/// Maximum length of a title in characters; longer titles are truncated.
const MAX_TITLE_CHARS: usize = 200;
/// Maximum length of a text in characters; longer texts are truncated. Frames hold 32 KiB, and a character takes up to 6
/// bytes as JSON.
const MAX_BODY_CHARS: usize = 2_000;
/// Maximum length of a link in characters; longer links are omitted.
const MAX_LINK_CHARS: usize = 500;

/// Head of the log: the number of the newest message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// User ID.
    pub user_id: UserId,
    /// Number; 0 before the first message.
    pub last: u64,
}

/// A message in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// User ID.
    pub user_id: UserId,
    /// Number.
    pub number: u64,
    /// Expiry.
    pub kept_until: Timestamp,
    /// Content.
    pub content: Content,
}

/// Content of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    /// A notification was added to the inbox.
    Notification(Notification),
}

/// A notification, as clients show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PushedNotification)]
pub struct Notification {
    /// Notification ID.
    pub notification_id: Uuid,
    /// Category.
    pub category: Category,
    /// Kind of notification: the name of its template.
    pub kind: String,
    /// IDs of the resources that it is about.
    #[serde(default)]
    pub data: NotificationIds,
    /// Title.
    pub title: String,
    /// Text. Truncated texts end in `…`; the inbox has the full text.
    pub body: String,
    /// Path of the linked app page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl From<NotificationAdded> for Notification {
    fn from(added: NotificationAdded) -> Self {
        Self {
            notification_id: added.notification_id,
            category: added.category,
            kind: added.kind,
            data: added.data,
            title: cut(added.title, MAX_TITLE_CHARS),
            body: cut(added.body, MAX_BODY_CHARS),
            link: added.link.filter(|link| link.chars().count() <= MAX_LINK_CHARS),
        }
    }
}

fn cut(text: String, most: usize) -> String {
    if text.chars().count() <= most {
        return text;
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// Marker that an event was processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// User ID.
    pub user_id: UserId,
    /// Event ID.
    pub event_id: EventId,
    /// Number of its message.
    pub number: u64,
    /// Time of processing.
    pub at: Timestamp,
}

impl Seen {
    /// Returns whether a repeated event is sent again.
    pub fn is_pushed_again(&self, now: Timestamp) -> bool {
        now < self.at + PUSH_AGAIN
    }
}

/// Items that one event adds to a log, in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// New head.
    pub head: Head,
    /// Message.
    pub message: Message,
    /// Marker against duplicates.
    pub seen: Seen,
}

/// Returns the items for a message after `last`.
pub fn append(last: u64, user_id: UserId, event_id: EventId, content: Content, now: Timestamp) -> Entry {
    let number = last + 1;
    Entry {
        head: Head { user_id, last: number },
        message: Message { user_id, number, kept_until: now + MESSAGE_LIFETIME, content },
        seen: Seen { user_id, event_id, number, at: now },
    }
}

/// Read that a `resume` requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// None: the client is up to date.
    UpToDate,
    /// The messages after this number.
    Read(u64),
    /// None: the requested messages are not available.
    Reset,
}

/// Plans the answer to a client that has the messages up to `after`, or none.
pub fn plan(after: Option<u64>, last: u64) -> Plan {
    match after {
        None => Plan::UpToDate,
        Some(after) if after == last => Plan::UpToDate,
        // An unknown number: the client refers to a different log.
        Some(after) if after > last || last - after > MAX_BEHIND => Plan::Reset,
        Some(after) => Plan::Read(after),
    }
}

/// Answer to a `resume`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missed {
    /// Messages in order. The client then has all up to `last`, and sends `resume` again if there are more.
    Page {
        /// Missed messages.
        messages: Vec<Message>,
        /// Number of the last message.
        last: u64,
        /// Whether more messages follow.
        more: bool,
    },
    /// The requested messages have expired. The client reads the inbox, and continues from `last`.
    Reset {
        /// End of the log.
        last: u64,
    },
}

/// Returns the answer to a client that has all messages up to `after`, from messages that were read after `last`.
///
/// Only messages without a gap are included: the read may have missed a message that was written concurrently.
pub fn missed(after: u64, last: u64, read: Vec<Message>, now: Timestamp) -> Missed {
    let follows = |(number, message): &(u64, Message)| message.number == *number && now < message.kept_until;
    let messages: Vec<_> =
        (after + 1..).zip(read).take(RESUME_PAGE_MESSAGES).take_while(follows).map(|(_, message)| message).collect();
    match messages.last() {
        // `last` was read first, so missing messages have expired.
        None => Missed::Reset { last },
        Some(newest) => {
            let reached = newest.number;
            Missed::Page { messages, last: reached, more: reached < last }
        }
    }
}

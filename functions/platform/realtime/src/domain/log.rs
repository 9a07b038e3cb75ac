//! The numbered log of what a user is told, from which a client gets what it missed.
//!
//! Numbers start at 1 and have no gaps: whoever holds a number knows what they have, and a gap tells of a loss.

use std::time::Duration;

use contracts::notifications::{Category, NotificationAdded};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{EventId, UserId, Uuid};

/// How long a message is kept. Who was away for longer reads the inbox.
pub const MESSAGE_LIFETIME: Duration = Duration::from_hours(7 * 24);
/// How long an event is remembered: longer than the bus's archive (30 days) and dead letters (14 days) bring it again.
pub const SEEN_LIFETIME: Duration = Duration::from_hours(90 * 24);
/// How long after its first coming an event that comes again is pushed again: its first consumer may have died in
/// between. A queue brings it five times in 15 minutes; what comes later is a replay of the archive.
pub const PUSH_AGAIN: Duration = Duration::from_hours(1);
/// Messages in answer to one `resume`.
pub const RESUME_PAGE_MESSAGES: usize = 50;
/// How far behind a client may be to get what it missed here. Reading the inbox is cheaper beyond.
pub const MAX_BEHIND: u64 = 1_000;
/// Characters of a title; more are cut.
const MAX_TITLE_CHARS: usize = 200;
/// Characters of a text; more are cut. The gateway's frames hold 32 KiB, and a character takes up to 6 bytes as JSON.
const MAX_BODY_CHARS: usize = 2_000;
/// Characters of a link, which is never cut: a longer one is left out.
const MAX_LINK_CHARS: usize = 500;

/// The number of the newest message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Whose log it is.
    pub user_id: UserId,
    /// The number; 0 before the first message.
    pub last: u64,
}

/// A message in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Whose log it is in.
    pub user_id: UserId,
    /// Its place in it.
    pub number: u64,
    /// Until when it is kept.
    pub kept_until: Timestamp,
    /// What it says.
    pub content: Content,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// Something stands in the inbox.
    Notification(Notification),
}

/// A notification, as a client shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// Which one.
    pub notification_id: Uuid,
    /// What it is about.
    pub category: Category,
    /// Its first line.
    pub title: String,
    /// Its text; where it is cut it ends in `…`, and the inbox has the rest.
    pub body: String,
    /// The page of the app that it leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl From<NotificationAdded> for Notification {
    fn from(added: NotificationAdded) -> Self {
        Self {
            notification_id: added.notification_id,
            category: added.category,
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

/// That an event has its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Whose log it is in.
    pub user_id: UserId,
    /// The event.
    pub event_id: EventId,
    /// The message's number.
    pub number: u64,
    /// When.
    pub at: Timestamp,
}

impl Seen {
    /// Whether the event, which has come again, is pushed again.
    pub fn is_pushed_again(&self, now: Timestamp) -> bool {
        now < self.at + PUSH_AGAIN
    }
}

/// What one event adds to a log, all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The new head.
    pub head: Head,
    /// The message.
    pub message: Message,
    /// The mark that keeps the event from adding another one.
    pub seen: Seen,
}

/// Adds a message to the log that ends at `last`.
pub fn append(last: u64, user_id: UserId, event_id: EventId, content: Content, now: Timestamp) -> Entry {
    let number = last + 1;
    Entry {
        head: Head { user_id, last: number },
        message: Message { user_id, number, kept_until: now + MESSAGE_LIFETIME, content },
        seen: Seen { user_id, event_id, number, at: now },
    }
}

/// What has to be read to answer a `resume`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Nothing: the client has all.
    UpToDate,
    /// The messages after this one.
    Read(u64),
    /// Nothing: what the client asks for is not there.
    Reset,
}

/// Plans the answer to a client that has all up to `after`, or that begins here.
pub fn plan(after: Option<u64>, last: u64) -> Plan {
    match after {
        None => Plan::UpToDate,
        Some(after) if after == last => Plan::UpToDate,
        // A number that was never given: the client knows another log.
        Some(after) if after > last || last - after > MAX_BEHIND => Plan::Reset,
        Some(after) => Plan::Read(after),
    }
}

/// The answer to a `resume`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missed {
    /// These messages, in order. The client has all up to `last` then, and asks again if there are more.
    Page {
        /// What it missed; empty if it has all.
        messages: Vec<Message>,
        /// The number that it has reached.
        last: u64,
        /// Whether the log goes on.
        more: bool,
    },
    /// What it asks for is not kept any more. It reads the inbox, and goes on from `last`.
    Reset {
        /// The log's end.
        last: u64,
    },
}

/// Answers a client that has all up to `after`, with messages after that which were read, in order, once `last` was known.
///
/// Only what follows without a gap counts: a later message whose forerunner the same read did not see yet waits.
pub fn missed(after: u64, last: u64, read: Vec<Message>, now: Timestamp) -> Missed {
    let follows = |(number, message): &(u64, Message)| message.number == *number && now < message.kept_until;
    let messages: Vec<_> =
        (after + 1..).zip(read).take(RESUME_PAGE_MESSAGES).take_while(follows).map(|(_, message)| message).collect();
    match messages.last() {
        // `last` was there before the read, so what the read does not have has ended.
        None => Missed::Reset { last },
        Some(newest) => {
            let reached = newest.number;
            Missed::Page { messages, last: reached, more: reached < last }
        }
    }
}

//! Messages to people: what any context may ask for, and what became of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use types::UserId;
use utoipa::ToSchema;
use uuid::Uuid;

/// The most people that one event may name.
pub const MAX_RECIPIENTS: usize = 100;

/// Somebody wants people to be told something.
///
/// Any context puts this in its outbox. Who gets it on which channel, and when, is up to the people's preferences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationRequested {
    /// Names the notification: whatever asks with the same id asks for the same, and is heard once per person.
    pub notification_id: Uuid,
    /// Who gets it, 1 to 100 people.
    #[schema(min_items = 1, max_items = 100)]
    pub recipients: Vec<UserId>,
    /// What people turn on and off.
    pub category: Category,
    /// What is said.
    pub message: Message,
    /// Where it may be said; absent for the category's own channels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<Channel>>,
}

event!(NotificationRequested, "notifications.requested", version = 1, subject = notification_id);

/// What a notification says: a template, in each reader's language, and what is put into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// A file of the notifications context; `plain` takes its texts from `data` (`title`, `body`).
    pub template: String,
    /// What the template asks for. It is escaped wherever it is shown.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub data: BTreeMap<String, String>,
    /// The page of the app that it leads to, as a path: `/points/7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// What a notification is about: the unit of people's preferences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// The safety of the account. It cannot be turned off, and does not wait for quiet hours to end.
    Security,
    /// Orders, payments, bookings: what somebody did has a consequence.
    Account,
    /// Another person wrote.
    Messages,
    /// Something happened that somebody follows.
    Activity,
    /// It is time for something.
    Reminders,
    /// News and offers.
    Marketing,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Security, Self::Account, Self::Messages, Self::Activity, Self::Reminders, Self::Marketing];
}

/// A way to reach a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The inbox of the app, and open sockets.
    InApp,
    /// E-mail.
    Email,
    /// A push message to each device.
    Push,
    /// A text message to a phone.
    Sms,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::InApp, Self::Email, Self::Push, Self::Sms];

    /// Its name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InApp => "in_app",
            Self::Email => "email",
            Self::Push => "push",
            Self::Sms => "sms",
        }
    }
}

/// A notification stands in a person's inbox: open sockets tell of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationAdded {
    /// Whose inbox it is.
    pub user_id: UserId,
    /// Which notification.
    pub notification_id: Uuid,
    /// What it is about.
    pub category: Category,
    /// Its first line, in the person's language.
    pub title: String,
    /// Its text, in the person's language.
    pub body: String,
    /// The page of the app that it leads to, as a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

event!(NotificationAdded, "notifications.notification_added", version = 1, subject = user_id);

/// A delivery waits to be sent. It holds no text and no address: those are read when it is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryQueued {
    /// Who gets it.
    pub user_id: UserId,
    /// Which delivery of theirs.
    pub delivery: String,
}

event!(DeliveryQueued, "notifications.delivery_queued", version = 1, subject = user_id);

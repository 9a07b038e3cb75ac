//! Events of notifications: requests from other contexts, inbox entries and deliveries.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use types::UserId;
use utoipa::ToSchema;
use uuid::Uuid;

/// Maximum number of recipients of one event.
pub const MAX_RECIPIENTS: usize = 100;

/// A context requests a notification.
///
/// Any context can publish it. The preferences of each recipient decide on channels and time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationRequested {
    /// Notification ID. A repeated request with the same ID is delivered once per recipient.
    pub notification_id: Uuid,
    /// User IDs of the recipients, 1 to 100.
    #[schema(min_items = 1, max_items = 100)]
    pub recipients: Vec<UserId>,
    /// Category, to which preferences apply.
    pub category: Category,
    /// Template and data.
    pub message: Message,
    /// Allowed channels. Absent for the default channels of the category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<Channel>>,
}

event!(NotificationRequested, "notifications.requested", version = 1, subject = notification_id);

/// Content of a notification: a template, rendered in the language of each recipient, and its data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Template name. `plain` takes its texts from `data` (`title`, `body`).
    pub template: String,
    /// Template variables. Values are escaped in every channel.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub data: BTreeMap<String, String>,
    /// Path of the linked app page, for example `/points/7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Category of notifications, to which preferences apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Account security. Cannot be disabled and ignores quiet hours.
    Security,
    /// Orders, payments and bookings.
    Account,
    /// Messages from other users.
    Messages,
    /// Activity at subscribed points and similar.
    Activity,
    /// Reminders.
    Reminders,
    /// News and offers.
    Marketing,
}

impl Category {
    /// All values.
    pub const ALL: [Self; 6] =
        [Self::Security, Self::Account, Self::Messages, Self::Activity, Self::Reminders, Self::Marketing];
}

/// Delivery channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Inbox and open WebSocket connections.
    InApp,
    /// E-mail.
    Email,
    /// Push notification to each registered device.
    Push,
    /// Text message.
    Sms,
}

impl Channel {
    /// All values.
    pub const ALL: [Self; 4] = [Self::InApp, Self::Email, Self::Push, Self::Sms];

    /// Returns the name as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InApp => "in_app",
            Self::Email => "email",
            Self::Push => "push",
            Self::Sms => "sms",
        }
    }
}

/// A notification was added to an inbox. Open WebSocket connections receive it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationAdded {
    /// User ID of the recipient.
    pub user_id: UserId,
    /// Notification ID.
    pub notification_id: Uuid,
    /// Category.
    pub category: Category,
    /// Title in the language of the recipient.
    pub title: String,
    /// Text in the language of the recipient.
    pub body: String,
    /// Path of the linked app page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

event!(NotificationAdded, "notifications.notification_added", version = 1, subject = user_id);

/// A delivery was queued. Text and address are read when it is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryQueued {
    /// User ID of the recipient.
    pub user_id: UserId,
    /// Delivery ID, unique per recipient.
    pub delivery: String,
}

event!(DeliveryQueued, "notifications.delivery_queued", version = 1, subject = user_id);

/// A user saved notification preferences for the first time, or changed the time zone in them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreferencesChanged {
    /// User ID.
    pub user_id: UserId,
    /// IANA time zone.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// Revision of the preferences. Higher is newer.
    pub revision: u64,
}

event!(PreferencesChanged, "notifications.preferences_changed", version = 1, subject = user_id);

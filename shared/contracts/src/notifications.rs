//! Events of notifications: requests from other contexts, inbox entries and deliveries.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{EmailAddress, UserId};
use utoipa::ToSchema;
use uuid::Uuid;

/// Maximum number of recipients of one event.
pub const MAX_RECIPIENTS: usize = 100;

/// Maximum number of notifications of one [`NotificationsRead`].
pub const MAX_READ: usize = 100;

/// Maximum length of an ID in [`NotificationIds`] in bytes: push messages, which contain them, are small.
const MAX_ID_BYTES: usize = 64;
/// Maximum number of IDs that the platform's own templates do not have.
const MAX_OTHER_IDS: usize = 8;

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

/// A context requests an e-mail to an address that has no account, such as the address of a guest's order.
///
/// Only templates about orders can be sent this way, and each mailbox receives a bounded number of e-mails per day. The
/// address is stored until the e-mail was sent or given up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailRequested {
    /// Notification ID. A repeated request with the same ID is delivered once.
    pub notification_id: Uuid,
    /// E-mail address of the recipient.
    #[schema(value_type = String, format = Email)]
    pub email: EmailAddress,
    /// Language of the recipient (ISO 639-1). The default language is used if it is absent or has no templates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "de")]
    pub language: Option<String>,
    /// Template and data.
    pub message: Message,
}

event!(MailRequested, "notifications.mail_requested", version = 1, subject = notification_id);

/// Content of a notification: a template, rendered in the language of each recipient, and its data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Template name. `plain` takes its texts from `data` (`title`, `body`).
    pub template: String,
    /// Template variables. Values are escaped in every channel. Those whose names end in `_id` reach clients as IDs, in camel
    /// case: `point_id` as `pointId`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub data: BTreeMap<String, String>,
    /// Path of the linked app page, for example `/points/7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Category of notifications, to which preferences apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NotificationCategory)]
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
#[schema(as = NotificationChannel)]
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
    /// Kind of notification: the name of its template. Clients ignore kinds that they do not know.
    #[schema(example = "care_event")]
    pub kind: String,
    /// IDs of the resources that the notification is about.
    pub data: NotificationIds,
    /// Title in the language of the recipient.
    pub title: String,
    /// Text in the language of the recipient.
    pub body: String,
    /// Path of the linked app page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

event!(NotificationAdded, "notifications.notification_added", version = 1, subject = user_id);

/// Notifications of an inbox are no longer unread: they were read, or deleted while they were unread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationsRead {
    /// User ID of the recipient.
    pub user_id: UserId,
    /// The notifications, 1 to 100.
    #[schema(min_items = 1, max_items = 100)]
    pub notifications: Vec<ReadNotification>,
}

event!(NotificationsRead, "notifications.notifications_read", version = 1, subject = user_id);

/// A notification that is no longer unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReadNotification {
    /// Notification ID.
    pub notification_id: Uuid,
    /// Time at which it was added to the inbox: `occurredAt` of its `notifications.notification_added`.
    #[schema(value_type = String, format = DateTime)]
    pub added_at: Timestamp,
}

/// IDs of the resources that a notification is about. Which ones there are depends on its kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationIds {
    /// Point: `care_event`, `care_reminder`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid, required = false)]
    pub point_id: Option<String>,
    /// Care event: `care_event`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid, required = false)]
    pub event_id: Option<String>,
    /// Schedule: `care_reminder`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid, required = false)]
    pub schedule_id: Option<String>,
    /// Badge: `badge_earned`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid, required = false)]
    pub badge_id: Option<String>,
    /// Donation: `donation_sent`, `donation_received`, `donation_failed`, `donation_refunded`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid, required = false)]
    pub donation_id: Option<String>,
    /// Deposit: `deposit_completed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid, required = false)]
    pub deposit_id: Option<String>,
    /// Transfer: `transfer_received`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid, required = false)]
    pub transfer_id: Option<String>,
    /// Data export: `export_ready`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid, required = false)]
    pub export_id: Option<String>,
    /// Order: `order_placed`, `order_confirmed`, `order_shipped`, `order_delivered`, `order_cancelled`, `order_refunded`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid, required = false)]
    pub order_id: Option<String>,
    /// Other IDs, by name: those that a backend service sent.
    #[serde(flatten)]
    pub other: BTreeMap<String, String>,
}

impl NotificationIds {
    /// The IDs among the values of a template: those whose names end in `_id`, and that are as short as IDs are.
    pub fn of(values: &BTreeMap<String, String>) -> Self {
        let mut ids = Self::default();
        let is_id = |name: &str, value: &str| name.ends_with("_id") && value.len() <= MAX_ID_BYTES;
        for (name, id) in values.iter().filter(|(name, value)| is_id(name, value)) {
            let known = match name.as_str() {
                "point_id" => &mut ids.point_id,
                "event_id" => &mut ids.event_id,
                "schedule_id" => &mut ids.schedule_id,
                "badge_id" => &mut ids.badge_id,
                "donation_id" => &mut ids.donation_id,
                "deposit_id" => &mut ids.deposit_id,
                "transfer_id" => &mut ids.transfer_id,
                "export_id" => &mut ids.export_id,
                "order_id" => &mut ids.order_id,
                _ => {
                    if ids.other.len() < MAX_OTHER_IDS {
                        ids.other.insert(camel_case(name), id.clone());
                    }
                    continue;
                }
            };
            *known = Some(id.clone());
        }
        ids
    }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| {
        let (start, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        text + &start.to_uppercase() + rest
    })
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_ids_reach_clients_in_camel_case_and_no_others() {
        let values = [("point_id", "1"), ("order_line_id", "2"), ("point", "Harbour"), ("amount", "1.00 EUR")];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let ids = serde_json::to_value(NotificationIds::of(&values)).unwrap();
        assert_eq!(ids, serde_json::json!({ "pointId": "1", "orderLineId": "2" }));
        let read: NotificationIds = serde_json::from_value(ids).unwrap();
        assert_eq!(read, NotificationIds::of(&values));
    }
}

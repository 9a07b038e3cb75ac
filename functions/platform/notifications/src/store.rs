//! How this context's items lie in the table. The key table is in this context's README.

mod deliveries;
mod devices;
pub mod inbox;
mod mailboxes;
mod phones;
mod planning;
mod preferences;
mod requests;
mod sending;
mod suppressions;

use contracts::notifications::Channel;
use dynamo::{Context, Entity, Forgotten, IndexKey, Key, StoreError, Table};
use jiff::Timestamp;
use types::{UserId, Uuid};

pub use devices::Claimed;
pub use phones::Asked;
pub use planning::{Known, Plan, PlanError, Planned};
pub use preferences::Saved;
pub use requests::Accepted;
pub use sending::Due;
pub use suppressions::Lifted;

use crate::domain::contact::Contact;
use crate::domain::delivery::{Delivery, DeliveryId};
use crate::domain::device::{Device, TokenOwner};
use crate::domain::inbox::InboxItem;
use crate::domain::mailbox::MailboxSuppression;
use crate::domain::phone::Phone;
use crate::domain::preferences::Preferences;

/// How many partitions of the index hold what waits: one of them takes a thousand changes a second.
pub const DUE_SHARDS: u8 = 16;

/// How often a change is tried against others.
pub const MAX_ATTEMPTS: u32 = 10;

/// The context's name in keys.
#[derive(Debug)]
pub struct Notifications;

impl Context for Notifications {
    const NAME: &'static str = "notifications";
}

impl Entity for Contact {
    type Context = Notifications;

    fn key(&self) -> Key<Notifications> {
        contact_key(self.user_id)
    }
}

impl Entity for Preferences {
    type Context = Notifications;

    fn key(&self) -> Key<Notifications> {
        preferences_key(self.user_id)
    }
}

impl Entity for Delivery {
    type Context = Notifications;

    fn key(&self) -> Key<Notifications> {
        delivery_key(self.user_id, self.id())
    }

    /// Listed while the sweep must look at it again, in the order of when.
    fn index(&self) -> Option<IndexKey<Notifications>> {
        let due_at = self.due_at()?;
        Some(due_key(shard_of(self.user_id), &format!("{}#{}#{}", sortable(due_at), self.user_id, self.id())))
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.forgotten_at().as_second())
    }
}

impl Entity for InboxItem {
    type Context = Notifications;

    fn key(&self) -> Key<Notifications> {
        inbox_key(self.user_id, self.notification_id)
    }

    /// Listed by whether it was read, then by time: descending, what is unread comes first, and the newest of it.
    fn index(&self) -> Option<IndexKey<Notifications>> {
        let state = if self.read_at.is_none() { "unread" } else { "read" };
        let order = format!("inbox#{state}#{}#{}", sortable(self.created_at), self.notification_id);
        Some(IndexKey::new("inbox", self.user_id, order))
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.leaves_at().as_second())
    }
}

impl Entity for Device {
    type Context = Notifications;

    fn key(&self) -> Key<Notifications> {
        device_key(self.user_id, &self.device_id.to_string())
    }
}

impl Entity for TokenOwner {
    type Context = Notifications;

    fn key(&self) -> Key<Notifications> {
        token_key(self.device_id)
    }
}

impl Entity for Phone {
    type Context = Notifications;

    fn key(&self) -> Key<Notifications> {
        phone_key(self.user_id)
    }
}

impl Entity for MailboxSuppression {
    type Context = Notifications;

    fn key(&self) -> Key<Notifications> {
        mailbox_key(self.recipient)
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.ends_at().as_second())
    }
}

pub(crate) fn mailbox_key(recipient: UserId) -> Key<Notifications> {
    Key::new("mailbox", recipient, "suppression")
}

pub(crate) fn phone_key(user_id: UserId) -> Key<Notifications> {
    Key::new("user", user_id, "phone")
}

pub(crate) fn contact_key(user_id: UserId) -> Key<Notifications> {
    Key::new("user", user_id, "contact")
}

pub(crate) fn preferences_key(user_id: UserId) -> Key<Notifications> {
    Key::new("user", user_id, "preferences")
}

pub(crate) fn delivery_key(user_id: UserId, id: DeliveryId) -> Key<Notifications> {
    Key::new("user", user_id, format!("delivery#{id}"))
}

pub(crate) fn inbox_key(user_id: UserId, notification_id: Uuid) -> Key<Notifications> {
    Key::new("user", user_id, format!("inbox#{notification_id}"))
}

/// The key of a device, or with an empty id the beginning of all.
pub(crate) fn device_key(user_id: UserId, device_id: &str) -> Key<Notifications> {
    Key::new("user", user_id, format!("device#{device_id}"))
}

pub(crate) fn token_key(device_id: Uuid) -> Key<Notifications> {
    Key::new("pushtoken", device_id, "owner")
}

fn due_key(shard: u8, order: &str) -> IndexKey<Notifications> {
    IndexKey::new("due", shard, order)
}

fn shard_of(user_id: UserId) -> u8 {
    // The last byte of a `UUIDv7` is random.
    user_id.uuid().as_bytes()[15] % DUE_SHARDS
}

/// A time as a text that sorts as the time does: milliseconds with leading zeros.
fn sortable(at: Timestamp) -> String {
    format!("{:016}", at.as_millisecond().max(0))
}

/// This context's items in the table.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) table: Table<Notifications>,
}

impl kit::OpenStore for Store {
    type Context = Notifications;

    fn open(table: Table<Notifications>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// The items in this table.
    pub fn new(table: Table<Notifications>) -> Self {
        Self { table }
    }

    /// Deletes all that is held on a person.
    pub async fn forget(&self, user: UserId, now: Timestamp) -> Result<Forgotten, StoreError> {
        self.table.forget(user, now.as_second()).await
    }
}

/// The channels of one notification of a person, for those who read them together.
pub(crate) fn delivery_prefix(user_id: UserId, notification_id: Uuid) -> Key<Notifications> {
    Key::new("user", user_id, format!("delivery#{notification_id}#"))
}

/// How many deliveries one notification of a person has at the most.
pub(crate) const MAX_DELIVERIES: u32 = 4;

const _: () = assert!(Channel::ALL.len() == MAX_DELIVERIES as usize);

//! Deliveries as their sender sees them.

use std::collections::BTreeMap;

use dynamo::{Conflict, Cursor, MAX_BATCH_ITEMS, Outbox, Page, Read, StoreError, Versioned};
use jiff::Timestamp;
use types::{PhoneNumber, UserId, Uuid};

use super::{Store, contact_key, delivery_key, due_key, inbox_key, phone_key, preferences_key, sortable};
use crate::domain::contact::Contact;
use crate::domain::content::Link;
use crate::domain::delivery::{Delivery, DeliveryId, Suppression};
use crate::domain::inbox::InboxItem;
use crate::domain::phone::Phone;
use crate::domain::preferences::Preferences;

/// A delivery with what its sender must know.
#[derive(Debug)]
pub struct Due {
    /// The delivery.
    pub delivery: Versioned<Delivery>,
    /// How to reach the user, if that is known yet.
    pub contact: Option<Contact>,
    /// The preferences now.
    pub preferences: Preferences,
    /// Notifications that need not be sent any more.
    obsolete: BTreeMap<Uuid, Suppression>,
}

impl Due {
    /// Returns why a notification of the inbox need not be sent any more: it was read or deleted there. None if it is unread.
    pub fn in_app(&self, notification_id: Uuid) -> Option<Suppression> {
        self.obsolete.get(&notification_id).copied()
    }

    /// Returns why a digest is empty.
    pub fn nothing_left(&self) -> Suppression {
        self.obsolete.values().next().copied().unwrap_or(Suppression::TurnedOff)
    }
}

impl Store {
    /// Returns a delivery with what its sender must know, if it exists: one round trip, and another for a digest.
    pub async fn due(&self, user_id: UserId, id: DeliveryId) -> Result<Option<Due>, StoreError> {
        let inbox = || inbox_key(user_id, id.notification_id);
        let keys = vec![delivery_key(user_id, id), contact_key(user_id), preferences_key(user_id), inbox()];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let Some(delivery) = found.take::<Delivery>(delivery_key(user_id, id))? else { return Ok(None) };
        let preferences = found.take::<Preferences>(preferences_key(user_id))?;
        let contact = found.take::<Contact>(contact_key(user_id))?.map(|contact| contact.value);
        let mut obsolete = BTreeMap::new();
        if delivery.value.in_inbox {
            obsolete.extend(obsolescence(id.notification_id, found.take(inbox())?));
        }
        let collected = delivery.value.content.collected_in_inbox();
        for ids in collected.chunks(MAX_BATCH_ITEMS) {
            let keys = ids.iter().map(|id| inbox_key(user_id, *id)).collect();
            let mut found = self.table.get_many(keys, Read::Strong).await?;
            for id in ids {
                obsolete.extend(obsolescence(*id, found.take(inbox_key(user_id, *id))?));
            }
        }
        let preferences = preferences.map_or_else(|| Preferences::defaults_of(user_id), |known| known.value);
        Ok(Some(Due { delivery, contact, preferences, obsolete }))
    }

    /// The number that a delivery goes to: the one that it is to prove, or the one that was proven.
    pub async fn phone_for(&self, delivery: &Delivery) -> Result<Option<PhoneNumber>, StoreError> {
        let phone = self.table.get::<Phone>(phone_key(delivery.user_id), Read::Strong).await?;
        let Some(phone) = phone.map(|phone| phone.value) else { return Ok(None) };
        Ok(match delivery.content.link() {
            Link::ConfirmPhone { proof } => {
                phone.pending.filter(|pending| pending.proof == *proof).map(|pending| pending.number)
            }
            _ => phone.confirmed,
        })
    }

    /// Changes a delivery as it was read. None if another sender did meanwhile: of any number of senders one goes on.
    pub async fn change_delivery(
        &self,
        read: &Versioned<Delivery>,
        to: Delivery,
    ) -> Result<Option<Versioned<Delivery>>, StoreError> {
        match self.table.replace(read, to, &Outbox::none()).await {
            Ok(changed) => Ok(Some(changed)),
            Err(Conflict::Item(_)) => Ok(None),
            Err(Conflict::Store(error)) => Err(error),
        }
    }

    /// One page of the deliveries of a shard that should have been handled by `until`, the oldest first.
    pub async fn overdue(
        &self,
        shard: u8,
        until: Timestamp,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<Delivery>, StoreError> {
        // A time is sixteen digits, and the first is a zero until the year 5138.
        let mut page = self.table.list_index::<Delivery>(due_key(shard, "0"), false, limit, after).await?;
        let until = sortable(until);
        let all = page.items.len();
        page.items.retain(|delivery| delivery.value.due_at().is_some_and(|due_at| sortable(due_at) <= until));
        if page.items.len() < all {
            page.next = None;
        }
        Ok(page)
    }
}

/// Why a notification that was put into the inbox need not be sent any more.
fn obsolescence(id: Uuid, item: Option<Versioned<InboxItem>>) -> Option<(Uuid, Suppression)> {
    match item {
        None => Some((id, Suppression::Deleted)),
        Some(item) => item.value.read_at.map(|_| (id, Suppression::Read)),
    }
}

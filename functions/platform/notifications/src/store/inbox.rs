//! The inbox.

use dynamo::outbox::OutboxError;
use dynamo::{Conflict, Cursor, Entity, IndexKey, Key, Outbox, Page, Read, StoreError, TransactionError, Versioned};
use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{EventId, UserId, Uuid};

use super::{Notifications, PlanError, Store, inbox_key};
use crate::domain::inbox::InboxItem;

/// How far unread notifications are counted: no user reads a larger number.
pub const MAX_COUNTED: u32 = 100;
/// How many notifications are read at once.
const MAX_PARALLEL: usize = 10;
/// How often a change of one notification is attempted.
const MAX_CHANGES: u32 = 2;
/// How long the event of a deletion stays in the table. The publisher reads it within seconds.
const REMOVAL_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// Carries the event of the deletion of an unread notification: a deleted item has no outbox.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Removal {
    user_id: UserId,
    notification_id: Uuid,
    /// Makes the key unique: a notification may be added and deleted again.
    event_id: EventId,
    removed_at: Timestamp,
}

impl Entity for Removal {
    type Context = Notifications;

    fn key(&self) -> Key<Notifications> {
        Key::new("user", self.user_id, format!("removal#{}#{}", self.notification_id, self.event_id))
    }

    fn expires_at(&self) -> Option<i64> {
        Some((self.removed_at + REMOVAL_LIFETIME).as_second())
    }
}

/// Which part of an inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it: what is unread first, the newest first.
    All,
    /// What is unread, the newest first.
    Unread,
}

/// What became of a page of unread notifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadPage {
    /// How many of them are read now that were not before.
    pub read: u32,
    /// How many could not be changed.
    pub left: u32,
    /// Where the next page starts.
    pub next: Option<Cursor>,
}

/// What became of one of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Marked {
    Now,
    /// Another request read or deleted it.
    Before,
    Not,
}

fn part_key(user_id: UserId, part: Part) -> IndexKey<Notifications> {
    let prefix = match part {
        Part::All => "inbox#",
        Part::Unread => "inbox#unread#",
    };
    IndexKey::new("inbox", user_id, prefix)
}

impl Store {
    /// One page of an inbox. What has left it meanwhile is not shown, so a page may be short.
    pub async fn inbox(
        &self,
        user_id: UserId,
        part: Part,
        limit: u32,
        after: Option<Cursor>,
        now: Timestamp,
    ) -> Result<Page<InboxItem>, StoreError> {
        let mut page = self.table.list_index::<InboxItem>(part_key(user_id, part), true, limit, after).await?;
        page.items.retain(|item| item.value.is_there(now));
        Ok(page)
    }

    /// How many notifications are unread, and whether there are more than that.
    pub async fn unread(&self, user_id: UserId, now: Timestamp) -> Result<(usize, bool), StoreError> {
        let page = self.inbox(user_id, Part::Unread, MAX_COUNTED, None, now).await?;
        Ok((page.items.len(), page.next.is_some()))
    }

    /// A notification in the inbox of a user.
    pub async fn inbox_item(&self, user_id: UserId, id: Uuid) -> Result<Option<Versioned<InboxItem>>, StoreError> {
        self.table.get::<InboxItem>(inbox_key(user_id, id), Read::Strong).await
    }

    /// Marks a notification as read, and publishes `outbox` with it; false if there is none.
    pub async fn read_one(
        &self,
        found: Option<Versioned<InboxItem>>,
        now: Timestamp,
        outbox: &Outbox,
    ) -> Result<bool, StoreError> {
        let Some(item) = found.filter(|item| item.value.is_there(now)) else { return Ok(false) };
        match self.mark(item, now, outbox).await? {
            Marked::Now | Marked::Before => Ok(true),
            Marked::Not => Err(StoreError::Contended { attempts: MAX_CHANGES }),
        }
    }

    /// Marks a page of unread notifications as read, at most a hundred, and publishes `outbox` of them. It is one transaction with one
    /// event, unless one of them changed meanwhile: then each has a write and an event of its own.
    pub async fn read_page(
        &self,
        user_id: UserId,
        limit: u32,
        after: Option<Cursor>,
        now: Timestamp,
        outbox: impl Fn(&[&InboxItem]) -> Result<Outbox, OutboxError> + Sync,
    ) -> Result<ReadPage, PlanError> {
        let page = self.inbox(user_id, Part::Unread, limit, after, now).await?;
        let mut done = ReadPage { read: 0, left: 0, next: page.next };
        if page.items.is_empty() {
            return Ok(done);
        }
        let all: Vec<&InboxItem> = page.items.iter().map(|item| &item.value).collect();
        let (event, none) = (outbox(&all)?, Outbox::none());
        let mut transaction = self.table.transaction();
        for (at, item) in page.items.iter().enumerate() {
            transaction = transaction.replace(item, &item.value.read(now), if at == 0 { &event } else { &none });
        }
        match Box::pin(transaction.commit()).await {
            Ok(()) => done.read = u32::try_from(page.items.len()).unwrap_or(limit),
            Err(TransactionError::Store(error)) => return Err(error.into()),
            Err(TransactionError::Cancelled(_)) => {
                let outbox = &outbox;
                let marks = page.items.into_iter().map(|item| async move {
                    let event = outbox(&[&item.value])?;
                    Ok::<_, PlanError>(Box::pin(self.mark(item, now, &event)).await?)
                });
                let marks: Vec<_> = futures::stream::iter(marks).buffer_unordered(MAX_PARALLEL).collect().await;
                for mark in marks {
                    match mark? {
                        Marked::Now => done.read += 1,
                        Marked::Before => {}
                        Marked::Not => done.left += 1,
                    }
                }
            }
        }
        Ok(done)
    }

    /// Marks an item as read. What was read by another request meanwhile is read, and what was deleted is gone: only an item
    /// that changed otherwise is tried once more.
    async fn mark(
        &self,
        mut item: Versioned<InboxItem>,
        now: Timestamp,
        outbox: &Outbox,
    ) -> Result<Marked, StoreError> {
        for _ in 0..MAX_CHANGES {
            if item.value.read_at.is_some() {
                return Ok(Marked::Before);
            }
            match self.table.replace(&item, item.value.read(now), outbox).await {
                Ok(_) => return Ok(Marked::Now),
                Err(Conflict::Item(Some(newer))) => item = *newer,
                Err(Conflict::Item(None)) => return Ok(Marked::Before),
                Err(Conflict::Store(error)) => return Err(error),
            }
        }
        Ok(if item.value.read_at.is_some() { Marked::Before } else { Marked::Not })
    }

    /// Deletes a notification; false if there is none. If it was unread, `outbox` is published in the same transaction.
    pub async fn delete_one(
        &self,
        found: Option<Versioned<InboxItem>>,
        now: Timestamp,
        outbox: &Outbox,
    ) -> Result<bool, StoreError> {
        let Some(mut item) = found.filter(|item| item.value.is_there(now)) else { return Ok(false) };
        for _ in 0..MAX_CHANGES {
            if item.value.read_at.is_some() {
                // One that has gone meanwhile may have been deleted by this very call, whose response was lost.
                return self.table.remove(item).await.map(|_| true);
            }
            let InboxItem { user_id, notification_id, .. } = item.value;
            let removal = Removal { user_id, notification_id, event_id: EventId::generate(), removed_at: now };
            let transaction = self.table.transaction().delete(&item).create(&removal, outbox);
            match Box::pin(transaction.unless_forgotten(user_id).commit()).await {
                Ok(()) => return Ok(true),
                Err(TransactionError::Store(error)) => return Err(error),
                Err(TransactionError::Cancelled(why)) => match why.item::<InboxItem>(0)? {
                    Some(newer) => item = newer,
                    // It has gone: by another request, or with the account.
                    None => return Ok(true),
                },
            }
        }
        Err(StoreError::Contended { attempts: MAX_CHANGES })
    }
}

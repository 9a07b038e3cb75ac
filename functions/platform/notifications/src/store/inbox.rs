//! The inbox.

use dynamo::{Conflict, Cursor, IndexKey, Outbox, Page, Read, StoreError, Versioned};
use futures::StreamExt;
use jiff::Timestamp;
use types::{UserId, Uuid};

use super::{Notifications, Store, inbox_key};
use crate::domain::inbox::InboxItem;

/// How far unread notifications are counted: nobody reads a larger number.
pub const MAX_COUNTED: u32 = 100;
/// How many notifications are read at once.
const MAX_PARALLEL: usize = 10;

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
    /// Somebody else read or deleted it.
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

    /// Marks a notification as read; false if there is none.
    pub async fn read_one(&self, found: Option<Versioned<InboxItem>>, now: Timestamp) -> Result<bool, StoreError> {
        let Some(item) = found.filter(|item| item.value.is_there(now)) else { return Ok(false) };
        match self.mark(item, now).await? {
            Marked::Now | Marked::Before => Ok(true),
            Marked::Not => Err(StoreError::Contended { attempts: 2 }),
        }
    }

    /// Marks a page of unread notifications as read.
    pub async fn read_page(
        &self,
        user_id: UserId,
        limit: u32,
        after: Option<Cursor>,
        now: Timestamp,
    ) -> Result<ReadPage, StoreError> {
        let page = self.inbox(user_id, Part::Unread, limit, after, now).await?;
        let marks = page.items.into_iter().map(|item| Box::pin(self.mark(item, now)));
        let marks: Vec<_> = futures::stream::iter(marks).buffer_unordered(MAX_PARALLEL).collect().await;
        let mut done = ReadPage { read: 0, left: 0, next: page.next };
        for mark in marks {
            match mark? {
                Marked::Now => done.read += 1,
                Marked::Before => {}
                Marked::Not => done.left += 1,
            }
        }
        Ok(done)
    }

    /// Marks an item as read. What was read by somebody else meanwhile is read, and what was deleted is gone: only an item
    /// that changed otherwise is tried once more.
    async fn mark(&self, mut item: Versioned<InboxItem>, now: Timestamp) -> Result<Marked, StoreError> {
        for _ in 0..2 {
            if item.value.read_at.is_some() {
                return Ok(Marked::Before);
            }
            match self.table.replace(&item, item.value.read(now), &Outbox::none()).await {
                Ok(_) => return Ok(Marked::Now),
                Err(Conflict::Item(Some(newer))) => item = *newer,
                Err(Conflict::Item(None)) => return Ok(Marked::Before),
                Err(Conflict::Store(error)) => return Err(error),
            }
        }
        Ok(if item.value.read_at.is_some() { Marked::Before } else { Marked::Not })
    }

    /// Deletes a notification; false if there is none.
    pub async fn delete_one(&self, found: Option<Versioned<InboxItem>>, now: Timestamp) -> Result<bool, StoreError> {
        let Some(item) = found.filter(|item| item.value.is_there(now)) else { return Ok(false) };
        // One that has gone meanwhile may have been deleted by this very call, whose response was lost.
        self.table.remove(item).await.map(|_| true)
    }
}

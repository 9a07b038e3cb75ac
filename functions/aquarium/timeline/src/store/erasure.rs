//! Erasure of aquariums and of users.

use dynamo::{Conflict, ConflictRetry, Decision, Entity, Forgotten, Key, Outbox, Read, StoreError, Versioned};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use kit::sqs::Round;
use types::{AquariumId, UserId};

use super::keys::{
    DoseTally, Owned, Wrote, access_key, dose_tally_key, entry_key, head_key, of_kind, owned_by, owned_key,
    projection_key, written_by,
};
use super::task_items::{TaskTally, own_tasks, tally_key, task_key};
use super::{Ended, Mark, OwnTask, Store, Timeline};
use crate::domain::access::Access;
use crate::domain::entry::Entry;
use crate::domain::projection::{Projection, Rebuild, Snapshot};
use crate::domain::stream::Head;
use crate::domain::task::Task;

/// Items that are deleted one by one in a round.
const PAGE: u32 = 100;
/// Commands whose entries are redacted in a round: each has up to 20.
const REDACT_COMMANDS: u32 = 10;
/// How many items are changed at the same time.
const MAX_PARALLEL: usize = 16;

impl Store {
    /// Deletes a part of the timeline of an aquarium that is closed.
    pub async fn erase_aquarium(&self, owner: UserId, aquarium: AquariumId) -> Result<Round, StoreError> {
        let mut changed = 0;
        for kind in ["entry", "view", "dose", "task"] {
            let dropped = self.table.forget_kind(owner, &format!("{kind}#{aquarium}")).await?;
            changed += dropped.items;
            if dropped.more {
                return Ok(Round { changed, more: true });
            }
        }
        let shared = self.erase_shared(aquarium).await?;
        changed += shared.changed;
        if shared.more {
            return Ok(Round { changed, more: true });
        }
        // Last: it leads to the rest.
        changed += usize::from(self.remove::<Owned>(owned_key(owner, aquarium)).await?);
        Ok(Round { changed, more: false })
    }

    /// Deletes a part of what lies under an aquarium. The mark that it is closed stays until it expires.
    async fn erase_shared(&self, aquarium: AquariumId) -> Result<Round, StoreError> {
        let mut changed = usize::from(self.remove::<Head>(head_key(aquarium)).await?);
        changed += usize::from(self.remove::<Projection>(projection_key(aquarium)).await?);
        changed += usize::from(self.remove::<DoseTally>(dose_tally_key(aquarium)).await?);
        let snapshots = self.remove_page::<Snapshot>(of_kind(aquarium, "snap")).await?;
        let marks = self.remove_page::<Mark>(of_kind(aquarium, "cmd")).await?;
        let tasks = self.remove_page::<Task>(of_kind(aquarium, "task")).await?;
        let ended = self.remove_page::<Ended>(of_kind(aquarium, "ended")).await?;
        changed += usize::from(self.remove::<TaskTally>(tally_key(aquarium)).await?);
        let rebuilds = self.remove_page::<Rebuild>(of_kind(aquarium, "rebuild")).await?;
        let parts = [snapshots, marks, tasks, ended, rebuilds];
        changed += parts.iter().map(|part| part.changed).sum::<usize>();
        Ok(Round { changed, more: parts.iter().any(|part| part.more) })
    }

    /// Closes the aquariums of a user, and deletes a part of what lies under them.
    pub async fn erase_owned(&self, user: UserId, now: Timestamp) -> Result<Round, StoreError> {
        let page = self.table.list_strong::<Owned>(owned_by(user), false, PAGE, None).await?;
        let mut changed = 0;
        for owned in page.items {
            let aquarium = owned.value.aquarium_id;
            let access = self.table.get::<Access>(access_key(aquarium), Read::Strong).await?;
            let owner_of = |access: &Versioned<Access>| access.value.owner_id;
            let is_theirs = access.as_ref().is_some_and(|access| owner_of(access).is_none_or(|owner| owner == user));
            if is_theirs {
                self.close_from(aquarium, access, now).await?;
                let erased = self.erase_aquarium(user, aquarium).await?;
                changed += erased.changed;
                if erased.more {
                    return Ok(Round { changed, more: true });
                }
            } else {
                changed += usize::from(self.table.remove(owned).await?);
            }
        }
        Ok(Round { changed, more: page.next.is_some() })
    }

    /// Removes the words of a user from timelines of others, a page of commands at a time.
    pub async fn redact(&self, user: UserId) -> Result<Round, StoreError> {
        let page = self.table.list_strong::<Wrote>(written_by(user), false, REDACT_COMMANDS, None).await?;
        let more = page.next.is_some();
        let mut changed = 0;
        for wrote in page.items {
            let Wrote { aquarium_id, first_seq, last_seq, .. } = wrote.value;
            let access = self.table.get::<Access>(access_key(aquarium_id), Read::Strong).await?;
            // Without an owner the timeline is deleted, or about to be.
            if let Some(owner) = access.and_then(|access| access.value.owner_id) {
                let entries = stream::iter(first_seq..=last_seq);
                let entries = entries.map(|seq| self.redact_entry(user, entry_key(owner, aquarium_id, seq)));
                entries.buffer_unordered(MAX_PARALLEL).try_collect::<()>().await?;
                // The events of the last change name the user who made it.
                self.table.clear_outbox::<Head>(head_key(aquarium_id)).await?;
            }
            // Only now: a repeat finds what a killed one left.
            changed += usize::from(self.table.remove(wrote).await?);
        }
        Ok(Round { changed, more })
    }

    /// Removes the notes of a user from tasks of aquariums of others, and the events of their last changes, which can name the
    /// user; a page at a time.
    pub async fn redact_tasks(&self, user: UserId) -> Result<Round, StoreError> {
        let page = self.table.list_strong::<OwnTask>(own_tasks(user), false, PAGE, None).await?;
        let more = page.next.is_some();
        let mut changed = 0;
        for own in page.items {
            let key = task_key(own.value.aquarium_id, own.value.task_id);
            let redacted = self.table.update::<Task, std::convert::Infallible>(key, |known| match known {
                Some(task) => Decision::Write(task.value.redacted(user), Outbox::none()),
                None => Decision::Keep,
            });
            redacted.await?;
            // Only now: a repeat finds what a killed one left.
            changed += usize::from(self.table.remove(own).await?);
        }
        Ok(Round { changed, more })
    }

    async fn redact_entry(&self, user: UserId, key: Key<Timeline>) -> Result<(), StoreError> {
        let mut retry = ConflictRetry::default();
        let mut read = self.table.get::<Entry>(key, Read::Strong).await?;
        loop {
            let Some(entry) = read else { return Ok(()) };
            let Some(next) = entry.value.redacted(user) else { return Ok(()) };
            match self.table.replace(&entry, next, &Outbox::none()).await {
                Ok(_) => return Ok(()),
                Err(Conflict::Item(newer)) => read = newer.map(|newer| *newer),
                Err(Conflict::Store(error)) => return Err(error),
            }
            retry.pause().await?;
        }
    }

    /// Marks a user as erased: from here on nothing of them is written.
    pub async fn mark_forgotten(&self, user: UserId, now: Timestamp) -> Result<(), StoreError> {
        self.table.mark_forgotten(user, now.as_second()).await
    }

    /// Deletes what lies under a user who is marked as erased, a bounded number of items.
    pub async fn forget(&self, user: UserId) -> Result<Forgotten, StoreError> {
        self.table.forget_marked(user).await
    }

    pub(super) async fn remove<E: Entity<Context = Timeline>>(&self, key: Key<Timeline>) -> Result<bool, StoreError> {
        match self.table.get::<E>(key, Read::Strong).await? {
            Some(read) => self.table.remove(read).await,
            None => Ok(false),
        }
    }

    async fn remove_page<E: Entity<Context = Timeline>>(&self, prefix: Key<Timeline>) -> Result<Round, StoreError> {
        let page = self.table.list_strong::<E>(prefix, false, PAGE, None).await?;
        let more = page.next.is_some();
        let removed = stream::iter(page.items).map(|read| self.table.remove(read));
        let removed: Vec<bool> = removed.buffer_unordered(MAX_PARALLEL).try_collect().await?;
        Ok(Round { changed: removed.into_iter().filter(|removed| *removed).count(), more })
    }
}

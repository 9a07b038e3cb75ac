//! Reads and repairs of the verification of timelines.

use std::collections::BTreeMap;

use dynamo::{Conflict, Cursor, Entity, Key, Outbox, Page, Read, StoreError, Versioned, is_written};
use types::{AquariumId, UserId};

use super::keys::{
    Owned, access_key, entries_of, entry_key, head_key, of_kind, owned_in, projection_key, view_key, views_of,
};
use super::{Store, Timeline};
use crate::domain::access::Access;
use crate::domain::entry::{Amended, Entry};
use crate::domain::month::MonthView;
use crate::domain::projection::{Projection, Snapshot};
use crate::domain::stream::Head;
use crate::domain::verification::{Derived, Verification, Verified};

/// Items per read.
const PAGE: u32 = 500;

/// A timeline that was compared with its log.
#[derive(Debug)]
pub struct Compared {
    /// The owner of the aquarium.
    pub owner: UserId,
    /// The result.
    pub verified: Verified,
    head: Versioned<Head>,
    projection: Option<Versioned<Projection>>,
}

/// What a comparison is conditional on.
type Ends = (UserId, Versioned<Head>, Option<Versioned<Projection>>);

impl Store {
    /// A page of the aquariums of a shard.
    pub async fn aquariums(
        &self,
        shard: u8,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<(Vec<AquariumId>, Option<Cursor>), StoreError> {
        let page: Page<Owned> = self.table.list_index(owned_in(shard), false, limit, after).await?;
        Ok((page.items.iter().map(|owned| owned.value.aquarium_id).collect(), page.next))
    }

    /// Compares a timeline with its log. None without entries; an error value if it changed meanwhile.
    pub async fn compare(&self, aquarium: AquariumId) -> Result<Option<Result<Compared, Changed>>, StoreError> {
        let Some((owner, head, projection)) = self.ends(aquarium).await? else { return Ok(None) };
        let derived = Derived {
            head: head.value.clone(),
            projection: projection.as_ref().map(|read| read.value.clone()),
            snapshots: self.all::<Snapshot>(|| of_kind(aquarium, "snap")).await?,
            months: self.all::<MonthView>(|| views_of(owner, aquarium)).await?,
        };
        let mut verification = Verification::new(owner, &derived);
        self.read_log(owner, aquarium, &mut verification).await?;
        let verified = verification.finish(&derived).map_err(|error| StoreError::Refused(error.to_string()))?;
        let again = self.ends(aquarium).await?;
        let is_same = again.is_some_and(|(_, now, progress)| {
            now.version == head.version
                && progress.map(|read| read.version) == projection.as_ref().map(|read| read.version)
        });
        Ok(Some(if is_same { Ok(Compared { owner, verified, head, projection }) } else { Err(Changed) }))
    }

    /// Writes what the log says over a head that differs. Returns false if the timeline changed meanwhile.
    pub async fn repair_head(&self, compared: &Compared) -> Result<bool, StoreError> {
        let (chain, saved) = (compared.verified.chain.clone(), compared.verified.saved.clone());
        let next = Head { chain, saved, ..compared.head.value.clone() };
        is_written(self.table.replace(&compared.head, next, &Outbox::none()).await)
    }

    /// Writes into entries what later ones say of them.
    pub async fn repair_entries(
        &self,
        owner: UserId,
        aquarium: AquariumId,
        amended: &BTreeMap<u64, Option<Amended>>,
    ) -> Result<(), StoreError> {
        for (seq, amended) in amended {
            let Some(read) = self.table.get::<Entry>(entry_key(owner, aquarium, *seq), Read::Strong).await? else {
                continue;
            };
            let next = Entry { amended: amended.clone(), ..read.value.clone() };
            match self.table.replace(&read, next, &Outbox::none()).await {
                // A correction came between: the next comparison finds what is left.
                Ok(_) | Err(Conflict::Item(_)) => {}
                Err(Conflict::Store(error)) => return Err(error),
            }
        }
        Ok(())
    }

    /// Deletes the views and snapshots of a timeline; the consumer then makes them again from the first entry. The progress goes
    /// last, so that one that is killed in between is found as a difference. A progress that is newer than the compared one stays:
    /// the next comparison finds what is left.
    pub async fn drop_views(&self, compared: &Compared, aquarium: AquariumId) -> Result<(), StoreError> {
        for view in self.all::<MonthView>(|| views_of(compared.owner, aquarium)).await? {
            self.remove::<MonthView>(view_key(compared.owner, aquarium, view.month)).await?;
        }
        for snapshot in self.all::<Snapshot>(|| of_kind(aquarium, "snap")).await? {
            self.remove::<Snapshot>(snapshot.key()).await?;
        }
        let Some(projection) = &compared.projection else { return Ok(()) };
        match self.table.delete(projection).await {
            Ok(()) | Err(Conflict::Item(_)) => Ok(()),
            Err(Conflict::Store(error)) => Err(error),
        }
    }

    async fn ends(&self, aquarium: AquariumId) -> Result<Option<Ends>, StoreError> {
        let keys = vec![access_key(aquarium), head_key(aquarium), projection_key(aquarium)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let owner = found.take::<Access>(access_key(aquarium))?.and_then(|access| access.value.owner_id);
        let head = found.take::<Head>(head_key(aquarium))?;
        let projection = found.take::<Projection>(projection_key(aquarium))?;
        Ok(owner.zip(head).map(|(owner, head)| (owner, head, projection)))
    }

    async fn read_log(
        &self,
        owner: UserId,
        aquarium: AquariumId,
        verification: &mut Verification,
    ) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let prefix = entries_of(owner, aquarium);
            let page = self.table.list_strong::<Entry>(prefix, false, PAGE, after).await?;
            for entry in &page.items {
                let goes_on = verification.read(&entry.value);
                if !goes_on.map_err(|error| StoreError::Refused(error.to_string()))? {
                    return Ok(());
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    async fn all<E: Entity<Context = Timeline>>(
        &self,
        prefix: impl Fn() -> Key<Timeline>,
    ) -> Result<Vec<E>, StoreError> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.table.list_strong::<E>(prefix(), false, PAGE, after).await?;
            all.extend(page.items.into_iter().map(|read| read.value));
            after = page.next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }
}

/// The timeline changed while it was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed;

//! The list of the aquariums of a user: owned ones, then shared ones.

use dynamo::{Cursor, Entity, Key, MAX_BATCH_ITEMS, Read, StoreError, Versioned};
use futures::future::{try_join, try_join_all};
use types::UserId;

use super::access::access_key;
use super::aquariums::aquarium_key;
use super::shares::shares_key;
use super::{Aquariums, Store};
use crate::domain::access::{Access, Scope};
use crate::domain::aquarium::Aquarium;
use crate::domain::share::Share;

/// An aquarium in the list of a user.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The authority of the user.
    pub scope: Scope,
    /// The aquarium.
    pub aquarium: Aquarium,
}

/// A page of the list.
#[derive(Debug, Clone)]
pub struct ListedPage {
    /// The aquariums.
    pub items: Vec<Listed>,
    /// Start of the next page, if there is one.
    pub next: Option<Cursor>,
}

/// The key of all aquariums of an owner.
fn owned_key(owner: UserId) -> Key<Aquariums> {
    Key::new("user", owner, "aquarium#")
}

impl Store {
    /// A page of the aquariums of a user. One round trip for owned aquariums, another one for shared ones. Shares that ended
    /// meanwhile are left out, so a page may be shorter.
    pub async fn aquariums_of(&self, user: UserId, page: kit::http::Page) -> Result<ListedPage, StoreError> {
        let (limit, after) = (page.limit, page.cursor);
        // The cursor of one kind is foreign to the list of the other, which is then empty: owned aquariums stay out after a
        // cursor of a share, and shares start from the beginning until the page has room for them.
        let after_shares = after.clone().filter(|cursor| cursor.as_str().starts_with("share#"));
        let owned = self.table.list::<Aquarium>(owned_key(user), false, limit, after);
        let shares = self.table.list::<Share>(shares_key(user), false, limit, after_shares);
        let (owned, shares) = try_join(owned, shares).await?;
        let mut items: Vec<_> = owned.items.into_iter().filter_map(|read| own(read, user)).collect();
        if owned.next.is_some() {
            return Ok(ListedPage { items, next: owned.next });
        }
        let room = usize::try_from(limit).unwrap_or_default().saturating_sub(items.len());
        let more = shares.next.is_some() || shares.items.len() > room;
        let shown: Vec<_> = shares.items.into_iter().take(room).map(|read| read.value).collect();
        let last = shown.last().map(Entity::key).or_else(|| items.last().map(|last| last.aquarium.key()));
        items.extend(self.shared_aquariums(user, &shown).await?);
        Ok(ListedPage { items, next: last.filter(|_| more).map(|key| key.cursor()) })
    }

    async fn shared_aquariums(&self, user: UserId, shares: &[Share]) -> Result<Vec<Listed>, StoreError> {
        let calls = shares.chunks(MAX_BATCH_ITEMS / 2).map(async |shares| {
            let keys = shares
                .iter()
                .flat_map(|share| [access_key(share.aquarium_id), aquarium_key(share.owner_id, share.aquarium_id)]);
            let mut found = self.table.get_many(keys.collect(), Read::Strong).await?;
            let mut listed = Vec::new();
            for share in shares {
                let access = found.take::<Access>(access_key(share.aquarium_id))?;
                let aquarium = found.take::<Aquarium>(aquarium_key(share.owner_id, share.aquarium_id))?;
                let scope = access.and_then(|access| access.value.scope(user));
                listed.extend(scope.zip(aquarium).map(|(scope, aquarium)| Listed { scope, aquarium: aquarium.value }));
            }
            Ok::<_, StoreError>(listed)
        });
        Ok(try_join_all(calls).await?.into_iter().flatten().collect())
    }

    /// Some aquariums of an owner; strongly consistent.
    pub async fn owned(
        &self,
        owner: UserId,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<dynamo::Page<Aquarium>, StoreError> {
        self.table.list_strong(owned_key(owner), false, limit, after).await
    }
}

/// What lies in the partition of a user is owned by the user.
fn own(read: Versioned<Aquarium>, user: UserId) -> Option<Listed> {
    let scope = Access::new(read.value.id, read.value.owner_id).scope(user)?;
    Some(Listed { scope, aquarium: read.value })
}

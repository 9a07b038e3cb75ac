//! What is known of pictures, and where products show them.

use std::collections::BTreeSet;

use dynamo::{Forgotten, Key, Outbox, Page, Read, Scalar, StoreError, Transaction, Versioned, is_written, refused};
use jiff::Timestamp;
use types::{MediaId, ProductId, UserId};

use super::{Catalog, SlugRead, Store, product_key, slug_key};
use crate::domain::media::{self, Medium, Picture, Placement, ShownPicture};
use crate::domain::names::Slug;
use crate::domain::product::Product;

impl Store {
    /// Reads a product, and what is known of pictures of an owner, in one round trip.
    pub async fn product_and_media(
        &self,
        id: ProductId,
        owner: UserId,
        pictures: &[Picture],
    ) -> Result<(Option<Versioned<Product>>, Vec<Medium>), StoreError> {
        let keys = media_keys(owner, pictures).chain([product_key(id)]).collect();
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let product = found.take(product_key(id))?;
        let media = media_keys(owner, pictures).map(|key| found.take::<Medium>(key));
        let media = media.collect::<Result<Vec<_>, _>>()?;
        Ok((product, media.into_iter().flatten().map(|read| read.value).collect()))
    }

    /// Reads a product, the claim of a slug, and what is known of pictures of an owner, in one round trip.
    pub async fn claim_and_media(
        &self,
        id: ProductId,
        slug: &Slug,
        owner: UserId,
        pictures: &[Picture],
    ) -> Result<(SlugRead, Vec<Medium>), StoreError> {
        let keys = media_keys(owner, pictures).chain([product_key(id), slug_key(slug)]).collect();
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let read = SlugRead { product: found.take(product_key(id))?, claim: found.take(slug_key(slug))? };
        let media = media_keys(owner, pictures).map(|key| found.take::<Medium>(key));
        let media = media.collect::<Result<Vec<_>, _>>()?;
        Ok((read, media.into_iter().flatten().map(|read| read.value).collect()))
    }

    /// Reads where an owner's pictures are shown, a page of it; of one picture or of all.
    pub async fn placements(
        &self,
        owner: UserId,
        picture: Option<MediaId>,
        limit: u32,
    ) -> Result<Page<Placement>, StoreError> {
        let prefix = picture.map_or_else(|| "picture#".to_owned(), |media_id| format!("picture#{media_id}#"));
        self.table.list_strong(Key::new("user", owner, prefix), false, limit, None).await
    }

    /// Records that a picture may be shown. False if it is known, or its owner was forgotten.
    pub async fn note_published(&self, medium: Medium) -> Result<bool, StoreError> {
        let transaction = self.table.transaction().create(&medium, &Outbox::none());
        let committed = transaction.unless_forgotten(medium.owner_id).commit().await;
        is_written(committed)
    }

    /// Records that a picture was deleted. False if that was recorded before, or its owner was forgotten.
    pub async fn note_deleted(&self, mark: Medium) -> Result<bool, StoreError> {
        let owner = mark.owner_id;
        let transaction = self.table.transaction().create(&mark, &Outbox::none());
        let before = match refused(transaction.unless_forgotten(owner).commit().await)? {
            None => return Ok(true),
            Some(cancelled) => cancelled.item::<Medium>(0)?,
        };
        // It is known: nothing but its deletion ever changes it.
        let Some(before) = before.filter(|before| before.value.is_there()) else { return Ok(false) };
        is_written(self.table.replace(&before, mark, &Outbox::none()).await)
    }

    /// Marks a user as forgotten: nothing new is written of them.
    pub async fn mark_forgotten(&self, user: UserId, now: Timestamp) -> Result<(), StoreError> {
        self.table.mark_forgotten(user, now.as_second()).await
    }

    /// Deletes what is stored of a user who is marked as forgotten, a bounded number of items.
    pub async fn forget(&self, user: UserId) -> Result<Forgotten, StoreError> {
        self.table.forget_marked(user).await
    }
}

/// Adds the placements of pictures that a product begins or ceases to show. New ones are published, and their owners are not
/// forgotten.
pub(super) fn place(
    transaction: Transaction<Catalog>,
    product_id: ProductId,
    before: &[ShownPicture],
    next: &[ShownPicture],
) -> Transaction<Catalog> {
    let (added, removed) = media::moved(product_id, before, next);
    let owners: BTreeSet<UserId> = added.iter().map(|placement| placement.owner_id).collect();
    let transaction = owners.into_iter().fold(transaction, Transaction::unless_forgotten);
    let transaction = added.iter().fold(transaction, |transaction, placement| {
        let is_there = [("there", Scalar::Flag(true))];
        let key = medium_key(placement.owner_id, placement.media_id);
        transaction.create(placement, &Outbox::none()).holds(key, &is_there)
    });
    // A placement is created and deleted, and never changes.
    removed.into_iter().fold(transaction, |transaction, placement| transaction.delete(&Versioned::new(placement, 1)))
}

fn media_keys(owner: UserId, pictures: &[Picture]) -> impl Iterator<Item = Key<Catalog>> {
    pictures.iter().map(move |picture| medium_key(owner, picture.media_id))
}

pub(super) fn medium_key(owner: UserId, id: MediaId) -> Key<Catalog> {
    Key::new("user", owner, format!("media#{id}"))
}

pub(super) fn placement_key(placement: &Placement) -> Key<Catalog> {
    let Placement { owner_id, media_id, product_id } = placement;
    Key::new("user", owner_id, format!("picture#{media_id}#{product_id}"))
}

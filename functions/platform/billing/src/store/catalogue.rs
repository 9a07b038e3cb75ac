//! The catalogue, and the versions of its prices.

use dynamo::{Conflict, ConflictRetry, Outbox, Read, StoreError, TransactionError, Versioned};
use types::PriceId;

use super::{PublishedPrice, Store, catalogue_key, price_key};
use crate::domain::catalogue::{Catalogue, Price};

/// Why a price was not published.
#[derive(Debug)]
pub enum NotPublished {
    /// A price with this ID was published before.
    Exists(Box<Price>),
    /// The catalogue changed since it was read. Read it again.
    Conflict,
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotPublished {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// Reads the catalogue. It is empty, in version 0, before the first change.
    pub async fn catalogue(&self, read: Read) -> Result<Versioned<Catalogue>, StoreError> {
        let found = self.table.get(catalogue_key(), read).await?;
        Ok(found.unwrap_or_else(|| Versioned::new(Catalogue::default(), 0)))
    }

    /// Changes the catalogue that was read as `decide` says, which is called again with the newer one if others changed it
    /// meanwhile. `decide` returns none for no change.
    pub async fn change_catalogue<E: From<StoreError>>(
        &self,
        mut read: Versioned<Catalogue>,
        decide: impl Fn(&Versioned<Catalogue>) -> Result<Option<Catalogue>, E>,
    ) -> Result<Versioned<Catalogue>, E> {
        let mut retry = ConflictRetry::default();
        loop {
            let Some(next) = decide(&read)? else { return Ok(read) };
            let written = match read.version {
                0 => self.table.create(next, &Outbox::none()).await,
                _ => self.table.replace(&read, next, &Outbox::none()).await,
            };
            read = match written {
                Ok(written) => return Ok(written),
                Err(Conflict::Item(Some(newer))) => *newer,
                Err(Conflict::Item(None)) => self.catalogue(Read::Strong).await?,
                Err(Conflict::Store(error)) => return Err(error.into()),
            };
            retry.pause().await?;
        }
    }

    /// Writes a catalogue and the version of a price that was published in it, both or neither.
    pub async fn publish_price(
        &self,
        read: &Versioned<Catalogue>,
        next: &Catalogue,
        price: &Price,
    ) -> Result<Versioned<Catalogue>, NotPublished> {
        let published = PublishedPrice { price: price.clone() };
        let transaction = self.table.transaction().create(&published, &Outbox::none());
        let transaction = match read.version {
            0 => transaction.create(next, &Outbox::none()),
            _ => transaction.replace(read, next, &Outbox::none()),
        };
        match transaction.commit().await {
            Ok(()) => Ok(read.successor(next.clone())),
            Err(TransactionError::Store(error)) => Err(error.into()),
            Err(TransactionError::Cancelled(cancelled)) => match cancelled.item::<PublishedPrice>(0)? {
                Some(before) => Err(NotPublished::Exists(Box::new(before.value.price))),
                None => Err(NotPublished::Conflict),
            },
        }
    }

    /// Reads a version of a price, also one that is not offered any more.
    pub async fn price(&self, id: PriceId) -> Result<Option<Price>, StoreError> {
        let found = self.table.get::<PublishedPrice>(price_key(id), Read::Strong).await?;
        Ok(found.map(|found| found.value.price))
    }
}

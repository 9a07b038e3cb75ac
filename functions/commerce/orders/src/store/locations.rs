//! Locations.

use dynamo::{Conflict, ConflictRetry, Outbox, Read, StoreError, Versioned};

use super::{Store, locations_key};
use crate::domain::location::Locations;

impl Store {
    /// Reads all locations. Before the first one there is none, in version 0.
    pub async fn locations(&self) -> Result<Versioned<Locations>, StoreError> {
        let read = self.table.get(locations_key(), Read::Strong).await?;
        Ok(read.unwrap_or_else(|| Versioned::new(Locations::default(), 0)))
    }

    /// Changes the locations that were read as `decide` says, which is called again with newer ones if others changed them
    /// meanwhile.
    pub async fn change_locations<R>(
        &self,
        mut read: Versioned<Locations>,
        decide: impl Fn(&Versioned<Locations>) -> Result<Option<Locations>, R>,
    ) -> Result<Result<Versioned<Locations>, R>, StoreError> {
        let mut retry = ConflictRetry::default();
        loop {
            let next = match decide(&read) {
                Ok(Some(next)) => next,
                Ok(None) => return Ok(Ok(read)),
                Err(refusal) => return Ok(Err(refusal)),
            };
            let written = match read.version {
                0 => self.table.create(next, &Outbox::none()).await,
                _ => self.table.replace(&read, next, &Outbox::none()).await,
            };
            read = match written {
                Ok(written) => return Ok(Ok(written)),
                Err(Conflict::Item(Some(newer))) => *newer,
                Err(Conflict::Item(None)) => self.locations().await?,
                Err(Conflict::Store(error)) => return Err(error),
            };
            retry.pause().await?;
        }
    }
}

//! What the shop sets: locations, taxes and shipping methods. Each kind is one item, because its readers need all of it.

use dynamo::{Conflict, ConflictRetry, Entity, Key, Outbox, Read, StoreError, Versioned};

use super::{Orders, Store, automatic_key, locations_key, price_lists_key, regions_key, shipping_key, taxes_key};
use crate::domain::location::Locations;
use crate::domain::prices::PriceListCopies;
use crate::domain::regions::RegionSettings;
use crate::domain::shipping::ShippingSettings;
use crate::domain::shop_promotion::AutomaticPromotions;
use crate::domain::taxes::TaxSettings;

/// Something that the shop sets, in one item. Before it is set for the first time it has its default, in version 0.
pub trait Setting: Entity<Context = Orders> + Clone + Default {
    /// The key.
    fn key_of_shop() -> Key<Orders>;
}

impl Setting for Locations {
    fn key_of_shop() -> Key<Orders> {
        locations_key()
    }
}

impl Setting for TaxSettings {
    fn key_of_shop() -> Key<Orders> {
        taxes_key()
    }
}

impl Setting for ShippingSettings {
    fn key_of_shop() -> Key<Orders> {
        shipping_key()
    }
}

impl Setting for RegionSettings {
    fn key_of_shop() -> Key<Orders> {
        regions_key()
    }
}

impl Setting for PriceListCopies {
    fn key_of_shop() -> Key<Orders> {
        price_lists_key()
    }
}

impl Setting for AutomaticPromotions {
    fn key_of_shop() -> Key<Orders> {
        automatic_key()
    }
}

impl Store {
    /// Reads a setting.
    pub async fn setting<S: Setting>(&self, read: Read) -> Result<Versioned<S>, StoreError> {
        let found = self.table.get(S::key_of_shop(), read).await?;
        Ok(found.unwrap_or_else(unset))
    }

    /// Changes a setting that was read as `decide` says, which is called again with the newer state if others changed it
    /// meanwhile.
    pub async fn change_setting<S: Setting, R>(
        &self,
        mut read: Versioned<S>,
        decide: impl Fn(&Versioned<S>) -> Result<Option<S>, R>,
    ) -> Result<Result<Versioned<S>, R>, StoreError> {
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
                Err(Conflict::Item(None)) => self.setting(Read::Strong).await?,
                Err(Conflict::Store(error)) => return Err(error),
            };
            retry.pause().await?;
        }
    }
}

/// A setting before it is set for the first time.
pub(super) fn unset<S: Setting>() -> Versioned<S> {
    Versioned::new(S::default(), 0)
}

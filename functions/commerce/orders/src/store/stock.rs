//! Stock levels, their parts, and movements.

use std::collections::BTreeMap;

use dynamo::{
    ConflictRetry, Count, Cursor, Key, MAX_BATCH_ITEMS, Outbox, Page, Read, StoreError, Transaction, TransactionError,
    Versioned,
};
use futures::future::try_join_all;
use types::{LocationId, MovementId, VariantId};

use super::{
    LevelUnits, Orders, StockPart, Store, level_key, locations_key, movement_key, movements_index, part_key,
    variant_key, variant_stock_key,
};
use crate::domain::availability::VariantStock;
use crate::domain::level::{Level, MAX_ON_HAND, PartChange, StockLevel};
use crate::domain::location::{Locations, MAX_LOCATIONS};
use crate::domain::movement::Movement;
use crate::domain::variant_copy::VariantCopy;

/// All that is known of the stock of a variant.
#[derive(Debug)]
pub struct StockRead {
    /// All locations of the shop.
    pub locations: Locations,
    /// Returns the variant, or `None` if no event of the catalog named it.
    pub variant: Option<VariantCopy>,
    /// The stock in all; none before the first level.
    pub stock: Option<Versioned<VariantStock>>,
    /// The levels, by their locations.
    pub levels: BTreeMap<LocationId, Versioned<Level>>,
    /// The movement that was asked for.
    pub movement: Option<Movement>,
}

impl StockRead {
    /// True if the levels were read in the state that the variant's stock was read in.
    fn is_consistent(&self) -> bool {
        let revisions = self.levels.iter().map(|(location, level)| (*location, level.value.stock().revision));
        match &self.stock {
            Some(stock) => stock.value.fits(revisions),
            None => self.levels.is_empty(),
        }
    }

    /// Returns the version of the variant's stock after the next change.
    pub fn next_revision(&self) -> u64 {
        self.stock.as_ref().map_or(1, |stock| stock.version + 1)
    }
}

/// The variant's stock before and after a change, with the events of the change.
#[derive(Debug)]
pub struct StockWrite<'a> {
    /// As it was read.
    pub read: Option<&'a Versioned<VariantStock>>,
    /// As it is to be.
    pub next: &'a VariantStock,
    /// Events.
    pub outbox: &'a Outbox,
}

/// Reason why a change of stock was not written.
#[derive(Debug)]
pub enum NotWritten {
    /// Something changed since it was read. Read it again.
    Conflict,
    /// The table failed.
    Store(StoreError),
}

impl From<TransactionError> for NotWritten {
    fn from(error: TransactionError) -> Self {
        match error {
            TransactionError::Cancelled(_) => Self::Conflict,
            TransactionError::Store(error) => Self::Store(error),
        }
    }
}

impl Store {
    /// Reads the stock of a variant at all locations, and a movement. One round trip, or two if a level has several parts; and
    /// again if a manager changed it between the reads.
    pub async fn stock(&self, variant: VariantId, movement: Option<MovementId>) -> Result<StockRead, StoreError> {
        let mut retry = ConflictRetry::default();
        loop {
            let read = self.stock_once(variant, movement).await?;
            if read.is_consistent() {
                return Ok(read);
            }
            retry.pause().await?;
        }
    }

    async fn stock_once(&self, variant: VariantId, movement: Option<MovementId>) -> Result<StockRead, StoreError> {
        let mut keys = vec![locations_key(), variant_key(variant), variant_stock_key(variant)];
        keys.extend(movement.map(movement_key));
        let limit = u32::try_from(MAX_LOCATIONS).unwrap_or(u32::MAX);
        let levels = self.table.list_strong::<StockLevel>(level_key(variant, None), false, limit, None);
        let (found, levels) = futures::try_join!(self.table.get_many(keys, Read::Strong), levels)?;
        let mut found = found;
        let movement = movement.map(|id| found.take::<Movement>(movement_key(id))).transpose()?.flatten();
        Ok(StockRead {
            locations: found.take::<Locations>(locations_key())?.map(|read| read.value).unwrap_or_default(),
            variant: found.take::<VariantCopy>(variant_key(variant))?.map(|read| read.value),
            stock: found.take(variant_stock_key(variant))?,
            movement: movement.map(|read| read.value),
            levels: by_location(self.with_parts(levels.items).await?),
        })
    }

    /// Reads a level and a page of its movements, newest first, in one round trip. The newest second may be missing.
    pub async fn movements(
        &self,
        variant: VariantId,
        location: LocationId,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Option<Page<Movement>>, StoreError> {
        let level = self.table.get::<StockLevel>(level_key(variant, Some(location)), Read::Strong);
        let page = self.table.list_index::<Movement>(movements_index(variant, location), true, limit, after);
        let (level, page) = futures::try_join!(level, page)?;
        Ok(level.map(|_| page))
    }

    /// Writes a level with other settings than before.
    pub async fn set_level(
        &self,
        read: Option<&Versioned<Level>>,
        next: &StockLevel,
        stock: StockWrite<'_>,
    ) -> Result<(), NotWritten> {
        let transaction = stock.add_to(self.table.transaction());
        let transaction = match read {
            // Levels are written in transactions only, so no write of their own has to be recognized.
            Some(read) => {
                let read = Versioned::new(read.value.stock().clone(), read.version);
                transaction.replace(&read, next, &Outbox::none())
            }
            None => transaction.create(next, &Outbox::none()),
        };
        Ok(transaction.commit().await?)
    }

    /// Writes the variant's stock alone, under its version.
    pub async fn write_stock(
        &self,
        read: &Versioned<VariantStock>,
        next: &VariantStock,
        outbox: &Outbox,
    ) -> Result<(), NotWritten> {
        Ok(self.table.transaction().replace(read, next, outbox).commit().await?)
    }

    /// Writes a movement and the units that it changes.
    pub async fn move_units(
        &self,
        movement: &Movement,
        changes: &[PartChange],
        revision: u64,
        stock: StockWrite<'_>,
    ) -> Result<(), NotWritten> {
        let Movement { variant_id, location_id, quantity, .. } = *movement;
        let mut transaction = stock.add_to(self.table.transaction()).create(movement, &Outbox::none());
        let mut counts = vec![Count { attribute: "on_hand", by: quantity.units(), bounds: 0..=MAX_ON_HAND }];
        for PartChange { part, by } in changes.iter().copied() {
            let free = Count { attribute: "free", by, bounds: 0..=MAX_ON_HAND };
            if part == 0 {
                counts.push(free);
            } else {
                let item = StockPart { variant_id, location_id, part, free: 0 };
                transaction = transaction.count_all(&item, &[free]);
            }
        }
        let transaction = transaction.count_all(&LevelUnits { variant_id, location_id, revision }, &counts);
        Ok(transaction.commit().await?)
    }

    /// Reads the other parts of levels that have several.
    pub(super) async fn with_parts(
        &self,
        levels: Vec<Versioned<StockLevel>>,
    ) -> Result<Vec<Versioned<Level>>, StoreError> {
        let keys = levels.iter().flat_map(|level| part_keys(&level.value)).collect();
        let mut free: BTreeMap<(VariantId, LocationId, u16), i64> = BTreeMap::new();
        for found in self.read_all(keys).await? {
            for StockPart { variant_id, location_id, part, free: units } in
                found.into_all::<StockPart>()?.into_iter().map(|read| read.value)
            {
                free.insert((variant_id, location_id, part), units);
            }
        }
        let with_parts = |read: Versioned<StockLevel>| {
            let (variant, location, version) = (read.value.variant_id, read.value.location_id, read.version);
            let of_part = |part| free.get(&(variant, location, part)).copied().unwrap_or_default();
            let others = (1..read.value.used_parts).map(of_part).collect();
            Versioned::new(Level::new(read.value, others), version)
        };
        Ok(levels.into_iter().map(with_parts).collect())
    }

    /// Reads items strongly, as many batches at the same time as it takes: one round trip.
    pub(super) async fn read_all(&self, mut keys: Vec<Key<Orders>>) -> Result<Vec<dynamo::Found>, StoreError> {
        let mut batches = Vec::new();
        while !keys.is_empty() {
            let rest = keys.split_off(keys.len().min(MAX_BATCH_ITEMS));
            batches.push(self.table.get_many(std::mem::replace(&mut keys, rest), Read::Strong));
        }
        try_join_all(batches).await
    }
}

/// The keys of the other parts of a level.
fn part_keys(level: &StockLevel) -> impl Iterator<Item = Key<Orders>> {
    let (variant, location) = (level.variant_id, level.location_id);
    (1..level.used_parts).map(move |part| part_key(variant, location, part))
}

fn by_location(levels: Vec<Versioned<Level>>) -> BTreeMap<LocationId, Versioned<Level>> {
    levels.into_iter().map(|level| (level.value.stock().location_id, level)).collect()
}

impl StockWrite<'_> {
    /// Adds the variant's stock. It is written although it may be the same: its version is the condition on which changes
    /// come one after the other.
    fn add_to(&self, transaction: Transaction<Orders>) -> Transaction<Orders> {
        match self.read {
            Some(read) => transaction.replace(read, self.next, self.outbox),
            None => transaction.create(self.next, self.outbox),
        }
    }
}

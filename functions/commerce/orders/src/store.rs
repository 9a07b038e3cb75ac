//! The items of this context in the table. The key table is in this context's README.

mod orders;
mod settings;
mod stock;
mod variants;

use dynamo::{Context, Entity, IndexKey, Key, Table};
use serde::{Deserialize, Serialize};
use types::{LocationId, MovementId, VariantId};

use crate::domain::availability::VariantStock;
use crate::domain::level::StockLevel;
use crate::domain::location::Locations;
use crate::domain::movement::Movement;
use crate::domain::shipping::ShippingSettings;
use crate::domain::taxes::TaxSettings;
use crate::domain::variant_copy::VariantCopy;

pub use orders::{OrderChange, OrderEntry, OrderOutcome, SHARDS, UserOrder};
pub use settings::Setting;
pub use stock::{NotWritten, StockRead, StockWrite};

/// The context's name in keys.
#[derive(Debug)]
pub struct Orders;

impl Context for Orders {
    const NAME: &'static str = "orders";
}

impl Entity for Locations {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        locations_key()
    }
}

impl Entity for TaxSettings {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        taxes_key()
    }
}

impl Entity for ShippingSettings {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        shipping_key()
    }
}

impl Entity for VariantCopy {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        variant_key(self.variant_id)
    }
}

impl Entity for VariantStock {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        variant_stock_key(self.variant_id)
    }
}

impl Entity for StockLevel {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        level_key(self.variant_id, Some(self.location_id))
    }
}

/// What a change of the units of a level says of it. It has the level's key and none of its settings, which the change leaves
/// as they are.
#[derive(Debug, Serialize, Deserialize)]
struct LevelUnits {
    variant_id: VariantId,
    location_id: LocationId,
    revision: u64,
}

impl Entity for LevelUnits {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        level_key(self.variant_id, Some(self.location_id))
    }
}

/// The free units of a part of a level, from part 1. Each part has a partition of its own, so that parts do not share its
/// write capacity.
#[derive(Debug, Serialize, Deserialize)]
struct StockPart {
    variant_id: VariantId,
    location_id: LocationId,
    part: u16,
    free: i64,
}

impl Entity for StockPart {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        part_key(self.variant_id, self.location_id, self.part)
    }
}

impl Entity for Movement {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        movement_key(self.id)
    }

    /// Listed at its level by time.
    fn index(&self) -> Option<IndexKey<Orders>> {
        let sort = format!("at#{:015}#{}", self.at.as_millisecond(), self.id);
        Some(IndexKey::new("movements", level_name(self.variant_id, self.location_id), sort))
    }
}

fn locations_key() -> Key<Orders> {
    Key::new("shop", "all", "locations")
}

fn taxes_key() -> Key<Orders> {
    Key::new("shop", "all", "taxes")
}

fn shipping_key() -> Key<Orders> {
    Key::new("shop", "all", "shipping")
}

fn variant_key(variant: VariantId) -> Key<Orders> {
    Key::new("variant", variant, "variant")
}

fn variant_stock_key(variant: VariantId) -> Key<Orders> {
    Key::new("stock", variant, "variant")
}

/// The key of a level; without a location, what the keys of all levels of the variant start with.
fn level_key(variant: VariantId, location: Option<LocationId>) -> Key<Orders> {
    let location = location.map(|location| location.to_string()).unwrap_or_default();
    Key::new("stock", variant, format!("level#{location}"))
}

fn part_key(variant: VariantId, location: LocationId, part: u16) -> Key<Orders> {
    Key::new("part", format!("{}#{part:02}", level_name(variant, location)), "part")
}

fn movement_key(id: MovementId) -> Key<Orders> {
    Key::new("movement", id, "movement")
}

fn movements_index(variant: VariantId, location: LocationId) -> IndexKey<Orders> {
    IndexKey::new("movements", level_name(variant, location), "at#")
}

fn level_name(variant: VariantId, location: LocationId) -> String {
    format!("{variant}#{location}")
}

/// The items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Orders>,
}

impl kit::OpenStore for Store {
    type Context = Orders;

    fn open(table: Table<Orders>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Orders>) -> Self {
        Self { table }
    }
}

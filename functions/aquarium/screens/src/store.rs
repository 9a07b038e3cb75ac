//! The items of this context in the table. The key table is in this context's README.

mod facts;
mod figures;
mod homes;

use dynamo::{Context, Entity, IndexKey, Key, Table};
use types::{AquariumId, UserId};

use crate::domain::facts::Facts;
use crate::domain::figures::{ListName, Listing, Shard};
use crate::domain::home::Home;

pub use facts::Merged;
pub use homes::{HomeWritten, Homes};

/// The name of the context in keys.
#[derive(Debug)]
pub struct Screens;

impl Context for Screens {
    const NAME: &'static str = "screens";
}

impl Entity for Facts {
    type Context = Screens;

    fn key(&self) -> Key<Screens> {
        facts_key(self.aquarium_id)
    }

    fn expires_at(&self) -> Option<i64> {
        Self::expires_at(self)
    }
}

impl Entity for Home {
    type Context = Screens;

    fn key(&self) -> Key<Screens> {
        home_key(self.user_id)
    }
}

impl Entity for Shard {
    type Context = Screens;

    fn key(&self) -> Key<Screens> {
        shard_key(self.shard)
    }
}

impl Entity for Listing {
    type Context = Screens;

    fn key(&self) -> Key<Screens> {
        listing_key(self.aquarium_id, self.list)
    }

    /// Listed by the type of water.
    fn index(&self) -> Option<IndexKey<Screens>> {
        let sort = format!("{}{}", kind_prefix(Some(self.kind.as_str())), self.aquarium_id);
        Some(IndexKey::new("listed", self.list.as_str(), sort))
    }
}

fn facts_key(id: AquariumId) -> Key<Screens> {
    Key::new("aquarium", id, "facts")
}

fn listing_key(id: AquariumId, list: ListName) -> Key<Screens> {
    Key::new("aquarium", id, format!("listing#{}", list.as_str()))
}

fn home_key(user: UserId) -> Key<Screens> {
    Key::new("user", user, "home")
}

fn shard_key(shard: u8) -> Key<Screens> {
    Key::new("overview", "all", format!("shard#{shard:02}"))
}

/// The beginning of the sort keys of a type of water, or of all.
fn kind_prefix(kind: Option<&str>) -> String {
    kind.map_or_else(|| "kind#".to_owned(), |kind| format!("kind#{kind}#"))
}

/// The items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Screens>,
}

impl kit::OpenStore for Store {
    type Context = Screens;

    fn open(table: Table<Screens>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Screens>) -> Self {
        Self { table }
    }
}

//! The items of this context in the table. The key table is in this context's README.

mod building;
mod products;
mod sessions;

use dynamo::{Context, Entity, IndexKey, Key, Table};
use types::{ProductId, UserId};

use crate::domain::basket::Basket;
use crate::domain::build::{self, Build, PRODUCT_SHARDS, SESSION_SHARDS};
use crate::domain::feed::FeedEntry;
use crate::domain::product_copy::ProductCopy;
use crate::domain::session::{Session, SessionHash};

pub use building::Started;

/// The context's name in keys.
#[derive(Debug)]
pub struct Recommendations;

impl Context for Recommendations {
    const NAME: &'static str = "recommendations";
}

impl Entity for Session {
    type Context = Recommendations;

    fn key(&self) -> Key<Recommendations> {
        session_key(self.user_id, &self.hash)
    }

    /// Listed under the day on which it began, for the build.
    fn index(&self) -> Option<IndexKey<Recommendations>> {
        let shard = self.hash.as_str().as_bytes().last().copied().unwrap_or_default() % SESSION_SHARDS;
        let owner = self.user_id.map_or_else(String::new, |user| format!("#{user}"));
        let sort = format!("at#{:015}#{}{owner}", self.started_at.as_millisecond(), self.hash.as_str());
        Some(IndexKey::new("sessions", format!("{}-{shard}", build::day(self.started_at)), sort))
    }

    fn expires_at(&self) -> Option<i64> {
        Some(Session::expires_at(self))
    }
}

impl Entity for Basket {
    type Context = Recommendations;

    fn key(&self) -> Key<Recommendations> {
        match self.user_id {
            Some(user) => Key::new("user", user, format!("basket#{}", self.order_id)),
            None => Key::new("basket", self.order_id, "basket"),
        }
    }

    /// Listed under the day of the order, for the build.
    fn index(&self) -> Option<IndexKey<Recommendations>> {
        let sort = format!("at#{:015}#{}", self.placed_at.as_millisecond(), self.order_id);
        Some(IndexKey::new("baskets", build::day(self.placed_at), sort))
    }

    fn expires_at(&self) -> Option<i64> {
        Some(Basket::expires_at(self))
    }
}

impl Entity for ProductCopy {
    type Context = Recommendations;

    fn key(&self) -> Key<Recommendations> {
        product_key(self.product_id)
    }
}

impl Entity for FeedEntry {
    type Context = Recommendations;

    /// The pointer sorts behind all changes, so that a reader of the newest entries gets it first.
    fn key(&self) -> Key<Recommendations> {
        match self {
            Self::Pointer(_) => pointer_key(),
            Self::Change(change) => {
                let (at, product, version) = (change.at.as_millisecond(), change.product_id, change.copy_version);
                Key::new("model", "current", format!("entry#change#{at:015}#{product}#{version}"))
            }
        }
    }

    fn expires_at(&self) -> Option<i64> {
        match self {
            Self::Pointer(_) => None,
            Self::Change(change) => Some(change.expires_at()),
        }
    }
}

impl Entity for Build {
    type Context = Recommendations;

    fn key(&self) -> Key<Recommendations> {
        build_key()
    }
}

/// The session of a user or a guest.
fn session_key(user: Option<UserId>, hash: &SessionHash) -> Key<Recommendations> {
    match user {
        Some(user) => Key::new("user", user, format!("session#{}", hash.as_str())),
        None => Key::new("session", hash.as_str(), "views"),
    }
}

fn product_key(id: ProductId) -> Key<Recommendations> {
    let shard = id.uuid().as_u128() % u128::from(PRODUCT_SHARDS);
    Key::new("products", shard, format!("product#{id}"))
}

fn pointer_key() -> Key<Recommendations> {
    Key::new("model", "current", "entry#pointer")
}

fn feed_key() -> Key<Recommendations> {
    Key::new("model", "current", "entry#")
}

fn build_key() -> Key<Recommendations> {
    Key::new("model", "build", "build")
}

/// The items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Recommendations>,
}

impl kit::OpenStore for Store {
    type Context = Recommendations;

    fn open(table: Table<Recommendations>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Recommendations>) -> Self {
        Self { table }
    }
}

//! The items of this context in the table. The key table is in this context's README.

mod home;
mod orders;
mod products;
mod shared;
mod variants;

use dynamo::{Context, Entity, IndexKey, Key, Outbox, StoreError, Table, Transaction, TransactionError, Versioned};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{OrderId, ProductId, VariantId};

use crate::domain::card::CategoryCard;
use crate::domain::dashboard::Shard;
use crate::domain::home::Home;
use crate::domain::order::OrderPage;
use crate::domain::price_list::PriceLists;
use crate::domain::product::ProductState;
use crate::domain::sales::Sales;
use crate::domain::slug_page::SlugPage;
use crate::domain::stock;
use crate::domain::tree::TreePart;
use crate::domain::variant::VariantFacts;

pub use orders::{Figures, OrderRead, Scarce};
pub use products::ProjectionRead;
pub use shared::Shared;

/// Number of partitions that products are spread over. Keys depend on it: it never changes.
pub const PARTITIONS: u8 = 16;

/// The name of the context in keys.
#[derive(Debug)]
pub struct Storefront;

impl Context for Storefront {
    const NAME: &'static str = "storefront";
}

impl Entity for ProductState {
    type Context = Storefront;

    fn key(&self) -> Key<Storefront> {
        product_key(self.product_id)
    }

    /// Listed by its age while it is published.
    fn index(&self) -> Option<IndexKey<Storefront>> {
        let since = self.since.filter(|_| self.is_published)?.as_millisecond();
        let sort = format!("since#{since:014}#{}", self.product_id);
        Some(IndexKey::new("newest", partition_name(partition(self.product_id)), sort))
    }
}

impl Entity for SlugPage {
    type Context = Storefront;

    fn key(&self) -> Key<Storefront> {
        slug_key(&self.slug)
    }
}

impl Entity for CategoryCard {
    type Context = Storefront;

    fn key(&self) -> Key<Storefront> {
        card_key(&self.category, self.card.since, self.card.product_id)
    }
}

impl Entity for VariantFacts {
    type Context = Storefront;

    fn key(&self) -> Key<Storefront> {
        variant_key(self.variant_id)
    }

    /// Listed while few or no units can be ordered and the variant exists.
    fn index(&self) -> Option<IndexKey<Storefront>> {
        let availability = self.stock.value.filter(|availability| stock::is_scarce(*availability))?;
        self.details.value.as_ref()?;
        let name = if availability == contracts::orders::StockAvailability::OutOfStock { "out" } else { "low" };
        Some(IndexKey::new("scarce", "all", format!("{name}#{}", self.variant_id)))
    }
}

/// Says that a product has a bundle with a variant, so that the events of the variant reach the product's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleRoute {
    /// The component.
    pub variant_id: VariantId,
    /// The product with the bundle.
    pub product_id: ProductId,
}

impl Entity for BundleRoute {
    type Context = Storefront;

    fn key(&self) -> Key<Storefront> {
        route_key(self.variant_id, self.product_id)
    }
}

impl Entity for PriceLists {
    type Context = Storefront;

    fn key(&self) -> Key<Storefront> {
        lists_key()
    }
}

impl Entity for TreePart {
    type Context = Storefront;

    fn key(&self) -> Key<Storefront> {
        part_key(self.part)
    }
}

impl Entity for OrderPage {
    type Context = Storefront;

    fn key(&self) -> Key<Storefront> {
        order_key(self.order_id)
    }

    /// Listed while it needs attention, by the time of its newest event.
    fn index(&self) -> Option<IndexKey<Storefront>> {
        let sort = || format!("at#{:014}#{}", self.as_of.as_millisecond(), self.order_id);
        (!self.attention().is_empty()).then(|| IndexKey::new("attention", "all", sort()))
    }
}

impl Entity for Shard {
    type Context = Storefront;

    fn key(&self) -> Key<Storefront> {
        shard_key(self.shard)
    }
}

impl Entity for Sales {
    type Context = Storefront;

    fn key(&self) -> Key<Storefront> {
        Key::new("sales", format!("{}-{}", self.day, self.shard), format!("product#{}", self.product_id))
    }

    fn expires_at(&self) -> Option<i64> {
        Self::expires_at(self)
    }
}

impl Entity for Home {
    type Context = Storefront;

    fn key(&self) -> Key<Storefront> {
        home_key()
    }
}

fn product_key(id: ProductId) -> Key<Storefront> {
    Key::new("products", partition_name(partition(id)), format!("product#{id}"))
}

/// The partition of a product. The last byte of a UUID of version 7 or 8 is random.
fn partition(id: ProductId) -> u8 {
    id.uuid().as_bytes()[15] % PARTITIONS
}

fn partition_name(partition: u8) -> String {
    format!("{partition:02}")
}

fn slug_key(slug: &str) -> Key<Storefront> {
    Key::new("product", slug, "page")
}

fn card_key(category: &str, since: Timestamp, product: ProductId) -> Key<Storefront> {
    Key::new("category", category, format!("card#{:014}#{product}", since.as_millisecond()))
}

fn variant_key(id: VariantId) -> Key<Storefront> {
    Key::new("variant", id, "facts")
}

fn route_key(variant: VariantId, product: ProductId) -> Key<Storefront> {
    Key::new("variant", variant, format!("bundle#{product}"))
}

fn lists_key() -> Key<Storefront> {
    Key::new("pricelists", "all", "lists")
}

fn part_key(part: u8) -> Key<Storefront> {
    Key::new("tree", "all", format!("part#{part}"))
}

fn order_key(id: OrderId) -> Key<Storefront> {
    Key::new("order", id, "page")
}

fn shard_key(shard: u8) -> Key<Storefront> {
    Key::new("dashboard", "all", format!("shard#{shard:02}"))
}

fn home_key() -> Key<Storefront> {
    Key::new("home", "all", "home")
}

/// The items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Storefront>,
}

impl kit::OpenStore for Store {
    type Context = Storefront;

    fn open(table: Table<Storefront>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Storefront>) -> Self {
        Self { table }
    }
}

/// The result of a write of several items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The items are written.
    Applied,
    /// They were like this already.
    Unchanged,
    /// An item is not as it was read.
    Conflict,
}

fn written(committed: Result<(), TransactionError>) -> Result<Written, StoreError> {
    match committed {
        Ok(()) => Ok(Written::Applied),
        Err(TransactionError::Cancelled(_)) => Ok(Written::Conflict),
        Err(TransactionError::Store(error)) => Err(error),
    }
}

/// Adds: write an item where it differs from what was read.
fn put<E>(transaction: Transaction<Storefront>, read: Option<&Versioned<E>>, next: &E) -> Transaction<Storefront>
where
    E: Entity<Context = Storefront> + PartialEq,
{
    match read {
        None => transaction.create(next, &Outbox::none()),
        Some(read) if read.value != *next => transaction.replace(read, next, &Outbox::none()),
        Some(_) => transaction,
    }
}

//! The items of this context in the table. The key table is in this context's README.

mod categories;
mod entries;
mod exports;
mod imports;
mod media;
mod prices;
mod products;
mod promotions;

use dynamo::{Context, Entity, IndexKey, Key, Table};
use jiff::Timestamp;
use types::ProductId;

use crate::domain::bundle::VariantEntry;
use crate::domain::category::{Category, CategoryEntry};
use crate::domain::claims::{SkuClaim, SlugClaim};
use crate::domain::media::{Medium, Placement};
use crate::domain::names::{Sku, Slug};
use crate::domain::price::Price;
use crate::domain::price_list::PriceLists;
use crate::domain::product::Product;
use crate::domain::promotion::{PromotionCopy, Reductions};
use crate::domain::tree::CategoryTree;

pub use categories::InTree;
pub use entries::ReadEntries;
pub use exports::place_of;
pub use imports::{CatalogExport, CatalogImport, ManyRead, RowNotWritten, RowRead, RowSubject};
pub use prices::{PriceWrite, PricesNotWritten, ReadPrices};
pub use products::{BySlug, Claim, NotWritten, SlugRead};
pub use promotions::PriceFacts;

/// Number of partitions that products are spread over, so that neither readers nor an import wait for one partition. Keys
/// depend on it: it never changes.
pub const PARTITIONS: u8 = 16;

/// The context's name in keys.
#[derive(Debug)]
pub struct Catalog;

impl Context for Catalog {
    const NAME: &'static str = "catalog";
}

impl Entity for Product {
    type Context = Catalog;

    fn key(&self) -> Key<Catalog> {
        product_key(self.id)
    }

    /// Listed under its slug while the public may see it.
    fn index(&self) -> Option<IndexKey<Catalog>> {
        self.is_published().then(|| slug_index(&self.slug))
    }
}

impl Entity for SlugClaim {
    type Context = Catalog;

    fn key(&self) -> Key<Catalog> {
        slug_key(&self.slug)
    }
}

impl Entity for SkuClaim {
    type Context = Catalog;

    fn key(&self) -> Key<Catalog> {
        sku_key(&self.sku)
    }
}

impl Entity for VariantEntry {
    type Context = Catalog;

    fn key(&self) -> Key<Catalog> {
        entries::entry_key(self.variant_id)
    }
}

impl Entity for Medium {
    type Context = Catalog;

    fn key(&self) -> Key<Catalog> {
        media::medium_key(self.owner_id, self.media_id)
    }

    fn expires_at(&self) -> Option<i64> {
        self.forgotten_at().map(Timestamp::as_second)
    }
}

impl Entity for Placement {
    type Context = Catalog;

    fn key(&self) -> Key<Catalog> {
        media::placement_key(self)
    }
}

impl Entity for Category {
    type Context = Catalog;

    fn key(&self) -> Key<Catalog> {
        categories::category_key(&self.slug)
    }

    /// Listed below its parent, by position, until it is deleted.
    fn index(&self) -> Option<IndexKey<Catalog>> {
        let sort = format!("child#{:04}#{}", self.details.position, self.slug);
        (!self.removed).then(|| children_index(self.details.parent.as_ref(), sort))
    }
}

impl Entity for CategoryEntry {
    type Context = Catalog;

    /// In the partition of its category, by the time of the product's creation.
    fn key(&self) -> Key<Catalog> {
        let millis = self.created_at.as_millisecond();
        Key::new("category", &self.category, format!("product#{millis:014}#{}", self.product_id))
    }
}

impl Entity for CategoryTree {
    type Context = Catalog;

    fn key(&self) -> Key<Catalog> {
        categories::tree_key()
    }
}

impl Entity for Price {
    type Context = Catalog;

    fn key(&self) -> Key<Catalog> {
        prices::price_key(self.variant_id, &self.list)
    }
}

impl Entity for PriceLists {
    type Context = Catalog;

    fn key(&self) -> Key<Catalog> {
        prices::lists_key()
    }
}

impl Entity for PromotionCopy {
    type Context = Catalog;

    fn key(&self) -> Key<Catalog> {
        promotions::promotion_key(self.promotion_id)
    }
}

impl Entity for Reductions {
    type Context = Catalog;

    fn key(&self) -> Key<Catalog> {
        promotions::reductions_key(self.reach)
    }
}

/// The categories of a parent, or those at the top.
fn children_index(parent: Option<&Slug>, sort: String) -> IndexKey<Catalog> {
    match parent {
        Some(parent) => IndexKey::new("children", parent, sort),
        None => IndexKey::new("roots", "all", sort),
    }
}

fn product_key(id: ProductId) -> Key<Catalog> {
    Key::new("products", partition_name(partition(id)), product_sort(id))
}

/// What the keys of all products of a partition start with.
fn partition_key(partition: u8) -> Key<Catalog> {
    Key::new("products", partition_name(partition), "product#")
}

fn product_sort(id: ProductId) -> String {
    format!("product#{id}")
}

fn partition_name(partition: u8) -> String {
    format!("{partition:02}")
}

/// The partition of a product. The last byte of a UUID of version 7 or 8 is random.
fn partition(id: ProductId) -> u8 {
    id.uuid().as_bytes()[15] % PARTITIONS
}

fn slug_key(slug: &Slug) -> Key<Catalog> {
    Key::new("slug", slug, "claim")
}

fn slug_index(slug: &Slug) -> IndexKey<Catalog> {
    IndexKey::new("slug", slug, "product")
}

fn sku_key(sku: &Sku) -> Key<Catalog> {
    Key::new("sku", sku, "claim")
}

/// The items of this context.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Catalog>,
}

impl kit::OpenStore for Store {
    type Context = Catalog;

    fn open(table: Table<Catalog>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// Returns the store over a table.
    pub fn new(table: Table<Catalog>) -> Self {
        Self { table }
    }
}

//! What a build has read so far: products, and the sessions and baskets with them. It is stored between two parts of a build, and holds
//! neither users nor IDs of sessions and orders.

use sha2::{Digest, Sha256};
use types::{ProductId, Uuid};

use super::basket::{self, Basket};
use super::product_copy::ProductCopy;
use super::session::{self, Session};
use super::vmis::Lists;
use super::words::{Malformed, WordReader, WordWriter};

/// Version of the format of the file.
const VERSION: u32 = 1;
/// Most products of a model.
pub const MAX_PRODUCTS: usize = 200_000;
/// Most sessions that a build reads, the newest first.
pub const MAX_SESSIONS: usize = 500_000;
/// Most baskets that a build reads, the newest first.
pub const MAX_BASKETS: usize = 200_000;
/// Most items of all sessions of a build, and of all baskets: 32 MB.
pub const MAX_ITEMS: usize = 8_000_000;

/// Number under which a category is known: a hash of its slug.
pub fn category_hash(slug: &str) -> u128 {
    let digest = Sha256::digest(slug.as_bytes());
    digest.first_chunk::<16>().map_or(0, |bytes| u128::from_be_bytes(*bytes))
}

/// Sequences of items with the times at which they ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sequences {
    items: Lists,
    /// Times in seconds since 1970.
    ended_at: Vec<u32>,
}

impl Sequences {
    /// Number of sequences.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// True without sequences.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// True if there may be no room for another one with so many items.
    fn is_full(&self, max: usize, longest: usize) -> bool {
        self.items.len() >= max || self.items.values() + longest > MAX_ITEMS
    }

    fn add(&mut self, items: &[u32], ended_at: i64) {
        if self.items.push(items) {
            self.ended_at.push(u32::try_from(ended_at.max(0)).unwrap_or(u32::MAX));
        }
    }

    /// All sequences, the oldest first.
    pub fn by_time(&self) -> Lists {
        let mut order: Vec<(u32, &[u32])> = self.ended_at.iter().copied().zip(self.items.iter()).collect();
        order.sort();
        let mut sorted = Lists::default();
        for (_, items) in order {
            sorted.push(items);
        }
        sorted
    }

    fn write(&self, writer: &mut WordWriter) {
        writer.array(&self.ended_at);
        self.items.write(writer);
    }

    fn read(reader: &mut WordReader<'_>, products: usize) -> Result<Self, Malformed> {
        let ended_at = reader.array()?;
        let items = Lists::read(reader, ended_at.len(), products)?;
        Ok(Self { items, ended_at })
    }
}

/// A product of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectedProduct {
    /// Product ID.
    pub id: u128,
    /// Whether it can be recommended now.
    pub sellable: bool,
    /// Units that were bought.
    pub units: u32,
    /// Hashes of its categories.
    pub categories: Vec<u128>,
}

/// What a build has read so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collected {
    products: Vec<CollectedProduct>,
    sessions: Sequences,
    baskets: Sequences,
}

impl Collected {
    /// Adds products. All of them are added before the first session.
    pub fn add_products<'a>(&mut self, copies: impl IntoIterator<Item = &'a ProductCopy>) {
        let published = copies.into_iter().filter(|copy| copy.published);
        let room = MAX_PRODUCTS.saturating_sub(self.products.len());
        self.products.extend(published.take(room).map(|copy| CollectedProduct {
            id: copy.product_id.uuid().as_u128(),
            sellable: copy.is_sellable(),
            units: 0,
            categories: copy.categories.iter().map(|slug| category_hash(slug)).collect(),
        }));
        self.products.sort_by_key(|product| product.id);
        self.products.dedup_by_key(|product| product.id);
    }

    /// Adds the products of a session that are known.
    pub fn add_session(&mut self, session: &Session) {
        let items: Vec<u32> = session.views.iter().filter_map(|view| self.number(view.product_id)).collect();
        if !items.is_empty() && !self.sessions_full() {
            self.sessions.add(&items, session.ended_at().as_second());
        }
    }

    /// Adds the products of a basket that are known.
    pub fn add_basket(&mut self, basket: &Basket) {
        let mut items = Vec::with_capacity(basket.lines.len());
        for line in &basket.lines {
            let Some(number) = self.number(line.product_id) else { continue };
            items.push(number);
            if let Some(product) = self.products.get_mut(number as usize) {
                product.units = product.units.saturating_add(line.quantity);
            }
        }
        if !items.is_empty() && !self.baskets_full() {
            self.baskets.add(&items, basket.placed_at.as_second());
        }
    }

    /// True once no further product is added.
    pub fn products_full(&self) -> bool {
        self.products.len() >= MAX_PRODUCTS
    }

    /// True once no further session is added.
    pub fn sessions_full(&self) -> bool {
        self.sessions.is_full(MAX_SESSIONS, session::MAX_VIEWS)
    }

    /// True once no further basket is added.
    pub fn baskets_full(&self) -> bool {
        self.baskets.is_full(MAX_BASKETS, basket::MAX_LINES)
    }

    fn number(&self, product: ProductId) -> Option<u32> {
        let id = product.uuid().as_u128();
        self.products.binary_search_by_key(&id, |product| product.id).ok().and_then(|index| u32::try_from(index).ok())
    }

    /// The products, by their IDs.
    pub fn products(&self) -> &[CollectedProduct] {
        &self.products
    }

    /// The sessions.
    pub fn sessions(&self) -> &Sequences {
        &self.sessions
    }

    /// The baskets.
    pub fn baskets(&self) -> &Sequences {
        &self.baskets
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = WordWriter::new(VERSION);
        writer.wide_array(self.products.iter().map(|product| product.id));
        for product in &self.products {
            writer.word(u32::from(product.sellable));
            writer.word(product.units);
            writer.wide_array(product.categories.iter().copied());
        }
        self.sessions.write(&mut writer);
        self.baskets.write(&mut writer);
        writer.finish()
    }

    /// Reads a file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = WordReader::new(bytes, VERSION)?;
        let ids = reader.wide_array()?;
        if !ids.is_sorted_by(|a, b| a < b) {
            return Err(Malformed);
        }
        let mut products = Vec::with_capacity(ids.len());
        for id in ids {
            let (sellable, units) = (reader.word()? == 1, reader.word()?);
            products.push(CollectedProduct { id, sellable, units, categories: reader.wide_array()? });
        }
        let sessions = Sequences::read(&mut reader, products.len())?;
        let baskets = Sequences::read(&mut reader, products.len())?;
        reader.end()?;
        Ok(Self { products, sessions, baskets })
    }
}

/// The ID of a product.
pub fn product_id(number: u128) -> ProductId {
    ProductId::new(Uuid::from_u128(number))
}

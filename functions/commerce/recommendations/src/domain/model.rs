//! The model: everything that recommendations are made from, as one file.

use types::ProductId;

use super::collected::{Collected, product_id};
use super::feed::Changes;
use super::popularity::Popularity;
use super::vmis::{Evolving, Lists, SessionIndex};
use super::words::{Malformed, WordReader, WordWriter};

/// Version of the format of the file.
pub const FORMAT: u32 = 1;
/// Largest file of a model, in bytes. What is above it is pruned, the oldest sessions first.
pub const MAX_BYTES: usize = 40 * 1024 * 1024;
/// Bytes of a word.
const WORD_BYTES: usize = 4;
/// Fraction of the sessions that is pruned at a time.
const PRUNED_PART: usize = 8;
/// How many of the last items of a session count for what is viewed next. More find more general sessions: 2 had the best quality on
/// the public example data of Serenade (`examples/measure.rs`).
pub const LAST_VIEWED: usize = 2;
/// How many items count for what is bought together.
pub const LAST_BOUGHT: usize = 10;

/// Which question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What visitors view next.
    Next,
    /// What is bought together.
    Together,
}

/// Why a product is recommended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It was viewed in similar sessions.
    Viewed,
    /// It was bought together.
    Bought,
    /// It is popular in a category of the items.
    PopularInCategory,
    /// It is popular in the shop.
    PopularInShop,
}

/// A recommended product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recommended {
    /// Product ID.
    pub product_id: ProductId,
    /// Reason.
    pub reason: Reason,
}

/// The model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// IDs of the products, ascending. A product's number is its place.
    products: Vec<u128>,
    /// 1 for products that could be bought when the model was built.
    sellable: Vec<u32>,
    popularity: Popularity,
    next: SessionIndex,
    together: SessionIndex,
}

impl Model {
    /// Builds the model, whose file has at most `max_bytes`.
    pub fn build(collected: &Collected, max_bytes: usize) -> Self {
        let products = collected.products();
        let half = max_bytes / WORD_BYTES / 2;
        let next = bounded(&collected.sessions().by_time(), products.len(), half);
        let together = bounded(&collected.baskets().by_time(), products.len(), half / 2);
        let popularity = Popularity::of(products, &next);
        Self {
            products: products.iter().map(|product| product.id).collect(),
            sellable: products.iter().map(|product| u32::from(product.sellable)).collect(),
            popularity,
            next,
            together,
        }
    }

    /// Number of products.
    pub fn products(&self) -> usize {
        self.products.len()
    }

    /// Number of sessions that are kept.
    pub fn sessions(&self) -> usize {
        self.next.sessions()
    }

    /// Number of baskets that are kept.
    pub fn baskets(&self) -> usize {
        self.together.sessions()
    }

    /// Up to `limit` products for these items, the last one last. Products that cannot be bought are left out. What sessions or baskets
    /// do not fill is filled with popular products of the items' categories, then of the shop.
    pub fn recommend(&self, items: &[ProductId], kind: Kind, limit: usize, changes: &Changes) -> Vec<Recommended> {
        let known: Vec<u32> = items.iter().filter_map(|item| self.number(*item)).collect();
        let (index, last_items, excluded, reason) = match kind {
            Kind::Next => (&self.next, LAST_VIEWED, &known[known.len().saturating_sub(1)..], Reason::Viewed),
            Kind::Together => (&self.together, LAST_BOUGHT, &known[..], Reason::Bought),
        };
        let similar = index.recommend(Evolving { items: &known, last_items, excluded });
        let mut chosen = Chosen { model: self, changes, limit, list: Vec::with_capacity(limit) };
        chosen.add(similar.iter().map(|scored| scored.item), reason, excluded);
        for category in items.iter().rev().flat_map(|item| self.categories(*item, changes)) {
            let popular = self.popularity.in_category(category);
            chosen.add(popular.iter().copied(), Reason::PopularInCategory, &known);
        }
        chosen.add(self.popularity.shop.iter().copied(), Reason::PopularInShop, &known);
        chosen.list
    }

    fn number(&self, product: ProductId) -> Option<u32> {
        self.products.binary_search(&product.uuid().as_u128()).ok().and_then(|index| u32::try_from(index).ok())
    }

    /// Hashes of the categories of a product.
    fn categories(&self, product: ProductId, changes: &Changes) -> Vec<u128> {
        let of_model = || self.number(product).map(|number| self.popularity.categories_of(number).collect());
        changes.categories(product).or_else(of_model).unwrap_or_default()
    }

    fn is_sellable(&self, number: u32, product: ProductId, changes: &Changes) -> bool {
        let in_model = || self.sellable.get(number as usize) == Some(&1);
        changes.is_sellable(product).unwrap_or_else(in_model)
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = WordWriter::new(FORMAT);
        writer.wide_array(self.products.iter().copied());
        writer.array(&self.sellable);
        writer.array(&self.popularity.shop);
        writer.wide_array(self.popularity.categories.iter().copied());
        self.popularity.by_category.write(&mut writer);
        self.popularity.of_product.write(&mut writer);
        self.next.write(&mut writer);
        self.together.write(&mut writer);
        writer.finish()
    }

    /// Reads a file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = WordReader::new(bytes, FORMAT)?;
        let products = reader.wide_array()?;
        let (count, sellable, shop) = (products.len(), reader.array()?, reader.array()?);
        let categories = reader.wide_array()?;
        let by_category = Lists::read(&mut reader, categories.len(), count)?;
        let of_product = Lists::read(&mut reader, count, categories.len())?;
        let is_sorted = products.is_sorted() && categories.is_sorted();
        if !is_sorted || sellable.len() != count || shop.iter().any(|number| *number as usize >= count) {
            return Err(Malformed);
        }
        let next = SessionIndex::read(&mut reader, count)?;
        let together = SessionIndex::read(&mut reader, count)?;
        reader.end()?;
        let popularity = Popularity { shop, categories, by_category, of_product };
        Ok(Self { products, sellable, popularity, next, together })
    }
}

/// Indexes the newest of the sessions that fit into so many words.
fn bounded(sessions: &Lists, items: usize, max_words: usize) -> SessionIndex {
    let mut index = SessionIndex::build(sessions, items);
    let mut kept = sessions.len();
    while index.words() > max_words && kept > 0 {
        kept = kept.saturating_sub((kept / PRUNED_PART).max(1));
        let mut newest = Lists::default();
        for session in sessions.iter().skip(sessions.len() - kept) {
            newest.push(session);
        }
        index = SessionIndex::build(&newest, items);
    }
    index
}

/// The recommendations so far.
struct Chosen<'a> {
    model: &'a Model,
    changes: &'a Changes,
    limit: usize,
    list: Vec<Recommended>,
}

impl Chosen<'_> {
    fn add(&mut self, numbers: impl Iterator<Item = u32>, reason: Reason, excluded: &[u32]) {
        for number in numbers {
            if self.list.len() >= self.limit {
                return;
            }
            let Some(id) = self.model.products.get(number as usize) else { continue };
            let product = product_id(*id);
            let is_known = self.list.iter().any(|known| known.product_id == product);
            if !is_known && !excluded.contains(&number) && self.model.is_sellable(number, product, self.changes) {
                self.list.push(Recommended { product_id: product, reason });
            }
        }
    }
}

//! Pages of products, and their cards.

use std::collections::{BTreeMap, BTreeSet};

use dynamo::{Cursor, Entity, Key, Outbox, Page, Read, StoreError, Versioned};
use types::ProductId;

use super::{Store, Written, card_key, product_key, put, slug_key, written};
use crate::domain::card::CategoryCard;
use crate::domain::product::{ProductNews, ProductState};
use crate::domain::projection::{After, Before, categories, slugs};
use crate::domain::slug_page::SlugPage;

/// The items of a product as they were read.
#[derive(Debug)]
pub struct ProjectionRead {
    state: Option<Versioned<ProductState>>,
    slugs: BTreeMap<String, Versioned<SlugPage>>,
    cards: BTreeMap<String, Versioned<CategoryCard>>,
    /// What they contain.
    pub before: Before,
}

impl Store {
    /// Reads what an event of a product, or of one of its variants, may change, and what the page depends on.
    ///
    /// The state is read first and changes with each write of the items. So of two writers one repeats its reads. A writer that finds
    /// nothing to write leaves no trace: the writer of an event of the product reads the facts once more afterwards.
    pub async fn read_projection(
        &self,
        product: ProductId,
        news: Option<&ProductNews>,
    ) -> Result<ProjectionRead, StoreError> {
        let read = self.product(product, Read::Strong).await?;
        let state = read.as_ref().map_or_else(|| ProductState::nothing(product), |read| read.value.clone());
        let next = news.map_or_else(|| state.clone(), |news| state.with(news));
        let (slugs, categories) = (slugs(&state, news), categories(&state, news));
        let keys = slugs.iter().map(|slug| slug_key(slug));
        let cards = |category: &String| Some(card_key(category, state.since?, product));
        let keys = keys.chain(categories.iter().filter_map(cards)).collect();
        let (own, components) = (self.variants(next.variants), self.variants(next.components));
        let (items, own, components) = futures::join!(self.table.get_many(keys, Read::Strong), own, components);
        let (mut items, mut variants) = (items?, own?);
        let components = components?;
        let products = components.values().filter_map(|facts| facts.product_id).collect();
        let published = self.published(products).await?;
        variants.extend(components);
        let mut read_slugs = BTreeMap::new();
        for slug in slugs {
            let found = items.take::<SlugPage>(slug_key(&slug))?;
            read_slugs.extend(found.map(|found| (slug, found)));
        }
        let mut read_cards = BTreeMap::new();
        for category in categories {
            let Some(key) = cards(&category) else { break };
            let found = items.take::<CategoryCard>(key)?;
            read_cards.extend(found.map(|found| (category, found)));
        }
        let pages = read_slugs.iter().map(|(slug, page)| (slug.clone(), page.value.clone())).collect();
        let before = Before { state, slugs: pages, variants, published };
        Ok(ProjectionRead { state: read, slugs: read_slugs, cards: read_cards, before })
    }

    /// Writes the items of a projection in one transaction, if they are as they were read.
    pub async fn write_projection(&self, read: &ProjectionRead, after: &After) -> Result<Written, StoreError> {
        let none = Outbox::none();
        let mut transaction = self.table.transaction();
        for (slug, page) in after.slugs.iter().filter(|(_, page)| !page.holders.is_empty()) {
            transaction = put(transaction, read.slugs.get(slug), page);
        }
        for (category, card) in &after.cards {
            transaction = match (read.cards.get(category), card) {
                // An older event moves the card to another place in the list.
                (Some(known), Some(card)) if known.value.card.since != card.card.since => {
                    put(transaction.delete(known), None, card)
                }
                (known, Some(card)) => put(transaction, known, card),
                (Some(known), None) => transaction.delete(known),
                (None, None) => transaction,
            };
        }
        let is_known = read.state.as_ref().is_some_and(|state| state.value == after.state);
        if transaction.is_empty() && is_known {
            return Ok(Written::Unchanged);
        }
        transaction = match &read.state {
            Some(state) => transaction.replace(state, &after.state, &none),
            None => transaction.create(&after.state, &none),
        };
        written(transaction.commit().await)
    }

    /// Reads the state of a product.
    pub async fn product(&self, id: ProductId, read: Read) -> Result<Option<Versioned<ProductState>>, StoreError> {
        self.table.get(product_key(id), read).await
    }

    /// Returns which of these products are published; at most a hundred.
    async fn published(&self, products: BTreeSet<ProductId>) -> Result<BTreeSet<ProductId>, StoreError> {
        if products.is_empty() {
            return Ok(products);
        }
        let keys = products.into_iter().map(product_key).collect();
        let found: Vec<Versioned<ProductState>> = self.table.get_many(keys, Read::Strong).await?.into_all()?;
        let published = found.into_iter().filter(|state| state.value.is_published);
        Ok(published.map(|state| state.value.product_id).collect())
    }

    /// Reads what a slug leads to.
    pub async fn slug_page(&self, slug: &str, read: Read) -> Result<Option<SlugPage>, StoreError> {
        Ok(self.table.get::<SlugPage>(slug_key(slug), read).await?.map(|page| page.value))
    }

    /// Reads a page of the products of a category, newest first.
    pub async fn category_cards(
        &self,
        category: &str,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<CategoryCard>, StoreError> {
        self.table.list(Key::new("category", category, "card#"), true, limit, after).await
    }

    /// Returns the cursor of the page that starts after a card.
    pub fn after_card(card: &CategoryCard) -> Cursor {
        card.key().cursor()
    }
}

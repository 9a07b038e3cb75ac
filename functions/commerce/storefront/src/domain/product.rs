//! What routes the events of a product to its page: the newest revision, and where its page and cards are.

use std::collections::BTreeSet;

use contracts::catalog::{ProductArchived, ProductChanged, ProductPublished, ProductSnapshot};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{ProductId, VariantId};

use super::card::Card;
use super::page;

/// What an event says about a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductNews {
    /// Product ID.
    pub product_id: ProductId,
    /// Revision.
    pub revision: u64,
    /// Time of the event.
    pub at: Timestamp,
    /// The product; none if it was archived.
    pub product: Option<ProductSnapshot>,
}

/// The state of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductState {
    /// Product ID.
    pub product_id: ProductId,
    /// Newest known revision.
    pub revision: u64,
    /// Time of its event.
    pub at: Timestamp,
    /// Time of the oldest event: since when the product is public. None before the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Whether the product is published in it.
    pub is_published: bool,
    /// The slug of the newest revision that names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// That revision; 0 if none does.
    pub slug_revision: u64,
    /// Its variants while it is published.
    pub variants: Vec<VariantId>,
    /// Components of its bundles while it is published, as far as the page shows them.
    pub components: BTreeSet<VariantId>,
    /// Its categories while it is published.
    pub categories: BTreeSet<String>,
    /// Its card while it is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
}

impl ProductNews {
    /// What a publication says.
    pub fn of_published(fact: ProductPublished, at: Timestamp) -> Self {
        Self { product_id: fact.product_id, revision: fact.revision, at, product: Some(fact.product) }
    }

    /// What a change says.
    pub fn of_changed(fact: ProductChanged, at: Timestamp) -> Self {
        Self { product_id: fact.product_id, revision: fact.revision, at, product: Some(fact.product) }
    }

    /// What the end of a publication says.
    pub fn of_archived(fact: &ProductArchived, at: Timestamp) -> Self {
        Self { product_id: fact.product_id, revision: fact.revision, at, product: None }
    }

    /// Returns the slug that it names.
    pub fn slug(&self) -> Option<&str> {
        self.product.as_ref().map(|product| product.slug.as_str())
    }

    /// True if it is newer than what is known.
    pub fn is_newest(&self, known: Option<&ProductState>) -> bool {
        known.is_none_or(|known| known.revision < self.revision)
    }
}

impl ProductState {
    /// A product of which nothing is known but its ID.
    pub fn nothing(product_id: ProductId) -> Self {
        Self {
            product_id,
            revision: 0,
            at: Timestamp::UNIX_EPOCH,
            since: None,
            is_published: false,
            slug: None,
            slug_revision: 0,
            variants: Vec::new(),
            components: BTreeSet::new(),
            categories: BTreeSet::new(),
            card: None,
        }
    }

    /// Returns the state with news; its card is still the earlier one.
    #[must_use]
    pub fn with(&self, news: &ProductNews) -> Self {
        let mut next = self.clone();
        next.since = self.since.into_iter().chain([news.at]).min();
        if let Some(slug) = news.slug().filter(|_| self.slug_revision < news.revision) {
            (next.slug, next.slug_revision) = (Some(slug.to_owned()), news.revision);
        }
        if news.is_newest(Some(self)) {
            (next.revision, next.at, next.is_published) = (news.revision, news.at, news.product.is_some());
            let product = news.product.as_ref();
            let ids = |product: &ProductSnapshot| product.variants.iter().map(|variant| variant.variant_id).collect();
            next.variants = product.map(ids).unwrap_or_default();
            next.components = product.map(page::shown_components).unwrap_or_default();
            next.categories = product.map(|product| product.categories.iter().cloned().collect()).unwrap_or_default();
        }
        next
    }

    /// Returns the slug under which its page is, while it is published.
    pub fn published_slug(&self) -> Option<&str> {
        self.slug.as_deref().filter(|_| self.is_published)
    }
}

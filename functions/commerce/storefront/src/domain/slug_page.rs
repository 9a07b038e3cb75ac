//! What a slug leads to: the page of the product that has it, or a trace of those that had it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::ProductId;

use super::page::ProductPage;

/// Maximum number of products of which a slug keeps a trace: those that had it last.
const MAX_HOLDERS: usize = 50;

/// A slug, with the products that have or had it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlugPage {
    /// The slug.
    pub slug: String,
    /// The products.
    pub holders: BTreeMap<ProductId, Holder>,
}

/// A product that has or had a slug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Time of the newest event in which the product had the slug.
    pub held_at: Timestamp,
    /// Its page, while it is published under this slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Box<ProductPage>>,
}

/// What a request for a slug gets.
#[derive(Debug, PartialEq, Eq)]
pub enum Resolved {
    /// This page.
    Page(ProductId, Box<ProductPage>),
    /// What this product has now: another slug, or nothing.
    Earlier(ProductId),
    /// Nothing.
    Unknown,
}

impl SlugPage {
    /// A slug that leads nowhere.
    pub fn unknown(slug: impl Into<String>) -> Self {
        Self { slug: slug.into(), holders: BTreeMap::new() }
    }

    /// Returns the page of a product, if it is here.
    pub fn page_of(&self, product: ProductId) -> Option<&ProductPage> {
        self.holders.get(&product)?.page.as_deref()
    }

    /// Returns the slug with the page that a product has here now, and the time at which an event gave it the slug, if one did. A
    /// product that never had it is not added.
    #[must_use]
    pub fn with(&self, product: ProductId, held_at: Option<Timestamp>, page: Option<ProductPage>) -> Self {
        let known = self.holders.get(&product).map(|holder| holder.held_at);
        let Some(held_at) = known.max(held_at) else { return self.clone() };
        let mut next = self.clone();
        next.holders.insert(product, Holder { held_at, page: page.map(Box::new) });
        while next.holders.len() > MAX_HOLDERS {
            let oldest = next.holders.iter().min_by_key(|(id, holder)| (holder.held_at, **id)).map(|(id, _)| *id);
            oldest.and_then(|id| next.holders.remove(&id));
        }
        next
    }

    /// Returns what the slug leads to. The catalog gives a slug to one product at a time; while events are on their way, the product
    /// that got it last counts.
    pub fn resolve(self) -> Resolved {
        let last = self.holders.into_iter().max_by_key(|(id, holder)| (holder.page.is_some(), holder.held_at, *id));
        match last {
            Some((id, Holder { page: Some(page), .. })) => Resolved::Page(id, page),
            Some((id, Holder { page: None, .. })) => Resolved::Earlier(id),
            None => Resolved::Unknown,
        }
    }
}

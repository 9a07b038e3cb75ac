//! The projection: which items an event changes, and what they contain then.
//!
//! Page and cards are a pure function of the product's newest revision and of the facts of its variants, each of which is a
//! commutative merge of events. So the order of events and their repetition do not matter.

use std::collections::{BTreeMap, BTreeSet};

use types::ProductId;

use super::card::{Card, CategoryCard};
use super::page::{KnownVariants, ProductPage};
use super::product::{ProductNews, ProductState};
use super::slug_page::SlugPage;

/// The items that a projection depends on, as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// The state of the product.
    pub state: ProductState,
    /// The slugs that [`slugs`] names, as far as they exist.
    pub slugs: BTreeMap<String, SlugPage>,
    /// What is known of the product's variants and components.
    pub variants: KnownVariants,
    /// Which products of the components are published.
    pub published: BTreeSet<ProductId>,
}

/// The items as they are to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// The state of the product.
    pub state: ProductState,
    /// The slugs.
    pub slugs: BTreeMap<String, SlugPage>,
    /// Cards by category; none where the product is to have none.
    pub cards: BTreeMap<String, Option<CategoryCard>>,
}

/// Returns the slugs whose items an event may change.
pub fn slugs(state: &ProductState, news: Option<&ProductNews>) -> BTreeSet<String> {
    let named = news.and_then(ProductNews::slug).map(str::to_owned);
    named.into_iter().chain(state.slug.clone()).collect()
}

/// Returns the categories whose cards an event may change.
pub fn categories(state: &ProductState, news: Option<&ProductNews>) -> BTreeSet<String> {
    let newest = news.filter(|news| news.is_newest(Some(state)));
    let next = newest.and_then(|news| news.product.as_ref()).into_iter().flat_map(|product| &product.categories);
    next.chain(&state.categories).cloned().collect()
}

/// Returns the items after an event of the product, or after one of its variants.
pub fn project(before: &Before, news: Option<&ProductNews>) -> After {
    let known = &before.state;
    let mut state = news.map_or_else(|| known.clone(), |news| known.with(news));
    let page = page(before, news, &state);
    state.card = page.as_ref().map(|page| Card::of(state.product_id, page));
    let slugs = slugs(known, news).into_iter().map(|slug| {
        let read = before.slugs.get(&slug).cloned().unwrap_or_else(|| SlugPage::unknown(slug.clone()));
        let held_at = news.filter(|news| news.slug() == Some(slug.as_str())).map(|news| news.at);
        let own = page.clone().filter(|_| state.published_slug() == Some(slug.as_str()));
        let next = read.with(state.product_id, held_at, own);
        (slug, next)
    });
    let card = |category: &String| {
        let card = state.card.clone().filter(|_| state.categories.contains(category))?;
        Some(CategoryCard { category: category.clone(), card })
    };
    let categories = categories(known, news).into_iter();
    let cards = categories.map(|category| (category.clone(), card(&category))).collect();
    After { slugs: slugs.collect(), cards, state }
}

fn page(before: &Before, news: Option<&ProductNews>, state: &ProductState) -> Option<ProductPage> {
    let slug = state.published_slug()?;
    let newest = news.filter(|news| news.is_newest(Some(&before.state)));
    let product = match newest {
        Some(news) => news.product.clone()?,
        None => shown(before, state.product_id, slug)?.product.clone(),
    };
    Some(ProductPage::build(state, product, &before.variants, &before.published))
}

fn shown<'a>(before: &'a Before, product: ProductId, slug: &str) -> Option<&'a ProductPage> {
    before.slugs.get(slug)?.page_of(product)
}

#[cfg(test)]
#[path = "projection_tests.rs"]
mod tests;

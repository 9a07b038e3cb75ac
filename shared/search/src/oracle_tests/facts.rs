//! What filters, facets and orders say of one document.

use std::collections::BTreeSet;

use crate::{Document, FacetName, Filter, SearchQuery, Sort, Variant};

fn no_variant() -> Variant {
    Variant { available: true, ..Variant::default() }
}

fn variants(document: &Document) -> Vec<Variant> {
    if document.variants.is_empty() { vec![no_variant()] } else { document.variants.clone() }
}

pub(super) fn in_stock(document: &Document) -> bool {
    variants(document).iter().any(|variant| variant.available)
}

fn price(variant: &Variant, query: &SearchQuery) -> Option<i64> {
    let currency = query.currency.as_ref()?;
    let valid = |price: &&crate::Price| {
        price.currency == *currency
            && price.valid_from.is_none_or(|from| from <= query.at)
            && price.valid_until.is_none_or(|until| query.at < until)
    };
    variant.prices.iter().find(valid).map(|price| price.amount)
}

fn accepts(filter: &Filter, document: &Document, variant: &Variant, query: &SearchQuery) -> bool {
    match filter {
        Filter::Values { name: FacetName::Facet(name), values } => {
            document.facets.get(name).into_iter().flatten().any(|value| values.contains(value))
        }
        Filter::Values { name: FacetName::Option(name), values } => {
            variant.choices.get(name).is_some_and(|value| values.contains(value))
        }
        Filter::Price { min, max } => price(variant, query)
            .is_some_and(|price| min.is_none_or(|min| min <= price) && max.is_none_or(|max| price <= max)),
        Filter::InStock => variant.available,
    }
}

/// The variants that pass all filters but the one on a facet.
fn passing(document: &Document, query: &SearchQuery, but: Option<&FacetName>) -> Vec<Variant> {
    let counts = |filter: &&Filter| !matches!(filter, Filter::Values { name, .. } if Some(name) == but);
    let mut all = variants(document);
    all.retain(|variant| query.filters.iter().filter(counts).all(|filter| accepts(filter, document, variant, query)));
    all
}

/// A document that passes.
pub(super) struct Passed {
    /// Its lowest price.
    pub price: Option<i64>,
}

/// Whether a document passes.
pub(super) fn passes(document: &Document, query: &SearchQuery, but: Option<&FacetName>) -> Option<Passed> {
    let passing = passing(document, query, but);
    let price = passing.iter().filter_map(|variant| price(variant, query)).min();
    (!passing.is_empty()).then_some(Passed { price })
}

pub(super) fn values<'a>(document: &'a Document, name: &FacetName, query: &SearchQuery) -> BTreeSet<&'a str> {
    let passing = passing(document, query, Some(name));
    match name {
        FacetName::Facet(_) if passing.is_empty() => BTreeSet::new(),
        FacetName::Facet(name) => document.facets.get(name).into_iter().flatten().map(String::as_str).collect(),
        FacetName::Option(name) => {
            let passes = |variant: &&Variant| passing.contains(variant);
            document
                .variants
                .iter()
                .filter(passes)
                .filter_map(|variant| variant.choices.get(name))
                .map(String::as_str)
                .collect()
        }
    }
}

pub(super) fn sort_key(query: &SearchQuery, price: Option<i64>, document: &Document) -> i64 {
    match query.sort {
        Sort::Relevance => 0,
        Sort::PriceAscending => price.unwrap_or(i64::MAX),
        Sort::PriceDescending => price.map_or(i64::MAX, |price| -price),
        Sort::Newest => -document.created_at,
    }
}

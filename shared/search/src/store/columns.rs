//! Columns: what filters, orders and counts need of each document, by its number.

use std::collections::HashMap;

use crate::collection::Collection;
use crate::document::Document;

use super::codes::{FacetKey, values};

/// A currency during a time: prices of many variants share it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub(crate) struct PriceTerm {
    /// The currency.
    pub currency: String,
    /// The first second at which the price is valid.
    pub from: i64,
    /// The first second at which it is no longer valid.
    pub until: i64,
}

impl PriceTerm {
    /// Whether a price of this term applies.
    pub fn applies(&self, currency: &str, at: i64) -> bool {
        self.currency == currency && self.from <= at && at < self.until
    }
}

/// The terms of prices, numbered as they appear.
#[derive(Debug, Clone, Default)]
pub(crate) struct PriceTerms {
    /// The terms by their number.
    pub list: Vec<PriceTerm>,
    numbers: HashMap<PriceTerm, u32>,
}

impl PriceTerms {
    /// The number of a term, a new one if it has none.
    pub fn number(&mut self, term: PriceTerm) -> u32 {
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(term).or_insert_with_key(|term| {
            self.list.push(term.clone());
            next
        })
    }
}

/// Where each of several lists ends that lie one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ends(Vec<u32>);

impl Ends {
    /// Where the items of a list are; empty if there is no such list.
    pub fn range(&self, at: usize) -> std::ops::Range<usize> {
        let start = at.checked_sub(1).and_then(|before| self.0.get(before)).map_or(0, |end| *end as usize);
        start..self.0.get(at).map_or(start, |end| *end as usize)
    }

    /// The number of items of all lists.
    pub fn total(&self) -> usize {
        self.0.last().map_or(0, |end| *end as usize)
    }

    fn push(&mut self, length: usize) {
        self.0.push(u32::try_from(self.total() + length).unwrap_or(u32::MAX));
    }

    /// The ends of lists with these lengths; nothing if they exceed 32 bits.
    pub fn of(lengths: &[u64]) -> Option<Self> {
        let mut end = 0u64;
        let ends = lengths.iter().map(|length| {
            end = end.saturating_add(*length);
            u32::try_from(end).ok()
        });
        ends.collect::<Option<_>>().map(Self)
    }
}

/// Lists of numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Lists {
    /// Where they end.
    pub ends: Ends,
    /// The items of all lists.
    pub items: Vec<u32>,
}

impl Lists {
    /// The list at a position; empty if there is none.
    pub fn get(&self, at: usize) -> &[u32] {
        self.items.get(self.ends.range(at)).unwrap_or_default()
    }

    fn push(&mut self, list: impl IntoIterator<Item = u32>) {
        let before = self.items.len();
        self.items.extend(list);
        self.ends.push(self.items.len() - before);
    }

    fn fit(&self, count: usize, limit: u32) -> bool {
        self.ends.0.len() == count
            && self.ends.total() == self.items.len()
            && self.items.iter().all(|item| *item < limit)
    }
}

/// The columns of documents, and of their variants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    /// The popularity of each document.
    pub popularity: Vec<u32>,
    /// The time of creation of each document.
    pub created: Vec<i64>,
    /// The revision of each document.
    pub revision: Vec<u64>,
    /// The codes of facet values of each document, ascending.
    pub values: Lists,
    /// The variants of each document: at least one.
    pub variants: Ends,
    /// Whether each variant is available.
    pub available: Vec<bool>,
    /// The codes of the options of each variant.
    pub choices: Lists,
    /// For each price of each variant its term.
    pub price_terms: Lists,
    /// For each price its amount.
    pub amounts: Vec<i64>,
}

impl Columns {
    /// The number of documents.
    pub fn len(&self) -> usize {
        self.popularity.len()
    }

    /// The variants of a document.
    pub fn variants(&self, document: usize) -> std::ops::Range<usize> {
        self.variants.range(document)
    }

    /// Whether a variant of the document is available.
    pub fn in_stock(&self, document: usize) -> bool {
        self.available.get(self.variants(document)).is_some_and(|available| available.contains(&true))
    }

    /// The price of a variant: the first whose term applies.
    pub fn price(&self, variant: usize, applies: &[bool]) -> Option<i64> {
        let is_valid = |at: &usize| {
            self.price_terms.items.get(*at).is_some_and(|term| applies.get(*term as usize).copied().unwrap_or_default())
        };
        let at = self.price_terms.ends.range(variant).find(is_valid)?;
        self.amounts.get(at).copied()
    }

    /// Appends a document.
    pub fn push(
        &mut self,
        document: &Document,
        collection: &Collection,
        code: &mut dyn FnMut(&FacetKey, &str) -> u32,
        term: &mut dyn FnMut(PriceTerm) -> u32,
    ) {
        self.popularity.push(document.popularity);
        self.created.push(document.created_at);
        self.revision.push(document.revision);
        let mut codes: Vec<u32> = values(document, collection).map(|(key, value)| code(&key, value)).collect();
        codes.sort_unstable();
        codes.dedup();
        self.values.push(codes);
        let first = self.available.len();
        for variant in &document.variants {
            self.available.push(variant.available);
            self.choices
                .push(variant.choices.iter().map(|(option, value)| code(&FacetKey::Option(option.clone()), value)));
            self.price_terms.push(variant.prices.iter().map(|price| {
                term(PriceTerm {
                    currency: price.currency.clone(),
                    from: price.valid_from.unwrap_or(i64::MIN),
                    until: price.valid_until.unwrap_or(i64::MAX),
                })
            }));
            self.amounts.extend(variant.prices.iter().map(|price| price.amount));
        }
        if document.variants.is_empty() {
            self.available.push(true);
            self.choices.push([]);
            self.price_terms.push([]);
        }
        self.variants.push(self.available.len() - first);
    }

    /// Whether the columns fit each other, the number of codes, and that of the terms of prices.
    pub fn fit(&self, codes: u32, terms: usize) -> bool {
        let (documents, variants) = (self.popularity.len(), self.available.len());
        let terms = u32::try_from(terms).unwrap_or(u32::MAX);
        [self.created.len(), self.revision.len(), self.variants.0.len()].iter().all(|len| *len == documents)
            && self.variants.total() == variants
            && self.values.fit(documents, codes)
            && self.choices.fit(variants, codes)
            && self.price_terms.fit(variants, terms)
            && self.price_terms.items.len() == self.amounts.len()
    }
}

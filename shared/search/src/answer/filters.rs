//! Filters and counts, evaluated in one pass over the hits.
//!
//! Each filter has a bit. A variant fails some of them; a document is a hit if one of its variants fails none. A facet counts
//! documents with a variant that fails at most the filter on this very facet.

use crate::collection::Collection;
use crate::query::{FacetName, Filter, QueryError, SearchQuery, Sort};
use crate::result::{FacetCount, FacetCounts, MAX_COUNTED_VALUES, PriceSpan};
use crate::store::{Codes, Columns, ExtraCodes, FacetKey, PriceTerm};

/// The value of `Compiled::slots` of values that are not counted.
const NOT_COUNTED: u8 = u8::MAX;

/// The filters and counted facets of a search.
pub(crate) struct Compiled {
    /// For each code the filters that accept it.
    accepts: Vec<u32>,
    document_bits: u32,
    variant_bits: u32,
    price: Option<(u32, i64, i64)>,
    stock: u32,
    /// For each code the position of its facet among the counted ones.
    slots: Vec<u8>,
    /// For each counted facet the filter on it.
    slot_bits: Vec<u32>,
    sort: Sort,
    needs_prices: bool,
    /// Without filters, facets and prices every document passes.
    passes_all: bool,
}

/// Which prices apply, for one set of columns.
pub(crate) struct AppliedPrices(Vec<bool>);

impl AppliedPrices {
    /// The prices that apply to a search.
    pub fn of(query: &SearchQuery, terms: &[PriceTerm]) -> Self {
        let applies =
            |term: &PriceTerm| query.currency.as_ref().is_some_and(|currency| term.applies(currency, query.at));
        Self(terms.iter().map(applies).collect())
    }
}

/// What is counted over the hits.
pub(crate) struct Counts {
    values: Vec<u32>,
    /// For each code the last document that was counted, so that none counts twice.
    stamps: Vec<u32>,
    prices: Option<PriceSpan>,
}

/// A hit as the filters see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Passed {
    /// The lowest price of a variant that passes.
    pub price: Option<i64>,
}

impl Compiled {
    /// Compiles the filters of a checked search.
    pub fn new(
        query: &SearchQuery,
        collection: &Collection,
        codes: &Codes,
        extra: &ExtraCodes,
    ) -> Result<Self, QueryError> {
        let count = (codes.len() + extra.len()) as usize;
        let mut compiled = Self {
            accepts: vec![0; count],
            document_bits: 0,
            variant_bits: 0,
            price: None,
            stock: 0,
            slots: vec![NOT_COUNTED; count],
            slot_bits: vec![0; query.facets.len()],
            sort: query.sort,
            needs_prices: query.currency.is_some(),
            passes_all: query.filters.is_empty() && query.facets.is_empty() && query.currency.is_none(),
        };
        for (position, filter) in query.filters.iter().enumerate() {
            let bit = 1 << position;
            match filter {
                Filter::Price { min, max } => {
                    compiled.price = Some((bit, min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX)));
                    compiled.variant_bits |= bit;
                }
                Filter::InStock => {
                    compiled.stock = bit;
                    compiled.variant_bits |= bit;
                }
                Filter::Values { name, values } => {
                    let key = key(name, collection)?;
                    match key {
                        FacetKey::Facet(_) => compiled.document_bits |= bit,
                        FacetKey::Option(_) => compiled.variant_bits |= bit,
                    }
                    for code in values.iter().filter_map(|value| extra.get(codes, &key, value)) {
                        compiled.accepts[code as usize] |= bit;
                    }
                }
            }
        }
        for (slot, name) in query.facets.iter().enumerate() {
            let key = key(name, collection)?;
            for (code, _) in codes.values(&key).chain(extra.values(&key)) {
                compiled.slots[code as usize] = u8::try_from(slot).unwrap_or(NOT_COUNTED);
            }
            let same = |filter: &Filter| matches!(filter, Filter::Values { name: other, .. } if other == name);
            compiled.slot_bits[slot] = query.filters.iter().position(same).map_or(0, |position| 1 << position);
        }
        Ok(compiled)
    }

    /// Empty counts.
    pub fn counts(&self) -> Counts {
        Counts { values: vec![0; self.slots.len()], stamps: vec![0; self.slots.len()], prices: None }
    }

    /// Evaluates a document. `stamp` is a number that no other document of the search has, above zero.
    pub fn evaluate(
        &self,
        columns: &Columns,
        prices: &AppliedPrices,
        document: usize,
        counting: Option<(&mut Counts, u32)>,
    ) -> Option<Passed> {
        if self.passes_all {
            return Some(Passed { price: None });
        }
        let values = columns.values.get(document);
        let failed = self.document_bits & !self.accepted(values);
        if failed.count_ones() > 1 {
            return None;
        }
        let mut passed: Option<Passed> = None;
        let mut nearly = 0;
        let mut counting = counting;
        for variant in columns.variants(document) {
            let choices = columns.choices.get(variant);
            let price = if self.needs_prices { columns.price(variant, &prices.0) } else { None };
            let failed = failed | self.variant_failures(columns, variant, choices, price);
            if failed.count_ones() > 1 {
                continue;
            }
            if failed == 0 {
                let best = passed.and_then(|passed| passed.price);
                let price = best.into_iter().chain(price).min();
                passed = Some(Passed { price });
            }
            nearly |= failed;
            if let Some((counts, stamp)) = counting.as_mut() {
                let accepts = |slot_bit: u32| failed & !slot_bit == 0;
                self.count(choices, counts, *stamp, accepts);
                if failed & !self.price.map_or(0, |(bit, ..)| bit) == 0 {
                    counts.add_price(price);
                }
            }
        }
        if let Some((counts, stamp)) = counting {
            self.count(values, counts, stamp, |slot_bit| passed.is_some() || nearly & slot_bit != 0);
        }
        passed
    }

    /// The key by which hits are ordered before their tier; less is first.
    pub fn sort_key(&self, passed: Passed, created: i64) -> i64 {
        match self.sort {
            Sort::Relevance => 0,
            Sort::PriceAscending => passed.price.unwrap_or(i64::MAX),
            Sort::PriceDescending => passed.price.map_or(i64::MAX, |price| -price),
            Sort::Newest => created.saturating_neg(),
        }
    }

    fn accepted(&self, codes: &[u32]) -> u32 {
        if self.document_bits | self.variant_bits == 0 {
            return 0;
        }
        codes.iter().fold(0, |bits, code| bits | self.accepts.get(*code as usize).copied().unwrap_or_default())
    }

    fn variant_failures(&self, columns: &Columns, variant: usize, choices: &[u32], price: Option<i64>) -> u32 {
        if self.variant_bits == 0 {
            return 0;
        }
        let mut accepted = self.accepted(choices);
        if columns.available.get(variant).copied().unwrap_or_default() {
            accepted |= self.stock;
        }
        if let (Some((bit, min, max)), Some(price)) = (self.price, price)
            && (min..=max).contains(&price)
        {
            accepted |= bit;
        }
        self.variant_bits & !accepted
    }

    fn count(&self, codes: &[u32], counts: &mut Counts, stamp: u32, accepts: impl Fn(u32) -> bool) {
        for code in codes.iter().map(|code| *code as usize) {
            let slot = self.slots.get(code).copied().unwrap_or(NOT_COUNTED);
            if slot != NOT_COUNTED && counts.stamps[code] != stamp && accepts(self.slot_bits[usize::from(slot)]) {
                counts.stamps[code] = stamp;
                counts.values[code] += 1;
            }
        }
    }
}

impl Counts {
    fn add_price(&mut self, price: Option<i64>) {
        if let Some(price) = price {
            let span = self.prices.get_or_insert(PriceSpan { min: price, max: price });
            *span = PriceSpan { min: span.min.min(price), max: span.max.max(price) };
        }
    }

    /// The lowest and highest price.
    pub fn prices(&self) -> Option<PriceSpan> {
        self.prices
    }

    /// The counts of the facets of a search.
    pub fn facets(
        &self,
        query: &SearchQuery,
        collection: &Collection,
        codes: &Codes,
        extra: &ExtraCodes,
    ) -> Vec<FacetCounts> {
        query.facets.iter().map(|name| self.facet(name, query, collection, codes, extra)).collect()
    }

    fn facet(
        &self,
        name: &FacetName,
        query: &SearchQuery,
        collection: &Collection,
        codes: &Codes,
        extra: &ExtraCodes,
    ) -> FacetCounts {
        let selected = query.filters.iter().find_map(|filter| match filter {
            Filter::Values { name: other, values } if other == name => Some(values.as_slice()),
            _ => None,
        });
        let selected = selected.unwrap_or_default();
        let key = FacetKey::of(name, collection);
        let all = key.iter().flat_map(|key| codes.values(key).chain(extra.values(key)));
        let counted =
            all.map(|(code, value)| (value, self.values[code as usize] as usize)).filter(|(_, count)| *count > 0);
        let mut counted: Vec<(&str, usize)> = counted.collect();
        let absent = selected.iter().filter(|value| !counted.iter().any(|(other, _)| other == value));
        let absent: std::collections::BTreeSet<&str> = absent.map(String::as_str).collect();
        counted.extend(absent.into_iter().map(|value| (value, 0)));
        counted.sort_by_key(|(value, count)| (std::cmp::Reverse(*count), *value));
        let is_selected = |value: &str| selected.iter().any(|other| other == value);
        let kept = counted.iter().enumerate().filter(|(at, (value, _))| *at < MAX_COUNTED_VALUES || is_selected(value));
        let values = kept.map(|(_, (value, count))| FacetCount {
            value: (*value).to_owned(),
            count: *count,
            selected: is_selected(value),
        });
        FacetCounts { name: name.clone(), values: values.collect() }
    }
}

fn key(name: &FacetName, collection: &Collection) -> Result<FacetKey, QueryError> {
    FacetKey::of(name, collection).ok_or_else(|| match name {
        FacetName::Facet(name) | FacetName::Option(name) => QueryError::UnknownFacet(name.clone()),
    })
}

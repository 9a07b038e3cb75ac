//! Runs a search over an index and its changes.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::filters::{AppliedPrices, Compiled, Counts};
use super::highlight::Highlighter;
use super::matching::{ENOUGH_DOCUMENTS, FoundTerms, Source};
use super::ranking::{Score, Tier};
use super::words::{Word, Words};
use crate::changes::Changes;
use crate::index::{Inner, SearchError};
use crate::query::{
    Filter, MAX_COUNTED_FACETS, MAX_FILTER_VALUES, MAX_FILTERS, MAX_PAGE_HITS, MAX_QUERY_BYTES, MAX_WINDOW_HITS,
};
use crate::query::{QueryError, SearchQuery, Sort};
use crate::result::{Correction, Hit, MatchedWords, SearchResult};
use crate::store::{Columns, Overlay, Rank, Similar, StoredDocument, UNMATCHED};

/// Set in the mask of a live document.
const LIVE: u16 = 1 << 15;

/// All fields.
const EVERY_FIELD: u16 = u16::MAX;

/// Searches an index with its changes.
pub(crate) fn search(index: &Inner, changes: &Changes, query: &SearchQuery) -> Result<SearchResult, SearchError> {
    run(index, changes, query, EVERY_FIELD).map(|found| found.result)
}

/// Searches some of the fields: those of the bits.
pub(super) fn run(index: &Inner, changes: &Changes, query: &SearchQuery, fields: u16) -> Result<Found, SearchError> {
    check(query)?;
    let words = Words::of(&query.text, &index.analyzer(), changes.synonyms().unwrap_or(&index.synonyms));
    Run::new(index, changes, query, words, fields)?.result()
}

/// What a search found.
#[derive(Default)]
pub(super) struct Found {
    /// The result.
    pub result: SearchResult,
    /// For each hit the suggested text that matches.
    pub texts: Vec<Option<String>>,
}

/// One search while it runs.
struct Run<'a> {
    index: &'a Inner,
    changes: &'a Changes,
    query: &'a SearchQuery,
    words: Words,
    similar: Vec<Option<Similar>>,
    corrections: Vec<Correction>,
    base: Side<'a>,
    overlay: Side<'a>,
    filters: Compiled,
}

/// The documents of the index, or the changed ones, with their matches.
struct Side<'a> {
    columns: &'a Columns,
    prices: AppliedPrices,
    /// For each word the rank in each document.
    ranks: Vec<Vec<Rank>>,
    /// For each document a bit per matched word, and [`LIVE`].
    masks: Vec<u16>,
}

/// A hit before its document is read.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    sort: i64,
    tier: Tier,
    document: u32,
}

impl<'a> Run<'a> {
    fn new(
        index: &'a Inner,
        changes: &'a Changes,
        query: &'a SearchQuery,
        words: Words,
        fields: u16,
    ) -> Result<Self, SearchError> {
        let overlay = changes.overlay();
        let filters = Compiled::new(query, index.collection, &index.meta.codes, &overlay.codes)?;
        let base_columns = index.base.as_ref().map_or(&index.no_columns, |base| &base.columns);
        let mut run = Self {
            index,
            changes,
            query,
            words,
            similar: Vec::new(),
            corrections: Vec::new(),
            base: Side::new(base_columns, AppliedPrices::of(query, &index.meta.price_terms)),
            overlay: Side::new(&overlay.columns, AppliedPrices::of(query, &overlay.price_terms.list)),
            filters,
        };
        run.match_words(overlay, fields)?;
        Ok(run)
    }

    fn match_words(&mut self, overlay: &Overlay, fields: u16) -> Result<(), SearchError> {
        let base = self.index.base.as_ref();
        let base_source = base.map(|base| Source {
            dictionary: base,
            count: base.columns.len(),
            dead: self.changes.dead_base(),
            fields,
        });
        let overlay_source =
            Source { dictionary: overlay, count: overlay.len(), dead: self.changes.dead_overlay(), fields };
        for word in &self.words.used {
            let mut in_base = base_source.as_ref().map(|source| source.exact(word)).transpose()?.unwrap_or_default();
            let mut in_overlay = overlay_source.exact(word)?;
            let matched =
                base_source.as_ref().map_or(0, |source| source.matched(&in_base)) + overlay_source.matched(&in_overlay);
            let similar = similar(word).filter(|_| matched < ENOUGH_DOCUMENTS);
            if let Some(similar) = &similar {
                let mut terms = FoundTerms::default();
                if let Some(source) = &base_source {
                    source.similar(similar, &mut in_base, &mut terms)?;
                }
                overlay_source.similar(similar, &mut in_overlay, &mut terms)?;
                let found = terms.best().filter(|_| matched == 0);
                self.corrections.extend(found.map(|found| Correction { typed: word.typed.clone(), found }));
            }
            self.base.ranks.push(in_base);
            self.overlay.ranks.push(in_overlay);
            self.similar.push(similar);
        }
        self.base.set_masks(self.changes.dead_base());
        self.overlay.set_masks(self.changes.dead_overlay());
        Ok(())
    }

    fn result(self) -> Result<Found, SearchError> {
        let typed_nothing = self.query.text.trim().is_empty();
        if self.words.used.is_empty() && !typed_nothing {
            // Punctuation only.
            let result = SearchResult { facets: self.counts_of_nothing(), ..SearchResult::default() };
            return Ok(Found { result, texts: Vec::new() });
        }
        let required = self.required();
        let mut counts = self.filters.counts();
        let mut base = self.base.candidates(&self, required, 1, &mut counts);
        let stamp = u32::try_from(self.base.masks.len() + 1).unwrap_or(u32::MAX);
        let mut overlay = self.overlay.candidates(&self, required, stamp, &mut counts);
        let total = base.len() + overlay.len();
        let window = self.query.page.offset + self.query.page.limit;
        keep_first(&mut base, window, |one, other| one.order().cmp(&other.order()));
        keep_first(&mut overlay, window, |one, other| self.compare_overlay(one, other));
        let page = self.merge(&base, &overlay)?;
        let highlighter = Highlighter::new(&self.words.used, &self.similar, self.index);
        let hits = page.into_iter().map(|(side, candidate)| self.hit(side, candidate, &highlighter));
        let dropped = |position: usize| required & (1 << position) == 0;
        let dropped = self
            .words
            .used
            .iter()
            .enumerate()
            .filter(|(position, _)| dropped(*position))
            .map(|(_, word)| word.typed.clone());
        let (hits, texts) = hits.collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
        let result = SearchResult {
            hits,
            total,
            facets: counts.facets(
                self.query,
                self.index.collection,
                &self.index.meta.codes,
                &self.changes.overlay().codes,
            ),
            prices: counts.prices(),
            words: self.words.used.iter().map(|word| word.typed.clone()).collect(),
            dropped: dropped.chain(self.words.unused.iter().cloned()).collect(),
            corrections: self.corrections,
        };
        Ok(Found { result, texts })
    }

    fn counts_of_nothing(&self) -> Vec<crate::result::FacetCounts> {
        let codes = &self.changes.overlay().codes;
        self.filters.counts().facets(self.query, self.index.collection, &self.index.meta.codes, codes)
    }

    /// The mask that hits must have. With few documents words are dropped: those that no document has, then the last ones.
    fn required(&self) -> u16 {
        let count = self.words.used.len();
        let all = (0..count).fold(LIVE, |mask, word| mask | 1 << word);
        let matches = |mask: u16| self.base.matches(mask) + self.overlay.matches(mask);
        let absent = |word: usize| matches(LIVE | 1 << word) == 0;
        let (mut required, mut best) = (all, matches(all));
        if best >= ENOUGH_DOCUMENTS || count < 2 {
            return all;
        }
        let absent: Vec<bool> = (0..count).map(absent).collect();
        let order = (0..count).rev().filter(|word| absent[*word]).chain((0..count).rev().filter(|word| !absent[*word]));
        let mut mask = all;
        for word in order.take(count - 1) {
            mask &= !(1 << word);
            let found = matches(mask);
            if found > best {
                (required, best) = (mask, found);
            }
            if best >= ENOUGH_DOCUMENTS {
                break;
            }
        }
        required
    }

    /// The candidates of the page from both sides, in order.
    fn merge(&self, base: &[Candidate], overlay: &[Candidate]) -> Result<Vec<(bool, Candidate)>, SearchError> {
        let (mut base, mut overlay) = (base.iter().peekable(), overlay.iter().peekable());
        let mut page = Vec::new();
        for position in 0..self.query.page.offset + self.query.page.limit {
            let from_base = match (base.peek(), overlay.peek()) {
                (None, None) => break,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (Some(one), Some(other)) => self.compare_sides(one, other)? == Ordering::Less,
            };
            let next = if from_base { base.next() } else { overlay.next() };
            if position >= self.query.page.offset {
                page.extend(next.map(|candidate| (from_base, *candidate)));
            }
        }
        Ok(page)
    }

    fn compare_sides(&self, base: &Candidate, overlay: &Candidate) -> Result<Ordering, SearchError> {
        let popularity = |columns: &Columns, candidate: &Candidate| columns.popularity[candidate.document as usize];
        let order = (base.sort, base.tier).cmp(&(overlay.sort, overlay.tier));
        let order = order.then(popularity(self.overlay.columns, overlay).cmp(&popularity(self.base.columns, base)));
        if order != Ordering::Equal {
            return Ok(order);
        }
        let id = self.index.base.as_ref().map(|index| index.id(base.document)).transpose()?.unwrap_or_default();
        Ok(id.as_slice().cmp(self.overlay_id(overlay).as_bytes()))
    }

    fn compare_overlay(&self, one: &Candidate, other: &Candidate) -> Ordering {
        let popularity = |candidate: &Candidate| self.overlay.columns.popularity[candidate.document as usize];
        let order = (one.sort, one.tier).cmp(&(other.sort, other.tier)).then(popularity(other).cmp(&popularity(one)));
        order.then_with(|| self.overlay_id(one).cmp(self.overlay_id(other)))
    }

    fn overlay_id(&self, candidate: &Candidate) -> &str {
        self.changes.overlay().document(candidate.document).map_or("", |document| document.id.as_str())
    }

    fn hit(
        &self,
        from_base: bool,
        candidate: Candidate,
        highlighter: &Highlighter<'_>,
    ) -> Result<(Hit, Option<String>), SearchError> {
        let side = if from_base { &self.base } else { &self.overlay };
        let document = candidate.document as usize;
        let stored = match (&self.index.base, self.changes.overlay().document(candidate.document)) {
            (Some(base), _) if from_base => base.stored(candidate.document)?,
            (_, Some(document)) => StoredDocument::of(document, self.index.collection),
            _ => return Err(SearchError::Read("a hit without document".to_owned())),
        };
        let score = side.score(document, self.index);
        let count = |number: u64| usize::try_from(number).unwrap_or_default();
        let suggested = highlighter.suggested(&stored.texts);
        let hit = Hit {
            matched: MatchedWords { matched: count(score.matched), of: self.words.used.len() },
            typos: count(score.typos),
            revision: side.columns.revision[document],
            price: self.filters.evaluate(side.columns, &side.prices, document, None).and_then(|passed| passed.price),
            in_stock: side.columns.in_stock(document),
            highlights: highlighter.highlights(&stored.texts),
            id: stored.id,
            stored: stored.stored,
        };
        Ok((hit, suggested))
    }
}

impl<'a> Side<'a> {
    fn new(columns: &'a Columns, prices: AppliedPrices) -> Self {
        Self { columns, prices, ranks: Vec::new(), masks: Vec::new() }
    }

    fn set_masks(&mut self, dead: &[bool]) {
        let is_dead = |document: usize| dead.get(document).copied().unwrap_or_default();
        self.masks = (0..self.columns.len()).map(|document| if is_dead(document) { 0 } else { LIVE }).collect();
        for (word, ranks) in self.ranks.iter().enumerate() {
            self.masks.iter_mut().zip(ranks).for_each(|(mask, rank)| *mask |= u16::from(*rank != UNMATCHED) << word);
        }
    }

    fn matches(&self, required: u16) -> usize {
        self.masks.iter().filter(|mask| **mask & required == required).count()
    }

    fn score(&self, document: usize, index: &Inner) -> Score {
        Score::of(self.ranks.iter().map(|ranks| ranks[document]), index.collection)
    }

    fn candidates(&self, run: &Run<'_>, required: u16, first_stamp: u32, counts: &mut Counts) -> Vec<Candidate> {
        let words = self.ranks.len();
        let mut found = Vec::new();
        for (number, mask) in (0u32..).zip(&self.masks) {
            if mask & required != required {
                continue;
            }
            let document = number as usize;
            let counting = Some((&mut *counts, first_stamp + number));
            if let Some(passed) = run.filters.evaluate(self.columns, &self.prices, document, counting) {
                let tier = self.score(document, run.index).tier(words, self.columns.in_stock(document));
                let sort = run.filters.sort_key(passed, self.columns.created[document]);
                found.push(Candidate { sort, tier, document: number });
            }
        }
        found
    }
}

impl Candidate {
    /// The order of candidates of the index, whose numbers are in the order of popularity and id.
    fn order(&self) -> (i64, Tier, u32) {
        (self.sort, self.tier, self.document)
    }
}

/// Keeps the first candidates, in order.
fn keep_first(candidates: &mut Vec<Candidate>, count: usize, compare: impl Fn(&Candidate, &Candidate) -> Ordering) {
    if count == 0 {
        candidates.clear();
    } else if candidates.len() > count {
        candidates.select_nth_unstable_by(count - 1, &compare);
        candidates.truncate(count);
    }
    candidates.sort_unstable_by(compare);
}

fn similar(word: &Word) -> Option<Similar> {
    let forms = word.forms.as_ref().filter(|_| word.typos > 0)?;
    Some(Similar::new(&forms.folded, word.typos, word.prefix))
}

/// Checks a search against the limits.
fn check(query: &SearchQuery) -> Result<(), QueryError> {
    if query.text.len() > MAX_QUERY_BYTES {
        return Err(QueryError::TextTooLong);
    }
    let at_most = |what, is, limit| if is > limit { Err(QueryError::TooMuch { what, limit }) } else { Ok(()) };
    at_most("filters", query.filters.len(), MAX_FILTERS)?;
    at_most("facets", query.facets.len(), MAX_COUNTED_FACETS)?;
    at_most("page.limit", query.page.limit, MAX_PAGE_HITS)?;
    at_most("page.offset + page.limit", query.page.offset.saturating_add(query.page.limit), MAX_WINDOW_HITS)?;
    let mut names = BTreeSet::new();
    let (mut prices, mut stocks) = (0, 0);
    for filter in &query.filters {
        match filter {
            Filter::Values { name, values } => {
                at_most("filters.values", values.len(), MAX_FILTER_VALUES)?;
                if !names.insert(name) {
                    return Err(QueryError::RepeatedFilter);
                }
            }
            Filter::Price { .. } => prices += 1,
            Filter::InStock => stocks += 1,
        }
    }
    if prices > 1 || stocks > 1 {
        return Err(QueryError::RepeatedFilter);
    }
    let by_price = matches!(query.sort, Sort::PriceAscending | Sort::PriceDescending) || prices > 0;
    if by_price && query.currency.is_none() { Err(QueryError::CurrencyRequired) } else { Ok(()) }
}

//! Runs a search over an index and its changes.

use std::cmp::{Ordering, Reverse};

use super::best::{Best, Candidate};
use super::filters::{AppliedPrices, Compiled};
use super::highlight::Highlighter;
use super::limits::check;
use super::matching::{ENOUGH_DOCUMENTS, FoundTerms, Source};
use super::side::{LIVE, Side};
use super::words::{Word, Words};
use crate::changes::Changes;
use crate::index::{Inner, SearchError};
use crate::query::SearchQuery;
use crate::result::{Correction, FacetCounts, Hit, MatchedWords, SearchResult};
use crate::store::{Columns, Overlay, Similar, StoredDocument};

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
    /// The searched fields, a bit each.
    fields: u16,
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
            fields,
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
        let mut base = Best::new(self.query, |one: &Candidate, other: &Candidate| one.order().cmp(&other.order()));
        self.base.candidates(&self.filters, self.index, required, 1, &mut counts, &mut base);
        let stamp = u32::try_from(self.base.masks.len() + 1).unwrap_or(u32::MAX);
        let mut overlay = Best::new(self.query, |one: &Candidate, other: &Candidate| self.compare_overlay(one, other));
        self.overlay.candidates(&self.filters, self.index, required, stamp, &mut counts, &mut overlay);
        let total = base.total + overlay.total;
        let page = self.merge(&base.sorted(), &overlay.sorted())?;
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

    fn counts_of_nothing(&self) -> Vec<FacetCounts> {
        let codes = &self.changes.overlay().codes;
        self.filters.counts().facets(self.query, self.index.collection, &self.index.meta.codes, codes)
    }

    /// The mask that hits must have. With few documents words are dropped, one after the other: first those that no document has, then
    /// the one without which the fewest documents are left that are enough; if none leaves enough, the one without which the most are
    /// left. So what is rare stays, the noun in `red oak lamp`. Of equal words the last one is dropped.
    fn required(&self) -> u16 {
        let count = self.words.used.len();
        let all = (0..count).fold(LIVE, |mask, word| mask | 1 << word);
        let matches = |mask: u16| self.base.matches(mask) + self.overlay.matches(mask);
        let (mut required, mut best) = (all, matches(all));
        if best >= ENOUGH_DOCUMENTS || count < 2 {
            return all;
        }
        let absent: Vec<bool> = (0..count).map(|word| matches(LIVE | 1 << word) == 0).collect();
        let mut kept: Vec<usize> = (0..count).collect();
        let mut mask = all;
        while kept.len() > 1 && best < ENOUGH_DOCUMENTS {
            let options = kept.iter().map(|word| {
                let found = matches(mask & !(1 << *word));
                let preference = if absent[*word] {
                    (0, 0)
                } else if found < ENOUGH_DOCUMENTS {
                    (2, ENOUGH_DOCUMENTS - found)
                } else {
                    (1, found)
                };
                (preference, Reverse(*word), found)
            });
            let Some((_, Reverse(dropped), found)) = options.min() else { break };
            kept.retain(|word| *word != dropped);
            mask &= !(1 << dropped);
            if found > best {
                (required, best) = (mask, found);
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
        // A completion shows a text, and a search its highlights.
        let completes = self.fields != EVERY_FIELD;
        let suggested = if completes { highlighter.suggested(&stored.texts) } else { None };
        let hit = Hit {
            matched: MatchedWords { matched: count(score.matched), of: self.words.used.len() },
            typos: count(score.typos),
            revision: side.columns.revision[document],
            price: self.filters.evaluate(side.columns, &side.prices, document, None).and_then(|passed| passed.price),
            in_stock: side.columns.in_stock(document),
            highlights: if completes { Vec::new() } else { highlighter.highlights(&stored.texts) },
            id: stored.id,
            stored: stored.stored,
        };
        Ok((hit, suggested))
    }
}

fn similar(word: &Word) -> Option<Similar> {
    let forms = word.forms.as_ref().filter(|_| word.typos > 0)?;
    Some(Similar::new(&forms.folded, word.typos, word.prefix))
}

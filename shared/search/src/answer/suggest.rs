//! Suggestions for what is being typed.

use std::collections::BTreeSet;

use super::run::run;
use super::words::{PreparedSynonyms, Word, Words};
use crate::analysis::{Analyzer, Forms, tokens};
use crate::changes::Changes;
use crate::index::{Inner, SearchError};
use crate::query::{MAX_QUERY_BYTES, MAX_SUGGESTIONS, Page, QueryError, SearchQuery};
use crate::result::{Hit, Suggestion, SuggestionKind};
use crate::store::{Phrase, PhraseKind, Similar};

/// Limits the words of a phrase that are compared.
const MAX_COMPARED_WORDS: usize = 12;
/// At most this many suggestions are values of facets.
const MAX_VALUES_SUGGESTED: usize = 3;

/// A phrase with its words.
#[derive(Debug, Clone)]
pub(crate) struct PreparedPhrase {
    phrase: Phrase,
    words: Vec<Forms>,
}

impl PreparedPhrase {
    /// Prepares a phrase.
    pub fn new(phrase: Phrase, analyzer: &Analyzer<'_>) -> Self {
        let words = tokens(&phrase.text, MAX_COMPARED_WORDS)
            .iter()
            .map(|token| analyzer.folding.forms(&token.joined))
            .collect();
        Self { phrase, words }
    }
}

/// How well a phrase completes what was typed; less is better.
type PhraseRank = (u8, bool, bool, std::cmp::Reverse<u32>);

/// Completes what was typed: at most half are finished searches, then values of facets, then documents.
pub(crate) fn suggest(
    index: &Inner,
    changes: &Changes,
    typed: &str,
    limit: usize,
) -> Result<Vec<Suggestion>, SearchError> {
    if typed.len() > MAX_QUERY_BYTES {
        return Err(QueryError::TextTooLong.into());
    }
    let limit = limit.min(MAX_SUGGESTIONS);
    let words = Words::of(typed, &index.analyzer(), &PreparedSynonyms::default());
    if words.used.is_empty() || limit == 0 {
        return Ok(Vec::new());
    }
    let documents = documents(index, changes, typed, limit)?;
    let mut list = List { seen: BTreeSet::new(), suggestions: Vec::new(), index };
    list.add(phrases(index, changes, &words.used, |kind| kind == PhraseKind::Query), limit.div_ceil(2));
    let values = list.suggestions.len() + MAX_VALUES_SUGGESTED;
    list.add(phrases(index, changes, &words.used, |kind| kind != PhraseKind::Query), values.min(limit));
    list.add(documents, limit);
    Ok(list.suggestions)
}

/// Suggestions without repetitions.
struct List<'a> {
    seen: BTreeSet<String>,
    suggestions: Vec<Suggestion>,
    index: &'a Inner,
}

impl List<'_> {
    fn add(&mut self, more: Vec<Suggestion>, limit: usize) {
        for suggestion in more {
            if self.suggestions.len() >= limit {
                break;
            }
            if self.seen.insert(self.index.analyzer().folding.forms(&suggestion.text).folded) {
                self.suggestions.push(suggestion);
            }
        }
    }
}

fn documents(index: &Inner, changes: &Changes, typed: &str, limit: usize) -> Result<Vec<Suggestion>, SearchError> {
    let fields = index.collection.fields.iter().enumerate().filter(|(_, field)| field.suggested);
    let mask = fields.clone().fold(0, |mask, (position, _)| mask | 1 << position);
    let query = SearchQuery { text: typed.to_owned(), page: Page { offset: 0, limit }, ..SearchQuery::default() };
    let found = run(index, changes, &query, mask)?;
    // Completions are of all typed words, not of some.
    let found = found.result.hits.into_iter().zip(found.texts);
    let whole = found.filter(|(hit, _)| hit.matched.matched == hit.matched.of);
    let suggestion = |(hit, text): (Hit, Option<String>)| {
        Some(Suggestion { text: text?, kind: SuggestionKind::Document { id: hit.id } })
    };
    Ok(whole.filter_map(suggestion).collect())
}

fn phrases(index: &Inner, changes: &Changes, words: &[Word], wanted: impl Fn(PhraseKind) -> bool) -> Vec<Suggestion> {
    let tests: Vec<Test> = words.iter().map(|word| Test::of(word, &index.analyzer())).collect();
    let mut found: Vec<(PhraseRank, &PreparedPhrase)> = Vec::new();
    let new: Vec<PreparedPhrase> =
        changes.new_values().map(|phrase| PreparedPhrase::new(phrase, &index.analyzer())).collect();
    for phrase in index.phrases.iter().chain(&new).filter(|phrase| wanted(phrase.phrase.kind)) {
        let weight = changes.weight(&phrase.phrase);
        if weight > 0
            && let Some(rank) = rank(&phrase.words, &tests, weight)
        {
            found.push((rank, phrase));
        }
    }
    found.sort_by(|(one, first), (other, second)| (one, &first.phrase.text).cmp(&(other, &second.phrase.text)));
    found.truncate(MAX_SUGGESTIONS);
    found.into_iter().filter_map(|(_, phrase)| suggestion(&phrase.phrase, index)).collect()
}

fn suggestion(phrase: &Phrase, index: &Inner) -> Option<Suggestion> {
    let kind = match phrase.kind {
        PhraseKind::Query => SuggestionKind::Query,
        PhraseKind::Value(facet) => {
            SuggestionKind::Value { facet: index.collection.facets.get(usize::from(facet))?.name }
        }
    };
    Some(Suggestion { text: phrase.text.clone(), kind })
}

/// A typed word.
struct Test {
    forms: Forms,
    match_start: bool,
    match_inside: bool,
    similar: Option<Similar>,
}

impl Test {
    fn of(word: &Word, analyzer: &Analyzer<'_>) -> Self {
        let forms = analyzer.folding.forms(&word.typed);
        let forms = word.forms.clone().unwrap_or(forms);
        let similar = (word.typos > 0).then(|| Similar::new(&forms.folded, word.typos, word.prefix));
        Self { forms, match_start: word.prefix, match_inside: word.forms.is_none(), similar }
    }

    /// The typos with which a word of a phrase matches.
    fn typos(&self, word: &Forms) -> Option<u8> {
        let folded = self.forms.folded.as_str();
        let matches = |other: &str| {
            other == folded
                || self.match_start && other.starts_with(folded)
                || self.match_inside && other.contains(folded)
        };
        if matches(&word.folded) || word.umlaut.as_deref().is_some_and(matches) {
            return Some(0);
        }
        self.similar.as_ref()?.rank_of(&word.folded).map(|rank| rank >> 6)
    }
}

fn rank(words: &[Forms], tests: &[Test], weight: u32) -> Option<PhraseRank> {
    let mut typos = 0;
    for test in tests {
        typos += words.iter().filter_map(|word| test.typos(word)).min()?;
    }
    let first = tests.first().zip(words.first()).is_some_and(|(test, word)| test.typos(word).is_some());
    let exact = tests.iter().all(|test| words.iter().any(|word| word.exact.starts_with(&test.forms.exact)));
    Some((typos, !first, !exact, std::cmp::Reverse(weight)))
}

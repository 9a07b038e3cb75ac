//! The answers by brute force: every document is compared with every word, letter by letter.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::facts::{Passed, in_stock, passes, sort_key, values};
use super::shop::PRODUCTS;
use crate::analysis::{Analyzer, Folding, Forms, Vocabulary};
use crate::answer::{Alternative, PreparedSynonyms, Score, Word, Words};
use crate::store::{Rank, UNMATCHED, rank};
use crate::{Document, MAX_COUNTED_VALUES, SearchQuery, Synonyms};

/// With fewer documents than this, typos are tolerated and words are dropped.
const ENOUGH: usize = 10;

pub(super) struct Oracle {
    documents: Vec<(Document, Vec<(u8, usize)>)>,
    terms: Vec<Forms>,
    vocabulary: Counted,
    synonyms: PreparedSynonyms,
}

struct Counted(HashMap<String, usize>);

impl Vocabulary for Counted {
    fn contains(&self, word: &str) -> bool {
        self.0.get(word).is_some_and(|count| *count >= 2)
    }
}

fn analyzer(vocabulary: &dyn Vocabulary) -> Analyzer<'_> {
    Analyzer { folding: Folding::of(PRODUCTS.languages), vocabulary }
}

impl Oracle {
    pub(super) fn new(documents: &[Document], synonyms: &Synonyms) -> Self {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for texts in documents.iter().flat_map(|document| document.texts.values()) {
            let words: BTreeSet<String> =
                texts.iter().flat_map(|text| analyzer(&crate::index::NoWords).words(text)).collect();
            for word in words {
                *counts.entry(word).or_default() += 1;
            }
        }
        let vocabulary = Counted(counts);
        let (mut numbers, mut terms) = (HashMap::new(), Vec::new());
        let documents = documents.iter().map(|document| {
            let mut found = BTreeSet::new();
            for (name, texts) in &document.texts {
                let field = u8::try_from(PRODUCTS.field(name).unwrap()).unwrap();
                for term in texts.iter().flat_map(|text| analyzer(&vocabulary).terms(text)) {
                    let number = *numbers.entry(term.forms.clone()).or_insert_with(|| {
                        terms.push(term.forms);
                        terms.len() - 1
                    });
                    found.insert((field, number));
                }
            }
            (document.clone(), found.into_iter().collect())
        });
        let documents = documents.collect();
        let synonyms = PreparedSynonyms::new(synonyms, &analyzer(&vocabulary));
        Self { documents, terms, vocabulary, synonyms }
    }

    /// The rank of a word in each document.
    fn ranks(&self, word: &Word, typos: bool) -> Vec<Rank> {
        let by_term: Vec<Rank> = self.terms.iter().map(|term| term_rank(word, term, typos)).collect();
        let alternatives: Vec<(bool, Vec<Vec<Rank>>)> = word
            .alternatives
            .iter()
            .map(|Alternative { terms, altered }| {
                let ranks = |wanted: &Forms| self.terms.iter().map(|term| whole(wanted, term)).collect();
                (*altered, terms.iter().map(ranks).collect())
            })
            .collect();
        let in_document = |terms: &[(u8, usize)], ranks: &[Rank]| {
            let ranks =
                terms.iter().filter(|(_, term)| ranks[*term] != UNMATCHED).map(|(field, term)| ranks[*term] | field);
            ranks.min().unwrap_or(UNMATCHED)
        };
        let rank_of = |terms: &[(u8, usize)]| {
            let alternative = |(altered, all): &(bool, Vec<Vec<Rank>>)| {
                let altered = if *altered { rank(0, true, false, 0) } else { 0 };
                all.iter().map(|ranks| in_document(terms, ranks) | altered).max().unwrap_or(UNMATCHED)
            };
            alternatives.iter().map(alternative).chain([in_document(terms, &by_term)]).min().unwrap_or(UNMATCHED)
        };
        self.documents.iter().map(|(_, terms)| rank_of(terms)).collect()
    }

    pub(super) fn search(&self, query: &SearchQuery) -> Expected {
        let words = Words::of(&query.text, &analyzer(&self.vocabulary), &self.synonyms).used;
        let mut ranks: Vec<Vec<Rank>> = Vec::new();
        for word in &words {
            let exact = self.ranks(word, false);
            let enough = exact.iter().filter(|rank| **rank != UNMATCHED).count() >= ENOUGH;
            ranks.push(if enough { exact } else { self.ranks(word, true) });
        }
        let required = required(&ranks, self.documents.len());
        let mut hits = Vec::new();
        let mut counts: Vec<BTreeMap<&str, usize>> = vec![BTreeMap::new(); query.facets.len()];
        for (number, (document, _)) in self.documents.iter().enumerate() {
            if !required.iter().all(|word| ranks[*word][number] != UNMATCHED) {
                continue;
            }
            for (name, counts) in query.facets.iter().zip(&mut counts) {
                for value in values(document, name, query) {
                    *counts.entry(value).or_default() += 1;
                }
            }
            if let Some(Passed { price }) = passes(document, query, None) {
                let tier =
                    Score::of(ranks.iter().map(|ranks| ranks[number]), &PRODUCTS).tier(words.len(), in_stock(document));
                hits.push((
                    (sort_key(query, price, document), tier, Reverse(document.popularity), document.id.clone()),
                    price,
                ));
            }
        }
        hits.sort();
        let dropped =
            (0..words.len()).filter(|word| !required.contains(word)).map(|word| words[word].typed.clone()).collect();
        Expected {
            total: hits.len(),
            hits: hits.into_iter().map(|(key, price)| (key.3, price)).collect(),
            dropped,
            counts: top(counts),
        }
    }
}

#[derive(Debug, PartialEq)]
pub(super) struct Expected {
    pub(super) hits: Vec<(String, Option<i64>)>,
    pub(super) total: usize,
    pub(super) dropped: Vec<String>,
    pub(super) counts: Vec<Vec<(String, usize)>>,
}

fn top(counts: Vec<BTreeMap<&str, usize>>) -> Vec<Vec<(String, usize)>> {
    let sorted = |counts: BTreeMap<&str, usize>| {
        let mut counts: Vec<(String, usize)> =
            counts.into_iter().map(|(value, count)| (value.to_owned(), count)).collect();
        counts.sort_by_key(|(value, count)| (Reverse(*count), value.clone()));
        counts.truncate(MAX_COUNTED_VALUES);
        counts
    };
    counts.into_iter().map(sorted).collect()
}

/// The words that hits must have.
fn required(ranks: &[Vec<Rank>], documents: usize) -> Vec<usize> {
    let count = |words: &[usize]| {
        (0..documents).filter(|number| words.iter().all(|word| ranks[*word][*number] != UNMATCHED)).count()
    };
    let all: Vec<usize> = (0..ranks.len()).collect();
    let (mut best, mut required, mut words) = (count(&all), all.clone(), all);
    while best < ENOUGH && words.len() > 1 {
        let without = |word: usize| -> Vec<usize> { words.iter().copied().filter(|other| *other != word).collect() };
        let left = |word: &usize| count(&without(*word));
        let last_first = || words.iter().rev().copied();
        let absent = last_first().find(|word| count(&[*word]) == 0);
        let fewest = || last_first().filter(|word| left(word) >= ENOUGH).min_by_key(left);
        // Of equal ones this takes the last one that it sees.
        let most = || words.iter().copied().max_by_key(left);
        let Some(dropped) = absent.or_else(fewest).or_else(most) else { break };
        words = without(dropped);
        if count(&words) > best {
            best = count(&words);
            required.clone_from(&words);
        }
    }
    required
}

fn spellings(forms: &Forms) -> Vec<&str> {
    std::iter::once(forms.folded.as_str()).chain(forms.umlaut.as_deref()).collect()
}

fn whole(wanted: &Forms, term: &Forms) -> Rank {
    let same = spellings(wanted).iter().any(|folded| spellings(term).contains(folded));
    if same { rank(0, wanted.exact != term.exact, false, 0) } else { UNMATCHED }
}

fn term_rank(word: &Word, term: &Forms, typos: bool) -> Rank {
    let Some(forms) = &word.forms else { return UNMATCHED };
    let mut best = whole(forms, term);
    if word.prefix
        && spellings(forms).iter().any(|folded| spellings(term).iter().any(|other| other.starts_with(folded)))
    {
        best = best.min(rank(0, !term.exact.starts_with(&forms.exact), true, 0));
    }
    if typos && word.typos > 0 && !term.folded.contains(|char: char| char.is_ascii_digit()) {
        for other in spellings(term) {
            let (distance, of_prefix) = distances(&forms.folded, other);
            let similar = (distance <= word.typos).then(|| rank(distance, false, false, 0));
            let start = (word.prefix && of_prefix <= word.typos).then(|| rank(of_prefix, false, true, 0));
            best =
                similar.into_iter().chain(start).min().filter(|rank| rank >> 6 > 0).map_or(best, |rank| best.min(rank));
        }
    }
    best
}

/// The typos between two words, and the fewest between the first and a start of the second; three stands for more.
fn distances(one: &str, other: &str) -> (u8, u8) {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=one.len()).collect()];
    for (y, char) in other.iter().enumerate() {
        let mut row = vec![y + 1];
        for x in 0..one.len() {
            let mut least = (rows[y][x] + usize::from(one[x] != *char)).min(rows[y][x + 1] + 1).min(row[x] + 1);
            if x > 0 && y > 0 && one[x] == other[y - 1] && one[x - 1] == *char {
                least = least.min(rows[y - 1][x - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    let ends = rows.iter().map(|row| row[one.len()]);
    let few = |distance: usize| u8::try_from(distance.min(3)).unwrap();
    (few(ends.clone().next_back().unwrap()), few(ends.min().unwrap()))
}

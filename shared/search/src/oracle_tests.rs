//! The engine against brute force: every document is compared with every word, letter by letter.
//!
//! `ORACLE_DOCUMENTS` and `ORACLE_SEARCHES` make the run larger: 10,000 documents are meant for a release build.

#[path = "../tests/shop/mod.rs"]
mod shop;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::analysis::{Analyzer, Folding, Forms, Vocabulary};
use crate::search::{Alternative, PreparedSynonyms, Score, Word, Words};
use crate::store::{Rank, UNMATCHED, rank};
use crate::{
    Changes, Document, FacetName, Filter, Index, MAX_COUNTED_VALUES, Page, SearchQuery, Sort, SynonymRule, Synonyms,
    Variant, build,
};
use shop::{PRODUCTS, Shop};

/// With fewer documents than this, typos are tolerated and words are dropped.
const ENOUGH: usize = 10;

struct Oracle {
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
    fn new(documents: &[Document], synonyms: &Synonyms) -> Self {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for texts in documents.iter().flat_map(|document| document.texts.values()) {
            let words: BTreeSet<String> =
                texts.iter().flat_map(|text| analyzer(&crate::index::NoWords).words(text)).collect();
            words.into_iter().for_each(|word| *counts.entry(word).or_default() += 1);
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

    fn search(&self, query: &SearchQuery) -> Expected {
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
                values(document, name, query).into_iter().for_each(|value| *counts.entry(value).or_default() += 1);
            }
            if let Some(price) = passes(document, query, None) {
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
struct Expected {
    hits: Vec<(String, Option<i64>)>,
    total: usize,
    dropped: Vec<String>,
    counts: Vec<Vec<(String, usize)>>,
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
    let (mut best, mut required, mut words) = (count(&all), all.clone(), all.clone());
    let mut order: Vec<usize> = all.iter().rev().copied().collect();
    order.sort_by_key(|word| count(&[*word]) > 0);
    for word in order {
        if best >= ENOUGH || words.len() < 2 {
            break;
        }
        words.retain(|other| *other != word);
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

fn no_variant() -> Variant {
    Variant { available: true, ..Variant::default() }
}

fn variants(document: &Document) -> Vec<Variant> {
    if document.variants.is_empty() { vec![no_variant()] } else { document.variants.clone() }
}

fn in_stock(document: &Document) -> bool {
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

/// The lowest price of a document that passes.
fn passes(document: &Document, query: &SearchQuery, but: Option<&FacetName>) -> Option<Option<i64>> {
    let passing = passing(document, query, but);
    (!passing.is_empty()).then(|| passing.iter().filter_map(|variant| price(variant, query)).min())
}

fn values<'a>(document: &'a Document, name: &FacetName, query: &SearchQuery) -> BTreeSet<&'a str> {
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

fn sort_key(query: &SearchQuery, price: Option<i64>, document: &Document) -> i64 {
    match query.sort {
        Sort::Relevance => 0,
        Sort::PriceAscending => price.unwrap_or(i64::MAX),
        Sort::PriceDescending => price.map_or(i64::MAX, |price| -price),
        Sort::Newest => -document.created_at,
    }
}

fn filters(shop: &mut Shop) -> Vec<Filter> {
    let values = |name: FacetName, values: &[&str]| Filter::Values {
        name,
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    let all = [
        values(FacetName::Option("color".into()), &["red", "blue"]),
        values(FacetName::Option("size".into()), &["M"]),
        values(FacetName::Facet("tag".into()), &["tag 0", "tag 2", "none"]),
        values(FacetName::Facet("category".into()), &["Category 0", "Category 1"]),
        Filter::Price { min: Some(20_00), max: Some(300_00) },
        Filter::InStock,
    ];
    all.into_iter().filter(|_| shop.random().u8(0..4) == 0).collect()
}

fn query(shop: &mut Shop) -> SearchQuery {
    let mut words: Vec<String> = (0..shop.random().usize(0..4)).map(|_| shop.word()).collect();
    if let Some(word) = words.first_mut() {
        *word = match shop.random().u8(0..6) {
            0 | 1 => shop.misspelt(word),
            2 => "XYZ-12".to_owned(),
            _ => std::mem::take(word),
        };
    }
    let length = shop.random().usize(1..8);
    if let Some(last) = words.last_mut().filter(|_| length < 6) {
        *last = last.chars().take(length).collect();
    }
    let facets = ["brand", "category", "tag"].map(|name| FacetName::Facet(name.into())).into_iter();
    let facets = facets.chain(["color", "size", "none"].map(|name| FacetName::Option(name.into()))).collect();
    SearchQuery {
        text: words.join(" "),
        filters: filters(shop),
        sort: [Sort::Relevance, Sort::Relevance, Sort::PriceAscending, Sort::PriceDescending, Sort::Newest]
            [shop.random().usize(0..5)],
        currency: Some("EUR".into()),
        at: shop.random().i64(0..3_000),
        facets,
        page: Page { offset: 0, limit: 100 },
    }
}

fn number(variable: &str, usual: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[test]
fn hits_order_counts_and_dropped_words_are_those_of_brute_force() {
    let documents = number("ORACLE_DOCUMENTS", 600);
    let mut shop = Shop::new(7, documents / 2);
    let products: Vec<Document> = (0..documents).map(|number| shop.product(number)).collect();
    let (from, to) = (shop.word(), vec![shop.word(), shop.words(2, 2)]);
    let synonyms = Synonyms { rules: vec![SynonymRule { from: from.clone(), to, both_ways: true }] };
    let oracle = Oracle::new(&products, &synonyms);
    let index = Index::open(&PRODUCTS, build(&PRODUCTS, products, &synonyms, &[]).unwrap().bytes).unwrap();
    let changes = Changes::new(&index);
    let mut seen = [0; 3];
    for round in 0..number("ORACLE_SEARCHES", 150) {
        let mut query = query(&mut shop);
        if round % 20 == 0 {
            query.text.clone_from(&from);
        }
        let expected = oracle.search(&query);
        let found = index.search(&query, &changes).unwrap();
        let counted = found.facets.iter().map(|facet| {
            let values = facet.values.iter().filter(|value| value.count > 0).take(MAX_COUNTED_VALUES);
            values.map(|value| (value.value.clone(), value.count)).collect()
        });
        let found = Expected {
            counts: counted.collect(),
            hits: found.hits.into_iter().map(|hit| (hit.id, hit.price)).collect(),
            total: found.total,
            dropped: found.dropped,
        };
        seen[0] += usize::from(expected.total > 0);
        seen[1] += usize::from(!expected.dropped.is_empty());
        seen[2] += usize::from(expected.total > 100);
        let expected = Expected { hits: expected.hits.into_iter().take(100).collect(), ..expected };
        assert_eq!(found, expected, "{query:?}");
    }
    assert!(seen.iter().all(|count| *count > 0), "the searches are varied: {seen:?}");
}

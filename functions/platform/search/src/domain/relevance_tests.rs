//! Relevance: nDCG@10 of judged searches, as an index of the collection answers them, and as BM25 does.

use std::collections::BTreeMap;

use search_engine::{Changes, Document, Index, Page, SearchQuery, Synonyms, build};

use super::collections::PRODUCTS;
use super::relevance_fixture::{Form, Intent, JudgedSearch, Nature, products, searches};

/// Hits that count.
const DEPTH: usize = 10;
/// The least mean of all searches. The engine reaches 0.880.
const LEAST: f64 = 0.85;

fn float(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

/// The gain of the first hits: 2^grade − 1, less further down.
fn gain(grades: impl IntoIterator<Item = u32>) -> f64 {
    let gain = |(place, grade): (u32, u32)| f64::from((1_u32 << grade) - 1) / f64::from(place).log2();
    (2_u32..).zip(grades.into_iter().take(DEPTH)).map(gain).sum()
}

/// nDCG@10: the gain of what was found, of the gain of the best order of all products.
fn ndcg(intent: Intent, natures: &[Nature], found: &[usize]) -> f64 {
    let mut best: Vec<u32> = natures.iter().map(|nature| intent.grade(*nature)).collect();
    best.sort_unstable_by_key(|grade| std::cmp::Reverse(*grade));
    gain(found.iter().map(|product| intent.grade(natures[*product]))) / gain(best)
}

/// What an index of the collection finds.
struct Engine {
    index: Index,
    numbers: BTreeMap<String, usize>,
}

impl Engine {
    fn of(documents: &[Document]) -> Self {
        let built = build(&PRODUCTS.indexed, documents.to_vec(), &Synonyms::default(), &[]).unwrap();
        assert!(built.refused.is_empty(), "{:?}", built.refused);
        let index = Index::open(&PRODUCTS.indexed, built.bytes).unwrap();
        let numbers = documents.iter().enumerate().map(|(number, document)| (document.id.clone(), number));
        Self { index, numbers: numbers.collect() }
    }

    fn find(&self, text: &str) -> Vec<usize> {
        let page = Page { offset: 0, limit: DEPTH };
        let query = SearchQuery { text: text.to_owned(), page, ..SearchQuery::default() };
        let result = self.index.search(&query, &Changes::new(&self.index)).unwrap();
        result.hits.iter().map(|hit| self.numbers[&hit.id]).collect()
    }
}

/// BM25 with the constants of tantivy and Lucene, added up over the fields with their weights. Any word is enough.
struct Bm25 {
    documents: usize,
    fields: Vec<FieldWords>,
}

/// The words of a field.
struct FieldWords {
    weight: f64,
    /// The number of words of each document.
    lengths: Vec<f64>,
    average: f64,
    /// How often each document has a word.
    frequencies: BTreeMap<String, BTreeMap<usize, f64>>,
}

const K1: f64 = 1.2;
const B: f64 = 0.75;

fn words(text: &str) -> Vec<String> {
    let words = text.split(|char: char| !char.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

impl Bm25 {
    fn of(documents: &[Document]) -> Self {
        let fields = PRODUCTS.indexed.fields.iter();
        let fields = fields.map(|field| FieldWords::of(documents, field.name, f64::from(field.weight)));
        Self { documents: documents.len(), fields: fields.collect() }
    }

    fn find(&self, text: &str) -> Vec<usize> {
        let mut scores: BTreeMap<usize, f64> = BTreeMap::new();
        for word in words(text) {
            for field in &self.fields {
                let Some(found) = field.frequencies.get(&word) else { continue };
                let rest = float(self.documents - found.len());
                let rarity = ((rest + 0.5) / (float(found.len()) + 0.5)).ln_1p();
                for (document, frequency) in found {
                    let length = 1.0 - B + B * field.lengths[*document] / field.average;
                    let score = rarity * frequency * (K1 + 1.0) / (frequency + K1 * length);
                    *scores.entry(*document).or_default() += field.weight * score;
                }
            }
        }
        let mut found: Vec<(usize, f64)> = scores.into_iter().collect();
        found.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        found.into_iter().take(DEPTH).map(|(document, _)| document).collect()
    }
}

impl FieldWords {
    fn of(documents: &[Document], name: &str, weight: f64) -> Self {
        let mut frequencies: BTreeMap<String, BTreeMap<usize, f64>> = BTreeMap::new();
        let mut lengths = Vec::new();
        for (number, document) in documents.iter().enumerate() {
            let words: Vec<String> =
                document.texts.get(name).into_iter().flatten().flat_map(|text| words(text)).collect();
            lengths.push(float(words.len()));
            for word in words {
                *frequencies.entry(word).or_default().entry(number).or_default() += 1.0;
            }
        }
        let average = lengths.iter().sum::<f64>() / float(documents.len());
        Self { weight, lengths, average, frequencies }
    }
}

/// Means of nDCG@10: of the engine and of BM25.
#[derive(Default)]
struct Means {
    engine: f64,
    bm25: f64,
    searches: f64,
}

impl Means {
    fn add(&mut self, engine: f64, bm25: f64) {
        self.engine += engine;
        self.bm25 += bm25;
        self.searches += 1.0;
    }

    fn values(&self) -> (f64, f64) {
        (self.engine / self.searches, self.bm25 / self.searches)
    }
}

#[test]
fn judged_searches_find_better_products_first_than_bm25_does() {
    let (documents, natures): (Vec<Document>, Vec<Nature>) = products().into_iter().unzip();
    let (engine, bm25) = (Engine::of(&documents), Bm25::of(&documents));
    let (mut forms, mut all, mut plain) = (BTreeMap::<Form, Means>::new(), Means::default(), Means::default());
    for JudgedSearch { form, text, intent } in searches() {
        let by_engine = ndcg(intent, &natures, &engine.find(&text));
        let by_bm25 = ndcg(intent, &natures, &bm25.find(&text));
        forms.entry(form).or_default().add(by_engine, by_bm25);
        all.add(by_engine, by_bm25);
        if form.is_plain() {
            plain.add(by_engine, by_bm25);
        }
    }
    for (form, means) in &forms {
        let (engine, bm25) = means.values();
        println!("{form:?}: {} searches, nDCG@10 {engine:.3}, BM25 {bm25:.3}", means.searches);
    }
    let ((all, all_by_bm25), (plain, plain_by_bm25)) = (all.values(), plain.values());
    println!("{} products, all searches: nDCG@10 {all:.4}, BM25 {all_by_bm25:.4}", documents.len());
    println!("without those with typos, unfinished words and compounds: nDCG@10 {plain:.4}, BM25 {plain_by_bm25:.4}");
    assert!(all > LEAST, "nDCG@10 {all}");
    // BM25 tolerates neither typos nor unfinished words.
    assert!(all > all_by_bm25 + 0.1, "nDCG@10 {all}, BM25 {all_by_bm25}");
    assert!(plain > plain_by_bm25, "nDCG@10 {plain}, BM25 {plain_by_bm25}");
}

#[test]
fn the_measure_is_one_for_the_best_order_and_less_for_any_other() {
    let of_kind = |kind, material| Nature::OfKind { kind, material, colour: 0, brand: 0 };
    let natures = [Nature::Other, of_kind(1, 0), Nature::Accessory { kind: 1 }, of_kind(1, 2), of_kind(2, 2)];
    let intent = Intent::OfKind { kind: 1, material: Some(2), colour: None, brand: None };
    let grades: Vec<u32> = natures.iter().map(|nature| intent.grade(*nature)).collect();
    assert_eq!(grades, [0, 2, 1, 3, 0]);
    let is = |found: &[usize], expected: f64| {
        let measured = ndcg(intent, &natures, found);
        assert!((measured - expected).abs() < 1e-9, "{found:?}: {measured}");
    };
    is(&[3, 1, 2], 1.0);
    is(&[], 0.0);
    is(&[0, 4], 0.0);
    // The gains 7, 3 and 1, divided by the logarithms of 2, 3 and 4.
    let best = 7.0 + 3.0 / 3_f64.log2() + 0.5;
    is(&[1, 3, 2], (3.0 + 7.0 / 3_f64.log2() + 0.5) / best);
    is(&[3], 7.0 / best);
}

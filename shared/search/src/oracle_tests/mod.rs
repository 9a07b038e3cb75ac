//! The engine against brute force: every document is compared with every word, letter by letter.
//!
//! `ORACLE_DOCUMENTS` and `ORACLE_SEARCHES` make the run larger: 10,000 documents are meant for a release build.

#[path = "../../tests/shop/mod.rs"]
mod shop;

mod brute_force;
mod facts;

use crate::{
    Changes, Document, FacetName, Filter, Index, MAX_COUNTED_VALUES, Page, SearchQuery, Sort, SynonymRule, Synonyms,
    build,
};
use brute_force::{Expected, Oracle};
use shop::{PRODUCTS, Shop};

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
        Filter::Price { min: Some(2_000), max: Some(30_000) },
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
    let documents = number("ORACLE_DOCUMENTS", 400);
    let mut shop = Shop::new(7, documents / 2);
    let products: Vec<Document> = (0..documents).map(|number| shop.product(number)).collect();
    let (from, to) = (shop.word(), vec![shop.word(), shop.words(2, 2)]);
    let synonyms = Synonyms { rules: vec![SynonymRule { from: from.clone(), to, both_ways: true }] };
    let oracle = Oracle::new(&products, &synonyms);
    let index = Index::open(&PRODUCTS, build(&PRODUCTS, products, &synonyms, &[]).unwrap().bytes).unwrap();
    let changes = Changes::new(&index);
    let mut seen = [0; 3];
    for round in 0..number("ORACLE_SEARCHES", 100) {
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

//! Damaged indexes, hostile searches and documents beyond the limits are refused, and never panic.

#![cfg(test)]

mod shop;

use proptest::prelude::*;
use search_engine::{
    BuildError, Changes, Collection, Document, DocumentError, FacetName, Filter, Index, MAX_COUNTED_FACETS,
    MAX_FILTER_VALUES, MAX_FILTERS, MAX_PAGE_HITS, MAX_QUERY_BYTES, MAX_SUGGESTIONS, MAX_WINDOW_HITS, MAX_WORDS,
    OpenError, Page, QueryError, SearchError, SearchQuery, Sort, SynonymRule, Synonyms, SynonymsError, build,
};
use shop::{NAMED, PRODUCTS, Shop, product};

/// The products without facets.
static FEWER: Collection = Collection { facets: &[], ..PRODUCTS };

fn some_index() -> Vec<u8> {
    let mut shop = Shop::new(3, 100);
    build(&PRODUCTS, (0..40).map(|number| shop.product(number)).collect::<Vec<_>>(), &Synonyms::default(), &[])
        .unwrap()
        .bytes
}

fn refusal(query: &SearchQuery) -> QueryError {
    let index = Index::empty(&PRODUCTS);
    match index.search(query, &Changes::new(&index)) {
        Err(SearchError::Query(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn values(name: &str, count: usize) -> Filter {
    Filter::Values { name: FacetName::Option(name.into()), values: (0..count).map(|value| value.to_string()).collect() }
}

#[test]
fn a_damaged_index_is_refused() {
    let bytes = some_index();
    assert!(Index::open(&PRODUCTS, bytes.clone()).is_ok());
    let step = bytes.len() / 97;
    for at in (0..bytes.len()).step_by(step) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        assert!(matches!(Index::open(&PRODUCTS, damaged), Err(OpenError::Damaged(_))), "byte {at}");
        assert!(matches!(Index::open(&PRODUCTS, bytes[..at].to_vec()), Err(OpenError::Damaged(_))), "{at} bytes");
    }
}

#[test]
fn an_index_of_another_declaration_is_outdated() {
    let bytes = some_index();
    assert!(matches!(Index::open(&NAMED, bytes.clone()), Err(OpenError::Outdated)));
    assert!(matches!(Index::open(&FEWER, bytes), Err(OpenError::Outdated)));
}

#[test]
fn searches_beyond_the_limits_are_refused() {
    let too_much = |what, limit| QueryError::TooMuch { what, limit };
    let query = SearchQuery::default();
    assert_eq!(
        refusal(&SearchQuery { text: "a".repeat(MAX_QUERY_BYTES + 1), ..query.clone() }),
        QueryError::TextTooLong
    );
    let filters = (0..=MAX_FILTERS).map(|name| values(&name.to_string(), 1)).collect();
    assert_eq!(refusal(&SearchQuery { filters, ..query.clone() }), too_much("filters", MAX_FILTERS));
    let filters = vec![values("color", MAX_FILTER_VALUES + 1)];
    assert_eq!(refusal(&SearchQuery { filters, ..query.clone() }), too_much("filters.values", MAX_FILTER_VALUES));
    assert_eq!(
        refusal(&SearchQuery { filters: vec![values("color", 1), values("color", 1)], ..query.clone() }),
        QueryError::RepeatedFilter
    );
    assert_eq!(
        refusal(&SearchQuery { filters: vec![Filter::InStock, Filter::InStock], ..query.clone() }),
        QueryError::RepeatedFilter
    );
    let facets = vec![FacetName::Option("color".into()); MAX_COUNTED_FACETS + 1];
    assert_eq!(refusal(&SearchQuery { facets, ..query.clone() }), too_much("facets", MAX_COUNTED_FACETS));
    let facets = vec![FacetName::Facet("material".into())];
    assert_eq!(refusal(&SearchQuery { facets, ..query.clone() }), QueryError::UnknownFacet("material".into()));
    let page = Page { offset: 0, limit: MAX_PAGE_HITS + 1 };
    assert_eq!(refusal(&SearchQuery { page, ..query.clone() }), too_much("page.limit", MAX_PAGE_HITS));
    for offset in [MAX_WINDOW_HITS, usize::MAX] {
        let page = Page { offset, limit: 1 };
        assert_eq!(
            refusal(&SearchQuery { page, ..query.clone() }),
            too_much("page.offset + page.limit", MAX_WINDOW_HITS)
        );
    }
    assert_eq!(refusal(&SearchQuery { sort: Sort::PriceAscending, ..query.clone() }), QueryError::CurrencyRequired);
    assert_eq!(
        refusal(&SearchQuery { filters: vec![Filter::Price { min: None, max: None }], ..query }),
        QueryError::CurrencyRequired
    );
}

#[test]
fn words_beyond_the_limit_are_told_as_dropped() {
    let index =
        Index::open(&NAMED, build(&NAMED, [product("1", "a lamp")], &Synonyms::default(), &[]).unwrap().bytes).unwrap();
    let text = format!("lamp{}", " b".repeat(MAX_WORDS));
    let result = index.search(&SearchQuery { text, ..SearchQuery::default() }, &Changes::new(&index)).unwrap();
    assert_eq!((result.total, result.words.len(), result.dropped.len()), (1, MAX_WORDS, MAX_WORDS));
}

#[test]
fn documents_beyond_the_limits_are_left_out_and_told() {
    let good = product("good", "Lamp");
    let mut unknown = product("unknown", "Lamp");
    unknown.texts.insert("subtitle".into(), vec!["x".into()]);
    let nameless = product("", "Lamp");
    let built = build(&NAMED, [unknown, good, nameless], &Synonyms::default(), &[]).unwrap();
    assert_eq!(built.documents, 1);
    let expected =
        [("unknown".to_owned(), DocumentError::UnknownField("subtitle".into())), (String::new(), DocumentError::Id)];
    assert_eq!(built.refused, expected);
}

#[test]
fn synonyms_beyond_the_limits_are_refused() {
    let refused = |from: &str, to: Vec<String>| {
        let synonyms = Synonyms { rules: vec![SynonymRule { from: from.into(), to, both_ways: false }] };
        match build(&NAMED, [], &synonyms, &[]) {
            Err(BuildError::Synonyms(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused("sofa", vec![]), SynonymsError::Alternatives(0));
    assert_eq!(refused("!?", vec!["couch".into()]), SynonymsError::Phrase(0));
    assert_eq!(refused("sofa", vec!["one two three four five".into()]), SynonymsError::Phrase(0));
}

#[test]
fn an_index_without_documents_opens_and_answers() {
    let index = Index::open(&PRODUCTS, build(&PRODUCTS, [], &Synonyms::default(), &[]).unwrap().bytes).unwrap();
    let changes = Changes::new(&index);
    let facets = vec![FacetName::Facet("brand".into()), FacetName::Option("color".into())];
    let query = SearchQuery { text: "lamp shade".into(), facets, ..SearchQuery::default() };
    let result = index.search(&query, &changes).unwrap();
    assert_eq!((result.total, result.dropped.len(), result.facets.len()), (0, 0, 2));
    assert!(index.is_empty() && index.suggest("lamp", MAX_SUGGESTIONS, &changes).unwrap().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in "\\PC{0,200}|[a-zäİß東 .,'-]{0,80}|(.|\\n){0,60}", name in "\\PC{0,40}|[A-Z0-9 .-]{0,30}") {
        let index = Index::open(&NAMED, build(&NAMED, [product("1", &name)], &Synonyms::default(), &[]).unwrap().bytes).unwrap();
        let mut changes = Changes::new(&index);
        changes.apply(search_engine::Change::Put(Box::new(Document { id: "2".into(), ..product("", &text) }))).unwrap();
        for text in [&text, &name] {
            let query = SearchQuery { text: text.clone(), ..SearchQuery::default() };
            let result = index.search(&query, &changes).unwrap();
            for hit in &result.hits {
                let name = hit.stored["name"].as_str().unwrap();
                for highlight in &hit.highlights {
                    let excerpt: String = highlight.parts.iter().map(|part| part.text.as_str()).collect();
                    prop_assert!(name.contains(&excerpt));
                }
            }
            index.suggest(text, 5, &changes).unwrap();
        }
        // A search for a whole name finds it, if it has letters that are searched.
        let itself = index.search(&SearchQuery { text: name.clone(), ..SearchQuery::default() }, &changes).unwrap();
        prop_assert!(itself.words.is_empty() || itself.hits.iter().any(|hit| hit.id == "1"), "{name:?}");
    }
}

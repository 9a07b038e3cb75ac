//! An index with changes answers like one that was built with them, in whatever order the changes arrive.

#![cfg(test)]

mod shop;

use std::collections::BTreeMap;

use proptest::prelude::*;
use search_engine::{
    Change, ChangeError, Changes, Collection, Document, FacetName, Filter, Index, Language, MAX_CHANGES, Page,
    SearchQuery, Sort, Synonyms, build,
};
use shop::{PRODUCTS, Shop, product};

/// Without a language of compounds: whether a word is a part of compounds is decided when an index is built, so changes may
/// differ in that until the next one.
static PLAIN: Collection =
    Collection { languages: &[Language::English, Language::Turkish, Language::Japanese], ..PRODUCTS };

fn opened(documents: impl IntoIterator<Item = Document>) -> Index {
    Index::open(&PLAIN, build(&PLAIN, documents, &Synonyms::default(), &[]).unwrap().bytes).unwrap()
}

/// Changes of documents 0 to `count`: new ones, newer and older revisions, deletions; shuffled and partly repeated.
fn changes(shop: &mut Shop, count: usize) -> Vec<Change> {
    let mut all: Vec<Change> = (0..count).map(|_| change(shop, count)).collect();
    let repeated: Vec<Change> = all.iter().filter(|_| shop.random().u8(0..3) == 0).cloned().collect();
    all.extend(repeated);
    shop.random().shuffle(&mut all);
    all
}

/// A change. A revision is one state: id and revision decide what it is.
fn change(shop: &mut Shop, count: usize) -> Change {
    let number = shop.random().usize(0..count);
    let revision = shop.random().u64(0..6);
    let mut document = shop.fork(revision * 1_000 + number as u64).product(number);
    document.revision = revision;
    if revision.is_multiple_of(2) {
        document.facets.insert("category".into(), vec![format!("New {}", number % 3)]);
    }
    if (revision + number as u64).is_multiple_of(4) {
        Change::Delete { id: document.id, revision }
    } else {
        Change::Put(Box::new(document))
    }
}

fn final_state(before: &[Document], changes: &[Change]) -> Vec<Document> {
    let mut newest: BTreeMap<String, (u64, Option<Document>)> =
        before.iter().map(|document| (document.id.clone(), (document.revision, Some(document.clone())))).collect();
    for change in changes {
        let (id, revision, document) = match change {
            Change::Put(document) => (document.id.clone(), document.revision, Some((**document).clone())),
            Change::Delete { id, revision } => (id.clone(), *revision, None),
        };
        if newest.get(&id).is_none_or(|(known, _)| *known < revision) {
            newest.insert(id, (revision, document));
        }
    }
    newest.into_values().filter_map(|(_, document)| document).collect()
}

fn queries(shop: &mut Shop) -> Vec<SearchQuery> {
    let facets =
        vec![FacetName::Facet("category".into()), FacetName::Facet("brand".into()), FacetName::Option("color".into())];
    let base = SearchQuery {
        facets,
        currency: Some("EUR".into()),
        page: Page { offset: 0, limit: 50 },
        ..SearchQuery::default()
    };
    let red = Filter::Values { name: FacetName::Option("color".into()), values: vec!["red".into()] };
    let mut all = vec![base.clone(), SearchQuery { sort: Sort::Newest, ..base.clone() }];
    for sort in [Sort::Relevance, Sort::PriceAscending, Sort::Relevance, Sort::PriceDescending, Sort::Relevance] {
        let word = shop.word();
        let text = format!("{} {}", shop.misspelt(&word), shop.word().chars().take(3).collect::<String>());
        all.push(SearchQuery {
            text,
            sort,
            filters: if shop.random().bool() { vec![red.clone()] } else { Vec::new() },
            ..base.clone()
        });
        all.push(SearchQuery { text: word, page: Page { offset: 3, limit: 7 }, ..base.clone() });
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    #[test]
    fn a_rebuilt_index_equals_index_and_changes(seed in any::<u64>()) {
        let mut shop = Shop::new(seed, 80);
        let before: Vec<Document> = (0..60).map(|number| shop.product(number)).collect();
        let applied = changes(&mut shop, 90);
        let index = opened(before.clone());
        let mut on_top = Changes::new(&index);
        for change in applied.clone() {
            on_top.apply(change).unwrap();
        }
        let rebuilt = opened(final_state(&before, &applied));
        let none = Changes::new(&rebuilt);
        for query in queries(&mut shop) {
            prop_assert_eq!(index.search(&query, &on_top).unwrap(), rebuilt.search(&query, &none).unwrap(), "{:?}", query);
        }
        for typed in ["t", "ta", "cat", "new", "lam", "東"] {
            prop_assert_eq!(index.suggest(typed, 10, &on_top).unwrap(), rebuilt.suggest(typed, 10, &none).unwrap(), "{}", typed);
        }
    }
}

#[test]
fn documents_that_change_often_do_not_accumulate() {
    let index = opened([product("a", "first")]);
    let mut changes = Changes::new(&index);
    for revision in 2..3_000 {
        let name = format!("word{revision}");
        changes.apply(Change::Put(Box::new(Document { revision, ..product("a", &name) }))).unwrap();
    }
    let total = |text: &str| {
        index.search(&SearchQuery { text: text.into(), ..SearchQuery::default() }, &changes).unwrap().total
    };
    assert_eq!((changes.len(), total("word2999"), total("word2998"), total("first")), (1, 1, 0, 0));
}

#[test]
fn an_archived_document_is_not_found_whatever_comes_late() {
    // vendurehq/vendure#2288, #3109; medusajs/medusa#14134
    let index = opened([product("a", "Lamp")]);
    let mut changes = Changes::new(&index);
    changes.apply(Change::Delete { id: "a".into(), revision: 3 }).unwrap();
    changes.apply(Change::Put(Box::new(Document { revision: 2, ..product("a", "Lamp") }))).unwrap();
    changes.apply(Change::Delete { id: "a".into(), revision: 3 }).unwrap();
    let lamp = SearchQuery { text: "lamp".into(), ..SearchQuery::default() };
    assert_eq!(index.search(&lamp, &changes).unwrap().total, 0);
    changes.apply(Change::Put(Box::new(Document { revision: 4, ..product("a", "Lamp") }))).unwrap();
    assert_eq!(index.search(&lamp, &changes).unwrap().total, 1);
}

#[test]
fn beyond_the_limit_documents_of_the_index_can_still_be_deleted() {
    let index = opened([product("a", "Lamp"), product("b", "Lamp")]);
    let mut changes = Changes::new(&index);
    for number in 0..MAX_CHANGES {
        changes.apply(Change::Delete { id: format!("other {number}"), revision: 1 }).unwrap();
    }
    let put = |id: &str, revision: u64| Change::Put(Box::new(Document { revision, ..product(id, "Lamp") }));
    assert!(matches!(changes.apply(put("new", 1)), Err(ChangeError::Full)));
    changes.apply(Change::Delete { id: "one more".into(), revision: 1 }).unwrap();
    assert_eq!(changes.len(), MAX_CHANGES, "what the index lacks takes no place");
    for _ in 0..2 {
        changes.apply(Change::Delete { id: "a".into(), revision: 9 }).unwrap();
    }
    changes.apply(put("a", 8)).unwrap();
    assert!(matches!(changes.apply(put("a", 10)), Err(ChangeError::Full)));
    let lamp = SearchQuery { text: "lamp".into(), ..SearchQuery::default() };
    let hits = index.search(&lamp, &changes).unwrap().hits;
    assert_eq!(hits.iter().map(|hit| hit.id.as_str()).collect::<Vec<_>>(), ["b"]);
}

#[test]
fn an_invalid_document_is_refused_and_changes_nothing() {
    let index = opened([product("a", "Lamp")]);
    let mut changes = Changes::new(&index);
    let mut invalid = Document { revision: 2, ..product("a", "Lamp") };
    invalid.facets.insert("material".into(), vec!["brass".into()]);
    let error = changes.apply(Change::Put(Box::new(invalid))).unwrap_err();
    assert!(matches!(error, ChangeError::Document(_)));
    assert_eq!(error.to_string(), "facets.material: the collection declares no such facet");
    assert!(changes.is_empty());
}

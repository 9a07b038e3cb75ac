//! Suggestions: finished searches, values of facets and documents.

#![cfg(test)]

mod shop;

use search_engine::{Change, Changes, FinishedQuery, Index, SuggestionKind, Synonyms, build};
use shop::{PRODUCTS, product};

#[test]
fn finished_searches_are_suggested_and_half_typed_ones_are_not() {
    // typesense/typesense#1251, #2419: the caller gives finished searches with results only.
    let queries =
        [FinishedQuery { text: "lamp shade".into(), count: 5 }, FinishedQuery { text: "floor lamp".into(), count: 9 }];
    let mut desk = product("1", "Lampion");
    desk.facets.insert("category".into(), vec!["Lamps".into()]);
    let index =
        Index::open(&PRODUCTS, build(&PRODUCTS, [desk], &Synonyms::default(), &queries).unwrap().bytes).unwrap();
    let suggest = |typed: &str| -> Vec<(String, SuggestionKind)> {
        let all = index.suggest(typed, 10, &Changes::new(&index)).unwrap();
        all.into_iter().map(|one| (one.text, one.kind)).collect()
    };
    let expected = [
        ("lamp shade".to_owned(), SuggestionKind::Query),
        ("floor lamp".to_owned(), SuggestionKind::Query),
        ("Lamps".to_owned(), SuggestionKind::Value { facet: "category" }),
        ("Lampion".to_owned(), SuggestionKind::Document { id: "1".into() }),
    ];
    for typed in ["l", "la", "lam", "lamp", "LÂMP"] {
        assert_eq!(suggest(typed), expected, "{typed}");
    }
    assert_eq!(suggest("floor la").len(), 1);
    assert_eq!(suggest("lampxyz"), []);
    assert_eq!(suggest(" ?"), []);
}

#[test]
fn suggestions_follow_changes() {
    let mut first = product("1", "Lampion");
    first.facets.insert("category".into(), vec!["Lamps".into()]);
    let index = Index::open(&PRODUCTS, build(&PRODUCTS, [first], &Synonyms::default(), &[]).unwrap().bytes).unwrap();
    let mut changes = Changes::new(&index);
    changes.apply(Change::Delete { id: "1".into(), revision: 9 }).unwrap();
    assert_eq!(index.suggest("lamp", 5, &changes).unwrap(), []);
    let mut second = product("2", "Lampenschirm");
    second.facets.insert("category".into(), vec!["Lampen".into()]);
    changes.apply(Change::Put(Box::new(second))).unwrap();
    let texts: Vec<String> = index.suggest("lamp", 5, &changes).unwrap().into_iter().map(|one| one.text).collect();
    assert_eq!(texts, ["Lampen", "Lampenschirm"]);
}

//! Reported defects of other engines, as tests. Each names its source.

#![cfg(test)]

mod shop;

use search_engine::{Change, Changes, Hit, Index, Page, Part, SearchQuery, SearchResult, SynonymRule, Synonyms, build};
use shop::{NAMED, PRODUCTS, product};

/// An index of products that have only names, with ids from 0.
fn named(names: &[&str]) -> Index {
    with_synonyms(names, &Synonyms::default())
}

fn with_synonyms(names: &[&str], synonyms: &Synonyms) -> Index {
    let documents = names.iter().enumerate().map(|(id, name)| product(&id.to_string(), name));
    Index::open(&NAMED, build(&NAMED, documents, synonyms, &[]).unwrap().bytes).unwrap()
}

fn search(index: &Index, text: &str) -> SearchResult {
    let query = SearchQuery { text: text.to_owned(), ..SearchQuery::default() };
    index.search(&query, &Changes::new(index)).unwrap()
}

fn names(result: &SearchResult) -> Vec<&str> {
    result.hits.iter().map(|hit| hit.stored["name"].as_str().unwrap()).collect()
}

/// The names that a search finds, in order.
fn found<'a>(index: &Index, text: &str, catalogue: &[&'a str]) -> Vec<&'a str> {
    let result = search(index, text);
    names(&result).into_iter().map(|name| *catalogue.iter().find(|known| **known == name).unwrap()).collect()
}

#[test]
fn numbers_and_model_numbers_have_no_typos() {
    // typesense/typesense#242, #298, #2220, #1400; meilisearch/meilisearch#3999
    let catalogue = [
        "Ring 1in/25.4mm",
        "Ring 23.4mm",
        "Disc 2000",
        "Disc 2001",
        "Pump XYZ-123",
        "Pump XYZ-223",
        "Pump XYZ 123",
        "Pump xyz123",
    ];
    let index = named(&catalogue);
    assert_eq!(found(&index, "25.4mm", &catalogue), ["Ring 1in/25.4mm"]);
    assert_eq!(found(&index, "25,4 mm", &catalogue)[0], "Ring 1in/25.4mm");
    assert_eq!(found(&index, "2001", &catalogue), ["Disc 2001"]);
    for spelling in ["XYZ-123", "xyz123", "XYZ 123", "xyz_123"] {
        let mut all = found(&index, spelling, &catalogue);
        all[..3].sort_unstable();
        assert_eq!(all[..3], ["Pump XYZ 123", "Pump XYZ-123", "Pump xyz123"], "{spelling}");
        // Dropped words may add others, but only below those with all words.
        assert!(spelling == "XYZ 123" || all.len() == 3, "{spelling}: {all:?}");
    }
}

#[test]
fn every_spelling_of_istanbul_is_found_and_exact_letters_rank_first() {
    // meilisearch/charabia#316, typesense/typesense#862
    let catalogue = ["İstanbul Map", "Jıll Doll", "Jill Doll"];
    let index = named(&catalogue);
    for spelling in ["İstanbul", "ISTANBUL", "istanbul", "ıstanbul", "Istanb"] {
        assert_eq!(found(&index, spelling, &catalogue), ["İstanbul Map"], "{spelling}");
    }
    assert_eq!(found(&index, "jill", &catalogue), ["Jill Doll", "Jıll Doll"]);
    assert_eq!(found(&index, "jıll", &catalogue), ["Jıll Doll", "Jill Doll"]);
}

#[test]
fn umlauts_and_compounds() {
    // typesense/typesense#887, #2486; Smile-SA/elasticsuite#2543
    let catalogue = ["Buch", "Bücher", "Buecher Regal", "Schuh"];
    let index = named(&catalogue);
    assert_eq!(found(&index, "Büch", &catalogue), ["Bücher", "Buch", "Buecher Regal"]);
    assert_eq!(found(&index, "buecher", &catalogue)[..2], ["Buecher Regal", "Bücher"]);

    let catalogue = ["Jonglierkeulen", "Jonglier Keulen", "Jonglier-Keulen", "Kugeln"];
    let index = named(&catalogue);
    for query in ["Keulen", "jonglier keulen", "keulen jonglier"] {
        assert_eq!(
            found(&index, query, &catalogue),
            ["Jonglierkeulen", "Jonglier Keulen", "Jonglier-Keulen"],
            "{query}: all alike"
        );
    }
    assert_eq!(found(&index, "Jonglierkeulen", &catalogue).len(), 3);
    assert_eq!(found(&index, "Jonglier-Keulen", &catalogue).len(), 3);
}

#[test]
fn chinese_and_japanese_match_by_pairs_of_characters() {
    // meilisearch/meilisearch#2403, #3769, #4561
    let catalogue = ["東京バナナ", "東京特許許可局", "日東電工株式会社の経営者", "日健", "日見", "京東"];
    let index = named(&catalogue);
    assert_eq!(found(&index, "東京", &catalogue), ["東京バナナ", "東京特許許可局"]);
    assert_eq!(found(&index, "日東", &catalogue), ["日東電工株式会社の経営者"]);
    assert_eq!(found(&index, "健", &catalogue), ["日健"]);
    assert_eq!(found(&index, "バナナ", &catalogue), ["東京バナナ"]);
}

#[test]
fn synonyms_have_no_typos_and_rank_below_the_word_itself() {
    // typesense/typesense#552, #2180
    let rule = |from: &str, to: &str| SynonymRule { from: from.into(), to: vec![to.into()], both_ways: false };
    let synonyms = Synonyms {
        rules: vec![rule("conduit", "SSF"), rule("auksines", "gold earring"), rule("conduit", "protective tube")],
    };
    let catalogue = [
        "Panneau OSB",
        "Cable SSF",
        "Conduit",
        "Ausines",
        "Auksines",
        "Earring of gold",
        "Tube, protective",
        "Tubes, protective",
    ];
    let index = with_synonyms(&catalogue, &synonyms);
    assert_eq!(found(&index, "conduit", &catalogue), ["Conduit", "Cable SSF", "Tube, protective"]);
    assert_eq!(found(&index, "ausines", &catalogue), ["Ausines", "Auksines"], "no synonyms of a corrected word");
    assert_eq!(found(&index, "auksines", &catalogue), ["Auksines", "Earring of gold", "Ausines"]);
}

#[test]
fn synonyms_of_phrases_work_both_ways() {
    let rules = vec![SynonymRule { from: "t shirt".into(), to: vec!["tee".into()], both_ways: true }];
    let catalogue = ["Blue T Shirt", "Blue tee", "Blue shirt"];
    let index = with_synonyms(&catalogue, &Synonyms { rules });
    assert_eq!(found(&index, "t shirt blue", &catalogue)[..2], ["Blue T Shirt", "Blue tee"]);
    assert_eq!(found(&index, "blue tee", &catalogue)[..2], ["Blue tee", "Blue T Shirt"]);
}

#[test]
fn a_typo_never_outranks_an_exact_word() {
    let mut popular = product("popular", "Lampe");
    popular.popularity = 1_000_000;
    let documents = [popular, product("exact", "cheap things, among them a Lampo")];
    let index = Index::open(&NAMED, build(&NAMED, documents, &Synonyms::default(), &[]).unwrap().bytes).unwrap();
    let result = search(&index, "lampo");
    let ids: Vec<&str> = result.hits.iter().map(|hit| hit.id.as_str()).collect();
    assert_eq!(ids, ["exact", "popular"]);
    assert_eq!(result.hits.iter().map(|hit| hit.typos).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(result.corrections, [], "the word exists");
}

#[test]
fn corrections_and_dropped_words_are_told() {
    // typesense/typesense#134
    let catalogue = ["Yellow Keyboard", "Yellow Mouse"];
    let index = named(&catalogue);
    let result = search(&index, "yelow keybaord xylophone");
    assert_eq!(names(&result), ["Yellow Keyboard", "Yellow Mouse"]);
    assert_eq!(result.dropped, ["keybaord", "xylophone"]);
    let corrections: Vec<_> = result.corrections.iter().map(|one| (one.typed.as_str(), one.found.as_str())).collect();
    assert_eq!(corrections, [("yelow", "yellow"), ("keybaord", "keyboard")]);
    assert_eq!(
        result.hits.iter().map(|hit| (hit.matched.matched, hit.matched.of)).collect::<Vec<_>>(),
        [(2, 3), (1, 3)]
    );
}

#[test]
fn words_are_dropped_only_with_few_hits() {
    let many: Vec<String> = (0..20).map(|number| format!("Red Chair {number}")).collect();
    let catalogue: Vec<&str> = many.iter().map(String::as_str).chain(["Red Table"]).collect();
    let index = named(&catalogue);
    let result = search(&index, "red chair");
    assert_eq!((result.total, result.dropped.len()), (20, 0));
    let result = search(&index, "red table");
    assert_eq!((result.total, result.dropped), (21, vec!["table".to_owned()]));
    assert_eq!(names(&search(&index, "red table"))[0], "Red Table");
}

#[test]
fn the_rarer_words_are_kept_when_one_is_dropped() {
    let number = |names: &[&str], count: usize| -> Vec<String> {
        (0..count).flat_map(|number| names.iter().map(move |name| format!("{name} {number}"))).collect()
    };
    // Twelve oak lamps of which one is red, and more of everything that is red and of oak.
    let lamps = number(&["Oak Lamp"], 11);
    let others = number(&["Red Oak Shelf", "Red Chair", "Oak Table"], 20);
    let catalogue: Vec<&str> = lamps.iter().chain(&others).map(String::as_str).chain(["Red Oak Lamp"]).collect();
    let index = named(&catalogue);
    for text in ["red oak lamp", "lamp oak red", "oak red lamp"] {
        let result = search(&index, text);
        assert_eq!((result.total, result.dropped.as_slice()), (12, &["red".to_owned()][..]), "{text}");
        assert_eq!(names(&result)[0], "Red Oak Lamp", "{text}");
    }
}

fn ids(result: &SearchResult) -> Vec<&str> {
    result.hits.iter().map(|hit: &Hit| hit.id.as_str()).collect()
}

#[test]
fn highlights_are_parts_of_the_text() {
    let long = format!("{} Crème brûlée {}", "vor ".repeat(60), "nach ".repeat(60));
    let index = named(&["İstanbul & <b>Straße</b> XYZ-123", &long]);
    let parts = |text: &str| search(&index, text).hits[0].highlights[0].clone();
    let part = |text: &str, matched| Part { text: text.into(), matched };
    assert_eq!(
        parts("strasse istanbul 123").parts,
        [
            part("İstanbul", true),
            part(" & <b>", false),
            part("Straße", true),
            part("</b> XYZ-", false),
            part("123", true)
        ]
    );
    let excerpt = parts("BRULEE");
    let text: String = excerpt.parts.iter().map(|part| part.text.as_str()).collect();
    assert!(long.contains(&text) && excerpt.cut_before && excerpt.cut_after);
    assert!(excerpt.parts.contains(&part("brûlée", true)));
}

#[test]
fn only_the_last_word_is_a_prefix() {
    let catalogue = ["Garden Chair", "Gardens of Chairs", "Gar"];
    let index = named(&catalogue);
    assert_eq!(found(&index, "garden ch", &catalogue)[0], "Garden Chair");
    let typos: Vec<usize> = search(&index, "garden ch").hits.iter().map(|hit| hit.typos).collect();
    assert_eq!(typos, [0, 1], "gardens is not garden, but one typo away");
    assert_eq!(found(&index, "gar", &catalogue), ["Gar", "Garden Chair", "Gardens of Chairs"], "whole words first");
    assert_eq!(found(&index, "g", &catalogue).len(), 3);
}

#[test]
fn an_empty_index_with_changes_answers() {
    let index = Index::empty(&PRODUCTS);
    let mut changes = Changes::new(&index);
    assert_eq!(search(&index, "shirt").total, 0);
    changes.apply(Change::Put(Box::new(product("shirt", "Shirt")))).unwrap();
    let query = SearchQuery { text: "shirt".into(), page: Page { offset: 0, limit: 5 }, ..SearchQuery::default() };
    assert_eq!(ids(&index.search(&query, &changes).unwrap()), ["shirt"]);
    assert_eq!(
        index.search(&query, &Changes::new(&Index::empty(&PRODUCTS))).unwrap_err().to_string(),
        "the changes belong to another index"
    );
}

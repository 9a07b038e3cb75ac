//! Figures of searches: counted once, bounded, and without anything that identifies a person.

use std::time::Duration;

use jiff::Timestamp;
use kit::Clock;
use search::domain::collections::PRODUCTS;
use search::domain::limits::EVENTS;
use search::domain::privacy::source_group;
use search::domain::report::{day_of, total};
use search::domain::search_id::SearchId;
use search::recorder::{CountedSearch, Recorder};
use search_engine::SuggestionKind;
use serde_json::json;
use testkit::{Reply, request};

use crate::search_support::{
    Finder, list_suggestions, product_id, published, record_search_event, search_collection, show,
};

async fn figures(finder: &Finder) -> search::domain::figures::Figures {
    total(finder.store.figures(PRODUCTS.name(), &[day_of(finder.clock.now())]).await.unwrap())
}

fn at() -> Timestamp {
    Timestamp::from_second(1_900_000_000).unwrap()
}

#[tokio::test]
async fn the_first_search_of_a_process_is_written_at_once_and_others_together() {
    let finder = Finder::at(Clock::manual(at())).await;
    let search = search_collection(finder.search_context());
    assert_eq!(show(&search, "q=nothing", "").await.status, 200);
    assert_eq!(figures(&finder).await.searches, 1);
    for _ in 0..5 {
        show(&search, "q=nothing", "").await;
    }
    // Neither a later page nor a list without a text is a search.
    show(&search, "q=nothing&offset=20", "").await;
    show(&search, "", "").await;
    assert_eq!(figures(&finder).await.searches, 1);
    finder.clock.advance(Duration::from_secs(10));
    show(&search, "q=nothing", "").await;
    let figures = figures(&finder).await;
    // The last search waits for the next ten seconds.
    assert_eq!((figures.searches, figures.without_results), (6, 6));
}

#[tokio::test]
async fn what_is_typed_before_a_search_is_not_counted() {
    // typesense/typesense#1251, #2419: `lam`, `lamp`, `lampx` are typed, `lampx` is searched for, and the visitor leaves.
    let finder = Finder::at(Clock::manual(at())).await;
    finder.tell_all([published(1, 1, "Shoe")]).await;
    finder.build_now().await;
    let (search, suggest) = (search_collection(finder.search_context()), list_suggestions(finder.suggest_context()));
    for typed in ["q=lam", "q=lamp", "q=lampx"] {
        let shown = show(&suggest, typed, "").await;
        assert_eq!(shown.status, 200, "{}", shown.body);
    }
    assert_eq!(figures(&finder).await.searches, 0);
    let shown = show(&search, "q=lampx", "").await;
    assert_eq!((shown.status, &shown.body["total"]), (200, &json!(0)), "{}", shown.body);
    let figures = figures(&finder).await;
    assert_eq!((figures.searches, figures.without_results), (1, 1));
    let texts: Vec<&str> = figures.empty_queries.iter().map(|(text, _)| text).collect();
    assert_eq!((texts, figures.queries.is_empty()), (vec!["lampx"], true));
}

#[tokio::test]
async fn processes_that_count_at_the_same_time_lose_nothing() {
    let finder = Finder::at(Clock::manual(at())).await;
    let counting = (0..10).map(|number| {
        let recorder = Recorder::new(PRODUCTS.name(), 1);
        let (store, now) = (finder.store.clone(), finder.clock.now());
        async move {
            let source = number.to_string();
            // A write that meets others too often waits for the next.
            for turn in 0..4 {
                let now = now + Duration::from_secs(11 * turn);
                recorder.record(&store, CountedSearch { text: "Shoe", total: 3, source: &source }, now).await;
            }
            for turn in 4..24 {
                recorder.prepare(&store, now + Duration::from_secs(11 * turn)).await;
            }
        }
    });
    futures::future::join_all(counting).await;
    let figures = figures(&finder).await;
    assert_eq!(figures.searches, 40);
    let (text, count) = figures.queries.iter().next().unwrap();
    assert_eq!((text, count.searches), ("shoe", 40));
}

async fn send(finder: &Finder, body: &serde_json::Value) -> Reply {
    let endpoint = record_search_event(finder.event_context());
    endpoint.call(request("POST", "/v1/search/events", &[], Some(body))).await.into()
}

#[tokio::test]
async fn a_click_counts_once_at_its_position() {
    let finder = Finder::at(Clock::manual(at())).await;
    finder.tell_all((1..=3).map(|number| published(number, 1, "Shoe"))).await;
    let shown = show(&search_collection(finder.search_context()), "q=shoe", "").await;
    let (search_id, hits) = (shown.body["searchId"].clone(), shown.body["hits"].as_array().unwrap().clone());
    assert_eq!(hits.len(), 3);
    let click = json!({ "searchId": search_id, "kind": "click", "documentId": hits[1]["id"] });
    for _ in 0..3 {
        let sent = send(&finder, &click).await;
        assert_eq!(sent.status, 204, "{}", sent.body);
    }
    let bought = json!({ "searchId": search_id, "kind": "conversion", "documentId": hits[1]["id"] });
    assert_eq!(send(&finder, &bought).await.status, 204);
    let figures = figures(&finder).await;
    assert_eq!((figures.clicks[0], figures.clicks[1], figures.conversions), (0, 1, 1));
    for (wrong, field) in [
        (json!({ "searchId": search_id, "kind": "click", "documentId": "other" }), "documentId"),
        (json!({ "searchId": "forged", "kind": "click", "documentId": hits[1]["id"] }), "searchId"),
    ] {
        let refused = send(&finder, &wrong).await;
        assert_eq!((refused.status, &refused.body["errors"][0]["field"]), (422, &json!(field)), "{}", refused.body);
    }
}

#[tokio::test]
async fn an_address_sends_a_bounded_number_of_events() {
    let finder = Finder::at(Clock::manual(at())).await;
    let ids: Vec<String> = (0..=u128::from(EVENTS.max())).map(|number| product_id(number).to_string()).collect();
    let search_id = SearchId::new(PRODUCTS.name(), "shoe", at(), 0, ids.iter().map(String::as_str)).sign(&finder.key);
    for (number, id) in ids.iter().enumerate() {
        let sent = send(&finder, &json!({ "searchId": search_id, "kind": "click", "documentId": id })).await;
        let expected = if number < EVENTS.max() as usize { 204 } else { 429 };
        assert_eq!(sent.status, expected, "event {number}: {}", sent.body);
    }
}

#[tokio::test]
async fn nothing_that_identifies_a_person_is_stored() {
    let finder = Finder::at(Clock::manual(at())).await;
    finder.tell_all([published(1, 1, "Shoe ann 0170")]).await;
    let recorder = Recorder::new(PRODUCTS.name(), 0);
    let source = "203.0.113.77";
    for text in ["ann@example.com", "0170 1234567", "DE02120300000000202051", "shoe"] {
        for total in [0, 3] {
            let search = CountedSearch { text, total, source };
            recorder.record(&finder.store, search, finder.clock.now()).await;
            finder.clock.advance(Duration::from_secs(11));
        }
    }
    let search_id = SearchId::new(PRODUCTS.name(), "ann@example.com", finder.clock.now(), 0, ["a"]).sign(&finder.key);
    assert_eq!(send(&finder, &json!({ "searchId": search_id, "kind": "click", "documentId": "a" })).await.status, 204);
    let stored = format!("{:?}", finder.table.items().await);
    for personal in ["ann@", "1234567", "0000202051", source, "search#user"] {
        assert!(!stored.contains(personal), "{personal} is stored");
    }
    assert_eq!(figures(&finder).await.searches, 8);
}

#[tokio::test]
async fn searches_of_several_sources_that_led_to_a_click_are_suggested_after_a_build() {
    let finder = Finder::at(Clock::manual(at())).await;
    finder.tell_all([published(1, 1, "Shoe")]).await;
    let (now, day) = (finder.clock.now(), day_of(finder.clock.now()));
    // Three addresses of different groups.
    let mut sources: Vec<String> = (0..200).map(|number| format!("203.0.113.{number}")).collect();
    sources.sort_by_key(|source| format!("{:?}", source_group(source, day)));
    sources.dedup_by_key(|source| format!("{:?}", source_group(source, day)));
    let recorder = Recorder::new(PRODUCTS.name(), 0);
    for (text, sources) in [("running shoe", &sources[..3]), ("secret shoe", &sources[..2])] {
        for source in sources {
            finder.clock.advance(Duration::from_secs(11));
            let search = CountedSearch { text, total: 1, source };
            recorder.record(&finder.store, search, finder.clock.now()).await;
        }
    }
    recorder.prepare(&finder.store, finder.clock.now() + Duration::from_secs(11)).await;
    for text in ["running shoe", "secret shoe"] {
        let search_id = SearchId::new(PRODUCTS.name(), text, now, 0, ["a"]).sign(&finder.key);
        let sent = send(&finder, &json!({ "searchId": search_id, "kind": "click", "documentId": "a" })).await;
        assert_eq!(sent.status, 204, "{}", sent.body);
    }
    finder.build_now().await;
    let view = finder.view().await;
    let suggested = view.index.suggest("run", 10, &view.changes).unwrap();
    let is_query = |text: &str| suggested.iter().any(|one| one.text == text && one.kind == SuggestionKind::Query);
    assert!(is_query("running shoe"), "{suggested:?}");
    let secret = view.index.suggest("sec", 10, &view.changes).unwrap();
    assert!(secret.iter().all(|one| one.kind != SuggestionKind::Query), "{secret:?}");
}

//! What functions of search ask of the table. The figures are in `tests/budgets.json`; the comments here explain them.

use std::time::Duration;

use contracts::orders::StockAvailability::InStock;
use jiff::Timestamp;
use kit::Clock;
use kit::http::endpoint;
use search::domain::collections::SPECIES;
use serde_json::json;
use testkit::request;
use tests::{Cost, budget, cost};

use crate::identity_support::stage;
use crate::search_collections_support::{guide, neon, neon_merged};
use crate::search_support::{
    Finder, category, list_suggestions, price, price_list, published, record_search_event, search_collection, show,
    show_in, stock, variant,
};

async fn finder() -> Finder {
    Finder::at(Clock::manual(Timestamp::from_second(1_900_000_000).unwrap())).await
}

#[tokio::test]
async fn documents_keep_to_their_budget() {
    let finder = finder().await;
    let tell = async |event| cost(finder.tell(event)).await;
    // The item and the head of the log; then the item, the head and the change in one transaction.
    budget("search-index-products", "first price list", tell(price_list(1, None)).await);
    budget("search-index-products", "category", tell(category("shoes", None, 1)).await);
    budget("search-index-products", "price before its product", tell(price(1, 1, Some(500))).await);
    // The entry of the variant; then document and head; then document and entry. The product is not visible.
    budget("search-index-products", "variant whose price waits", tell(variant(1)).await);
    budget("search-index-products", "variant", tell(variant(2)).await);
    budget("search-index-products", "known variant", tell(variant(2)).await);
    let event = published(1, 1, "Shoe");
    budget("search-index-products", "published", tell(event.clone()).await);
    budget("search-index-products", "duplicate", tell(event).await);
    // The entry of the variant names the document.
    budget("search-index-products", "price", tell(price(1, 2, Some(400))).await);
    budget("search-index-products", "stock", tell(stock(1, 1, InStock)).await);
    // Document and head; then document, head and change in one transaction, as for a product.
    budget("search-index-products", "species", tell(neon(1)).await);
    budget("search-index-products", "known species", tell(neon(1)).await);
    budget("search-index-products", "merged species", tell(neon_merged(2)).await);
    budget("search-index-products", "guide", tell(guide(1, 1, true)).await);
}

#[tokio::test]
async fn builds_keep_to_their_budget() {
    let finder = finder().await;
    // An index that lacks nothing costs one read, and those of all collections are checked at the same time.
    budget("search-check-index", "nothing to do", cost(finder.check()).await);
    finder.tell_all([published(1, 1, "Shoe")]).await;
    budget("search-check-index", "requested", cost(finder.check()).await);
    // Head and pointer; settings, synonyms and figures with 64 partitions, settings again; the pointer.
    budget("search-build-index", "built", cost(finder.build(2)).await);
    budget("search-build-index", "contained", cost(finder.build(2)).await);
    // Documents with one source share nothing, so there are no settings to read.
    finder.tell_all([neon(1)]).await;
    budget("search-build-index", "species", cost(finder.build_of(&SPECIES, 1)).await);
}

#[tokio::test]
async fn searches_keep_to_their_budget() {
    let finder = finder().await;
    finder.tell_all([published(1, 1, "Shoe")]).await;
    finder.build_now().await;
    let (search, suggest) = (search_collection(finder.search_context()), list_suggestions(finder.suggest_context()));
    let mut known = String::new();
    macro_rules! shown {
        ($endpoint:expr, $query:expr, $status:expr, $function:expr, $case:expr) => {
            let shown = show($endpoint, $query, &known).await;
            assert_eq!(shown.status, $status, "{}", shown.body);
            budget($function, $case, Cost::of_header(&shown.server_timing));
            assert!(shown.cache_control.contains("max-age="), "{}", shown.cache_control);
            known = shown.etag;
        };
    }
    // The pointer, beside the part of the figures; the log; the figures.
    shown!(&search, "q=shoe", 200, "search-search-collection", "first request");
    // Within a second, all is in memory.
    shown!(&search, "q=shoe", 304, "search-search-collection", "known");
    finder.clock.advance(Duration::from_secs(1));
    // The log.
    shown!(&search, "q=shoe", 304, "search-search-collection", "after a second");
    finder.clock.advance(Duration::from_secs(10));
    // The log, and beside it the figures of ten seconds.
    shown!(&search, "q=shoe", 304, "search-search-collection", "after ten seconds");
    finder.tell_all([published(2, 1, "Red shoe")]).await;
    finder.clock.advance(Duration::from_secs(1));
    // The log; then the changed documents, beside price lists and categories.
    shown!(&search, "q=shoe", 200, "search-search-collection", "after a change");
    assert!(!known.is_empty());
    known = String::new();
    shown!(&suggest, "q=sh", 200, "search-list-suggestions", "first request");
    shown!(&suggest, "q=sh", 304, "search-list-suggestions", "known");
    finder.clock.advance(Duration::from_secs(1));
    shown!(&suggest, "q=re", 200, "search-list-suggestions", "after a second");
    assert!(!known.is_empty());
    // Another collection in the same process: its pointer, beside its figures; its log, with the document that it names.
    finder.tell_all([neon(1)]).await;
    let species = show_in(&search, "species", "q=neonsalmler", "").await;
    assert_eq!(species.body["total"], 1, "{}", species.body);
    budget("search-search-collection", "first request of species", Cost::of_header(&species.server_timing));

    let search_id = show(&search, "q=shoe", "").await.body["searchId"].clone();
    let id = crate::search_support::product_id(1).to_string();
    let click = json!({ "searchId": search_id, "kind": "click", "documentId": id });
    let record = record_search_event(finder.event_context());
    let send = async || -> testkit::Reply {
        record.call(request("POST", "/v1/search/events", &[], Some(&click))).await.into()
    };
    // The part of the figures; then limit, mark and part in one transaction.
    budget("search-record-search-event", "counted", &send().await);
    budget("search-record-search-event", "counted before", &send().await);
}

#[tokio::test]
async fn endpoints_for_admins_keep_to_their_budget() {
    let finder = finder().await;
    let ctx = finder.admin_context();
    let get = endpoint(search::api::get_synonyms::get_synonyms, ctx, stage());
    let set = endpoint(search::api::set_synonyms::set_synonyms, ctx, stage());
    let report = endpoint(search::api::get_search_report::get_search_report, ctx, stage());
    let rebuild = endpoint(search::api::rebuild_index::rebuild_index, ctx, stage());
    let body = json!({ "rules": [{ "from": "sneaker", "to": ["trainer"], "bothWays": true }] });
    let first = finder.call(&set, "PUT", "", &[("if-match", "\"0\"")], Some(&body)).await;
    assert_eq!(first.status, 200, "{}", first.body);
    // Synonyms and head beside the standing; then synonyms, head and change in one transaction.
    budget("search-set-synonyms", "set", &first);
    let stale = finder.call(&set, "PUT", "", &[("if-match", "\"0\"")], Some(&body)).await;
    assert_eq!(stale.status, 412, "{}", stale.body);
    let read = finder.call(&get, "GET", "", &[], None).await;
    assert_eq!(read.body, body);
    budget("search-get-synonyms", "found", &read);
    let requested = finder.call(&rebuild, "POST", "", &[("idempotency-key", "a")], None).await;
    assert_eq!((requested.status, &requested.body["sequence"]), (202, &json!(2)), "{}", requested.body);
    // Limit, request, head and change.
    budget("search-rebuild-index", "requested", &requested);
    let repeated = finder.call(&rebuild, "POST", "", &[("idempotency-key", "a")], None).await;
    assert_eq!((repeated.status, &repeated.body), (202, &requested.body));
    budget("search-rebuild-index", "repeated", &repeated);
    let seen = finder.call(&report, "GET", "from=2030-03-01&to=2030-03-31", &[], None).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    // All parts of 31 days beside head and pointer, and the standing.
    budget("search-get-search-report", "a month", &seen);
}

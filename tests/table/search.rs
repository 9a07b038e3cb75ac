//! Documents, the log of changes and indexes: order, races, and builds that end anywhere.

use std::sync::Arc;
use std::time::Duration;

use contracts::Envelope;
use contracts::orders::StockAvailability::{InStock, OutOfStock};
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use kit::Clock;
use kit::sqs::Done;
use search::domain::collections::PRODUCTS;
use search::domain::log::{BUILD_AFTER, MAX_INDEX_AGE};
use search::searcher::View;
use search_engine::SearchResult;
use serde_json::Value;
use tests::eventually;

use crate::search_support::{
    Finder, archived, category, changed, found, price, price_list, product_id, published, stock, titles, variant,
};

/// What searches of some texts find.
fn answers(view: &View, at: Timestamp) -> Vec<SearchResult> {
    ["", "shoe", "sku-3", "catgory", "article number 5"].map(|text| found(view, text, at)).into()
}

/// Events of products, some of which cancel each other.
fn events() -> Vec<Envelope<Value>> {
    let mut events = vec![price_list(1, None), category("shoes", Some("clothing"), 1), category("clothing", None, 1)];
    for number in 1..=8 {
        events.push(published(number, 1, &format!("Shoe {number}")));
        events.push(variant(number));
        events.push(price(number, 1, Some(100 * i64::try_from(number).unwrap())));
        events.push(stock(number, 1, InStock));
    }
    events.extend([changed(1, 2, "Boot"), archived(2, 2), price(3, 2, Some(5)), price(4, 2, None)]);
    events.extend([stock(5, 2, OutOfStock), archived(6, 2), changed(6, 3, "Returned shoe"), price(7, 3, Some(9))]);
    events
}

/// The documents, without what depends on the number of writes.
async fn documents(finder: &Finder) -> Vec<search::domain::product::ProductDocument> {
    let ids = (1..=8).map(product_id).collect();
    let (documents, _) = finder.store.documents(ids).await.unwrap();
    documents.into_iter().map(|document| document.value).collect()
}

/// Lets the runtime look after sockets and other tasks: it does so after 61 turns at the latest.
async fn let_others_run() {
    for _ in 0..64 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn events_in_any_order_lead_to_the_same_documents() {
    let straight = Finder::start().await;
    straight.tell_all(events()).await;
    let expected = documents(&straight).await;
    assert_eq!(expected.len(), 8);
    let now = straight.clock.now();
    let expected_titles = titles(&found(&*straight.view().await, "shoe", now));
    for step in [3, 7, 11] {
        let finder = Finder::start().await;
        let mut order = events();
        order.reverse();
        let length = order.len();
        // A permutation, because no step divides the number of events; every fifth event comes twice.
        for at in 0..length {
            let event = order[at * step % length].clone();
            if at % 5 == 0 {
                finder.tell(event.clone()).await.unwrap();
            }
            finder.tell(event).await.unwrap();
        }
        let mut documents = documents(&finder).await;
        for (document, expected) in documents.iter_mut().zip(&expected) {
            // The time of the publication is that of the event, which differs between deployments.
            document.published_at = expected.published_at;
        }
        assert_eq!(documents, expected, "step {step}");
        assert_eq!(titles(&found(&*finder.view().await, "shoe", now)), expected_titles);
    }
}

#[tokio::test]
async fn a_duplicate_changes_nothing_and_a_draft_is_not_in_the_log() {
    let finder = Finder::start().await;
    assert_eq!(finder.tell(variant(1)).await.unwrap(), Done::Applied);
    assert_eq!(finder.tell(variant(1)).await.unwrap(), Done::Duplicate);
    assert_eq!(finder.tell(price(1, 1, Some(5))).await.unwrap(), Done::Applied);
    let (last, _) = finder.store.log_state(PRODUCTS.name()).await.unwrap();
    assert_eq!(last, 0, "nobody sees a product that is not published");
    let event = published(1, 1, "Shoe");
    assert_eq!(finder.tell(event.clone()).await.unwrap(), Done::Applied);
    assert_eq!(finder.tell(event).await.unwrap(), Done::Duplicate);
    assert_eq!(finder.tell(price(1, 1, Some(5))).await.unwrap(), Done::Duplicate);
    let (last, _) = finder.store.log_state(PRODUCTS.name()).await.unwrap();
    assert_eq!(last, 1);
}

#[tokio::test]
async fn an_index_with_changes_answers_like_a_rebuilt_one() {
    let finder = Finder::start().await;
    let now = finder.clock.now();
    let events = events();
    let half = events.len() / 2;
    finder.tell_all(events[..half].to_vec()).await;
    finder.build_now().await;
    let base = finder.view().await;
    assert!(base.changes.is_empty() && !base.index.is_empty());
    finder.tell_all(events[half..].to_vec()).await;
    let with_changes = finder.view().await;
    assert!(!with_changes.changes.is_empty());
    finder.build_now().await;
    let rebuilt = finder.view().await;
    assert!(rebuilt.changes.is_empty());
    assert_eq!(answers(&with_changes, now), answers(&rebuilt, now));
    assert_ne!(answers(&base, now), answers(&rebuilt, now));
}

#[tokio::test]
async fn without_an_index_the_changes_are_the_collection() {
    let finder = Finder::start().await;
    let empty = finder.view().await;
    assert_eq!(found(&empty, "", finder.clock.now()).total, 0);
    finder.tell_all([published(1, 1, "Red shoe"), stock(1, 1, InStock)]).await;
    let result = found(&*finder.view().await, "red", finder.clock.now());
    assert_eq!(titles(&result), ["Red shoe"]);
    assert!(result.hits[0].in_stock);
}

#[tokio::test]
async fn builds_under_concurrent_changes_lose_nothing() {
    let finder = Arc::new(Finder::start_with_conflicts().await);
    let writes = (0..4_u128).map(|writer| {
        let finder = finder.clone();
        async move {
            let ctx = finder.writer();
            for number in 0..12 {
                let event = published(1 + writer * 100 + number, 1, "Shoe");
                let handle = search::consumers::index_products::index_products;
                // A message that meets others for too long is delivered again.
                while handle(ctx, event.clone()).await.is_err() {}
            }
        }
    });
    let builds = async {
        for _ in 0..6 {
            let (last, _) = finder.store.log_state(PRODUCTS.name()).await.unwrap();
            finder.build(last.max(1)).await.unwrap();
        }
    };
    tokio::join!(futures::future::join_all(writes), builds, async { drop(finder.build(1).await) });
    let view = finder.view().await;
    assert_eq!(found(&view, "", finder.clock.now()).total, 48);
    let (last, pointer) = finder.store.log_state(PRODUCTS.name()).await.unwrap();
    assert_eq!(last, 48, "each change has a number of its own");
    assert!(pointer.unwrap().value.covered > 0);
    finder.build_now().await;
    assert_eq!(found(&*finder.view().await, "", finder.clock.now()).total, 48);
}

#[tokio::test]
async fn a_slow_build_does_not_move_the_pointer_back() {
    let finder = Finder::start().await;
    finder.tell_all([published(1, 1, "Shoe")]).await;
    finder.build_now().await;
    let (_, old) = finder.store.log_state(PRODUCTS.name()).await.unwrap();
    let old = old.unwrap();
    finder.tell_all([published(2, 1, "Boot")]).await;
    finder.build_now().await;
    // The version that the slow build has read is no longer the current one.
    assert!(!finder.store.move_pointer(Some(&old), &old.value).await.unwrap());
    assert!(!finder.store.move_pointer(None, &old.value).await.unwrap());
    let (_, now) = finder.store.log_state(PRODUCTS.name()).await.unwrap();
    let now = now.unwrap().value;
    assert_eq!((now.epoch, now.covered, now.documents), (2, 2, 2));
    assert_eq!(now.previous, Some(old.value.snapshot));
    // A request for what is contained already builds nothing.
    assert_eq!(finder.build(2).await.unwrap(), Done::Duplicate);
    assert_eq!(finder.services.keys().len(), 2);
}

#[tokio::test]
async fn a_build_that_is_killed_anywhere_is_repeated() {
    let finder = Finder::start().await;
    finder.tell_all(events()).await;
    let now = finder.clock.now();
    let expected = answers(&*finder.view().await, now);
    // Each round polls the build a few times more before it is dropped.
    for polls in (0..60).step_by(4) {
        let mut build = Box::pin(finder.build(1));
        for _ in 0..polls {
            if build.as_mut().now_or_never().is_some() {
                break;
            }
            let_others_run().await;
        }
        drop(build);
        assert_eq!(answers(&*finder.view().await, now), expected, "after {polls} polls");
    }
    let (_, pointer) = finder.store.log_state(PRODUCTS.name()).await.unwrap();
    if pointer.is_none() {
        finder.build_now().await;
    }
    assert_eq!(answers(&*finder.view().await, now), expected);
}

#[tokio::test]
async fn a_process_reads_the_log_once_per_second_and_replaces_index_and_changes_together() {
    let start = Timestamp::from_second(1_900_000_000).unwrap();
    let finder = Finder::at(Clock::manual(start)).await;
    let searcher = finder.searcher();
    let total = async || found(&searcher.view(finder.clock.now()).await.unwrap(), "", start).total;
    assert_eq!(total().await, 0);
    finder.tell_all([published(1, 1, "Shoe")]).await;
    assert_eq!(total().await, 0, "the log is read at most once per second");
    finder.clock.advance(Duration::from_secs(1));
    assert_eq!(total().await, 1);
    finder.build_now().await;
    finder.tell_all([published(2, 1, "Boot"), archived(1, 2)]).await;
    let loaded = eventually("the newer index", async || {
        finder.clock.advance(Duration::from_secs(1));
        let view = searcher.view(finder.clock.now()).await.unwrap();
        assert_eq!(titles(&found(&view, "", start)), ["Boot"], "index and changes belong together");
        (view.index.len() == 1).then_some(view)
    })
    .await;
    assert_eq!(loaded.changes.len(), 2);
}

#[tokio::test]
async fn a_broken_file_does_not_disturb_a_process_that_has_an_index() {
    let start = Timestamp::from_second(1_900_000_000).unwrap();
    let finder = Finder::at(Clock::manual(start)).await;
    finder.tell_all([published(1, 1, "Shoe")]).await;
    let searcher = finder.searcher();
    searcher.view(finder.clock.now()).await.unwrap();
    finder.build_now().await;
    for key in finder.services.keys() {
        finder.services.put(&key, b"broken");
    }
    for _ in 0..5 {
        finder.clock.advance(Duration::from_secs(1));
        assert_eq!(found(&searcher.view(finder.clock.now()).await.unwrap(), "", start).total, 1);
        let_others_run().await;
    }
    // A new process has none, and says so. The next build repairs it.
    assert!(finder.searcher().view(finder.clock.now()).await.is_err());
    finder.tell_all([published(2, 1, "Boot")]).await;
    finder.build_now().await;
    assert_eq!(found(&*finder.view().await, "", start).total, 2);
}

#[tokio::test]
async fn a_new_process_takes_the_index_before_a_damaged_one_and_the_check_has_a_lost_file_built_again() {
    let start = Timestamp::from_second(1_900_000_000).unwrap();
    let finder = Finder::at(Clock::manual(start)).await;
    for number in 1..=2 {
        finder.tell_all([published(number, 1, "Shoe")]).await;
        finder.build_now().await;
    }
    finder.check().await;
    let (_, pointer) = finder.store.log_state(PRODUCTS.name()).await.unwrap();
    let newest = pointer.unwrap().value.snapshot.key;
    finder.services.put(&newest, b"broken");
    let view = finder.view().await;
    assert_eq!(
        (found(&view, "", start).total, view.index.len()),
        (2, 1),
        "the index before, with the changes since then"
    );
    assert!(finder.requests().await.is_empty(), "nothing is missing yet");
    finder.services.remove(&newest);
    assert_eq!(found(&*finder.view().await, "", start).total, 2);
    finder.check().await;
    assert_eq!(finder.requests().await, [3]);
    finder.build(3).await.unwrap();
    assert_eq!(finder.view().await.index.len(), 2);
}

#[tokio::test]
async fn a_failed_load_is_not_repeated_at_once_and_the_next_index_is_loaded_at_once() {
    let start = Timestamp::from_second(1_900_000_000).unwrap();
    let finder = Finder::at(Clock::manual(start)).await;
    finder.tell_all([published(1, 1, "Shoe")]).await;
    finder.build_now().await;
    let key = finder.services.keys().remove(0);
    let file = finder.services.object(&key).unwrap();
    finder.services.put(&key, b"broken");
    let searcher = finder.searcher();
    assert!(searcher.view(finder.clock.now()).await.is_err());
    // The file is repaired, which nobody has to notice within half a minute.
    finder.services.put(&key, &file);
    assert!(searcher.view(finder.clock.now()).await.is_err());
    finder.clock.advance(Duration::from_secs(30));
    assert_eq!(searcher.view(finder.clock.now()).await.unwrap().index.len(), 1);
}

#[tokio::test]
async fn changes_that_have_expired_hide_no_later_ones() {
    let start = Timestamp::from_second(1_900_000_000).unwrap();
    let finder = Finder::at(Clock::manual(start)).await;
    finder.tell_all([published(1, 1, "Shoe"), published(2, 1, "Boot")]).await;
    finder.clock.advance(Duration::from_hours(8 * 24));
    finder.tell_all([published(3, 1, "Hat"), changed(1, 2, "Sandal")]).await;
    finder.table.expire(finder.clock.now().as_second()).await;
    let found = found(&*finder.view().await, "", start);
    let mut titles = titles(&found);
    titles.sort();
    assert_eq!(titles, ["Hat", "Sandal"]);
}

#[tokio::test]
async fn a_changed_price_list_applies_to_changes_at_once_and_to_all_after_the_build() {
    let start = Timestamp::from_second(1_900_000_000).unwrap();
    let finder = Finder::at(Clock::manual(start)).await;
    finder.tell_all([price_list(1, None)]).await;
    finder.tell_all([published(1, 1, "Shoe"), variant(1), price(1, 1, Some(500))]).await;
    let searcher = finder.searcher();
    let price_at = async |at: Timestamp| {
        finder.clock.advance(Duration::from_secs(1));
        found(&searcher.view(finder.clock.now()).await.unwrap(), "shoe", at).hits[0].price
    };
    assert_eq!(price_at(start).await, Some(500));
    let end = start + SignedDuration::from_hours(1);
    finder.tell_all([price_list(2, Some(end))]).await;
    assert_eq!(price_at(start).await, Some(500));
    assert_eq!(price_at(end).await, None, "the list has ended");
    let requests = finder.requests().await;
    assert_eq!(requests.last(), Some(&4), "{requests:?}");
    finder.build_now().await;
    let view = finder.view().await;
    assert_eq!((found(&view, "shoe", start).hits[0].price, found(&view, "shoe", end).hits[0].price), (Some(500), None));
}

#[tokio::test]
async fn the_hourly_check_requests_a_build_when_something_is_missing() {
    let start = Timestamp::from_second(1_900_000_000).unwrap();
    let finder = Finder::at(Clock::manual(start)).await;
    finder.check().await;
    assert!(finder.requests().await.is_empty(), "nothing to build");
    finder.tell_all([published(1, 1, "Shoe")]).await;
    finder.check().await;
    assert_eq!(finder.requests().await, [2]);
    finder.build(2).await.unwrap();
    finder.check().await;
    finder.clock.advance(Duration::from_secs(u64::try_from(MAX_INDEX_AGE.as_secs()).unwrap()));
    finder.check().await;
    assert_eq!(finder.requests().await, [2], "there were no searches");
}

#[tokio::test]
async fn old_files_are_deleted_after_a_day() {
    let finder = Finder::at(Clock::manual(Timestamp::now())).await;
    for number in 1..=3 {
        finder.tell_all([published(number, 1, "Shoe")]).await;
        finder.build_now().await;
    }
    assert_eq!(finder.services.keys().len(), 3);
    finder.clock.advance(Duration::from_hours(25));
    finder.tell_all([published(4, 1, "Shoe")]).await;
    finder.build_now().await;
    // The new one, and the one before it, which a reader may be loading.
    assert_eq!(finder.services.keys().len(), 2);
}

#[test]
fn a_log_is_built_long_before_a_process_must_read_much() {
    const { assert!(BUILD_AFTER <= 2_000 && BUILD_AFTER < search_engine::MAX_CHANGES as u64) };
}

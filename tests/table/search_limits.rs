//! Limits of search: more changed documents than memory holds, and settings that change while an index is built.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dynamo::Outbox;
use jiff::Timestamp;
use kit::Clock;
use kit::sqs::{Done, Failure};
use search::domain::collections::PRODUCTS;
use search::domain::log::Subject;
use search::domain::product::{ProductDocument, Update};
use search::store::{LogItem, Search};
use search_engine::MAX_CHANGES;
use serde_json::json;
use tests::eventually;

use crate::search_support::{
    Finder, found, price, price_list, product_id, published, search_collection, show, snapshot, variant,
};

/// Documents, and as many changes, of a transaction.
const AT_ONCE: u64 = 50;

/// Stores this many published products and their changes, as so many events would.
async fn store_products(finder: &Finder, count: u64) {
    let (table, none) = (finder.table.of::<Search>(), Outbox::none());
    let (collection, at) = (PRODUCTS.name().to_owned(), finder.clock.now());
    for first in (1..=count).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let mut transaction = table.transaction();
        for sequence in first..(first + AT_ONCE).min(count + 1) {
            let id = product_id(u128::from(sequence));
            let snapshot = Box::new(snapshot(u128::from(sequence), "Shoe", &[]));
            let update = Update::Published { revision: 1, snapshot, published_at: Some(at) };
            let document = ProductDocument::new(id).with(update).unwrap();
            let subject = Subject::Document(id.to_string());
            let change = LogItem::Change { collection: collection.clone(), sequence, subject, at };
            transaction = transaction.create(&document, &none).create(&change, &none);
        }
        transaction.commit().await.unwrap();
    }
    let head = json!({ "kind": "head", "collection": collection, "sequence": count });
    let head: LogItem = serde_json::from_value(head).unwrap();
    table.transaction().create(&head, &none).commit().await.unwrap();
}

#[tokio::test]
async fn more_changes_than_memory_holds_are_refused_until_an_index_contains_them() {
    let start = Timestamp::from_second(1_900_000_000).unwrap();
    let finder = Finder::at(Clock::manual(start)).await;
    let most = u64::try_from(MAX_CHANGES).unwrap();
    store_products(&finder, most).await;
    let search = search_collection(finder.search_context());
    let full = show(&search, "q=shoe", "").await;
    assert_eq!((full.status, &full.body["total"]), (200, &most.into()), "{}", full.body);

    finder.clock.advance(Duration::from_secs(1));
    finder.tell_all([published(u128::from(most) + 1, 1, "Shoe")]).await;
    let refused = show(&search, "q=shoe", "").await;
    assert_eq!((refused.status, &refused.body["code"]), (503, &"service.unavailable".into()), "{}", refused.body);
    // The index is there, and the process looks for it half a minute after it was full.
    finder.build_now().await;
    finder.clock.advance(Duration::from_secs(29));
    assert_eq!(show(&search, "q=shoe", "").await.status, 503);
    let shown = eventually("the index in use", async || {
        finder.clock.advance(Duration::from_secs(30));
        let shown = show(&search, "q=shoe", "").await;
        (shown.status == 200).then_some(shown)
    })
    .await;
    assert_eq!(shown.body["total"], most + 1, "{}", shown.body);
}

#[tokio::test]
async fn an_index_is_built_only_when_what_documents_share_stays_the_same() {
    let finder = Arc::new(Finder::start().await);
    finder.tell_all([price_list(1, None)]).await;
    for number in 1..=20 {
        finder.tell_all([published(number, 1, "Shoe"), variant(number), price(number, 1, Some(500))]).await;
    }
    let (is_over, writer) = (Arc::new(AtomicBool::new(false)), finder.clone());
    let changing = async {
        let mut revision = 1;
        while !is_over.load(Ordering::Relaxed) {
            revision += 1;
            writer.tell(price_list(revision, None)).await.unwrap();
        }
        revision
    };
    let building = async {
        let built = finder.build(1).await;
        is_over.store(true, Ordering::Relaxed);
        built
    };
    let (revision, built) = futures::join!(changing, building);
    match built {
        Err(Failure::Retry(reason)) => assert!(reason.contains("changed while the documents were read"), "{reason}"),
        other => panic!("{other:?} after {revision} changes"),
    }
    let (last, pointer) = finder.store.log_state(PRODUCTS.name()).await.unwrap();
    assert!(pointer.is_none(), "nothing was built");
    // The repeated message finds the terms that are valid now in all documents.
    let end = Timestamp::now() - Duration::from_mins(1);
    finder.tell_all([price_list(revision + 1, Some(end))]).await;
    assert_eq!(finder.build(last).await.unwrap(), Done::Applied);
    let view = finder.view().await;
    assert!(view.changes.is_empty());
    let hits = found(&view, "shoe", Timestamp::now()).hits;
    assert!(hits.len() == 20 && hits.iter().all(|hit| hit.price.is_none()), "the list has ended");
}

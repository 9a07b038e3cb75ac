//! Versioned writes and transactions.

use dynamo::{Conflict, Context, Entity, Key, Outbox, Read, Scalar, StoreError, TransactionError};
use futures::future::join_all;
use serde::{Deserialize, Serialize};
use testkit::TestTable;

struct Shop;
impl Context for Shop {
    const NAME: &'static str = "shop";
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Stock {
    id: String,
    count: u32,
}

impl Entity for Stock {
    type Context = Shop;

    fn key(&self) -> Key<Shop> {
        Key::new("stock", &self.id, "count")
    }
}

fn stock(id: &str, count: u32) -> Stock {
    Stock { id: id.to_owned(), count }
}

#[tokio::test]
async fn a_change_of_what_was_changed_meanwhile_is_refused_with_the_newer_state() {
    let table = TestTable::start().await.of::<Shop>();
    let read = table.create(stock("a", 1), &Outbox::none()).await.unwrap();
    let newer = table.replace(&read, stock("a", 2), &Outbox::none()).await.unwrap();
    let Err(Conflict::Item(Some(there))) = table.replace(&read, stock("a", 9), &Outbox::none()).await else {
        panic!("a lost update");
    };
    assert_eq!(*there, newer);
    assert!(matches!(table.delete(&read).await, Err(Conflict::Item(Some(_)))));
    table.delete(&newer).await.unwrap();
    assert_eq!(table.get::<Stock>(stock("a", 0).key(), Read::Strong).await.unwrap(), None);
}

#[tokio::test]
async fn of_two_creates_the_second_sees_the_first() {
    let table = TestTable::start().await.of::<Shop>();
    table.create(stock("a", 1), &Outbox::none()).await.unwrap();
    let Err(Conflict::Item(Some(there))) = table.create(stock("a", 2), &Outbox::none()).await else {
        panic!("two items")
    };
    assert_eq!(there.value, stock("a", 1));
}

#[tokio::test]
async fn a_transaction_happens_whole_or_not_at_all_and_says_what_stood_in_its_way() {
    let table = TestTable::start().await.of::<Shop>();
    let there = table.create(stock("a", 1), &Outbox::none()).await.unwrap();
    let refused = table
        .transaction()
        .create(&stock("b", 1), &Outbox::none())
        .create(&stock("a", 5), &Outbox::none())
        .commit()
        .await;
    let Err(TransactionError::Cancelled(cancelled)) = refused else { panic!("half a transaction") };
    assert!(!cancelled.failed(0) && cancelled.failed(1));
    assert_eq!(cancelled.item::<Stock>(1).unwrap(), Some(there.clone()));
    assert_eq!(table.get::<Stock>(stock("b", 0).key(), Read::Strong).await.unwrap(), None);

    let moved = table.transaction().delete(&there).create(&stock("b", 1), &Outbox::none());
    moved.commit().await.unwrap();
    assert_eq!(table.get::<Stock>(there.value.key(), Read::Strong).await.unwrap(), None);
}

#[tokio::test]
async fn a_transaction_that_is_committed_once_reports_a_conflict_at_once() {
    let table = TestTable::start_with_conflicts().await.of::<Shop>();
    let there = table.create(stock("a", 1), &Outbox::none()).await.unwrap();
    let write = |count| table.transaction().replace(&there, &stock("a", count), &Outbox::none()).commit_once();
    let all = join_all((2..12).map(write)).await;
    assert_eq!(all.iter().filter(|result| result.is_ok()).count(), 1, "{all:?}");
    let at_once = |result: &Result<(), TransactionError>| {
        matches!(result, Err(TransactionError::Store(StoreError::Contended { attempts: 1 })))
    };
    assert!(all.iter().any(at_once), "{all:?}");
}

#[tokio::test]
async fn a_transaction_may_ask_for_another_value_than_this() {
    let table = TestTable::start().await.of::<Shop>();
    table.create(stock("a", 5), &Outbox::none()).await.unwrap();
    let differs = async |id: &str, attribute: &str, value: Scalar| {
        let transaction = table.transaction().create(&stock(&types::new_uuid().to_string(), 1), &Outbox::none());
        match transaction.differs(stock(id, 0).key(), attribute, &value).commit().await {
            Ok(()) => true,
            Err(TransactionError::Cancelled(cancelled)) => !cancelled.failed(1),
            Err(error) => panic!("{error:?}"),
        }
    };
    assert!(!differs("a", "id", Scalar::text("a")).await);
    assert!(differs("a", "id", Scalar::text("b")).await);
    assert!(differs("a", "color", Scalar::text("a")).await, "an absent attribute has another value");
    assert!(differs("b", "id", Scalar::text("b")).await, "an absent item has another value");
}

#[tokio::test]
async fn a_count_makes_its_item_stays_within_its_bounds_and_needs_no_version() {
    let table = TestTable::start().await.of::<Shop>();
    let count = async |by: i64| {
        let transaction = table.transaction().count(&stock("a", 0), "count", by, 0..=10);
        transaction.commit().await
    };
    let Err(TransactionError::Cancelled(cancelled)) = count(-1).await else { panic!("taken from nothing") };
    assert!(cancelled.failed(0) && cancelled.item::<Stock>(0).unwrap().is_none());
    for by in [4, 6, -3] {
        count(by).await.unwrap();
    }
    let read = table.get::<Stock>(stock("a", 0).key(), Read::Strong).await.unwrap().unwrap();
    assert_eq!((read.value, read.version), (stock("a", 7), 3));
    for by in [-8, 4, i64::MIN, i64::MAX] {
        let Err(TransactionError::Cancelled(cancelled)) = count(by).await else { panic!("out of bounds: {by}") };
        assert_eq!(cancelled.item::<Stock>(0).unwrap().unwrap().value, stock("a", 7));
    }
    for by in [-7, 10] {
        count(by).await.unwrap();
    }
}

#[tokio::test]
async fn a_count_happens_with_its_transaction_or_not_at_all() {
    let table = TestTable::start().await.of::<Shop>();
    table.create(stock("b", 1), &Outbox::none()).await.unwrap();
    let refused = table
        .transaction()
        .count(&stock("a", 0), "count", 5, 0..=10)
        .create(&stock("b", 2), &Outbox::none())
        .commit()
        .await;
    assert!(
        matches!(refused, Err(TransactionError::Cancelled(cancelled)) if cancelled.failed(1) && !cancelled.failed(0))
    );
    assert_eq!(table.get::<Stock>(stock("a", 0).key(), Read::Strong).await.unwrap(), None);
}

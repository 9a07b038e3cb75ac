//! Limits hold whatever happens at once, alone and within a transaction.

use dynamo::{Context, Entity, Key, Outbox, TransactionError};
use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use kit::http::Problem;
use kit::limits::{Limit, NotAllowed, Subject};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde::{Deserialize, Serialize};
use testkit::TestTable;
use types::UserId;

struct Shop;
impl Context for Shop {
    const NAME: &'static str = "shop";
}

const LIMIT: Limit = Limit::new("orders", 5, 60);

fn noon() -> Timestamp {
    "2026-11-29T12:00:00Z".parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_interleaving_exceeds_the_maximum_of_a_window() {
    let table = TestTable::start().await;
    let (shop, users) = (table.of::<Shop>(), [UserId::generate(), UserId::generate()]);
    let mut runner = TestRunner::deterministic();
    // Who asks, and in which of three windows.
    let asked = proptest::collection::vec((0..2_usize, 0..180_i64), 200).new_tree(&mut runner).unwrap().current();
    let answers: Vec<_> = futures::stream::iter(asked.clone())
        .map(|(user, second)| {
            let (shop, now) = (shop.clone(), noon() + SignedDuration::from_secs(second));
            async move { LIMIT.count(&shop, Subject::User(users[user]), now).await }
        })
        .buffered(50)
        .collect()
        .await;
    let mut allowed = [[0_usize; 3]; 2];
    for ((user, second), answer) in asked.iter().zip(&answers) {
        match answer {
            Ok(_) => allowed[*user][usize::try_from(second / 60).unwrap()] += 1,
            Err(NotAllowed::Exceeded(told)) => assert_eq!(told.resets_at.as_second() % 60, 0),
            Err(NotAllowed::Store(error)) => panic!("{error}"),
        }
    }
    // About thirty were asked of each.
    assert_eq!(allowed, [[5; 3]; 2]);
    assert_eq!(table.items().await.len(), 6);
}

#[tokio::test]
async fn the_answer_counts_down_and_the_refusal_is_a_429_with_its_wait() {
    let table = TestTable::start().await;
    let (shop, subject) = (table.of::<Shop>(), Subject::Source("0123abcd"));
    for remaining in (0..5).rev() {
        assert_eq!(LIMIT.count(&shop, subject, noon()).await.unwrap().remaining, remaining);
    }
    let refused = LIMIT.count(&shop, subject, noon() + SignedDuration::from_secs(10)).await.unwrap_err();
    let NotAllowed::Exceeded(told) = &refused else { panic!("{refused:?}") };
    assert_eq!(told.retry_after_seconds, 50);
    let problem = Problem::from(refused);
    assert_eq!((problem.status().as_u16(), problem.code()), (429, "request.limit_exceeded"));
    assert!(LIMIT.count(&shop, Subject::Source("other"), noon()).await.is_ok());
    assert!(LIMIT.count(&shop, subject, noon() + SignedDuration::from_mins(1)).await.is_ok());
    for item in table.items().await {
        assert!(item["expires_at"].as_n().unwrap().parse::<i64>().unwrap() > noon().as_second());
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Order {
    number: u32,
}

impl Entity for Order {
    type Context = Shop;

    fn key(&self) -> Key<Shop> {
        Key::new("order", self.number, "order")
    }
}

#[tokio::test]
async fn a_count_is_part_of_the_callers_transaction() {
    let table = TestTable::start().await;
    let (shop, user) = (table.of::<Shop>(), UserId::generate());
    let order = async |number| {
        let transaction = shop.transaction().create(&Order { number }, &Outbox::none());
        LIMIT.count_in(transaction, Subject::User(user), noon()).commit().await
    };
    order(1).await.unwrap();
    // An order that is there already counts nothing.
    assert!(matches!(order(1).await, Err(TransactionError::Cancelled(why)) if why.failed(0) && !why.failed(1)));
    for number in 2..=5 {
        order(number).await.unwrap();
    }
    assert!(matches!(order(6).await, Err(TransactionError::Cancelled(why)) if why.failed(1) && !why.failed(0)));
    assert_eq!(table.items().await.len(), 5 + 1);
}

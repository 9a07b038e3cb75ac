//! Writes that took effect and whose responses were lost: the SDK repeats the request, and the caller must not decide again
//! on its own result.

use std::cell::Cell;
use std::time::Duration;

use dynamo::{Conflict, Context, Decision, Entity, Key, Outbox, Outcome, Read};
use jiff::Timestamp;
use kit::Clock;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use testkit::{LostResponses, TestTable};
use tests::Authenticator;

use crate::identity_support::{Deployment, PASSWORD, call};
use crate::mfa_support::{EMAIL, confirm, enrol};

struct Shop;
impl Context for Shop {
    const NAME: &'static str = "shop";
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Stock {
    count: u32,
}

impl Entity for Stock {
    type Context = Shop;

    fn key(&self) -> Key<Shop> {
        key()
    }
}

fn key() -> Key<Shop> {
    Key::new("stock", "a", "count")
}

/// Adds one, and counts the decisions.
async fn add_one(table: &dynamo::Table<Shop>, decisions: &Cell<u32>) -> Outcome<Stock> {
    let updated = table.update::<Stock, _>(key(), |read| {
        decisions.set(decisions.get() + 1);
        Decision::Write(Stock { count: read.map_or(0, |read| read.value.count) + 1 }, Outbox::none())
    });
    updated.await.unwrap()
}

async fn stored(table: &dynamo::Table<Shop>) -> (u32, u64) {
    let read = table.get::<Stock>(key(), Read::Strong).await.unwrap().unwrap();
    (read.value.count, read.version)
}

#[tokio::test]
async fn a_write_whose_response_was_lost_is_decided_once() {
    let (table, lost) = TestTable::start_losing_responses().await;
    let table = table.of::<Shop>();
    for expected in 1..=3 {
        lost.lose_next("PutItem");
        let decisions = Cell::new(0);
        let Outcome::Applied(written) = add_one(&table, &decisions).await else { panic!("not applied") };
        assert_eq!((written.value.count, written.version, decisions.get()), (expected, u64::from(expected), 1));
        assert_eq!(stored(&table).await, (expected, u64::from(expected)));
    }
    assert!(lost.are_lost());
}

#[tokio::test]
async fn a_write_is_recognised_after_others_wrote_on_top_of_it() {
    let (table, lost) = TestTable::start_losing_responses().await;
    let table = table.of::<Shop>();
    let first = table.create(Stock { count: 1 }, &Outbox::none()).await.unwrap();
    let mut response = lost.hold_next("PutItem");
    let others = async {
        response.took_effect().await;
        let mut read = table.get::<Stock>(key(), Read::Strong).await.unwrap().unwrap();
        // By single writes and by a transaction.
        for count in [3, 4] {
            read = table.replace(&read, Stock { count }, &Outbox::none()).await.unwrap();
        }
        table.transaction().replace(&read, &Stock { count: 5 }, &Outbox::none()).commit().await.unwrap();
        drop(response);
    };
    let none = Outbox::none();
    let (written, ()) = tokio::join!(table.replace(&first, Stock { count: 2 }, &none), others);
    let written = written.unwrap();
    assert_eq!((written.value.count, written.version), (2, 2));
    assert_eq!(stored(&table).await, (5, 5));
    // What was written on top is a conflict for the next write.
    let conflict = table.replace(&written, Stock { count: 9 }, &Outbox::none()).await;
    assert!(matches!(conflict, Err(Conflict::Item(Some(newer))) if newer.value.count == 5));
}

#[tokio::test]
async fn a_transaction_whose_response_was_lost_is_committed_once() {
    let (table, lost) = TestTable::start_losing_responses().await;
    let table = table.of::<Shop>();
    lost.lose_next("TransactWriteItems");
    table.transaction().create(&Stock { count: 1 }, &Outbox::none()).commit().await.unwrap();
    lost.lose_next("TransactWriteItems");
    let decisions = Cell::new(0);
    let updated = table.update_unless_forgotten::<Stock, std::convert::Infallible>("user", key(), |read| {
        decisions.set(decisions.get() + 1);
        Decision::Write(Stock { count: read.map_or(0, |read| read.value.count) + 1 }, Outbox::none())
    });
    assert!(updated.await.unwrap().is_applied());
    assert_eq!((stored(&table).await, decisions.get()), ((2, 2), 1));
}

/// A deployment whose responses can be lost, with an account that is signed in.
async fn signed_up() -> (Deployment, LostResponses, String) {
    let (table, lost) = TestTable::start_losing_responses().await;
    let deployment = Deployment::of(table, &Clock::manual(Timestamp::now()));
    let reply = deployment.sign_up(EMAIL).await;
    let token = reply.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
    (deployment, lost, token)
}

/// The events of the account's last change.
async fn events(deployment: &Deployment) -> Vec<Value> {
    let items = deployment.table.items().await;
    let account = items.iter().find(|item| item["sk"].as_s().is_ok_and(|sk| sk == "account")).unwrap();
    let events = Outbox::parse(account["outbox"].as_s().unwrap()).unwrap();
    events.into_iter().map(|event| json!({ "type": event.event_type, "data": event.data })).collect()
}

#[tokio::test]
async fn a_login_does_not_displace_its_own_session() {
    let (deployment, lost, first) = signed_up().await;
    // The plan allows one device, so the login ends the session of the registration.
    lost.lose_next("TransactWriteItems");
    let reply = deployment.sign_in(EMAIL).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert!(lost.are_lost());
    let token = reply.body["tokens"]["accessToken"].as_str().unwrap();
    assert_eq!(deployment.with_session(token, "list_sessions", None).await.status, 200);
    assert_eq!(deployment.with_session(&first, "list_sessions", None).await.status, 401);
    let ended: Vec<_> =
        events(&deployment).await.into_iter().filter(|event| event["type"] == "identity.session_ended").collect();
    assert_eq!(ended.len(), 1, "{ended:?}");
    assert_ne!(ended[0]["data"]["sessionId"], reply.body["tokens"]["sessionId"]);
}

#[tokio::test]
async fn a_changed_password_is_not_reported_as_wrong() {
    let (deployment, lost, token) = signed_up().await;
    lost.lose_next("PutItem");
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "another correct horse battery" });
    let reply = call(&deployment.change_password(), "POST", "/v1/users/me/password", Some(&token), Some(&body)).await;
    assert_eq!(reply.status, 204, "{}", reply.body);
    assert!(lost.are_lost());
    assert_eq!(deployment.sign_in_with(EMAIL, "another correct horse battery").await.status, 200);
}

#[tokio::test]
async fn a_confirmed_second_factor_returns_its_recovery_codes() {
    let (deployment, lost, token) = signed_up().await;
    let secret = enrol(&deployment, &token).await.body["secret"].as_str().unwrap().to_owned();
    let code = Authenticator::new(&secret).code(deployment.ctx.clock.now());
    lost.lose_next("PutItem");
    let reply = confirm(&deployment, &token, &code).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert!(lost.are_lost());
    assert!(!reply.body["recoveryCodes"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn an_index_that_lags_shows_writes_later_and_in_order() {
    let table = TestTable::start_with_lagging_index(Duration::from_millis(300)).await.of::<Listed>();
    table.create(Item { name: "a".to_owned() }, &Outbox::none()).await.unwrap();
    let listed = async || table.list_index::<Item>(Item::listing(), false, 10, None).await.unwrap().items.len();
    assert_eq!(listed().await, 0);
    tests::eventually("the index", async || (listed().await == 1).then_some(())).await;
}

struct Listed;
impl Context for Listed {
    const NAME: &'static str = "listed";
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Item {
    name: String,
}

impl Item {
    fn listing() -> dynamo::IndexKey<Listed> {
        dynamo::IndexKey::new("list", "all", "a")
    }
}

impl Entity for Item {
    type Context = Listed;

    fn key(&self) -> Key<Listed> {
        Key::new("item", &self.name, "item")
    }

    fn index(&self) -> Option<dynamo::IndexKey<Listed>> {
        Some(dynamo::IndexKey::new("list", "all", &self.name))
    }
}

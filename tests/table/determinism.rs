//! A run can be repeated: with the same seed and the same clock, functions send the same requests, store the same items,
//! give the same answers and write the same lines. What reads the machine past its seam differs here.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use kit::{Clock, simulation};
use serde_json::{Value, json};
use testkit::{Reply, TestTable};
use types::UserId;
use wallet::ctx::Ctx;
use wallet::domain::account::Account;
use wallet::domain::shards::Shards;
use wallet::store::{Store, Wallet};

use crate::identity_support::{Deployment, PASSWORD, call};
use crate::wallet_support::{self, Api, Purse, eur, registered, reported};

const NEW_PASSWORD: &str = "horse correct staple battery";

/// All that can be seen of a run.
#[derive(Debug, PartialEq)]
struct Trace {
    requests: Vec<Value>,
    answers: Vec<(u16, Value)>,
    items: Vec<String>,
    lines: Vec<Value>,
}

/// A run of some functions.
struct Run {
    identity: Deployment,
    wallet: Api,
    purse: Purse,
    clock: Clock,
    answers: Vec<(u16, Value)>,
}

async fn run(seed: u64) -> Trace {
    let clock = Clock::manual(Timestamp::from_second(1_900_000_000).unwrap());
    let lines = Rc::new(RefCell::new(Vec::new()));
    let writer = lines.clone();
    let _simulation = simulation::enter(seed, clock.clone(), move |line| {
        writer.borrow_mut().push(serde_json::from_str(line).unwrap());
    });
    let (table, requests) = TestTable::in_process(clock.clone()).await;
    let identity = Deployment::of(table.clone(), &clock);
    let store = Store::new(table.of::<Wallet>()).with_shards(Shards::default());
    let wallet = Api(Box::leak(Box::new(Ctx::new(store, clock.clone(), identity.verifier()))));
    let purse = Purse::at(table.clone(), Shards::default(), clock.clone());
    let mut run = Run { identity, wallet, purse, clock, answers: Vec::new() };
    run.accounts().await;
    run.money().await;
    let mut items: Vec<_> = table.items().await.iter().map(canonical).collect();
    items.sort();
    let lines = lines.borrow().iter().cloned().map(without_durations).collect();
    Trace { requests: requests.all(), answers: run.answers, items, lines }
}

impl Run {
    fn note(&mut self, reply: Reply, status: u16) -> Value {
        assert_eq!(reply.status, status, "{}", reply.body);
        self.answers.push((reply.status, without_signatures(reply.body.clone())));
        reply.body
    }

    /// Registers, signs in well and badly, refreshes, changes the password, enrols a second factor.
    async fn accounts(&mut self) {
        let ann = self.identity.sign_up("ann@example.com").await;
        let ann = self.note(ann, 201);
        let token = ann["tokens"]["accessToken"].as_str().unwrap();
        let me = call(&self.identity.get_me(), "GET", "/v1/users/me", Some(token), None).await;
        self.note(me, 200);
        let wrong = self.identity.sign_in_with("ann@example.com", "wrong").await;
        self.note(wrong, 401);
        self.clock.advance(Duration::from_mins(1));
        let right = self.identity.sign_in("ann@example.com").await;
        let right = self.note(right, 200);
        let token = right["tokens"]["accessToken"].as_str().unwrap();
        let refreshed = self.identity.present(right["tokens"]["refreshToken"].as_str().unwrap()).await;
        self.note(refreshed, 200);
        let body = json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD });
        let endpoint = self.identity.change_password();
        let changed = call(&endpoint, "POST", "/v1/users/me/password", Some(token), Some(&body)).await;
        self.note(changed, 204);
        let forgot = json!({ "email": "ann@example.com" });
        let endpoint = self.identity.forgot_password();
        let forgotten = call(&endpoint, "POST", "/v1/auth/forgot-password", None, Some(&forgot)).await;
        self.note(forgotten, 202);
    }

    /// Hears of two people, rewards one, and sends some of it to the other.
    async fn money(&mut self) {
        let bob = self.identity.sign_up("bob@example.com").await;
        let bob = self.note(bob, 201);
        let (token, bob) = (bob["tokens"]["accessToken"].as_str().unwrap(), user_id(&bob));
        let eve = UserId::generate();
        for person in [bob, eve] {
            self.purse.hear(registered(person)).await.unwrap();
        }
        self.purse.reward(reported(bob, Some(eur(500)))).await.unwrap();
        self.purse.give(Account::user(bob), eur(1_000)).await;
        let body = json!({ "recipientId": eve, "money": eur(250) });
        let (transfers, statement) = (self.wallet.send(), self.wallet.transactions());
        let path = ("POST", "/v1/community/wallet/transfers");
        let key = types::new_uuid().to_string();
        let sent = wallet_support::call(&transfers, path, token, &key, ("id", ""), Some(&body)).await;
        self.note(sent, 201);
        let path = ("GET", "/v1/community/wallet/transactions");
        let listed = wallet_support::call(&statement, path, token, &key, ("id", ""), None).await;
        self.note(listed, 200);
    }
}

fn user_id(signed_in: &Value) -> UserId {
    signed_in["user"]["id"].as_str().unwrap().parse().unwrap()
}

/// Without what AWS-LC draws, which no seed reaches: signatures, and the names of the keys that make them.
fn without_signatures(mut answer: Value) -> Value {
    let token = answer["tokens"]["accessToken"].as_str().map(str::to_owned);
    if let Some(token) = token {
        answer["tokens"]["accessToken"] = token.split('.').nth(1).unwrap().into();
    }
    answer
}

/// Durations are tokio's, which runs here.
fn without_durations(mut line: Value) -> Value {
    assert!(line["durationMs"].is_f64());
    line["durationMs"] = Value::Null;
    line
}

/// An item whose attributes are sorted, those within others too.
fn canonical(item: &HashMap<String, AttributeValue>) -> String {
    let sorted: BTreeMap<_, _> = item.iter().map(|(name, value)| (name, canonical_value(value))).collect();
    format!("{sorted:?}")
}

fn canonical_value(value: &AttributeValue) -> String {
    match value {
        AttributeValue::M(map) => canonical(map),
        AttributeValue::L(list) => format!("{:?}", list.iter().map(canonical_value).collect::<Vec<_>>()),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn the_same_seed_gives_the_same_run() {
    let (first, second) = (run(1).await, run(1).await);
    assert_same("request", &first.requests, &second.requests);
    assert_same("answer", &first.answers, &second.answers);
    assert_same("item", &first.items, &second.items);
    assert_same("line", &first.lines, &second.lines);
    assert!(first.requests.len() > 20 && first.items.len() > 10, "{} requests", first.requests.len());
}

#[tokio::test]
async fn another_seed_gives_another_run() {
    let (first, second) = (run(1).await, run(2).await);
    assert_ne!(first.requests, second.requests);
    assert_ne!(first.items, second.items);
}

fn assert_same<T: PartialEq + std::fmt::Debug>(what: &str, first: &[T], second: &[T]) {
    for (number, (first, second)) in first.iter().zip(second).enumerate() {
        assert_eq!(first, second, "{what} {number} differs between two runs with the same seed");
    }
    assert_eq!(first.len(), second.len(), "the number of {what}s");
}

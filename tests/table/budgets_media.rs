//! What media's functions may ask of the table. A rise is a decision: change the figure here in a reviewed diff.

use contracts::identity::{PlanChanged, UserDeleted};
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::Outbox;
use jiff::Timestamp;
use media::consumers::forget_user::forget_user;
use media::consumers::keep_plans::{Plans, keep_plans};
use serde_json::{Value, json};
use testkit::Reply;
use types::{EventId, MediaId, UserId};

use crate::identity_support::Deployment;
use crate::media_support::{Api, Pictures, call, cost};

/// Calls and units, as the reply tells them.
fn used(reply: &Reply) -> String {
    assert!(reply.status < 300, "{}", reply.body);
    reply.server_timing.split("desc=").nth(1).unwrap_or_default().trim_matches('"').to_owned()
}

fn event<T: DomainEvent>(fact: T) -> Envelope<Value> {
    let event = Envelope::new(EventId::generate(), Timestamp::now(), "c".to_owned(), Actor::System, fact);
    event.erase().unwrap()
}

#[tokio::test]
async fn endpoints_keep_to_their_budget() {
    let (pictures, identity) = (Pictures::start().await, Deployment::start().await);
    let [ann, bob] = [identity.sign_up("ann@example.com").await, identity.sign_up("bob@example.com").await];
    let token = |reply: &Reply| reply.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
    let owner: UserId = ann.body["user"]["id"].as_str().unwrap().parse().unwrap();
    let (ann, bob) = (token(&ann), token(&bob));
    let api = Api(pictures.ctx(&identity));
    let body = json!({ "purpose": "photo", "contentType": "image/png", "bytes": 100_000 });

    let first = call(&api.create(), "POST", &ann, "a", "", Some(&body)).await;
    // The account; then the picture with its place in the index, the account, and that its owner was not forgotten.
    assert_eq!(used(&first), "calls=2 read=1 write=7");
    let repeated = call(&api.create(), "POST", &ann, "a", "", Some(&body)).await;
    assert_eq!(repeated.body["id"], first.body["id"]);
    // Refused by the picture that stands there.
    assert_eq!(used(&repeated), "calls=2 read=1 write=0");

    let id: MediaId = first.body["id"].as_str().unwrap().parse().unwrap();
    let read = pictures.store.medium(owner, id).await.unwrap().unwrap();
    let published = read.value.published("r".into(), Vec::new(), Timestamp::now());
    pictures.store.change(&read, published, &Outbox::none()).await.unwrap();
    let id = id.to_string();
    assert_eq!(used(&call(&api.get(), "GET", &ann, "-", &id, None).await), "calls=1 read=1 write=0");
    // Not the caller's own: the index knows it. Half a unit, since the index is read eventually.
    assert_eq!(used(&call(&api.get(), "GET", &bob, "-", &id, None).await), "calls=2 read=1.5 write=0");
    assert_eq!(used(&call(&api.list(), "GET", &ann, "-", "", None).await), "calls=1 read=0.5 write=0");
    // The picture and the account; then both in one transaction, and the picture's two places in the index.
    assert_eq!(used(&call(&api.delete(), "DELETE", &ann, "-", &id, None).await), "calls=3 read=2 write=6");
    assert_eq!(used(&call(&api.delete(), "DELETE", &ann, "-", &id, None).await), "calls=1 read=1 write=0");
}

#[tokio::test]
async fn consumers_keep_to_their_budget() {
    let pictures = Pictures::start().await;
    let owner = UserId::generate();
    let good = pictures.uploaded(owner).await;
    // The picture; that it is being checked; that it is published, with its two places in the index each time.
    assert_eq!(cost(pictures.check(&good)).await, "calls=3 read=1 write=8");
    assert_eq!(cost(pictures.check(&good)).await, "calls=1 read=1 write=0");
    let bad = pictures.uploaded(owner).await;
    pictures.put(&bad, b"no picture");
    // The account beside, and both in one transaction.
    assert_eq!(cost(pictures.check(&bad)).await, "calls=4 read=2 write=8");

    let plans: &'static Plans = Box::leak(Box::new(Plans::new(pictures.store.clone())));
    let changed = event(PlanChanged { user_id: owner, plan: "premium".to_owned() });
    // The account, and that its owner was not forgotten.
    assert_eq!(cost(keep_plans(plans, changed.clone())).await, "calls=2 read=1 write=4");
    assert_eq!(cost(keep_plans(plans, changed)).await, "calls=1 read=1 write=0");

    // One query a shard, and nothing for what is not due.
    assert_eq!(cost(pictures.sweep()).await, "calls=8 read=4 write=0");
    pictures.store.add(pictures.wish(owner)).await.unwrap();
    pictures.wait(80);
    // The account, and the picture with its place in the index.
    assert_eq!(cost(pictures.sweep()).await, "calls=10 read=5 write=5");

    // The marker, a query, and one deletion for each of two pictures and the account. What is published takes two kilobytes
    // with its event, here and in the index.
    let gone = event(UserDeleted { user_id: owner });
    assert_eq!(cost(forget_user(pictures.keeping, gone.clone())).await, "calls=5 read=1 write=7");
    // The marker stands: a refused write is not counted here.
    assert_eq!(cost(forget_user(pictures.keeping, gone)).await, "calls=2 read=1 write=0");
}

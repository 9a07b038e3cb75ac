//! What badges' functions may ask of the table. A rise is a decision: change the figure here in a reviewed diff.

use badges::domain::badge::{Requirement, Unit};
use contracts::wallet::Recipient;
use serde_json::{Value, json};
use testkit::Reply;
use types::{EventTypeId, PointId, UserId, Uuid};

use crate::badges_support::{Board, call, currency, operation};
use crate::media_support::cost;
use crate::users::Administration;

/// Calls and units, as the reply tells them.
fn used(reply: &Reply) -> String {
    assert!(reply.status < 300, "{}", reply.body);
    reply.server_timing.split("desc=").nth(1).unwrap_or_default().trim_matches('"').to_owned()
}

fn design(code: &str, kind: Option<EventTypeId>) -> Value {
    json!({
        "code": code, "name": "Feeder", "description": "For all.", "icon": "bowl",
        "requirement": { "kind": "events", "eventTypeId": kind }, "tiers": [{ "name": "bronze", "threshold": 1 }],
    })
}

#[tokio::test]
async fn endpoints_keep_to_their_budget() {
    let administration = Administration::start().await;
    let signed_up = administration.deployment.sign_up("ann@example.com").await.body;
    let (admin, user) = (&administration.token, signed_up["tokens"]["accessToken"].as_str().unwrap());
    let ann: Uuid = signed_up["user"]["id"].as_str().unwrap().parse().unwrap();
    let board = Board::start().await;
    let api = board.api(&administration.deployment);
    let ask = async |name: &str, token: &str, key: &str, id: Option<Uuid>, body: Option<Value>| {
        call(&operation(api, name), token, key, id, body.as_ref()).await
    };

    let first = ask("create_badge", admin, "a", None, Some(design("first", None))).await;
    // The counter; then badge, code and counter in one transaction.
    assert_eq!(used(&first), "calls=2 read=1 write=6");
    let again = ask("create_badge", admin, "a", None, Some(design("first", None))).await;
    assert_eq!((used(&again).as_str(), &again.body["id"]), ("calls=2 read=1 write=0", &first.body["id"]));
    let kind = EventTypeId::generate();
    board.hear(&board.kind_changed(kind, 1, false)).await.unwrap();
    let second = ask("create_badge", admin, "b", None, Some(design("second", Some(kind)))).await;
    // The kind of event beside.
    assert_eq!(used(&second), "calls=3 read=2 write=6");

    let id: Option<Uuid> = Some(first.body["id"].as_str().unwrap().parse().unwrap());
    // Badge and counter in one call; then both in one transaction.
    let renamed = ask("update_badge", admin, "-", id, Some(json!({ "name": "Other" }))).await;
    assert_eq!(used(&renamed), "calls=2 read=2 write=4");
    assert_eq!(used(&ask("retire_badge", admin, "-", id, None).await), "calls=2 read=2 write=4");

    // The counter and the badges; then nothing, for a second.
    assert_eq!(used(&ask("list_badges", user, "-", None, None).await), "calls=2 read=1.5 write=0");
    assert_eq!(used(&ask("list_badges", user, "-", None, None).await), "calls=0 read=0 write=0");
    // The record.
    assert_eq!(used(&ask("list_my_badges", user, "-", None, None).await), "calls=1 read=0.5 write=0");
    board.clock.advance(std::time::Duration::from_secs(2));
    // The record and the counter.
    let shown = ask("list_user_badges", user, "-", Some(ann), None).await;
    assert_eq!(used(&shown), "calls=2 read=1 write=0");
}

#[tokio::test]
async fn consumers_keep_to_their_budget() {
    let board = Board::start().await;
    let kind = EventTypeId::generate();
    board.badge("feeder", Requirement::Events { event_type_id: Some(kind) }, &[2]).await;
    board.badge("steady", Requirement::Streak { event_type_id: None, unit: Unit::Week }, &[9]).await;
    let (ann, bob) = (UserId::generate(), UserId::generate());
    let hear = async |event: &_| cost(board.hear(event)).await;

    assert_eq!(hear(&board.kind_changed(kind, 1, false)).await, "calls=2 read=1 write=1");
    // Record, counter, entry and counterpart in one call, and all badges, once; then entry, record, listing with its place
    // in the index, and that the person was not forgotten.
    let (id, first) = board.reported(ann, kind, 0);
    assert_eq!(hear(&first).await, "calls=3 read=5 write=9");
    assert_eq!(hear(&first).await, "calls=1 read=4 write=0");
    // Entry, record, and the check. The award's events take a kilobyte more, and so does the write that takes them off.
    assert_eq!(hear(&board.reported(ann, kind, 0).1).await, "calls=2 read=4 write=8");
    assert_eq!(hear(&board.removed(ann, kind, id)).await, "calls=2 read=4 write=8");
    assert_eq!(hear(&board.reported(ann, kind, 0).1).await, "calls=2 read=4 write=6");
    // Two people, one of them new.
    let donation = board.donated(ann, Recipient::User(bob), Some(bob), 5);
    assert_eq!(hear(&donation).await, "calls=4 read=6 write=15");
    assert_eq!(
        hear(&board.donated(ann, Recipient::Point(PointId::generate()), None, 5)).await,
        "calls=2 read=3 write=6"
    );

    // Record, counter and log of one person; nothing is written where nothing is wrong.
    assert_eq!(cost(board.recount(Some(ann), true, None)).await, "calls=3 read=3 write=0");
    board.badge("third", Requirement::Donated { currency: currency("EUR") }, &[1]).await;
    assert_eq!(cost(board.recount(Some(ann), true, None)).await, "calls=8 read=7 write=8");

    // The marker, a query, and a deletion for the entry, the record and the listing with its place in the index.
    assert_eq!(cost(board.forget(bob)).await, "calls=5 read=1 write=5");
    assert_eq!(cost(board.forget(bob)).await, "calls=2 read=1 write=0");
}

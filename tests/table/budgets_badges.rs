//! What badges' functions ask of the table. The figures are in `tests/budgets.json`; what is said here is why.

use badges::domain::badge::{Requirement, Unit};
use contracts::wallet::Recipient;
use serde_json::{Value, json};
use tests::{budget, cost};
use types::{EventTypeId, PointId, UserId, Uuid};

use crate::badges_support::{Board, call, currency, operation};
use crate::takeovers::early_takeover;
use crate::users::Administration;

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

    // The counter; then badge, code and counter in one transaction.
    let first = ask("create_badge", admin, "a", None, Some(design("first", None))).await;
    budget("badges-create-badge", "made", &first);
    let again = ask("create_badge", admin, "a", None, Some(design("first", None))).await;
    assert_eq!(again.body["id"], first.body["id"]);
    budget("badges-create-badge", "made before", &again);
    let kind = EventTypeId::generate();
    board.hear(&board.kind_changed(kind, 1, false)).await.unwrap();
    // The kind of event beside.
    let second = ask("create_badge", admin, "b", None, Some(design("second", Some(kind)))).await;
    budget("badges-create-badge", "made for a kind of event", &second);

    let id: Option<Uuid> = Some(first.body["id"].as_str().unwrap().parse().unwrap());
    // Badge and counter in one call; then both in one transaction.
    let renamed = ask("update_badge", admin, "-", id, Some(json!({ "name": "Other" }))).await;
    budget("badges-update-badge", "new name", &renamed);
    budget("badges-retire-badge", "retired", &ask("retire_badge", admin, "-", id, None).await);

    budget("badges-get-badge", "retired", &ask("get_badge", user, "-", id, None).await);

    // The counter and the badges; then nothing, for a second.
    budget("badges-list-badges", "not kept", &ask("list_badges", user, "-", None, None).await);
    budget("badges-list-badges", "kept", &ask("list_badges", user, "-", None, None).await);
    // The record.
    budget("badges-list-my-badges", "badges kept", &ask("list_my_badges", user, "-", None, None).await);
    board.clock.advance(std::time::Duration::from_secs(2));
    // The record and the counter.
    let shown = ask("list_user_badges", user, "-", Some(ann), None).await;
    budget("badges-list-user-badges", "badges kept too long", &shown);
}

#[tokio::test]
async fn consumers_keep_to_their_budget() {
    let evaluate = "badges-evaluate-badges";
    let board = Board::start().await;
    let kind = EventTypeId::generate();
    board.badge("feeder", Requirement::Events { event_type_id: Some(kind) }, &[2]).await;
    board.badge("steady", Requirement::Streak { event_type_id: None, unit: Unit::Week }, &[9]).await;
    let (ann, bob) = (UserId::generate(), UserId::generate());
    let hear = async |event: &_| cost(board.hear(event)).await;

    budget(evaluate, "kind of event changed", hear(&board.kind_changed(kind, 1, false)).await);
    // Record, counter, entry and counterpart in one call, and all badges, once; then entry, record, listing with its place
    // in the index, and that the person was not forgotten.
    let (id, first) = board.reported(ann, kind, 0);
    budget(evaluate, "first event of a person", hear(&first).await);
    budget(evaluate, "the same event again", hear(&first).await);
    // Entry, record, and the check. The award's events take a kilobyte more, and so does the write that takes them off.
    budget(evaluate, "event with an award", hear(&board.reported(ann, kind, 0).1).await);
    budget(evaluate, "event removed", hear(&board.removed(ann, kind, id)).await);
    budget(evaluate, "event without an award", hear(&board.reported(ann, kind, 0).1).await);
    // Two people, one of them new.
    let donation = board.donated(ann, Recipient::User(bob), Some(bob), 5);
    budget(evaluate, "donation to a person", hear(&donation).await);
    let donation = board.donated(ann, Recipient::Point(PointId::generate()), None, 5);
    budget(evaluate, "donation to a point", hear(&donation).await);

    // Record, counter and log of one person; nothing is written where nothing is wrong.
    let recount = "badges-recount-badges";
    budget(recount, "one person, nothing wrong", cost(board.recount(Some(ann), true, None)).await);
    board.badge("third", Requirement::Donated { currency: currency("EUR") }, &[1]).await;
    budget(recount, "one person, repaired", cost(board.recount(Some(ann), true, None)).await);

    // The record, read and reset unless the user was deleted, flows, the record again, and two passes over the log.
    let takeover = early_takeover(UserId::generate());
    budget("badges-forget-user", "takeover, unknown person", cost(board.forget_event(takeover)).await);
    // The marker, a query, and a deletion for the entry, the record and the listing with its place in the index.
    budget("badges-forget-user", "known person", cost(board.forget(bob)).await);
    budget("badges-forget-user", "again", cost(board.forget(bob)).await);
}

//! `POST /v1/aquarium/aquariums/{id}/timeline`

use serde_json::json;
use types::Uuid;

use super::support::{Shared, water};

#[tokio::test]
async fn keepers_append_and_a_repeated_request_has_the_same_answer() {
    let shared = Shared::start().await;
    let key = Uuid::now_v7().to_string();
    let call = || shared.cloud.post(&shared.path("")).bearer(&shared.keeper.access_token).json(&water(5_000));
    let first = call().header("idempotency-key", &key).send().await;
    let location = first.header("location").to_owned();
    let body = first.expect(201);
    assert_eq!((&body["items"][0]["seq"], &body["lastSeq"]), (&json!(1), &json!(1)));
    assert_eq!(body["items"][0]["authorId"], json!(shared.keeper.id));
    assert!(location.ends_with("/timeline/entries/1"), "{location}");
    assert_eq!(call().header("idempotency-key", &key).send().await.expect(201), body);
    let other = shared.cloud.post(&shared.path("")).bearer(&shared.keeper.access_token).json(&water(6_000));
    other.header("idempotency-key", &key).send().await.expect_problem(422, "request.idempotency_key_reused");
    assert_eq!(shared.append(&shared.owner, 7_000).await, 2);
    let stale = shared.post(&shared.owner, "", 1, &water(1)).await;
    stale.expect_problem(412, "request.version_changed");
}

#[tokio::test]
async fn viewers_and_strangers_do_not_append() {
    let shared = Shared::start().await;
    shared.post(&shared.viewer, "", 0, &water(5)).await.expect_problem(403, "timeline.role_too_low");
    shared.post(&shared.stranger, "", 0, &water(5)).await.expect_problem(404, "timeline.no_such_aquarium");
    let call = shared.cloud.post(&shared.path("")).json(&water(5)).header("idempotency-key", "k");
    call.send().await.expect_problem(401, "auth.token_missing");
}

#[tokio::test]
async fn invalid_fields_are_named() {
    let shared = Shared::start().await;
    let entry = json!({ "content": { "type": "water_change", "volumeMl": 0 } });
    let reply = shared.post(&shared.owner, "", 0, &json!({ "timeZone": "Mars", "entries": [entry] })).await;
    reply.expect_problem(422, "request.invalid");
    let fields: Vec<_> = reply.body["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert_eq!(fields, ["timeZone", "entries[0].content.volumeMl"]);
    let mut body = water(5);
    body["ownerId"] = json!(shared.stranger.id);
    let reply = shared.post(&shared.owner, "", 0, &body).await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "ownerId");
}

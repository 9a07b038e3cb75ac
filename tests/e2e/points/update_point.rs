//! `PATCH /v1/community/points/{id}`

use serde_json::{Value, json};
use tests::{Cloud, lonely_place};
use types::Uuid;

use super::support::{call, told};

#[tokio::test]
async fn the_keeper_changes_a_point_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let keeper = cloud.sign_up().await;
    let watch = cloud.watch("points.point_updated.v1").await;
    let id = cloud.point(&keeper, "Fountain").await;
    let path = format!("/v1/community/points/{id}");
    let change = async |body: Value| call(&cloud, "PATCH", &path, &keeper, Some(&body)).await;
    let described = change(json!({ "description": "Off in winter.", "kind": "food" })).await;
    assert_eq!(described.header("etag"), "\"2\"");
    let described = described.expect(200);
    assert_eq!((&described["description"], &described["kind"]), (&json!("Off in winter."), &json!("food")));
    assert_eq!(told(&watch, id, 2).await["data"]["kind"], "food");
    let same = change(json!({ "kind": "food" })).await;
    assert_eq!(same.header("etag"), "\"2\"", "nothing changed");
    assert_eq!(change(json!({ "description": null })).await.expect(200)["description"], json!(null));

    let (lat, lng) = lonely_place();
    let moved = change(json!({ "location": { "lat": lat, "lng": lng } })).await.expect(200);
    assert_eq!(moved["location"], json!({ "lat": lat, "lng": lng }));
    let near = call(&cloud, "GET", &format!("/v1/community/points?near={lat},{lng}&radiusM=50"), &keeper, None)
        .await
        .expect(200);
    assert_eq!(near["items"][0]["id"], id.to_string());
}

#[tokio::test]
async fn a_change_is_based_on_what_the_client_has_seen() {
    let cloud = Cloud::connect().await;
    let keeper = cloud.sign_up().await;
    let path = format!("/v1/community/points/{}", cloud.point(&keeper, "Fountain").await);
    let change = async |tag: &str, name: &str| {
        let call = cloud.call("PATCH", &path).bearer(&keeper.access_token).header("if-match", tag);
        call.json(&json!({ "name": name })).send().await
    };
    assert_eq!(change("\"1\"", "Tap").await.expect(200)["name"], "Tap");
    change("\"1\"", "Pump").await.expect_problem(412, "request.version_changed");
}

#[tokio::test]
async fn strangers_may_not_and_admins_may() {
    let cloud = Cloud::connect().await;
    let (keeper, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = format!("/v1/community/points/{}", cloud.point(&keeper, "Fountain").await);
    let body = json!({ "name": "Mine" });
    call(&cloud, "PATCH", &path, &stranger, Some(&body)).await.expect_problem(403, "points.not_keeper");
    let admin = cloud.admin().await;
    assert_eq!(call(&cloud, "PATCH", &path, &admin, Some(&body)).await.expect(200)["name"], "Mine");
}

#[tokio::test]
async fn wrong_fields_are_named_and_unknown_points_not_found() {
    let cloud = Cloud::connect().await;
    let keeper = cloud.sign_up().await;
    let path = format!("/v1/community/points/{}", cloud.point(&keeper, "Fountain").await);
    let body = json!({ "name": "", "kind": "beer", "location": { "lat": 0, "lng": 181 }, "description": "" });
    let reply = call(&cloud, "PATCH", &path, &keeper, Some(&body)).await;
    reply.expect_problem(422, "request.invalid");
    let fields: Vec<_> = reply.body["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert_eq!(fields, ["name", "kind", "location", "description"]);
    for body in [json!({ "name": null }), json!({ "keeperId": keeper.id })] {
        call(&cloud, "PATCH", &path, &keeper, Some(&body)).await.expect_problem(422, "request.invalid");
    }
    let path = format!("/v1/community/points/{}", Uuid::now_v7());
    let reply = call(&cloud, "PATCH", &path, &keeper, Some(&json!({ "name": "A" }))).await;
    reply.expect_problem(404, "points.no_such_point");
}

//! `POST /v1/community/points`

use serde_json::{Value, json};
use tests::{Cloud, Reply, User, lonely_place};
use types::PointId;

use super::support::{call, told};

async fn create(cloud: &Cloud, user: &User, key: &str, body: &Value) -> Reply {
    let call = cloud.post("/v1/community/points").bearer(&user.access_token).header("idempotency-key", key);
    call.json(body).send().await
}

#[tokio::test]
async fn a_point_is_on_the_map_once_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let watch = cloud.watch("points.point_created.v1").await;
    let (lat, lng) = lonely_place();
    let body = json!({
        "name": " Fountain ", "kind": "water", "location": { "lat": lat, "lng": lng }, "description": "On the left.",
    });
    let first = create(&cloud, &user, "a", &body).await;
    let location = first.header("location").to_owned();
    let first = first.expect(201);
    let point = &first["point"];
    let id: PointId = point["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(location, format!("/v1/community/points/{id}"));
    assert_eq!((&point["name"], &point["description"]), (&json!("Fountain"), &json!("On the left.")));
    assert_eq!((&point["keeperId"], &point["location"]["lat"]), (&json!(user.id), &json!(lat)));
    assert_eq!(first["nearDuplicates"], json!([]));
    let event = told(&watch, id, 1).await;
    assert_eq!((&event["data"]["keeperId"], &event["actor"]["id"]), (&json!(user.id), &json!(user.id)));

    assert_eq!(create(&cloud, &user, "a", &body).await.expect(201), first, "a repeat gets the same");
    let other = json!({ "name": "Fountain", "kind": "food", "location": { "lat": lat, "lng": lng } });
    create(&cloud, &user, "a", &other).await.expect_problem(422, "request.idempotency_key_reused");
    let path = format!("/v1/community/points/{id}");
    assert_eq!(call(&cloud, "DELETE", &path, &user, None).await.status, 204);
    create(&cloud, &user, "a", &body).await.expect_problem(409, "points.removed");
}

#[tokio::test]
async fn a_point_of_the_same_kind_nearby_is_told_as_a_possible_duplicate() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    let (lat, lng) = lonely_place();
    let first = cloud.point_at(&ann, "Fountain", "water", (lat, lng)).await;
    cloud.point_at(&ann, "Bowls", "food", (lat, lng)).await;
    // A ten-thousandth of a degree is eleven metres to the north, five of them are too far.
    let second = cloud.point_at(&bob, "Tap", "water", (lat + 0.0001, lng)).await;
    let near = second["nearDuplicates"].as_array().unwrap();
    assert_eq!(near.len(), 1, "{near:?}");
    assert_eq!((&near[0]["id"], &near[0]["name"]), (&first["point"]["id"], &json!("Fountain")));
    assert_eq!(near[0]["distanceM"], 11.1, "{near:?}");
    let third = cloud.point_at(&bob, "Pump", "water", (lat + 0.0005, lng)).await;
    assert_eq!(third["nearDuplicates"], json!([]));
}

#[tokio::test]
async fn every_wrong_field_is_named() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let body =
        json!({ "name": " ", "kind": "beer", "location": { "lat": 91, "lng": 0 }, "description": "x".repeat(501) });
    let reply = create(&cloud, &user, "a", &body).await;
    reply.expect_problem(422, "request.invalid");
    let fields: Vec<_> = reply.body["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert_eq!(fields, ["name", "kind", "location", "description"]);
    let body = json!({ "name": "A", "kind": "food", "location": { "lat": 1, "lng": 1 }, "keeperId": user.id });
    create(&cloud, &user, "b", &body).await.expect_problem(422, "request.invalid");
    let without_key = cloud.post("/v1/community/points").bearer(&user.access_token).json(&body).send().await;
    without_key.expect_problem(400, "request.idempotency_key_missing");
}

#[tokio::test]
async fn a_place_takes_twenty_points_and_no_more() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let (lat, lng) = lonely_place();
    for number in 0..20 {
        cloud.point_at(&user, &format!("Bowl {number}"), "food", (lat, lng)).await;
    }
    let body = json!({ "name": "Bowl 20", "kind": "food", "location": { "lat": lat, "lng": lng } });
    create(&cloud, &user, "crowd", &body).await.expect_problem(409, "points.too_crowded");
}

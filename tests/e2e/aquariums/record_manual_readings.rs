//! `POST /v1/aquarium/aquariums/{id}/readings/manual`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{aquarium, call, id_of, member, post, wrong_fields};

#[tokio::test]
async fn readings_are_recorded_once_and_published() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let watch = cloud.watch("aquariums.reading_recorded.v1").await;
    let path = aquarium(&cloud, &owner).await;
    let keeper = member(&cloud, &path, &owner, "keeper").await;
    let readings = format!("{path}/readings/manual");
    let body = json!({ "measuredAt": "2026-03-14T09:00:00Z", "readings": [
        { "parameter": "nitrate", "value": "10.0", "unit": "mg_l_as_no3" },
        { "parameter": "alkalinity", "value": "8.50", "unit": "dkh", "measuredAt": "2026-03-14T09:05:00Z" },
    ] });
    let first = post(&cloud, &readings, &keeper, "a", &body).await.expect(201);
    assert_eq!((&first["items"][0]["value"], &first["items"][1]["value"]), (&json!("10.0"), &json!("8.50")));
    assert_eq!(first["items"][1]["measuredAt"], "2026-03-14T09:05:00.000Z");
    assert_eq!(post(&cloud, &readings, &keeper, "a", &body).await.expect(201), first, "a repeat gets the same");
    let event = eventually("the event", async || {
        let events = watch.take().await.into_iter();
        events
            .filter(|event| event["data"]["aquariumId"] == id_of(&path))
            .find(|event| event["data"]["parameter"] == "nitrate")
    })
    .await;
    assert_eq!((&event["data"]["value"], &event["data"]["enteredValue"]), (&json!(2_259), &json!("10.0")));
    assert_eq!((&event["data"]["revision"], &event["data"]["deleted"]), (&json!(1), &json!(false)));
}

#[tokio::test]
async fn viewers_strangers_and_wrong_fields_are_refused() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let readings = format!("{path}/readings/manual");
    let body = json!({ "measuredAt": "2026-03-14T09:00:00Z", "readings": [{ "parameter": "ph", "value": "8", "unit": "ph" }] });
    post(&cloud, &readings, &viewer, "a", &body).await.expect_problem(403, "aquariums.role_too_low");
    post(&cloud, &readings, &stranger, "a", &body).await.expect_problem(404, "aquariums.no_such_aquarium");
    cloud.post(&readings).json(&body).send().await.expect_problem(401, "auth.token_missing");
    call(&cloud, "POST", &readings, &owner, Some(&body)).await.expect_problem(400, "request.idempotency_key_missing");
    let wrong = json!({ "readings": [
        { "parameter": "nitrate", "value": "10", "unit": "ppm", "measuredAt": "2026-03-14T09:00:00Z" },
        { "parameter": "ph", "value": "14", "unit": "ph", "measuredAt": "2999-01-01T00:00:00Z" },
    ] });
    let fields = wrong_fields(&post(&cloud, &readings, &owner, "b", &wrong).await);
    assert_eq!(fields, ["readings[0].unit", "readings[1].measuredAt", "readings[1].value"]);
}

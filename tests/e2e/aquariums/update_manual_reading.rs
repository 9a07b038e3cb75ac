//! `PATCH /v1/aquarium/aquariums/{id}/readings/manual/{readingId}`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, call, call_if, member, nowhere, reading, wrong_fields};

#[tokio::test]
async fn a_keeper_corrects_a_reading_once() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let keeper = member(&cloud, &path, &owner, "keeper").await;
    let reading = reading(&cloud, &path, &owner).await;
    let body = json!({ "value": "12.50" });
    let changed = call_if(&cloud, "PATCH", &reading, &keeper, "\"1\"", Some(&body)).await.expect(200);
    assert_eq!((&changed["value"], &changed["unit"]), (&json!("12.50"), &json!("mg_l_as_no3")));
    let stale = call_if(&cloud, "PATCH", &reading, &owner, "\"1\"", Some(&body)).await;
    stale.expect_problem(412, "request.version_changed");
    // A unit alone keeps the number.
    let body = json!({ "unit": "mg_l_as_n" });
    let changed = call_if(&cloud, "PATCH", &reading, &owner, "\"2\"", Some(&body)).await.expect(200);
    assert_eq!((&changed["value"], &changed["unit"]), (&json!("12.50"), &json!("mg_l_as_n")));
    let wrong = json!({ "unit": "ph" });
    assert_eq!(wrong_fields(&call_if(&cloud, "PATCH", &reading, &owner, "\"3\"", Some(&wrong)).await), ["unit"]);
}

#[tokio::test]
async fn viewers_and_strangers_correct_nothing() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let reading = reading(&cloud, &path, &owner).await;
    let body = json!({ "value": "1" });
    let refused = call_if(&cloud, "PATCH", &reading, &viewer, "\"1\"", Some(&body)).await;
    refused.expect_problem(403, "aquariums.role_too_low");
    let refused = call_if(&cloud, "PATCH", &reading, &stranger, "\"1\"", Some(&body)).await;
    refused.expect_problem(404, "aquariums.no_such_aquarium");
    let anonymous = cloud.call("PATCH", &reading).header("if-match", "\"1\"").json(&body).send().await;
    anonymous.expect_problem(401, "auth.token_missing");
    call(&cloud, "PATCH", &reading, &owner, Some(&body)).await.expect_problem(428, "request.if_match_missing");
    let elsewhere = reading.replace(&path, &nowhere());
    let refused = call_if(&cloud, "PATCH", &elsewhere, &owner, "\"1\"", Some(&body)).await;
    refused.expect_problem(404, "aquariums.no_such_aquarium");
}

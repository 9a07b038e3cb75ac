//! `PUT /v1/aquarium/aquariums/{id}/targets`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, call, call_if, member, reading, wrong_fields};

#[tokio::test]
async fn a_keeper_sets_targets_with_which_readings_are_compared() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let keeper = member(&cloud, &path, &owner, "keeper").await;
    reading(&cloud, &path, &owner).await;
    let targets = format!("{path}/targets");
    let body = json!({ "targets": [{ "parameter": "nitrate", "unit": "mg_l_as_no3", "lower": "1", "upper": "5" }] });
    let changed = call_if(&cloud, "PUT", &targets, &keeper, "\"1\"", Some(&body)).await.expect(200);
    let target = &changed["targets"][0];
    assert_eq!(
        (&target["lower"], &target["upper"], &target["unit"]),
        (&json!("1"), &json!("5"), &json!("mg_l_as_no3"))
    );
    let latest = call(&cloud, "GET", &format!("{path}/latest"), &owner, None).await.expect(200);
    assert_eq!((&latest["items"][0]["inTarget"], &latest["items"][0]["sensorId"]), (&json!("above"), &json!(null)));
    let stale = call_if(&cloud, "PUT", &targets, &owner, "\"1\"", Some(&body)).await;
    stale.expect_problem(412, "request.version_changed");
    let none = json!({ "targets": [] });
    let cleared = call_if(&cloud, "PUT", &targets, &owner, "\"2\"", Some(&none)).await.expect(200);
    assert_eq!(cleared["targets"], json!([]));
}

#[tokio::test]
async fn viewers_strangers_and_wrong_fields_are_refused() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let targets = format!("{path}/targets");
    let body = json!({ "targets": [] });
    let refused = call_if(&cloud, "PUT", &targets, &viewer, "\"1\"", Some(&body)).await;
    refused.expect_problem(403, "aquariums.role_too_low");
    let refused = call_if(&cloud, "PUT", &targets, &stranger, "\"1\"", Some(&body)).await;
    refused.expect_problem(404, "aquariums.no_such_aquarium");
    let anonymous = cloud.call("PUT", &targets).header("if-match", "\"1\"").json(&body).send().await;
    anonymous.expect_problem(401, "auth.token_missing");
    call(&cloud, "PUT", &targets, &owner, Some(&body)).await.expect_problem(428, "request.if_match_missing");
    let wrong = json!({ "targets": [
        { "parameter": "ph", "unit": "ph" },
        { "parameter": "temperature", "unit": "celsius", "lower": "26", "upper": "24" },
    ] });
    let fields = wrong_fields(&call_if(&cloud, "PUT", &targets, &owner, "\"1\"", Some(&wrong)).await);
    assert_eq!(fields, ["targets[0].lower", "targets[1].upper"]);
}

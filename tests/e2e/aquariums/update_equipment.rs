//! `PATCH /v1/aquarium/aquariums/{id}/equipment/{equipmentId}`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, call_if, filter, id_of, member, wrong_fields};

#[tokio::test]
async fn keepers_change_equipment_and_a_new_interval_moves_the_due_date() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let keeper = member(&cloud, &path, &owner, "keeper").await;
    let filter = filter(&cloud, &path, &owner).await;
    let change = async |tag: &str, body| call_if(&cloud, "PATCH", &filter, &keeper, tag, Some(&body)).await;
    let changed = change("\"1\"", json!({ "serviceIntervalDays": 60, "model": "C-300" })).await.expect(200);
    assert_eq!((&changed["nextDueOn"], &changed["model"]), (&json!("2026-03-02"), &json!("C-300")));
    let changed = change("\"2\"", json!({ "serviceIntervalDays": null })).await.expect(200);
    assert_eq!((&changed["nextDueOn"], &changed["name"]), (&json!(null), &json!("Filter")));
    change("\"1\"", json!({ "name": "Pump" })).await.expect_problem(412, "request.version_changed");
    assert_eq!(wrong_fields(&change("\"3\"", json!({ "name": null })).await), ["name"]);
    assert_eq!(wrong_fields(&change("\"3\"", json!({ "installedOn": "soon" })).await), ["installedOn"]);
}

#[tokio::test]
async fn viewers_and_strangers_change_nothing() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let filter = filter(&cloud, &path, &owner).await;
    let body = json!({ "name": "Mine" });
    let reply = call_if(&cloud, "PATCH", &filter, &viewer, "\"1\"", Some(&body)).await;
    reply.expect_problem(403, "aquariums.role_too_low");
    let reply = call_if(&cloud, "PATCH", &filter, &stranger, "\"1\"", Some(&body)).await;
    reply.expect_problem(404, "aquariums.no_such_aquarium");
    let missing = format!("{path}/equipment/{}", id_of(&path));
    let reply = call_if(&cloud, "PATCH", &missing, &owner, "\"1\"", Some(&body)).await;
    reply.expect_problem(404, "aquariums.no_such_equipment");
    let anonymous = cloud.call("PATCH", &filter).header("if-match", "\"1\"").json(&body).send().await;
    anonymous.expect_problem(401, "auth.token_missing");
}

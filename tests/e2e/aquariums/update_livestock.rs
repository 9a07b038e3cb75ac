//! `PATCH /v1/aquarium/aquariums/{id}/livestock/{livestockId}`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, call_if, fish, id_of, member, wrong_fields};

#[tokio::test]
async fn keepers_change_livestock_but_not_its_count() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let keeper = member(&cloud, &path, &owner, "keeper").await;
    let fish = fish(&cloud, &path, &owner).await;
    let change = async |tag: &str, body| call_if(&cloud, "PATCH", &fish, &keeper, tag, Some(&body)).await;
    assert_eq!(change("\"1\"", json!({ "name": "Nemo" })).await.expect(200)["name"], "Nemo");
    let changed = change("\"2\"", json!({ "name": null, "species": "Amphiprion percula" })).await.expect(200);
    assert_eq!((&changed["name"], &changed["species"]), (&json!(null), &json!("Amphiprion percula")));
    change("\"1\"", json!({ "name": "Dory" })).await.expect_problem(412, "request.version_changed");
    assert_eq!(wrong_fields(&change("\"3\"", json!({ "count": 7 })).await), ["count"]);
    assert_eq!(wrong_fields(&change("\"3\"", json!({ "species": "" })).await), ["species"]);
}

#[tokio::test]
async fn viewers_and_strangers_change_nothing() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let fish = fish(&cloud, &path, &owner).await;
    let body = json!({ "name": "Mine" });
    let reply = call_if(&cloud, "PATCH", &fish, &viewer, "\"1\"", Some(&body)).await;
    reply.expect_problem(403, "aquariums.role_too_low");
    let reply = call_if(&cloud, "PATCH", &fish, &stranger, "\"1\"", Some(&body)).await;
    reply.expect_problem(404, "aquariums.no_such_aquarium");
    let missing = format!("{path}/livestock/{}", id_of(&path));
    let reply = call_if(&cloud, "PATCH", &missing, &owner, "\"1\"", Some(&body)).await;
    reply.expect_problem(404, "aquariums.no_such_livestock");
    let anonymous = cloud.call("PATCH", &fish).header("if-match", "\"1\"").json(&body).send().await;
    anonymous.expect_problem(401, "auth.token_missing");
}

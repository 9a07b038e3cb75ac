//! `PATCH /v1/aquarium/aquariums/{id}`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{aquarium, call, call_if, id_of, nowhere, wrong_fields};

#[tokio::test]
async fn the_owner_changes_an_aquarium_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let watch = cloud.watch("aquariums.aquarium_changed.v1").await;
    let path = aquarium(&cloud, &owner).await;
    let body = json!({ "name": "Nano reef", "netVolumeMl": 30_000 });
    let changed = call_if(&cloud, "PATCH", &path, &owner, "\"1\"", Some(&body)).await;
    assert_eq!(changed.header("etag"), "\"2\"");
    let changed = changed.expect(200);
    assert_eq!((&changed["name"], &changed["kind"]), (&json!("Nano reef"), &json!("marine")));
    let event = eventually("the event", async || {
        watch.take().await.into_iter().find(|event| event["data"]["aquariumId"] == id_of(&path))
    })
    .await;
    assert_eq!((&event["data"]["netVolumeMl"], &event["data"]["revision"]), (&json!(30_000), &json!(2)));
    let stale = call_if(&cloud, "PATCH", &path, &owner, "\"1\"", Some(&json!({ "name": "Pond" }))).await;
    stale.expect_problem(412, "request.version_changed");
    let untagged = call(&cloud, "PATCH", &path, &owner, Some(&json!({ "name": "Pond" }))).await;
    untagged.expect_problem(428, "request.if_match_missing");
}

#[tokio::test]
async fn strangers_and_wrong_fields_are_refused() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = aquarium(&cloud, &owner).await;
    let body = json!({ "name": "Mine" });
    for (path, user) in [(&path, &stranger), (&nowhere(), &owner)] {
        let reply = call_if(&cloud, "PATCH", path, user, "\"1\"", Some(&body)).await;
        reply.expect_problem(404, "aquariums.no_such_aquarium");
    }
    let body = json!({ "name": "", "kind": "soup", "netVolumeMl": 0, "timeZone": "" });
    let reply = call_if(&cloud, "PATCH", &path, &owner, "\"1\"", Some(&body)).await;
    assert_eq!(wrong_fields(&reply).len(), 4);
    for body in [json!({ "name": null }), json!({ "ownerId": owner.id })] {
        assert_eq!(wrong_fields(&call_if(&cloud, "PATCH", &path, &owner, "\"1\"", Some(&body)).await).len(), 1);
    }
    let anonymous = cloud.call("PATCH", &path).header("if-match", "\"1\"").json(&json!({ "name": "A" })).send().await;
    anonymous.expect_problem(401, "auth.token_missing");
}

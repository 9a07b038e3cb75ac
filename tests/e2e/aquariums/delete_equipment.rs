//! `DELETE /v1/aquarium/aquariums/{id}/equipment/{equipmentId}`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{aquarium, call, call_if, filter, id_of, member, post};

#[tokio::test]
async fn equipment_goes_with_its_log() {
    let cloud = Cloud::connect().await;
    let watch = cloud.watch("aquariums.equipment_changed.v1").await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = aquarium(&cloud, &owner).await;
    let (keeper, viewer) =
        (member(&cloud, &path, &owner, "keeper").await, member(&cloud, &path, &owner, "viewer").await);
    let filter = filter(&cloud, &path, &owner).await;
    let body = json!({ "servicedAt": "2026-03-14T09:00:00Z" });
    assert_eq!(post(&cloud, &format!("{filter}/services"), &keeper, "a", &body).await.status, 201);
    let delete = async |user, tag: &str| call_if(&cloud, "DELETE", &filter, user, tag, None).await;
    delete(&viewer, "\"2\"").await.expect_problem(403, "aquariums.role_too_low");
    delete(&stranger, "\"2\"").await.expect_problem(404, "aquariums.no_such_aquarium");
    delete(&keeper, "\"1\"").await.expect_problem(412, "request.version_changed");
    call(&cloud, "DELETE", &filter, &keeper, None).await.expect_problem(428, "request.if_match_missing");
    let anonymous = cloud.call("DELETE", &filter).header("if-match", "\"2\"").send().await;
    anonymous.expect_problem(401, "auth.token_missing");
    assert_eq!(delete(&keeper, "\"2\"").await.status, 204);
    delete(&keeper, "\"2\"").await.expect_problem(404, "aquariums.no_such_equipment");
    assert!(!cloud.held("aquariums", &owner).await.contains(id_of(&filter)));
    let event = eventually("the event of the deletion", async || {
        watch.take().await.into_iter().find(|event| {
            event["data"]["equipmentId"] == id_of(&filter) && event["data"]["deleted"].as_bool() == Some(true)
        })
    })
    .await;
    assert_eq!((&event["data"]["revision"], event["data"].get("nextDueOn")), (&json!(3), None));
}

//! `POST /v1/aquarium/aquariums/{id}/equipment/{equipmentId}/services`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{aquarium, call, filter, id_of, member, post, wrong_fields};

#[tokio::test]
async fn a_service_is_logged_once_moves_the_due_date_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let watch = cloud.watch("aquariums.equipment_serviced.v1").await;
    let path = aquarium(&cloud, &owner).await;
    let keeper = member(&cloud, &path, &owner, "keeper").await;
    let filter = filter(&cloud, &path, &owner).await;
    let services = format!("{filter}/services");
    let body = json!({ "servicedAt": "2026-03-14T09:00:00Z", "note": "Impeller cleaned" });
    let first = post(&cloud, &services, &keeper, "a", &body).await.expect(201);
    assert_eq!((&first["note"], &first["recordedBy"]), (&json!("Impeller cleaned"), &json!(keeper.id)));
    assert_eq!(post(&cloud, &services, &keeper, "a", &body).await.expect(201), first, "a repeat gets the same");
    let other = json!({ "servicedAt": "2026-03-14T09:00:00Z", "note": "Replaced" });
    post(&cloud, &services, &keeper, "a", &other).await.expect_problem(422, "request.idempotency_key_reused");
    let earlier = json!({ "servicedAt": "2026-02-01T09:00:00Z" });
    assert_eq!(post(&cloud, &services, &owner, "b", &earlier).await.status, 201);
    assert_eq!(call(&cloud, "GET", &filter, &owner, None).await.expect(200)["nextDueOn"], "2026-04-13");
    let event = eventually("the event", async || {
        watch.take().await.into_iter().find(|event| event["data"]["equipmentId"] == id_of(&filter))
    })
    .await;
    assert_eq!(event["data"]["nextDueOn"], "2026-04-13");
}

#[tokio::test]
async fn viewers_strangers_and_wrong_fields_are_refused() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let services = format!("{}/services", filter(&cloud, &path, &owner).await);
    let body = json!({ "servicedAt": "2026-03-14T09:00:00Z" });
    post(&cloud, &services, &viewer, "a", &body).await.expect_problem(403, "aquariums.role_too_low");
    post(&cloud, &services, &stranger, "a", &body).await.expect_problem(404, "aquariums.no_such_aquarium");
    cloud.post(&services).json(&body).send().await.expect_problem(401, "auth.token_missing");
    let missing = format!("{path}/equipment/{}/services", id_of(&path));
    post(&cloud, &missing, &owner, "a", &body).await.expect_problem(404, "aquariums.no_such_equipment");
    let wrong = json!({ "servicedAt": "2999-01-01T00:00:00Z", "note": " " });
    assert_eq!(wrong_fields(&post(&cloud, &services, &owner, "b", &wrong).await), ["servicedAt", "note"]);
}

//! `POST /v1/aquarium/aquariums/{id}/equipment`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, member, post, wrong_fields};

#[tokio::test]
async fn equipment_is_added_once_and_is_due_after_its_interval() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let keeper = member(&cloud, &path, &owner, "keeper").await;
    let equipment = format!("{path}/equipment");
    let body = json!({
        "name": " Filter ", "kind": "filter", "model": "C-300", "installedOn": "2026-01-31",
        "serviceIntervalDays": 30, "warrantyUntil": "2028-01-31",
    });
    let first = post(&cloud, &equipment, &keeper, "a", &body).await.expect(201);
    assert_eq!((&first["name"], &first["nextDueOn"]), (&json!("Filter"), &json!("2026-03-02")));
    assert_eq!((&first["model"], &first["warrantyUntil"]), (&json!("C-300"), &json!("2028-01-31")));
    assert_eq!(post(&cloud, &equipment, &keeper, "a", &body).await.expect(201), first, "a repeat gets the same");
    let other = json!({ "name": "Filter", "kind": "pump" });
    post(&cloud, &equipment, &keeper, "a", &other).await.expect_problem(422, "request.idempotency_key_reused");
    let never = post(&cloud, &equipment, &owner, "b", &other).await.expect(201);
    assert_eq!(never["nextDueOn"], json!(null));
}

#[tokio::test]
async fn viewers_strangers_and_wrong_fields_are_refused() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let (equipment, body) = (format!("{path}/equipment"), json!({ "name": "Pump", "kind": "pump" }));
    post(&cloud, &equipment, &viewer, "a", &body).await.expect_problem(403, "aquariums.role_too_low");
    post(&cloud, &equipment, &stranger, "a", &body).await.expect_problem(404, "aquariums.no_such_aquarium");
    cloud.post(&equipment).json(&body).send().await.expect_problem(401, "auth.token_missing");
    let wrong = json!({
        "name": " ", "kind": "boat", "model": "", "installedOn": "2026-02-30", "serviceIntervalDays": 0,
    });
    assert!(wrong_fields(&post(&cloud, &equipment, &owner, "b", &wrong).await).len() >= 3);
    let wrong = json!({ "name": "Pump", "kind": "pump", "ownerId": owner.id });
    assert_eq!(wrong_fields(&post(&cloud, &equipment, &owner, "c", &wrong).await), ["ownerId"]);
}

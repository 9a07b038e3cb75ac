//! `POST /v1/aquarium/aquariums/{id}/livestock/{livestockId}/movements`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{aquarium, fish, id_of, member, post, wrong_fields};

#[tokio::test]
async fn a_movement_changes_the_count_once_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let watch = cloud.watch("aquariums.livestock_changed.v1").await;
    let path = aquarium(&cloud, &owner).await;
    let keeper = member(&cloud, &path, &owner, "keeper").await;
    let fish = fish(&cloud, &path, &owner).await;
    let movements = format!("{fish}/movements");
    let body = json!({ "direction": "out", "number": 3, "cause": "died", "movedAt": "2026-03-14T09:00:00Z" });
    let first = post(&cloud, &movements, &keeper, "a", &body).await.expect(201);
    assert_eq!((&first["count"], &first["recordedBy"]), (&json!(1), &json!(keeper.id)));
    assert_eq!(post(&cloud, &movements, &keeper, "a", &body).await.expect(201), first, "a repeat gets the same");
    post(&cloud, &movements, &keeper, "b", &body).await.expect_problem(409, "aquariums.count_out_of_range");
    let born = json!({ "direction": "in", "number": 9, "cause": "born", "movedAt": "2026-03-15T09:00:00Z" });
    assert_eq!(post(&cloud, &movements, &owner, "c", &born).await.expect(201)["count"], 10);
    let event = eventually("the event", async || {
        watch
            .take()
            .await
            .into_iter()
            .find(|event| event["data"]["livestockId"] == id_of(&fish) && event["data"]["change"] == -3)
    })
    .await;
    assert_eq!((&event["data"]["count"], &event["data"]["cause"]), (&json!(1), &json!("died")));
}

#[tokio::test]
async fn viewers_strangers_and_wrong_fields_are_refused() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let movements = format!("{}/movements", fish(&cloud, &path, &owner).await);
    let body = json!({ "direction": "out", "number": 1, "cause": "died", "movedAt": "2026-03-14T09:00:00Z" });
    post(&cloud, &movements, &viewer, "a", &body).await.expect_problem(403, "aquariums.role_too_low");
    post(&cloud, &movements, &stranger, "a", &body).await.expect_problem(404, "aquariums.no_such_aquarium");
    cloud.post(&movements).json(&body).send().await.expect_problem(401, "auth.token_missing");
    let missing = format!("{path}/livestock/{}/movements", id_of(&path));
    post(&cloud, &missing, &owner, "a", &body).await.expect_problem(404, "aquariums.no_such_livestock");
    let wrong = json!({ "direction": "in", "number": 1, "cause": "died", "movedAt": "2999-01-01T00:00:00Z" });
    assert_eq!(wrong_fields(&post(&cloud, &movements, &owner, "b", &wrong).await), ["cause", "movedAt"]);
    let wrong = json!({ "direction": "up", "number": 0, "cause": "died", "movedAt": "2026-03-14T09:00:00Z" });
    assert_eq!(wrong_fields(&post(&cloud, &movements, &owner, "c", &wrong).await).len(), 2);
}

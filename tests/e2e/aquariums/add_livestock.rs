//! `POST /v1/aquarium/aquariums/{id}/livestock`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, call, member, post, wrong_fields};

#[tokio::test]
async fn livestock_is_added_once_with_its_first_movement() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let keeper = member(&cloud, &path, &owner, "keeper").await;
    let livestock = format!("{path}/livestock");
    let body = json!({ "species": " Amphiprion ocellaris ", "name": "Nemo", "count": 2, "cause": "received" });
    let first = post(&cloud, &livestock, &keeper, "a", &body).await.expect(201);
    assert_eq!((&first["species"], &first["count"]), (&json!("Amphiprion ocellaris"), &json!(2)));
    assert_eq!(post(&cloud, &livestock, &keeper, "a", &body).await.expect(201), first, "a repeat gets the same");
    let other = json!({ "species": "Amphiprion ocellaris", "count": 3 });
    post(&cloud, &livestock, &keeper, "a", &other).await.expect_problem(422, "request.idempotency_key_reused");
    let movements = format!("{livestock}/{}/movements", first["id"].as_str().unwrap());
    let movements = call(&cloud, "GET", &movements, &owner, None).await.expect(200);
    let movement = &movements["items"][0];
    assert_eq!((&movement["cause"], &movement["direction"]), (&json!("received"), &json!("in")));
}

#[tokio::test]
async fn viewers_strangers_and_wrong_fields_are_refused() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let (livestock, body) = (format!("{path}/livestock"), json!({ "species": "Snail", "count": 1 }));
    post(&cloud, &livestock, &viewer, "a", &body).await.expect_problem(403, "aquariums.role_too_low");
    post(&cloud, &livestock, &stranger, "a", &body).await.expect_problem(404, "aquariums.no_such_aquarium");
    cloud.post(&livestock).json(&body).send().await.expect_problem(401, "auth.token_missing");
    let wrong = json!({ "species": " ", "name": "x".repeat(81), "count": 0 });
    assert_eq!(wrong_fields(&post(&cloud, &livestock, &owner, "b", &wrong).await).len(), 3);
    let wrong = json!({ "species": "Snail", "count": 1, "cause": "died" });
    assert_eq!(wrong_fields(&post(&cloud, &livestock, &owner, "c", &wrong).await), ["cause"]);
}

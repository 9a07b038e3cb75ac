//! `GET /v1/aquarium/identifications/{id}`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{PATH, ended, get, photo, requested};

#[tokio::test]
async fn only_the_requester_sees_an_identification() {
    let cloud = Cloud::connect().await;
    let (user, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let photo = photo(&cloud, &user, (303, 31)).await;
    let id = requested(&cloud, &user, &photo, "test_strip").await;
    let seen = ended(&cloud, &user, &id).await;
    let nitrate = json!({ "parameter": "nitrate", "value": "25", "unit": "mg_l_as_no3", "confidencePercent": 82 });
    assert_eq!((&seen["values"][1], &seen["species"], &seen["confirmation"]), (&nitrate, &json!([]), &json!(null)));
    assert!(get(&cloud, &user, &id).await.header("etag").starts_with('"'));
    get(&cloud, &stranger, &id).await.expect_problem(404, "vision.no_such_identification");
    cloud.get(&format!("{PATH}/{id}")).send().await.expect_problem(401, "auth.token_missing");
}

#[tokio::test]
async fn an_unknown_identification_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = get(&cloud, &user, &Uuid::now_v7().to_string()).await;
    reply.expect_problem(404, "vision.no_such_identification");
}

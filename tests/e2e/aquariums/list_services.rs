//! `GET /v1/aquarium/aquariums/{id}/equipment/{equipmentId}/services`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, call, filter, is_private, member, post};

#[tokio::test]
async fn members_see_the_log_with_the_latest_service_first() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let services = format!("{}/services", filter(&cloud, &path, &owner).await);
    for (key, day) in [("a", 14), ("b", 2), ("c", 28)] {
        let body = json!({ "servicedAt": format!("2026-03-{day:02}T09:00:00Z") });
        assert_eq!(post(&cloud, &services, &owner, key, &body).await.status, 201);
    }
    let list = call(&cloud, "GET", &services, &viewer, None).await.expect(200);
    let days: Vec<_> = list["items"].as_array().unwrap().iter().map(|one| &one["servicedAt"]).collect();
    assert_eq!(days, ["2026-03-28T09:00:00.000Z", "2026-03-14T09:00:00.000Z", "2026-03-02T09:00:00.000Z"]);
    let bad = call(&cloud, "GET", &format!("{services}?limit=0"), &owner, None).await;
    bad.expect_problem(422, "request.invalid");
    is_private(&cloud, &services).await;
}

//! `GET /v1/aquarium/aquariums/{id}/livestock/{livestockId}/movements`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, call, fish, is_private, member, post};

#[tokio::test]
async fn members_see_movements_with_the_latest_first() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let movements = format!("{}/movements", fish(&cloud, &path, &owner).await);
    for (key, day) in [("a", 14), ("b", 2)] {
        let at = format!("2026-03-{day:02}T09:00:00Z");
        let body = json!({ "direction": "out", "number": 1, "cause": "sold", "movedAt": at });
        assert_eq!(post(&cloud, &movements, &owner, key, &body).await.status, 201);
    }
    let list = call(&cloud, "GET", &movements, &viewer, None).await.expect(200);
    let counts: Vec<_> = list["items"].as_array().unwrap().iter().map(|one| &one["count"]).collect();
    // The fish were added today; of the others, the one that was recorded first happened later.
    assert_eq!(counts, [4, 3, 2]);
    let bad = call(&cloud, "GET", &format!("{movements}?limit=0"), &owner, None).await;
    bad.expect_problem(422, "request.invalid");
    is_private(&cloud, &movements).await;
}

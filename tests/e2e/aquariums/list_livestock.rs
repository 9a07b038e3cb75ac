//! `GET /v1/aquarium/aquariums/{id}/livestock`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, call, fish, is_private, member};

#[tokio::test]
async fn members_see_all_livestock_in_pages() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    for _ in 0..3 {
        fish(&cloud, &path, &owner).await;
    }
    let livestock = format!("{path}/livestock");
    let list = call(&cloud, "GET", &livestock, &viewer, None).await.expect(200);
    assert_eq!((list["items"].as_array().unwrap().len(), &list["items"][0]["count"]), (3, &json!(4)));
    let page = call(&cloud, "GET", &format!("{livestock}?limit=2"), &viewer, None).await.expect(200);
    assert!(page["nextCursor"].is_string(), "{page}");
    let bad = call(&cloud, "GET", &format!("{livestock}?limit=0"), &owner, None).await;
    bad.expect_problem(422, "request.invalid");
    is_private(&cloud, &livestock).await;
}

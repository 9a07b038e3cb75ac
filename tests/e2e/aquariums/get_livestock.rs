//! `GET /v1/aquarium/aquariums/{id}/livestock/{livestockId}`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, call, fish, id_of, is_private, member};

#[tokio::test]
async fn members_see_livestock() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let fish = fish(&cloud, &path, &owner).await;
    let seen = call(&cloud, "GET", &fish, &viewer, None).await;
    assert_eq!(seen.header("etag"), "\"1\"");
    assert_eq!(seen.expect(200)["count"], json!(4));
    let missing = format!("{path}/livestock/{}", id_of(&path));
    call(&cloud, "GET", &missing, &viewer, None).await.expect_problem(404, "aquariums.no_such_livestock");
    is_private(&cloud, &fish).await;
}

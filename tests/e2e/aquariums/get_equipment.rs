//! `GET /v1/aquarium/aquariums/{id}/equipment/{equipmentId}`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, call, filter, id_of, is_private, member};

#[tokio::test]
async fn members_see_a_piece_of_equipment() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let filter = filter(&cloud, &path, &owner).await;
    let seen = call(&cloud, "GET", &filter, &viewer, None).await;
    assert_eq!(seen.header("etag"), "\"1\"");
    assert_eq!(seen.expect(200)["kind"], json!("filter"));
    let missing = format!("{path}/equipment/{}", id_of(&path));
    call(&cloud, "GET", &missing, &viewer, None).await.expect_problem(404, "aquariums.no_such_equipment");
    is_private(&cloud, &filter).await;
}

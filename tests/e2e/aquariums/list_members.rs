//! `GET /v1/aquarium/aquariums/{id}/members`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, call, is_private, member};

#[tokio::test]
async fn members_see_each_other() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let members = format!("{path}/members");
    let expected = json!({ "ownerId": owner.id, "members": [{ "userId": viewer.id, "role": "viewer" }] });
    for user in [&owner, &viewer] {
        assert_eq!(call(&cloud, "GET", &members, user, None).await.expect(200), expected);
    }
    is_private(&cloud, &members).await;
}

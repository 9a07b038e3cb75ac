//! `DELETE /v1/aquarium/aquariums/{id}/members/{userId}`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, call, member};

#[tokio::test]
async fn the_owner_removes_members_and_members_leave() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = aquarium(&cloud, &owner).await;
    let (keeper, viewer) =
        (member(&cloud, &path, &owner, "keeper").await, member(&cloud, &path, &owner, "viewer").await);
    let of = |user: &str| format!("{path}/members/{user}");
    let reply = call(&cloud, "DELETE", &of(&viewer.id), &keeper, None).await;
    reply.expect_problem(403, "aquariums.role_too_low");
    let reply = call(&cloud, "DELETE", &of(&viewer.id), &stranger, None).await;
    reply.expect_problem(404, "aquariums.no_such_aquarium");
    let reply = call(&cloud, "DELETE", &of(&stranger.id), &owner, None).await;
    reply.expect_problem(404, "aquariums.no_such_member");
    let reply = call(&cloud, "DELETE", &of(&owner.id), &owner, None).await;
    reply.expect_problem(409, "aquariums.owner_cannot_leave");
    cloud.call("DELETE", &of(&viewer.id)).send().await.expect_problem(401, "auth.token_missing");
    assert_eq!(call(&cloud, "DELETE", &of(&viewer.id), &viewer, None).await.status, 204);
    assert_eq!(call(&cloud, "DELETE", &of(&keeper.id), &owner, None).await.status, 204);
    for user in [&keeper, &viewer] {
        call(&cloud, "GET", &path, user, None).await.expect_problem(404, "aquariums.no_such_aquarium");
    }
    let members = call(&cloud, "GET", &format!("{path}/members"), &owner, None).await.expect(200);
    assert_eq!(members["members"], json!([]));
}

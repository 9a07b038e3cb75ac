//! `PATCH /v1/aquarium/aquariums/{id}/members/{userId}`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, call, member, wrong_fields};

#[tokio::test]
async fn the_owner_changes_roles_and_nobody_else_does() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = aquarium(&cloud, &owner).await;
    let user = member(&cloud, &path, &owner, "viewer").await;
    let (of_member, body) = (format!("{path}/members/{}", user.id), json!({ "role": "keeper" }));
    let reply = call(&cloud, "PATCH", &of_member, &user, Some(&body)).await;
    reply.expect_problem(403, "aquariums.role_too_low");
    let reply = call(&cloud, "PATCH", &of_member, &stranger, Some(&body)).await;
    reply.expect_problem(404, "aquariums.no_such_aquarium");
    let expected = json!({ "userId": user.id, "role": "keeper" });
    for _ in 0..2 {
        assert_eq!(call(&cloud, "PATCH", &of_member, &owner, Some(&body)).await.expect(200), expected);
    }
    assert_eq!(call(&cloud, "GET", &path, &user, None).await.expect(200)["role"], "keeper");
    let nobody = format!("{path}/members/{}", stranger.id);
    let reply = call(&cloud, "PATCH", &nobody, &owner, Some(&body)).await;
    reply.expect_problem(404, "aquariums.no_such_member");
    let wrong = call(&cloud, "PATCH", &of_member, &owner, Some(&json!({ "role": "owner" }))).await;
    assert_eq!(wrong_fields(&wrong), ["role"]);
    cloud.call("PATCH", &of_member).json(&body).send().await.expect_problem(401, "auth.token_missing");
}

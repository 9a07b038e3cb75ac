//! `DELETE /v1/aquarium/aquariums/{id}/invitations/{invitationId}`

use serde_json::json;
use tests::Cloud;

use super::support::{accept, aquarium, call, member, post};

#[tokio::test]
async fn a_deleted_invitation_cannot_be_accepted() {
    let cloud = Cloud::connect().await;
    let (owner, other) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = aquarium(&cloud, &owner).await;
    let keeper = member(&cloud, &path, &owner, "keeper").await;
    let body = json!({ "role": "keeper" });
    let created = post(&cloud, &format!("{path}/invitations"), &owner, "a", &body).await.expect(201);
    let invitation = format!("{path}/invitations/{}", created["id"].as_str().unwrap());
    let reply = call(&cloud, "DELETE", &invitation, &keeper, None).await;
    reply.expect_problem(403, "aquariums.role_too_low");
    let reply = call(&cloud, "DELETE", &invitation, &other, None).await;
    reply.expect_problem(404, "aquariums.no_such_aquarium");
    cloud.call("DELETE", &invitation).send().await.expect_problem(401, "auth.token_missing");
    assert_eq!(call(&cloud, "DELETE", &invitation, &owner, None).await.status, 204);
    let reply = call(&cloud, "DELETE", &invitation, &owner, None).await;
    reply.expect_problem(404, "aquariums.no_such_invitation");
    let reply = accept(&cloud, &other, created["code"].as_str().unwrap()).await;
    reply.expect_problem(404, "aquariums.no_such_invitation");
}

//! `GET /v1/aquarium/aquariums/{id}/invitations`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, call, invite, is_private, member};

#[tokio::test]
async fn the_owner_sees_open_invitations_without_codes() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let viewer = member(&cloud, &path, &owner, "viewer").await;
    let code = invite(&cloud, &path, &owner, "keeper").await;
    let invitations = format!("{path}/invitations");
    let list = call(&cloud, "GET", &invitations, &owner, None).await.expect(200);
    assert_eq!((list["items"].as_array().unwrap().len(), &list["items"][0]["role"]), (1, &json!("keeper")));
    assert!(!list.to_string().contains(&code));
    let reply = call(&cloud, "GET", &invitations, &viewer, None).await;
    reply.expect_problem(403, "aquariums.role_too_low");
    let bad = call(&cloud, "GET", &format!("{invitations}?limit=0"), &owner, None).await;
    bad.expect_problem(422, "request.invalid");
    is_private(&cloud, &invitations).await;
}

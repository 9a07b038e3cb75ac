//! `POST /v1/aquarium/aquariums/{id}/invitations`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, call, member, post, wrong_fields};

#[tokio::test]
async fn an_invitation_has_a_code_that_is_shown_once() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let invitations = format!("{path}/invitations");
    let body = json!({ "role": "keeper" });
    let first = post(&cloud, &invitations, &owner, "a", &body).await;
    let location = first.header("location").to_owned();
    let first = first.expect(201);
    assert_eq!(location, format!("{invitations}/{}", first["id"].as_str().unwrap()));
    assert_eq!(first["role"], "keeper");
    assert!(first["code"].as_str().unwrap().starts_with("atoll_ai_"), "{first}");
    let again = post(&cloud, &invitations, &owner, "a", &body).await;
    again.expect_problem(409, "aquariums.invitation_exists");
    let wrong = call(&cloud, "POST", &invitations, &owner, Some(&json!({ "role": "owner" }))).await;
    assert_eq!(wrong_fields(&wrong), ["role"]);
}

#[tokio::test]
async fn only_the_owner_invites() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    let (keeper, stranger) = (member(&cloud, &path, &owner, "keeper").await, cloud.sign_up().await);
    let (invitations, body) = (format!("{path}/invitations"), json!({ "role": "keeper" }));
    let reply = call(&cloud, "POST", &invitations, &keeper, Some(&body)).await;
    reply.expect_problem(403, "aquariums.role_too_low");
    let reply = call(&cloud, "POST", &invitations, &stranger, Some(&body)).await;
    reply.expect_problem(404, "aquariums.no_such_aquarium");
    cloud.post(&invitations).json(&body).send().await.expect_problem(401, "auth.token_missing");
}

//! `GET /v1/aquarium/aquariums/{id}`

use serde_json::json;
use tests::Cloud;

use super::support::{aquarium, call, nowhere};

#[tokio::test]
async fn an_aquarium_is_shown_to_its_owner_and_to_nobody_else() {
    let cloud = Cloud::connect().await;
    let (owner, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = aquarium(&cloud, &owner).await;
    let seen = call(&cloud, "GET", &path, &owner, None).await;
    assert_eq!(seen.header("etag"), "\"1\"");
    let seen = seen.expect(200);
    assert_eq!((&seen["name"], &seen["ownerId"]), (&json!("Reef"), &json!(owner.id)));
    call(&cloud, "GET", &path, &stranger, None).await.expect_problem(404, "aquariums.no_such_aquarium");
    call(&cloud, "GET", &nowhere(), &owner, None).await.expect_problem(404, "aquariums.no_such_aquarium");
    cloud.get(&path).send().await.expect_problem(401, "auth.token_missing");
}

//! `GET /v1/aquarium/suggestions/mine`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{call, new_species, suggest, verified};

#[tokio::test]
async fn users_see_their_own_suggestions_only() {
    let cloud = Cloud::connect().await;
    let (admin, user, stranger) = (cloud.new_admin().await, verified(&cloud).await, cloud.sign_up().await);
    let species = new_species(&cloud, &admin).await;
    let id = suggest(&cloud, &user, &species, "a", "8").await.expect(201)["id"].clone();
    let path = "/v1/aquarium/suggestions/mine";
    eventually("the suggestion in the index", async || {
        let page = call(&cloud, &user, ("GET", path), None).await.expect(200);
        (page["items"][0]["id"] == id).then_some(())
    })
    .await;
    let others = call(&cloud, &stranger, ("GET", path), None).await.expect(200);
    assert_eq!(others, json!({ "items": [], "nextCursor": null }));
    cloud.get(path).send().await.expect_problem(401, "auth.token_missing");
}

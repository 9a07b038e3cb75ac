//! `GET /v1/aquarium/identifications`

use serde_json::{Value, json};
use tests::{Cloud, User};

use super::support::{PATH, photo, requested};

async fn listed(cloud: &Cloud, user: &User, query: &str) -> Value {
    cloud.get(&format!("{PATH}{query}")).bearer(&user.access_token).send().await.expect(200)
}

#[tokio::test]
async fn users_see_their_own_identifications_newest_first() {
    let cloud = Cloud::connect().await;
    let (user, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let photo = photo(&cloud, &user, (304, 31)).await;
    let first = requested(&cloud, &user, &photo, "species").await;
    let second = requested(&cloud, &user, &photo, "test_strip").await;
    let page = listed(&cloud, &user, "?limit=1").await;
    assert_eq!(page["items"][0]["id"], second.as_str());
    let next = listed(&cloud, &user, &format!("?limit=1&cursor={}", page["nextCursor"].as_str().unwrap())).await;
    assert_eq!(next["items"][0]["id"], first.as_str());
    assert_eq!(listed(&cloud, &stranger, "").await, json!({ "items": [], "nextCursor": null }));
    cloud.get(PATH).send().await.expect_problem(401, "auth.token_missing");
}

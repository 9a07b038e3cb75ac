//! `GET /v1/aquarium/suggestions`

use tests::{Cloud, eventually};

use super::support::{call, new_species, refuses_strangers, suggest, verified};

#[tokio::test]
async fn the_staff_sees_open_suggestions() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.new_admin().await, verified(&cloud).await);
    let species = new_species(&cloud, &admin).await;
    let id = suggest(&cloud, &user, &species, "a", "8").await.expect(201)["id"].clone();
    // Other tests suggest too: the list may have several pages.
    eventually("the suggestion in the index", async || {
        let mut path = "/v1/aquarium/suggestions?state=open&limit=100".to_owned();
        for _ in 0..20 {
            let page = call(&cloud, &admin, ("GET", &path), None).await.expect(200);
            if page["items"].as_array().unwrap().iter().any(|item| item["id"] == id) {
                return Some(());
            }
            path = format!("/v1/aquarium/suggestions?state=open&limit=100&cursor={}", page["nextCursor"].as_str()?);
        }
        None
    })
    .await;
    let wrong = call(&cloud, &admin, ("GET", "/v1/aquarium/suggestions?state=rejected"), None).await;
    wrong.expect_problem(422, "request.invalid");
    refuses_strangers(&cloud, ("GET", "/v1/aquarium/suggestions"), None).await;
}

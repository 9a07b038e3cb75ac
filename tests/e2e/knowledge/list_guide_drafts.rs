//! `GET /v1/aquarium/guides/drafts`

use tests::{Cloud, eventually, new_slug};

use super::support::{call, create_guide, guide, refuses_strangers};

#[tokio::test]
async fn the_staff_sees_what_waits_for_a_review() {
    let cloud = Cloud::connect().await;
    let (author, reviewer) = (cloud.manager().await, cloud.manager().await);
    // A language of its own, so that the list is short.
    let slug = new_slug();
    let mut body = guide(&slug, "Draft");
    body["language"] = "tlh".into();
    let id = create_guide(&cloud, &author, "a", &body).await.expect(201)["id"].clone();
    let path = "/v1/aquarium/guides/drafts?language=tlh&limit=100";
    eventually("the draft in the index", async || {
        let page = call(&cloud, &reviewer, ("GET", path), None).await.expect(200);
        page["items"].as_array().unwrap().iter().any(|item| item["id"] == id).then_some(())
    })
    .await;
    let without = call(&cloud, &reviewer, ("GET", "/v1/aquarium/guides/drafts"), None).await;
    without.expect_problem(422, "request.invalid");
    refuses_strangers(&cloud, ("GET", path), None).await;
}

//! `GET /v1/aquarium/guides/{id}`

use serde_json::json;
use tests::{Cloud, eventually, new_slug};

use super::support::{call, published_guide, source};

#[tokio::test]
async fn a_published_guide_is_shown_to_everybody() {
    let cloud = Cloud::connect().await;
    let (author, reviewer) = (cloud.manager().await, cloud.manager().await);
    let (_, slug) = published_guide(&cloud, &author, &reviewer).await;
    let path = format!("/v1/aquarium/guides/{slug}");
    let reply = cloud.get(&path).send().await;
    let tag = reply.header("etag").to_owned();
    assert_eq!(reply.header("cache-control"), "public, max-age=60");
    let shown = reply.expect(200);
    assert_eq!((&shown["body"], &shown["sources"][0]), (&json!("# Title\n\nText."), &source()));
    assert_eq!(cloud.get(&path).header("if-none-match", &tag).send().await.status, 304);
    cloud.get("/v1/aquarium/guides/no-such-guide").send().await.expect_problem(404, "knowledge.no_such_guide");
    cloud.get("/v1/aquarium/guides/NO").send().await.expect_problem(404, "knowledge.no_such_guide");
}

#[tokio::test]
async fn an_earlier_slug_redirects() {
    let cloud = Cloud::connect().await;
    let (author, reviewer) = (cloud.manager().await, cloud.manager().await);
    let (path, slug) = published_guide(&cloud, &author, &reviewer).await;
    let newer = new_slug();
    let update = cloud.call("PATCH", &path).bearer(&author.access_token).header("if-match", "\"3\"");
    assert_eq!(update.json(&json!({ "slug": newer })).send().await.status, 200);
    let review = json!({ "version": 2, "verdict": "approve" });
    assert_eq!(call(&cloud, &reviewer, ("POST", &format!("{path}/review")), Some(&review)).await.status, 200);
    let publish = json!({ "version": 2 });
    assert_eq!(call(&cloud, &author, ("POST", &format!("{path}/publish")), Some(&publish)).await.status, 200);
    // The client follows the redirect; a client that does not is in the table tests.
    eventually("the new slug", async || {
        let followed = cloud.get(&format!("/v1/aquarium/guides/{slug}")).send().await.expect(200);
        (followed["slug"] == newer.as_str()).then_some(())
    })
    .await;
}

//! `GET /v1/commerce/categories`

use tests::{Cloud, eventually};

#[tokio::test]
async fn everybody_sees_the_tree_level_by_level() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let top = cloud.category(&manager, None).await;
    let below = cloud.category(&manager, Some(&top)).await;
    let path = format!("/v1/commerce/categories?parent={top}");
    let page = eventually("the category in the index", async || {
        let page = cloud.get(&path).send().await;
        (page.body["items"][0]["slug"] == below.as_str()).then_some(page)
    })
    .await;
    let again = cloud.get(&path).header("if-none-match", page.header("etag")).send().await;
    assert_eq!((again.status, again.header("cache-control")), (304, "public, max-age=60"));
    let roots = cloud.get("/v1/commerce/categories?limit=100").send().await.expect(200);
    assert!(roots["items"].as_array().unwrap().iter().all(|item| item["parent"].is_null()));
    let wrong = cloud.get("/v1/commerce/categories?parent=No_Slug").send().await;
    wrong.expect_problem(422, "request.invalid");
}

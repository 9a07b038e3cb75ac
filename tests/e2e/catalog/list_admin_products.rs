//! `GET /v1/commerce/admin/products`

use serde_json::Value;
use tests::Cloud;

use super::support::call;

#[tokio::test]
async fn a_manager_finds_a_draft_among_all_products() {
    let cloud = Cloud::connect().await;
    let (manager, stranger) = (cloud.manager().await, cloud.sign_up().await);
    let draft = cloud.draft_product(&manager, "Shoe").await;
    let mut cursor = String::new();
    let found = loop {
        let path = format!("/v1/commerce/admin/products?limit=100{cursor}");
        let page = call(&cloud, "GET", &path, &manager, None).await.expect(200);
        if let Some(found) = page["items"].as_array().unwrap().iter().find(|item| item["id"] == draft["id"]) {
            break found.clone();
        }
        let Value::String(next) = &page["nextCursor"] else { panic!("the draft is on no page") };
        cursor = format!("&cursor={next}");
    };
    assert_eq!(found, draft);
    let path = "/v1/commerce/admin/products";
    call(&cloud, "GET", path, &stranger, None).await.expect_problem(403, "auth.forbidden");
    cloud.get(path).send().await.expect_problem(401, "auth.token_missing");
    call(&cloud, "GET", &format!("{path}?limit=0"), &manager, None).await.expect_problem(422, "request.invalid");
}

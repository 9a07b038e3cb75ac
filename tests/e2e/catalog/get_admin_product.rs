//! `GET /v1/commerce/admin/products/{id}`

use tests::Cloud;
use types::Uuid;

use super::support::call;

#[tokio::test]
async fn a_manager_sees_a_draft_and_others_do_not() {
    let cloud = Cloud::connect().await;
    let (manager, stranger) = (cloud.manager().await, cloud.sign_up().await);
    let draft = cloud.draft_product(&manager, "Shoe").await;
    let path = format!("/v1/commerce/admin/products/{}", draft["id"].as_str().unwrap());
    let seen = call(&cloud, "GET", &path, &manager, None).await;
    assert_eq!(seen.header("etag"), "\"1\"");
    assert_eq!(seen.expect(200), draft);
    call(&cloud, "GET", &path, &stranger, None).await.expect_problem(403, "auth.forbidden");
    cloud.get(&path).send().await.expect_problem(401, "auth.token_missing");
    let none = format!("/v1/commerce/admin/products/{}", Uuid::now_v7());
    call(&cloud, "GET", &none, &manager, None).await.expect_problem(404, "catalog.no_such_product");
}

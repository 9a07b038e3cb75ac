//! `GET /v1/commerce/price-lists`

use tests::Cloud;

use super::support::call;

#[tokio::test]
async fn managers_see_all_price_lists() {
    let cloud = Cloud::connect().await;
    let (manager, stranger) = (cloud.manager().await, cloud.sign_up().await);
    let code = cloud.price_list(&manager).await;
    let path = "/v1/commerce/price-lists";
    let lists = call(&cloud, "GET", path, &manager, None).await.expect(200);
    assert!(lists["items"].as_array().unwrap().iter().any(|list| list["code"] == code.as_str()));
    call(&cloud, "GET", path, &stranger, None).await.expect_problem(403, "auth.forbidden");
    cloud.get(path).send().await.expect_problem(401, "auth.token_missing");
}

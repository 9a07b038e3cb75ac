//! `PUT /v1/commerce/carts/{id}/lines/{variantId}`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{call, priced_variant, refuses_strange_buyers, user_cart};

#[tokio::test]
async fn a_quantity_is_absolute_and_zero_removes_the_line() {
    let cloud = Cloud::connect().await;
    let (manager, user) = (cloud.manager().await, cloud.sign_up().await);
    let variant = priced_variant(&cloud, &manager).await;
    let cart = user_cart(&cloud, &manager, &user).await;
    let path = format!("/v1/commerce/carts/{cart}/lines/{variant}");
    let set = async |quantity: u32| call(&cloud, "PUT", &path, &user, Some(&json!({ "quantity": quantity }))).await;
    let once = set(3).await.expect(200);
    let line = json!([{ "variantId": variant, "quantity": 3, "seenUnitPriceMinor": 1_250 }]);
    assert_eq!(once["lines"], line);
    assert_eq!(set(3).await.expect(200), once, "nothing changed");
    assert_eq!(set(0).await.expect(200)["lines"], json!([]));
    set(10_001).await.expect_problem(422, "request.invalid");
    let body = json!({ "quantity": 1, "unitPriceMinor": 1 });
    call(&cloud, "PUT", &path, &user, Some(&body)).await.expect_problem(422, "request.invalid");
    let unknown = format!("/v1/commerce/carts/{cart}/lines/{}", Uuid::now_v7());
    let unknown = call(&cloud, "PUT", &unknown, &user, Some(&json!({ "quantity": 1 }))).await;
    unknown.expect_problem(404, "orders.no_such_variant");
    let stale = cloud.call("PUT", &path).bearer(&user.access_token).header("if-match", "\"1\"");
    stale.json(&json!({ "quantity": 1 })).send().await.expect_problem(412, "request.version_changed");
    refuses_strange_buyers(&cloud, "PUT", &path, Some(&json!({ "quantity": 1 }))).await;
}

#[tokio::test]
async fn a_variant_without_a_price_is_refused() {
    let cloud = Cloud::connect().await;
    let (manager, user) = (cloud.manager().await, cloud.sign_up().await);
    let cart = user_cart(&cloud, &manager, &user).await;
    let variant = cloud.variant(&manager).await;
    let path = format!("/v1/commerce/carts/{cart}/lines/{variant}");
    let refused = call(&cloud, "PUT", &path, &user, Some(&json!({ "quantity": 1 }))).await;
    refused.expect_problem(409, "orders.no_price");
}

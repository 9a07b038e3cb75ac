//! `POST /v1/commerce/carts/{id}/merge`

use serde_json::json;
use tests::Cloud;

use super::support::{call, cart_call, guest_cart, priced_variant, user_cart};

#[tokio::test]
async fn the_guests_quantity_wins_and_the_guests_cart_is_gone() {
    // vendurehq/vendure#3153: account cart {A 1, B 1}, guest cart {A 3}; the merge came twice.
    let cloud = Cloud::connect().await;
    let (manager, user) = (cloud.manager().await, cloud.sign_up().await);
    let (a, b) = (priced_variant(&cloud, &manager).await, priced_variant(&cloud, &manager).await);
    let own = user_cart(&cloud, &manager, &user).await;
    for variant in [&a, &b] {
        let line = format!("/v1/commerce/carts/{own}/lines/{variant}");
        assert_eq!(call(&cloud, "PUT", &line, &user, Some(&json!({ "quantity": 1 }))).await.status, 200);
    }
    let (guests, key) = guest_cart(&cloud, &manager).await;
    let line = format!("/v1/commerce/carts/{guests}/lines/{a}");
    assert_eq!(cart_call(&cloud, ("PUT", &line), None, Some(&key), Some(&json!({ "quantity": 3 }))).await.status, 200);
    let path = format!("/v1/commerce/carts/{guests}/merge");
    let merge = async |key: Option<&str>| cart_call(&cloud, ("POST", &path), Some(&user.access_token), key, None).await;
    merge(Some("another-key")).await.expect_problem(404, "orders.no_such_cart");
    merge(None).await.expect_problem(422, "request.invalid");
    for _ in 0..2 {
        let merged = merge(Some(&key)).await.expect(200);
        let quantities: Vec<_> = merged["lines"].as_array().unwrap().iter().map(|line| &line["quantity"]).collect();
        assert_eq!((quantities, &merged["id"]), (vec![&json!(3), &json!(1)], &json!(own)));
    }
    let gone = cart_call(&cloud, ("GET", &format!("/v1/commerce/carts/{guests}")), None, Some(&key), None).await;
    gone.expect_problem(404, "orders.no_such_cart");
    let nobody = cart_call(&cloud, ("POST", &path), None, Some(&key), None).await;
    nobody.expect_problem(401, "auth.token_missing");
    let stranger = cloud.sign_up().await;
    let stranger = cart_call(&cloud, ("POST", &path), Some(&stranger.access_token), Some(&key), None).await;
    stranger.expect_problem(404, "orders.no_such_cart");
}

//! `DELETE /v1/commerce/carts/{id}/codes/{code}`

use serde_json::json;
use tests::Cloud;

use super::support::{call, code, refuses_strange_buyers, user_cart};

#[tokio::test]
async fn a_code_is_removed_and_removing_it_again_is_no_error() {
    let cloud = Cloud::connect().await;
    let (manager, user) = (cloud.manager().await, cloud.sign_up().await);
    let cart = format!("/v1/commerce/carts/{}", user_cart(&cloud, &manager, &user).await);
    let (_, code) = code(&cloud, &manager).await;
    let path = format!("{cart}/codes/{code}");
    assert_eq!(call(&cloud, "PUT", &path, &user, None).await.status, 200);
    for _ in 0..2 {
        assert_eq!(call(&cloud, "DELETE", &path, &user, None).await.status, 204);
    }
    assert_eq!(call(&cloud, "GET", &cart, &user, None).await.expect(200)["codes"], json!([]));
    refuses_strange_buyers(&cloud, "DELETE", &path, None).await;
}

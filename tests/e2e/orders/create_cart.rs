//! `POST /v1/commerce/carts`

use serde_json::json;
use tests::Cloud;

use super::support::{call, cart_call, guest_cart, user_cart};

const PATH: &str = "/v1/commerce/carts";

#[tokio::test]
async fn a_guest_gets_a_new_cart_and_its_key_and_a_user_the_same_cart_again() {
    let cloud = Cloud::connect().await;
    let (manager, user) = (cloud.manager().await, cloud.sign_up().await);
    let (one, key) = guest_cart(&cloud, &manager).await;
    let (other, other_key) = guest_cart(&cloud, &manager).await;
    assert!(one != other && key != other_key && key.len() == 43);
    let cart = user_cart(&cloud, &manager, &user).await;
    let again = call(&cloud, "POST", PATH, &user, Some(&json!({ "currency": "EUR" }))).await;
    assert_eq!(again.header("location"), format!("{PATH}/{cart}"));
    let again = again.expect(201);
    assert_eq!(
        (&again["cart"]["id"], &again["guestKey"], &again["cart"]["expiresAt"]),
        (&json!(cart), &json!(null), &json!(null))
    );
}

#[tokio::test]
async fn a_currency_without_a_price_list_is_refused() {
    let cloud = Cloud::connect().await;
    for (currency, status) in [("XTS", 422), ("euro", 422)] {
        let reply = cart_call(&cloud, ("POST", PATH), None, None, Some(&json!({ "currency": currency }))).await;
        reply.expect_problem(status, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], "currency");
    }
    let body = json!({ "currency": "EUR", "total": 1 });
    cart_call(&cloud, ("POST", PATH), None, None, Some(&body)).await.expect_problem(422, "request.invalid");
    let forged = cart_call(&cloud, ("POST", PATH), Some("no.token"), None, Some(&json!({ "currency": "EUR" }))).await;
    forged.expect_problem(401, "auth.token_invalid");
}

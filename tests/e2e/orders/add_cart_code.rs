//! `PUT /v1/commerce/carts/{id}/codes/{code}`

use serde_json::json;
use tests::Cloud;

use super::support::{call, cart_call, code, guest_cart, priced_variant, refuses_strange_buyers, ten_percent};

#[tokio::test]
async fn a_code_takes_something_off_and_is_written_in_any_case() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let variant = priced_variant(&cloud, &manager).await;
    let (promotion, code) = code(&cloud, &manager).await;
    let (cart, key) = guest_cart(&cloud, &manager).await;
    let cart = format!("/v1/commerce/carts/{cart}");
    let line = format!("{cart}/lines/{variant}");
    assert_eq!(cart_call(&cloud, ("PUT", &line), None, Some(&key), Some(&json!({ "quantity": 1 }))).await.status, 200);
    let path = format!("{cart}/codes/{}", code.to_lowercase());
    let added = cart_call(&cloud, ("PUT", &path), None, Some(&key), None).await.expect(200);
    assert_eq!(added["codes"], json!([code]));
    assert_eq!(cart_call(&cloud, ("PUT", &path), None, Some(&key), None).await.expect(200), added, "repeated");
    let priced = cart_call(&cloud, ("GET", &cart), None, Some(&key), None).await.expect(200);
    assert_eq!(
        (&priced["codes"][0]["state"], &priced["promotions"][0]["amountMinor"]),
        (&json!("applied"), &json!(125))
    );
    assert_eq!(priced["promotions"][0]["promotionId"], promotion);
    let unknown = cart_call(&cloud, ("PUT", &format!("{cart}/codes/NOTHING")), None, Some(&key), None).await;
    unknown.expect_problem(404, "orders.no_such_code");
    let malformed = cart_call(&cloud, ("PUT", &format!("{cart}/codes/a")), None, Some(&key), None).await;
    malformed.expect_problem(404, "request.no_such_path");
    let mut ended = ten_percent(&[&code]);
    ended["validUntil"] = json!("2026-01-02T00:00:00Z");
    assert_eq!(
        call(&cloud, "PUT", &format!("/v1/commerce/promotions/{promotion}"), &manager, Some(&ended)).await.status,
        200
    );
    let refused = cart_call(&cloud, ("PUT", &path), None, Some(&key), None).await;
    refused.expect_problem(409, "orders.code_not_usable");
    refuses_strange_buyers(&cloud, "PUT", &path, None).await;
}

//! `PUT /v1/commerce/carts/{id}/details`

use serde_json::json;
use tests::Cloud;

use super::support::{cart_call, guest_cart, refuses_strange_buyers};

#[tokio::test]
async fn details_are_replaced_as_a_whole() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let (cart, key) = guest_cart(&cloud, &manager).await;
    let path = format!("/v1/commerce/carts/{cart}/details");
    let address =
        json!({ "name": "Ann", "line1": "Hauptstraße 1", "city": "Berlin", "country": "DE", "phone": "+4930123456" });
    let body =
        json!({ "email": "Ann@Example.com", "language": "de", "shippingAddress": address, "shippingMethod": "parcel" });
    let set = cart_call(&cloud, ("PUT", &path), None, Some(&key), Some(&body)).await.expect(200);
    let details = &set["details"];
    assert_eq!((&details["email"], &details["language"]), (&json!("ann@example.com"), &json!("de")));
    assert_eq!((&details["shippingAddress"]["city"], &details["billingAddress"]), (&json!("Berlin"), &json!(null)));
    let less = cart_call(&cloud, ("PUT", &path), None, Some(&key), Some(&json!({}))).await.expect(200);
    assert_eq!((&less["details"]["email"], &less["details"]["language"]), (&json!(null), &json!("en")));
    let wrong = json!({ "email": "nobody", "shippingAddress": { "name": "", "line1": "a", "city": "b", "country": "Germany" } });
    let refused = cart_call(&cloud, ("PUT", &path), None, Some(&key), Some(&wrong)).await;
    refused.expect_problem(422, "request.invalid");
    refuses_strange_buyers(&cloud, "PUT", &path, Some(&body)).await;
}

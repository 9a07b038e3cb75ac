//! `PUT /v1/commerce/price-lists/{code}`

use serde_json::json;
use tests::{Cloud, eventually, new_slug};

use super::support::call;

#[tokio::test]
async fn a_price_list_is_created_and_changed_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let (manager, stranger) = (cloud.manager().await, cloud.sign_up().await);
    let watch = cloud.watch("catalog.price_list_changed.v1").await;
    let code = new_slug();
    let path = format!("/v1/commerce/price-lists/{code}");
    let body = json!({ "title": "Sale", "currency": "EUR", "region": "de", "customerGroup": "dealers" });
    call(&cloud, "PUT", &path, &stranger, Some(&body)).await.expect_problem(403, "auth.forbidden");
    let list = call(&cloud, "PUT", &path, &manager, Some(&body)).await.expect(200);
    assert_eq!((&list["code"], &list["region"], &list["validUntil"]), (&json!(code), &json!("de"), &json!(null)));
    let event = eventually("the event", async || {
        let mut events = watch.take().await.into_iter().map(|event| event["data"].clone());
        events.find(|data| data["priceList"] == code.as_str())
    })
    .await;
    assert_eq!((&event["currency"], &event["customerGroup"]), (&json!("EUR"), &json!("dealers")));
    assert_eq!(call(&cloud, "PUT", &path, &manager, Some(&body)).await.expect(200), list);
    let refused = async |body: serde_json::Value| call(&cloud, "PUT", &path, &manager, Some(&body)).await;
    let other = json!({ "title": "Sale", "currency": "USD", "region": "de", "customerGroup": "dealers" });
    refused(other).await.expect_problem(409, "catalog.price_list_scope_fixed");
    let mut past = body.clone();
    past["validFrom"] = json!("2020-01-01T00:00:00Z");
    refused(past).await.expect_problem(409, "catalog.price_list_past_fixed");
    let mut empty = body.clone();
    empty["validUntil"] = json!("2020-01-01T00:00:00Z");
    refused(empty).await.expect_problem(422, "catalog.price_list_empty");
    refused(json!({ "title": "", "currency": "euro" })).await.expect_problem(422, "request.invalid");
}

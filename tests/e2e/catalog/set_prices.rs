//! `PUT /v1/commerce/price-lists/{code}/prices`

use serde_json::{Value, json};
use tests::{Cloud, eventually, new_slug};

use super::support::call;

fn prices(product: &Value, tiers: &Value) -> Value {
    json!({ "prices": [{ "productId": product["id"], "sku": product["variants"][0]["sku"], "tiers": tiers }] })
}

#[tokio::test]
async fn prices_with_tiers_are_set_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let (manager, stranger) = (cloud.manager().await, cloud.sign_up().await);
    let watch = cloud.watch("catalog.price_changed.v1").await;
    let (product, code) = (cloud.published_product(&manager, "Shoe").await, cloud.price_list(&manager).await);
    let path = format!("/v1/commerce/price-lists/{code}/prices");
    let tiers = json!([{ "minQuantity": 1, "amountMinor": 1_250 }, { "minQuantity": 10, "amountMinor": 1_100 }]);
    let body = prices(&product, &tiers);
    call(&cloud, "PUT", &path, &stranger, Some(&body)).await.expect_problem(403, "auth.forbidden");
    let set = call(&cloud, "PUT", &path, &manager, Some(&body)).await.expect(200);
    assert_eq!(set, json!({ "changed": 1, "unchanged": 0 }));
    let event = eventually("the event", async || {
        let mut events = watch.take().await.into_iter().map(|event| event["data"].clone());
        events.find(|data| data["priceList"] == code.as_str())
    })
    .await;
    assert_eq!((&event["tiers"], &event["currency"], &event["revision"]), (&tiers, &json!("EUR"), &json!(1)));
    assert_eq!(call(&cloud, "PUT", &path, &manager, Some(&body)).await.expect(200)["unchanged"], 1);

    let none = format!("/v1/commerce/price-lists/{}/prices", new_slug());
    call(&cloud, "PUT", &none, &manager, Some(&body)).await.expect_problem(404, "catalog.no_such_price_list");
    let mut unknown = body.clone();
    unknown["prices"][0]["sku"] = json!("nothing");
    call(&cloud, "PUT", &path, &manager, Some(&unknown)).await.expect_problem(422, "catalog.unknown_variant");
    for wrong in
        [json!([]), json!([{ "minQuantity": 2, "amountMinor": 5 }]), json!([{ "minQuantity": 1, "amountMinor": -5 }])]
    {
        let reply = call(&cloud, "PUT", &path, &manager, Some(&prices(&product, &wrong))).await;
        reply.expect_problem(422, "request.invalid");
    }
}

//! `GET /v1/commerce/variants/{id}/price`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::call;

#[tokio::test]
async fn everybody_sees_the_lowest_price_and_the_lowest_before_a_reduction() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let (product, code) = (cloud.published_product(&manager, "Shoe").await, cloud.price_list(&manager).await);
    let variant = product["variants"][0]["id"].as_str().unwrap();
    let path = format!("/v1/commerce/variants/{variant}/price");
    cloud.get(&format!("{path}?currency=EUR")).send().await.expect_problem(404, "catalog.no_price");
    for amount in [1_500, 1_250] {
        let tiers = json!([{ "minQuantity": 1, "amountMinor": amount }, { "minQuantity": 10, "amountMinor": 1_100 }]);
        let one = json!({ "productId": product["id"], "sku": product["variants"][0]["sku"], "tiers": tiers });
        let set = format!("/v1/commerce/price-lists/{code}/prices");
        let reply = call(&cloud, "PUT", &set, &manager, Some(&json!({ "prices": [one] }))).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    }
    let seen = cloud.get(&format!("{path}?currency=EUR")).send().await;
    assert_eq!(seen.header("cache-control"), "public, max-age=30");
    let known = seen.header("etag").to_owned();
    let price = seen.expect(200);
    assert_eq!(
        (&price["amountMinor"], &price["priceList"], &price["quantity"]),
        (&json!(1_250), &json!(code), &json!(1))
    );
    assert_eq!(price["reduction"]["lowestPriorMinor"], 1_500);
    let again = cloud.get(&format!("{path}?currency=EUR")).header("if-none-match", &known).send().await;
    assert_eq!(again.status, 304);
    let many = cloud.get(&format!("{path}?currency=EUR&quantity=10&region=de")).send().await.expect(200);
    assert_eq!((&many["amountMinor"], &many["reduction"]), (&json!(1_100), &json!(null)));
}

#[tokio::test]
async fn wrong_questions_are_refused() {
    let cloud = Cloud::connect().await;
    let path = format!("/v1/commerce/variants/{}/price", Uuid::now_v7());
    cloud.get(&path).send().await.expect_problem(422, "request.invalid");
    for query in
        ["currency=euro", "currency=EUR&quantity=0", "currency=EUR&quantity=1000001", "currency=EUR&region=D_E"]
    {
        cloud.get(&format!("{path}?{query}")).send().await.expect_problem(422, "request.invalid");
    }
    cloud.get(&format!("{path}?currency=EUR")).send().await.expect_problem(404, "catalog.no_price");
}

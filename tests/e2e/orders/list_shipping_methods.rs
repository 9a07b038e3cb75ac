//! `GET /v1/commerce/shipping-methods`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::set_shipping;

#[tokio::test]
async fn buyers_see_the_methods_that_can_deliver_without_a_token() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    set_shipping(&cloud, &manager).await;
    let path = "/v1/commerce/shipping-methods?country=DE&currency=EUR&weightGrams=1200";
    let expected = json!([
        { "code": "parcel", "name": "Parcel", "price": { "amountMinor": 790, "currency": "EUR" } },
        { "code": "pallet", "name": "Pallet", "price": { "amountMinor": 9900, "currency": "EUR" } },
    ]);
    let shown = eventually("the methods", async || {
        let shown = cloud.get(path).send().await;
        (shown.status == 200 && shown.body["items"] == expected).then_some(shown)
    })
    .await;
    assert_eq!(shown.header("cache-control"), "public, max-age=60");
    let known = cloud.get(path).header("if-none-match", shown.header("etag")).send().await;
    assert_eq!(known.status, 304);
    let items = async |query: &str| {
        let shown = cloud.get(&format!("/v1/commerce/shipping-methods?{query}")).send().await.expect(200);
        shown["items"].as_array().unwrap().len()
    };
    assert_eq!(items("country=DE&currency=EUR").await, 2);
    assert_eq!(items("country=DE&currency=EUR&weightGrams=5001").await, 1);
    assert_eq!(items("country=TR&currency=EUR").await, 0);
    assert_eq!(items("country=DE&currency=USD").await, 0);
}

#[tokio::test]
async fn parameters_that_do_not_fit_are_refused_by_name() {
    let cloud = Cloud::connect().await;
    for query in
        ["country=de&currency=EUR", "country=DE&currency=euro", "country=DE", "country=DE&currency=EUR&weightGrams=-1"]
    {
        let reply = cloud.get(&format!("/v1/commerce/shipping-methods?{query}")).send().await;
        reply.expect_problem(422, "request.invalid");
    }
}

//! `recommendations-build-model`: what visitors view next, from the shop's own events and views.

use jiff::Timestamp;
use serde_json::json;
use tests::{Cloud, eventually};
use types::Uuid;

use super::support::{build, recommended_until};

#[tokio::test]
async fn products_that_visitors_viewed_are_recommended_until_they_are_archived() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let mut products = Vec::new();
    for _ in 0..2 {
        let variant = cloud.stocked_variant(&manager).await;
        assert_eq!(cloud.add_units(&manager, &variant, 10).await.status, 201);
        let stock = cloud.stock(&manager, &variant).await.expect(200);
        products.push(stock["productId"].as_str().unwrap_or_else(|| panic!("{stock}")).to_owned());
    }
    let [first, second] = &products[..] else { panic!("two products") };
    for _ in 0..3 {
        let view = |product: &String| json!({ "productId": product, "viewedAt": Timestamp::now().to_string() });
        let body =
            json!({ "sessionId": Uuid::now_v7().to_string(), "consent": true, "views": [view(first), view(second)] });
        assert_eq!(cloud.call("POST", "/v1/commerce/views").json(&body).send().await.status, 204);
    }
    let viewed = json!({ "productId": second, "reason": "viewed" });
    let query = format!("items={first}");
    // The events of the products may arrive after a build began: then the next one has them.
    eventually("a model with the products", async || {
        build(&cloud).await;
        let known = cloud.get(&format!("/v1/commerce/recommendations?{query}&kind=next")).send().await.expect(200);
        known["items"].as_array().is_some_and(|items| items.contains(&viewed)).then_some(())
    })
    .await;
    let archived = cloud.call("DELETE", &format!("/v1/commerce/products/{second}")).bearer(&manager.access_token);
    assert_eq!(archived.send().await.status, 204);
    recommended_until(&cloud, &query, |body| body["items"].as_array().is_some_and(|items| !items.contains(&viewed)))
        .await;
}

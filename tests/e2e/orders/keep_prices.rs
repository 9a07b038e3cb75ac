//! `orders-keep-prices` on `catalog.price_changed.v1`, `catalog.price_list_changed.v1`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{call, cart_call, guest_cart, priced_variant};

#[tokio::test]
async fn a_new_price_reaches_carts() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let variant = priced_variant(&cloud, &manager).await;
    let (cart, key) = guest_cart(&cloud, &manager).await;
    let path = format!("/v1/commerce/carts/{cart}");
    let line = format!("{path}/lines/{variant}");
    assert_eq!(cart_call(&cloud, ("PUT", &line), None, Some(&key), Some(&json!({ "quantity": 1 }))).await.status, 200);
    let stock = cloud.stock(&manager, &variant).await.expect(200);
    let tiers = json!([{ "minQuantity": 1, "amountMinor": 1_500 }]);
    let prices = json!({ "prices": [{ "productId": stock["productId"], "sku": stock["sku"], "tiers": tiers }] });
    assert_eq!(
        call(&cloud, "PUT", "/v1/commerce/price-lists/tests-eur/prices", &manager, Some(&prices)).await.status,
        200
    );
    eventually("the new price in the cart", async || {
        let shown = cart_call(&cloud, ("GET", &path), None, Some(&key), None).await.expect(200);
        let line = &shown["lines"][0];
        (line["unitPriceMinor"] == 1_500 && line["seenUnitPriceMinor"] == 1_250 && line["priceRose"] == true)
            .then_some(())
    })
    .await;
}

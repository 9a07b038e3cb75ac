//! `GET /v1/commerce/admin/variants/{id}/prices`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::call;

#[tokio::test]
async fn managers_see_the_history_of_a_price() {
    let cloud = Cloud::connect().await;
    let (manager, stranger) = (cloud.manager().await, cloud.sign_up().await);
    let (product, code) = (cloud.published_product(&manager, "Shoe").await, cloud.price_list(&manager).await);
    let set = format!("/v1/commerce/price-lists/{code}/prices");
    for tiers in [json!([{ "minQuantity": 1, "amountMinor": 5 }]), json!(null)] {
        let one = json!({ "productId": product["id"], "sku": product["variants"][0]["sku"], "tiers": tiers });
        assert_eq!(call(&cloud, "PUT", &set, &manager, Some(&json!({ "prices": [one] }))).await.status, 200);
    }
    let path = format!("/v1/commerce/admin/variants/{}/prices", product["variants"][0]["id"].as_str().unwrap());
    let history = call(&cloud, "GET", &path, &manager, None).await.expect(200);
    let records = history["items"][0]["records"].as_array().unwrap();
    assert_eq!((&history["items"][0]["priceList"], records.len()), (&json!(code), 2));
    assert_eq!((&records[0]["tiers"][0]["amountMinor"], &records[1]["tiers"]), (&json!(5), &json!(null)));
    call(&cloud, "GET", &path, &stranger, None).await.expect_problem(403, "auth.forbidden");
    let none = format!("/v1/commerce/admin/variants/{}/prices", Uuid::now_v7());
    assert_eq!(call(&cloud, "GET", &none, &manager, None).await.expect(200)["items"], json!([]));
}

//! `GET /v1/commerce/promotions`

use tests::{Cloud, eventually};

use super::support::{call, code, refuses_strangers};

#[tokio::test]
async fn promotions_are_listed_newest_first_in_pages() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let (id, _) = code(&cloud, &manager).await;
    eventually("the promotion in the list", async || {
        let page = call(&cloud, "GET", "/v1/commerce/promotions?limit=100", &manager, None).await.expect(200);
        page["items"].as_array().unwrap().iter().any(|item| item["id"] == id.as_str()).then_some(())
    })
    .await;
    let one = call(&cloud, "GET", "/v1/commerce/promotions?limit=1", &manager, None).await.expect(200);
    assert_eq!(one["items"].as_array().unwrap().len(), 1);
    refuses_strangers(&cloud, "GET", "/v1/commerce/promotions", None).await;
}

//! `GET /v1/commerce/locations`

use tests::{Cloud, LOCATIONS};

use super::support::{call, refuses_strangers};

#[tokio::test]
async fn managers_see_all_locations() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    cloud.locations(&manager).await;
    let listed = call(&cloud, "GET", "/v1/commerce/locations", &manager, None).await;
    assert!(listed.header("etag").starts_with('"'));
    let items = listed.expect(200)["items"].as_array().unwrap().clone();
    for (id, country) in LOCATIONS.into_iter().zip(["DE", "TR"]) {
        assert!(items.iter().any(|item| item["id"] == id && item["country"] == country), "{items:?}");
    }
    refuses_strangers(&cloud, "GET", "/v1/commerce/locations", None).await;
}

//! `GET /v1/commerce/stock`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{call, refuses_strangers};

const PATH: &str = "/v1/commerce/stock";

#[tokio::test]
async fn stock_is_listed_by_availability() {
    let cloud = &Cloud::connect().await;
    let manager = cloud.manager().await;
    let variant = cloud.stocked_variant(&manager).await;
    assert_eq!(cloud.add_units(&manager, &variant, 4).await.status, 201);
    // The variant, from pages of one availability. Other tests stock variants at the same time.
    let listed = async |availability: &str| {
        let mut path = format!("{PATH}?availability={availability}&limit=25");
        loop {
            let page = call(cloud, "GET", &path, &manager, None).await.expect(200);
            let items = page["items"].as_array().unwrap();
            if let Some(item) = items.iter().find(|item| item["variantId"] == json!(variant)) {
                return Some(item.clone());
            }
            let cursor = page["nextCursor"].as_str()?;
            path = format!("{PATH}?availability={availability}&limit=25&cursor={cursor}");
        }
    };
    let seen = eventually("the variant in the list", async || listed("low_stock").await).await;
    let path = format!("{PATH}/{variant}");
    assert_eq!(seen, call(cloud, "GET", &path, &manager, None).await.expect(200));
    assert_eq!(listed("in_stock").await, None);
    let wrong = call(cloud, "GET", &format!("{PATH}?availability=few"), &manager, None).await;
    wrong.expect_problem(422, "request.invalid");
    refuses_strangers(cloud, "GET", PATH, None).await;
}

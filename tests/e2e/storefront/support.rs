//! A product that is for sale, and its page.

use serde_json::{Value, json};
use tests::{Cloud, Reply, User, eventually};

/// A published product in a category of its own, with a price and its page.
pub struct Listed {
    pub category: String,
    pub product: Value,
}

impl Listed {
    /// Creates one, and waits until its page shows the price.
    pub async fn create(cloud: &Cloud, manager: &User) -> Self {
        let category = cloud.category(manager, None).await;
        let product = cloud.published_product(manager, "Shoe").await;
        let path = format!("/v1/commerce/products/{}", product["id"].as_str().unwrap());
        let list = cloud.price_list(manager).await;
        let call = |method: &str, path: &str| cloud.call(method, path).bearer(&manager.access_token);
        let tiers = json!([{ "minQuantity": 1, "amountMinor": 1_250 }]);
        let price = json!({ "productId": product["id"], "sku": product["variants"][0]["sku"], "tiers": tiers });
        let prices = call("PUT", &format!("/v1/commerce/price-lists/{list}/prices"));
        assert_eq!(prices.json(&json!({ "prices": [price] })).send().await.status, 200);
        let product = call("PATCH", &path).json(&json!({ "categories": [category] })).send().await.expect(200);
        let listed = Self { category, product };
        eventually("the page with the price", async || {
            let page = cloud.get(&listed.web()).send().await;
            (page.status == 200 && page.body["variants"][0]["prices"][0]["amountMinor"] == 1_250).then_some(())
        })
        .await;
        listed
    }

    pub fn slug(&self) -> &str {
        self.product["slug"].as_str().unwrap()
    }

    /// Path of its page for web clients.
    pub fn web(&self) -> String {
        format!("/v1/commerce/web/products/{}", self.slug())
    }
}

/// Waits until a public page is as it should be. Price lists and categories are up to ten seconds old.
pub async fn shown(cloud: &Cloud, path: &str, is_right: impl Fn(&Reply) -> bool) -> Reply {
    eventually(path, async || {
        let page = cloud.get(path).send().await;
        is_right(&page).then_some(page)
    })
    .await
}

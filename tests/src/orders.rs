//! Locations and stock, for tests that need them.

use serde_json::{Value, json};
use types::Uuid;

use crate::{Cloud, Reply, User, eventually};

/// The locations of the deployment that tests share. A shop has at most 20 and keeps them, so tests share these two.
pub const LOCATIONS: [&str; 2] = ["01900000-0000-7000-8000-00000000aaaa", "01900000-0000-7000-8000-00000000bbbb"];

impl Cloud {
    /// Creates the shared locations, if they are not there.
    pub async fn locations(&self, manager: &User) {
        for (id, country) in LOCATIONS.into_iter().zip(["DE", "TR"]) {
            let body =
                json!({ "name": format!("Warehouse {country}"), "country": country, "priority": 10, "isOpen": true });
            let path = format!("/v1/commerce/locations/{id}");
            assert_eq!(self.call("PUT", &path).bearer(&manager.access_token).json(&body).send().await.status, 200);
        }
    }

    /// The ID of a variant of a new published product, once the stock knows it.
    pub async fn variant(&self, manager: &User) -> String {
        let product = self.published_product(manager, "Shoe").await;
        let variant = product["variants"][0]["id"].as_str().expect("an id").to_owned();
        eventually("the variant in the stock", async || {
            let reply = self.stock(manager, &variant).await;
            (reply.status == 200 && reply.body["title"] == "Shoe").then_some(())
        })
        .await;
        variant
    }

    /// A variant that is stocked at the first location, without units.
    pub async fn stocked_variant(&self, manager: &User) -> String {
        self.locations(manager).await;
        let variant = self.variant(manager).await;
        let path = format!("/v1/commerce/stock/{variant}/{}", LOCATIONS[0]);
        assert_eq!(self.call("PUT", &path).bearer(&manager.access_token).json(&json!({})).send().await.status, 200);
        variant
    }

    /// Requests the stock of a variant.
    pub async fn stock(&self, user: &User, variant: &str) -> Reply {
        self.get(&format!("/v1/commerce/stock/{variant}")).bearer(&user.access_token).send().await
    }

    /// Adds units of a variant at the first location, with a key of its own.
    pub async fn add_units(&self, manager: &User, variant: &str, quantity: i64) -> Reply {
        let body = json!({ "quantity": quantity, "reason": "received" });
        self.adjust_stock(manager, variant, &Uuid::now_v7().to_string(), &body).await
    }

    /// Requests an adjustment at the first location.
    pub async fn adjust_stock(&self, user: &User, variant: &str, key: &str, body: &Value) -> Reply {
        let path = format!("/v1/commerce/stock/{variant}/{}/adjustments", LOCATIONS[0]);
        self.post(&path).bearer(&user.access_token).header("idempotency-key", key).json(body).send().await
    }
}

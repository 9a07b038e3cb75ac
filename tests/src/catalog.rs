//! Managers and products, for tests that need them.

use serde_json::{Value, json};
use types::Uuid;

use crate::{Cloud, PASSWORD, Reply, User};

impl Cloud {
    /// A new user with a token that has the role manager.
    pub async fn manager(&self) -> User {
        self.sign_up_with_role("manager").await
    }

    /// A new user with a token that has the role admin.
    pub async fn new_admin(&self) -> User {
        self.sign_up_with_role("admin").await
    }

    async fn sign_up_with_role(&self, role: &str) -> User {
        let user = self.sign_up().await;
        let admin = self.admin().await;
        let roles = self.call("PUT", &format!("/v1/users/{}/roles", user.id)).bearer(&admin.access_token);
        assert_eq!(roles.json(&json!({ "roles": [role] })).send().await.status, 200);
        let credentials = json!({ "email": user.email, "password": PASSWORD });
        User::read(&self.post("/v1/auth/login").json(&credentials).send().await.expect(200))
    }

    /// Creates a draft with the option Size and a slug of its own.
    pub async fn draft_product(&self, manager: &User, title: &str) -> Value {
        let body = json!({
            "title": title, "slug": new_slug(), "options": [{ "name": "Size", "values": ["S", "M", "L"] }],
        });
        self.create_product(manager, &Uuid::now_v7().to_string(), &body).await.expect(201)
    }

    /// Creates a category and returns its slug.
    pub async fn category(&self, manager: &User, parent: Option<&str>) -> String {
        let slug = new_slug();
        let call = self.call("PUT", &format!("/v1/commerce/categories/{slug}")).bearer(&manager.access_token);
        assert_eq!(call.json(&json!({ "title": "Shoes", "parent": parent })).send().await.status, 200);
        slug
    }

    /// Creates a price list in euros for everybody, and returns its code. There are at most 50, so tests share one.
    pub async fn price_list(&self, manager: &User) -> String {
        let code = "tests-eur";
        let call = self.call("PUT", &format!("/v1/commerce/price-lists/{code}")).bearer(&manager.access_token);
        assert_eq!(call.json(&json!({ "title": "Euro", "currency": "EUR" })).send().await.status, 200);
        code.to_owned()
    }

    /// Requests a product.
    pub async fn create_product(&self, manager: &User, key: &str, body: &Value) -> Reply {
        let call = self.post("/v1/commerce/products").bearer(&manager.access_token).header("idempotency-key", key);
        call.json(body).send().await
    }

    /// Creates a product with one variant, and publishes it.
    pub async fn published_product(&self, manager: &User, title: &str) -> Value {
        let draft = self.draft_product(manager, title).await;
        let path = format!("/v1/commerce/products/{}", draft["id"].as_str().expect("an id"));
        let variant = self.call("PUT", &format!("{path}/variants/{}", new_sku())).bearer(&manager.access_token);
        assert_eq!(variant.json(&json!({ "choices": { "Size": "S" } })).send().await.status, 200);
        self.call("PUT", &format!("{path}/publication")).bearer(&manager.access_token).send().await.expect(200)
    }
}

/// A slug that no other test has.
pub fn new_slug() -> String {
    format!("p-{}", Uuid::now_v7().simple())
}

/// An SKU that no other test has.
pub fn new_sku() -> String {
    format!("S{}", Uuid::now_v7().simple())
}

/// A word that no other test uses: letters only, so that searches tolerate typos in it.
pub fn new_word() -> String {
    let letter = |digit: char| {
        digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).map(|digit| char::from(b'a' + digit))
    };
    Uuid::now_v7().simple().to_string().chars().filter_map(letter).collect()
}

//! Functions of the catalog in the process, on a table of the test's own.

use std::collections::HashMap;
use std::time::Duration;

use catalog::store::{Catalog, Store};
use catalog::{Ctx, Public};
use kit::Clock;
use kit::http::{Endpoint, endpoint};
use lambda_http::{Body, RequestExt};
use serde_json::{Value, json};
use testkit::{Reply, TestTable, request};
use types::Role;

use crate::identity_support::{Deployment, stage};

/// A deployment of the catalog, and of identity for tokens.
pub struct Shop {
    pub table: TestTable,
    pub ctx: &'static Ctx,
    pub public: &'static Public,
    /// Access token of a manager.
    pub token: String,
    /// Keeps the accounts.
    _identity: Deployment,
}

/// Parameters of a request, beside its body.
#[derive(Default)]
pub struct Asked<'a> {
    pub key: &'a str,
    pub if_match: &'a str,
    pub query: &'a str,
    pub path: Vec<(&'a str, String)>,
}

/// A request about a product.
pub fn about<'a>(id: &str) -> Asked<'a> {
    Asked { path: vec![("id", id.to_owned())], ..Asked::default() }
}

/// A request about a variant.
pub fn variant<'a>(id: &str, sku: &str) -> Asked<'a> {
    Asked { path: vec![("id", id.to_owned()), ("sku", sku.to_owned())], ..Asked::default() }
}

/// A request about a category.
pub fn at_slug<'a>(slug: &str) -> Asked<'a> {
    Asked { path: vec![("slug", slug.to_owned())], ..Asked::default() }
}

/// A request about a price list.
pub fn at_code<'a>(code: &str) -> Asked<'a> {
    Asked { path: vec![("code", code.to_owned())], ..Asked::default() }
}

/// What a public request was answered with.
pub struct Shown {
    pub status: u16,
    pub etag: String,
    pub location: String,
    pub server_timing: String,
    pub body: Value,
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

impl Shop {
    pub async fn start() -> Self {
        Self::on(TestTable::start().await, Clock::System).await
    }

    /// One whose clock a test moves, apart from that of tokens.
    pub async fn at(clock: Clock) -> Self {
        Self::on(TestTable::start().await, clock).await
    }

    pub async fn start_with_conflicts() -> Self {
        Self::on(TestTable::start_with_conflicts().await, Clock::System).await
    }

    pub async fn start_with_lagging_index(lag: Duration) -> Self {
        Self::on(TestTable::start_with_lagging_index(lag).await, Clock::System).await
    }

    async fn on(table: TestTable, clock: Clock) -> Self {
        let identity = Deployment::start().await;
        let store = Store::new(table.of::<Catalog>());
        let ctx = leak(Ctx::new(store.clone(), clock.clone(), identity.verifier()));
        let public = leak(Public::new(store, clock));
        let signed_up = identity.sign_up("manager@example.com").await;
        let id = signed_up.body["user"]["id"].as_str().unwrap().parse().unwrap();
        identity.change(id, |account| account.roles.push(Role::Manager)).await;
        let signed_in = identity.sign_in("manager@example.com").await;
        let token = signed_in.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
        Self { table, ctx, public, token, _identity: identity }
    }

    /// Calls an endpoint as the manager.
    pub async fn call(&self, endpoint: &Endpoint, method: &str, asked: Asked<'_>, body: Option<Value>) -> Reply {
        let authorization = format!("Bearer {}", self.token);
        let headers =
            [("authorization", authorization.as_str()), ("idempotency-key", asked.key), ("if-match", asked.if_match)];
        let headers: Vec<_> = headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let path = format!("/v1/commerce/test?{}", asked.query);
        let parameters: HashMap<String, String> =
            asked.path.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let request = request(method, &path, &headers, body.as_ref()).with_path_parameters(parameters);
        endpoint.call(request).await.into()
    }

    /// Reads a public resource of this ID or slug, without a token.
    pub async fn show(&self, endpoint: &Endpoint, id: &str, known: &str) -> Shown {
        self.show_at(endpoint, vec![("id", id.to_owned())], "", known).await
    }

    pub async fn show_at(&self, endpoint: &Endpoint, path: Vec<(&str, String)>, query: &str, known: &str) -> Shown {
        let headers = [("if-none-match", known)];
        let headers = if known.is_empty() { &headers[..0] } else { &headers[..] };
        let parameters: HashMap<String, String> =
            path.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let request = request("GET", &format!("/v1/commerce/test?{query}"), headers, None);
        let response = endpoint.call(request.with_path_parameters(parameters)).await;
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let (etag, location, server_timing) = (header("etag"), header("location"), header("server-timing"));
        let body = match response.body() {
            Body::Text(text) => serde_json::from_str(text).unwrap(),
            _ => Value::Null,
        };
        Shown { status: response.status().as_u16(), etag, location, server_timing, body }
    }

    /// Creates a draft with this slug and returns its ID.
    pub async fn draft(&self, slug: &str) -> String {
        let body = json!({ "title": "Shoe", "slug": slug, "options": [{ "name": "Size", "values": ["S", "M", "L"] }] });
        let asked = Asked { key: slug, ..Asked::default() };
        let reply = self.call(&self.create_product(), "POST", asked, Some(body)).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.body["id"].as_str().unwrap().to_owned()
    }

    /// Creates a published product with this slug, and one variant whose SKU is the slug, and returns its ID.
    pub async fn product(&self, slug: &str) -> String {
        let id = self.draft(slug).await;
        let body = json!({ "choices": { "Size": "S" } });
        let added = self.call(&self.set_variant(), "PUT", variant(&id, slug), Some(body)).await;
        assert_eq!(added.status, 200, "{}", added.body);
        let published = self.call(&self.publish_product(), "PUT", about(&id), None).await;
        assert_eq!(published.status, 200, "{}", published.body);
        id
    }

    /// Changes the slug of a product.
    pub async fn rename(&self, id: &str, slug: &str) -> Reply {
        self.call(&self.set_product_slug(), "PUT", about(id), Some(json!({ "slug": slug }))).await
    }

    /// Creates a category, or moves it.
    pub async fn category(&self, slug: &str, parent: Option<&str>) -> Reply {
        let body = json!({ "title": slug, "parent": parent });
        self.call(&self.set_category(), "PUT", at_slug(slug), Some(body)).await
    }

    /// Changes a product.
    pub async fn update(&self, id: &str, change: Value) -> Reply {
        self.call(&self.update_product(), "PATCH", about(id), Some(change)).await
    }

    /// The titles of all products of a category, from pages of two.
    pub async fn titles(&self, category: &str) -> Vec<String> {
        let (mut titles, mut query) = (Vec::new(), "limit=2".to_owned());
        loop {
            let path = vec![("slug", category.to_owned())];
            let page = self.show_at(&self.list_category_products(), path, &query, "").await;
            assert_eq!(page.status, 200, "{}", page.body);
            let items = page.body["items"].as_array().unwrap();
            titles.extend(items.iter().map(|item| item["title"].as_str().unwrap().to_owned()));
            let Value::String(next) = &page.body["nextCursor"] else { return titles };
            query = format!("limit=2&cursor={next}");
        }
    }

    pub fn get_product(&self) -> Endpoint {
        endpoint(catalog::api::get_product::get_product, self.public, stage())
    }

    /// Creates or changes a price list.
    pub async fn price_list(&self, code: &str, body: Value) -> Reply {
        self.call(&self.set_price_list(), "PUT", at_code(code), Some(body)).await
    }

    /// Sets prices of variants with an SKU each, for one unit.
    pub async fn price(&self, code: &str, prices: &[(&str, &str, Option<i64>)]) -> Reply {
        let one = |(product, sku, amount): &(&str, &str, Option<i64>)| {
            let tiers = amount.map(|amount| json!([{ "minQuantity": 1, "amountMinor": amount }]));
            json!({ "productId": product, "sku": sku, "tiers": tiers })
        };
        let body = json!({ "prices": prices.iter().map(one).collect::<Vec<_>>() });
        self.call(&self.set_prices(), "PUT", at_code(code), Some(body)).await
    }

    pub fn get_variant_price(&self) -> Endpoint {
        endpoint(catalog::api::get_variant_price::get_variant_price, self.public, stage())
    }

    pub fn get_category(&self) -> Endpoint {
        endpoint(catalog::api::get_category::get_category, self.public, stage())
    }

    pub fn list_categories(&self) -> Endpoint {
        endpoint(catalog::api::list_categories::list_categories, self.public, stage())
    }

    pub fn list_category_products(&self) -> Endpoint {
        endpoint(catalog::api::list_category_products::list_category_products, self.public, stage())
    }
}

macro_rules! endpoints {
    ($($name:ident),+) => {
        /// Endpoints of the catalog that need a manager, by name.
        impl Shop {$(
            pub fn $name(&self) -> Endpoint {
                endpoint(catalog::api::$name::$name, self.ctx, stage())
            }
        )+}
    };
}

endpoints!(
    archive_product,
    create_product,
    delete_category,
    delete_variant,
    get_admin_product,
    list_admin_products,
    list_price_lists,
    list_variant_prices,
    publish_product,
    set_category,
    set_price_list,
    set_prices,
    set_product_slug,
    set_variant,
    update_product
);

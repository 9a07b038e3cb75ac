//! Functions of orders in the process, on a table of the test's own.

use std::collections::{BTreeMap, HashMap};

use contracts::catalog::{ProductPublished, ProductSnapshot, VariantSnapshot};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use kit::Clock;
use kit::http::{Endpoint, endpoint};
use lambda_http::RequestExt;
use orders::consumers::keep_variants::keep_variants;
use orders::store::{Orders, Store};
use orders::{ConsumerContext, Ctx};
use serde_json::{Value, json};
use testkit::{Reply, TestTable, leak, request};
use types::{EventId, LocationId, ProductId, Role, Uuid, VariantId};

use crate::identity_support::{Deployment, stage};

/// A deployment of orders, and of identity for tokens.
pub struct Shop {
    pub table: TestTable,
    pub ctx: &'static Ctx,
    pub consumer: &'static ConsumerContext,
    /// The manager's access token.
    pub token: String,
    /// Keeps the accounts.
    pub identity: Deployment,
}

/// A variant at a location.
#[derive(Clone, Copy)]
pub struct Place {
    pub variant: VariantId,
    pub location: LocationId,
}

impl Shop {
    pub async fn start() -> Self {
        Self::on(TestTable::start().await).await
    }

    pub async fn start_with_conflicts() -> Self {
        Self::on(TestTable::start_with_conflicts().await).await
    }

    pub async fn on(table: TestTable) -> Self {
        let identity = Deployment::start().await;
        let store = Store::new(table.of::<Orders>());
        let ctx = leak(Ctx::new(store.clone(), Clock::System, identity.verifier()));
        let consumer = leak(ConsumerContext::new(store, Clock::System));
        let signed_up = identity.sign_up("manager@example.com").await;
        let id = signed_up.body["user"]["id"].as_str().unwrap().parse().unwrap();
        identity.change(id, |account| account.roles.push(Role::Manager)).await;
        let signed_in = identity.sign_in("manager@example.com").await;
        let token = signed_in.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
        Self { table, ctx, consumer, token, identity }
    }

    /// Calls an endpoint as the manager.
    pub async fn call(
        &self,
        endpoint: &Endpoint,
        (method, key, query): (&str, &str, &str),
        path: &[(&str, String)],
        body: Option<&Value>,
    ) -> Reply {
        let authorization = format!("Bearer {}", self.token);
        let headers = [("authorization", authorization.as_str()), ("idempotency-key", key)];
        let headers: Vec<_> = headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let parameters: HashMap<String, String> =
            path.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let request = request(method, &format!("/v1/commerce/test?{query}"), &headers, body);
        endpoint.call(request.with_path_parameters(parameters)).await.into()
    }

    /// Creates or changes a location.
    pub async fn set_location(&self, id: LocationId, is_open: bool) -> Reply {
        let endpoint = endpoint(orders::api::set_location::set_location, self.ctx, stage());
        let body = json!({ "name": "Warehouse", "country": "DE", "priority": 1, "isOpen": is_open });
        self.call(&endpoint, ("PUT", "", ""), &[("id", id.to_string())], Some(&body)).await
    }

    /// Stocks a variant at a location.
    pub async fn set_stock(&self, place: Place, body: &Value) -> Reply {
        let endpoint = endpoint(orders::api::set_stock::set_stock, self.ctx, stage());
        self.call(&endpoint, ("PUT", "", ""), &place.path(), Some(body)).await
    }

    /// Adds or removes units.
    pub async fn adjust(&self, place: Place, key: &str, quantity: i64) -> Reply {
        let endpoint = endpoint(orders::api::adjust_stock::adjust_stock, self.ctx, stage());
        let body = json!({ "quantity": quantity, "reason": "counted" });
        self.call(&endpoint, ("POST", key, ""), &place.path(), Some(&body)).await
    }

    /// Returns the stock of a variant.
    pub async fn stock(&self, variant: VariantId) -> Reply {
        let endpoint = endpoint(orders::api::get_stock::get_stock, self.ctx, stage());
        self.call(&endpoint, ("GET", "", ""), &[("variantId", variant.to_string())], None).await
    }

    /// Lists the stock of variants.
    pub async fn stocks(&self, query: &str) -> Reply {
        let endpoint = endpoint(orders::api::list_stock::list_stock, self.ctx, stage());
        self.call(&endpoint, ("GET", "", query), &[], None).await
    }

    /// Lists movements.
    pub async fn movements(&self, place: Place, query: &str) -> Reply {
        let endpoint = endpoint(orders::api::list_movements::list_movements, self.ctx, stage());
        self.call(&endpoint, ("GET", "", query), &place.path(), None).await
    }

    /// Lists locations.
    pub async fn locations(&self) -> Reply {
        let endpoint = endpoint(orders::api::list_locations::list_locations, self.ctx, stage());
        self.call(&endpoint, ("GET", "", ""), &[], None).await
    }

    /// Calls an operation on settings: its name, the version for `If-Match`, and the body.
    pub async fn settings(
        &self,
        endpoint: &Endpoint,
        version: Option<u64>,
        query: &str,
        body: Option<&Value>,
    ) -> Reply {
        let authorization = format!("Bearer {}", self.token);
        let tag = version.map(|version| format!("\"{version}\""));
        let mut headers = vec![("authorization", authorization.as_str())];
        headers.extend(tag.as_deref().map(|tag| ("if-match", tag)));
        let method = if version.is_some() { "PUT" } else { "GET" };
        endpoint.call(request(method, &format!("/v1/commerce/test?{query}"), &headers, body)).await.into()
    }

    /// Delivers an event.
    pub async fn hear<T: DomainEvent>(&self, data: T) -> kit::consumer::Handled {
        keep_variants(self.consumer, event(data)).await
    }

    /// A variant that is known, at a new open location.
    pub async fn place(&self) -> Place {
        let place = Place { variant: VariantId::generate(), location: LocationId::generate() };
        self.hear(published(&[place.variant], 1)).await.unwrap();
        assert_eq!(self.set_location(place.location, true).await.status, 200);
        place
    }

    /// The same, with this number of parts.
    pub async fn stocked(&self, parts: u16) -> Place {
        let place = self.place().await;
        let set = self.set_stock(place, &json!({ "parts": parts })).await;
        assert_eq!(set.status, 200, "{}", set.body);
        place
    }

    /// The events that were written about a variant, as availability and revision.
    pub async fn told(&self) -> BTreeMap<u64, String> {
        let items = self.table.items().await.into_iter();
        let outboxes = items.filter_map(|item| item.get("outbox").and_then(|text| text.as_s().ok()).cloned());
        let events = outboxes.flat_map(|text| dynamo::Outbox::parse(&text).unwrap());
        let told = events.map(|event| {
            (event.data["revision"].as_u64().unwrap(), event.data["availability"].as_str().unwrap().to_owned())
        });
        told.collect()
    }
}

impl Place {
    fn path(self) -> [(&'static str, String); 2] {
        [("variantId", self.variant.to_string()), ("locationId", self.location.to_string())]
    }
}

/// A product with these variants became visible.
pub fn published(variants: &[VariantId], revision: u64) -> ProductPublished {
    let variant = |variant_id: &VariantId| VariantSnapshot {
        variant_id: *variant_id,
        sku: format!("S{revision}"),
        barcode: None,
        weight_grams: Some(500),
        choices: BTreeMap::new(),
        tax_class: None,
        components: Vec::new(),
    };
    let product = ProductSnapshot {
        slug: "shoe".to_owned(),
        title: "Shoe".to_owned(),
        description: None,
        categories: Vec::new(),
        attributes: BTreeMap::new(),
        variants: variants.iter().map(variant).collect(),
        media: Vec::new(),
    };
    ProductPublished { product_id: ProductId::new(Uuid::from_u128(7)), revision, product }
}

/// An event with this content.
pub fn event<T: DomainEvent>(data: T) -> Envelope<Value> {
    let at: Timestamp = "2026-03-14T09:26:53Z".parse().unwrap();
    Envelope::new(EventId::generate(), at, "c".to_owned(), Actor::System, data).erase().unwrap()
}

//! Functions of the catalog in the process, on a table of the test's own.

use std::collections::HashMap;
use std::time::Duration;

use catalog::store::{Catalog, Store};
use catalog::{ConsumerContext, Ctx, Gallery, Public, PublicGallery, Transfers};
use contracts::catalog::VariantChanged;
use contracts::media::{MediaDeleted, MediaPublished};
use contracts::orders::{PromotedVariants, PromotionChanged, PublicReduction};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use kit::http::{Endpoint, endpoint};
use kit::jobs::Files;
use kit::sqs::{Done, Handled};
use kit::{Clock, Deadline};
use lambda_http::{Body, RequestExt};
use serde_json::{Value, json};
use testkit::{Reply, TestTable, finished, leak, request};
use types::{EventId, MediaId, PromotionId, Role, UserId};

use crate::bucket::cdn;
use crate::identity_support::{Deployment, stage};

/// A deployment of the catalog, and of identity for tokens.
pub struct Shop {
    pub table: TestTable,
    pub ctx: &'static Ctx,
    pub gallery: &'static Gallery,
    pub public: &'static Public,
    pub public_gallery: &'static PublicGallery,
    pub consumer: &'static ConsumerContext,
    /// Access token of a manager.
    pub token: String,
    /// The manager.
    pub manager: UserId,
    /// Keeps the accounts.
    identity: Deployment,
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
        let gallery = leak(Gallery::new(store.clone(), cdn(), clock.clone(), identity.verifier()));
        let consumer = leak(ConsumerContext::new(store.clone(), clock.clone()));
        let public = leak(Public::new(store.clone(), clock.clone()));
        let public_gallery = leak(PublicGallery { store, files: cdn(), clock });
        let signed_up = identity.sign_up("manager@example.com").await;
        let manager = signed_up.body["user"]["id"].as_str().unwrap().parse().unwrap();
        identity.change(manager, |account| account.roles.push(Role::Manager)).await;
        let signed_in = identity.sign_in("manager@example.com").await;
        let token = signed_in.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
        Self { table, ctx, gallery, public, public_gallery, consumer, token, manager, identity }
    }

    /// What endpoints about imports and exports hold.
    pub fn transfers(&self, files: Files, clock: Clock) -> Transfers {
        Transfers::new(Ctx::new(self.ctx.store.clone(), clock, self.identity.verifier()), files)
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
        endpoint(catalog::api::get_product::get_product, self.public_gallery, stage())
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

/// An event as it comes from the queue.
pub fn event<T: DomainEvent>(fact: T) -> Envelope<T> {
    event_at(Timestamp::now(), fact)
}

fn event_at<T: DomainEvent>(at: Timestamp, fact: T) -> Envelope<T> {
    Envelope::new(EventId::generate(), at, "c".to_owned(), Actor::System, fact)
}

/// A promotion for everybody: its number, revision, rate, variants, and until when it applies.
#[derive(Debug, Clone)]
pub struct Promoted {
    pub number: u128,
    pub revision: u64,
    pub rate_millionths: u32,
    pub target: PromotedVariants,
    pub valid_until: Option<Timestamp>,
}

/// What consumers do with events.
impl Shop {
    /// The events of the last change of each product.
    pub async fn events(&self) -> Vec<Envelope<Value>> {
        let items = self.table.items().await.into_iter();
        let outboxes = items.filter_map(|item| item.get("outbox").map(|text| text.as_s().unwrap().clone()));
        outboxes.flat_map(|text| dynamo::Outbox::parse(&text).unwrap()).collect()
    }

    pub async fn keep<T: DomainEvent>(&self, event: Envelope<T>) -> Handled {
        let event = event.erase().unwrap();
        finished(catalog::consumers::keep_copies::keep_copies(self.consumer, event, Deadline::never()).await)
    }

    /// Tells that a picture of an owner was published.
    pub async fn publish_picture(&self, owner_id: UserId, media_id: MediaId) -> Handled {
        let (purpose, content_type) = ("product".to_owned(), "image/jpeg".to_owned());
        let path = Some(format!("published/owner/{media_id}/revision/"));
        let (width, height, variants) = (1, 1, Vec::new());
        let fact = MediaPublished { media_id, owner_id, purpose, content_type, width, height, variants, path };
        self.keep(event(fact)).await
    }

    /// Tells that it was deleted.
    pub async fn delete_picture(&self, owner_id: UserId, media_id: MediaId) -> Handled {
        self.keep(event(MediaDeleted { media_id, owner_id, purpose: "product".to_owned() })).await
    }

    /// Makes the manager a published picture.
    pub async fn picture(&self) -> MediaId {
        let media_id = MediaId::generate();
        assert!(matches!(self.publish_picture(self.manager, media_id).await, Ok(Done::Applied)));
        media_id
    }

    /// Tells that a promotion was changed at a time.
    pub async fn promote(&self, at: Timestamp, promoted: Promoted) -> Handled {
        let Promoted { number, revision, rate_millionths, target, valid_until } = promoted;
        let reduction =
            PublicReduction { rate_millionths, target, currency: None, priority: 0, group: None, exclusive: false };
        let fact = PromotionChanged {
            promotion_id: PromotionId::new(types::Uuid::from_u128(number)),
            name: format!("Sale {number}"),
            valid_from: at,
            valid_until,
            reduction: Some(reduction),
            revision,
        };
        self.keep(event_at(at, fact)).await
    }

    pub async fn follow(&self, fact: VariantChanged) -> Handled {
        catalog::consumers::follow_components::follow_components(self.consumer, event(fact).erase().unwrap()).await
    }

    pub async fn forget(&self, user_id: UserId) -> Handled {
        let event = event(contracts::identity::UserDeleted { user_id }).erase().unwrap();
        finished(catalog::consumers::forget_user::forget_user(self.consumer, event, Deadline::never()).await)
    }

    /// Sets a variant; its choice of a size, weight and components.
    pub async fn set(&self, (product, sku): (&str, &str), body: Value) -> Reply {
        self.call(&self.set_variant(), "PUT", variant(product, sku), Some(body)).await
    }
}

macro_rules! endpoints {
    ($context:ident: $($name:ident),+) => {
        /// Endpoints of the catalog that need a manager, by name.
        impl Shop {$(
            pub fn $name(&self) -> Endpoint {
                endpoint(catalog::api::$name::$name, self.$context, stage())
            }
        )+}
    };
}

endpoints!(
    ctx: archive_product,
    delete_category,
    delete_variant,
    list_price_lists,
    list_variant_prices,
    set_category,
    set_price_list,
    set_prices
);

endpoints!(
    gallery: create_product,
    get_admin_product,
    list_admin_products,
    publish_product,
    set_product_slug,
    set_variant,
    update_product
);

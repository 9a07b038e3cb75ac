//! The storefront in the process, on a table of the test's own, with the events of a small shop.

use std::collections::{BTreeMap, HashMap};

use contracts::catalog::{
    BundleComponent, CategoryChanged, PriceChanged, PriceListChanged, PriceTier, ProductArchived, ProductChanged,
    ProductMedia, ProductPublished, ProductSnapshot, VariantChanged, VariantSnapshot,
};
use contracts::orders::{AvailabilityChanged, OrderConfirmed, OrderFacts, OrderPlaced, SoldUnits, StockAvailability};
use contracts::payments::{PaymentProviderName, PaymentSummary};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use kit::Clock;
use kit::http::{Endpoint, endpoint};
use kit::sqs::Handled;
use lambda_http::{Body, RequestExt};
use serde_json::Value;
use storefront::consumers::build_catalog_pages::build_catalog_pages;
use storefront::consumers::build_order_pages::build_order_pages;
use storefront::store::{Store, Storefront};
use storefront::{ConsumerContext, Ctx, PublicPages, api};
use testkit::{TestTable, leak, request};
use types::{CurrencyCode, EventId, MediaId, OrderId, PaymentId, ProductId, Role, Uuid, VariantId};

use crate::bucket::cdn;
use crate::identity_support::{Deployment, stage};

/// The functions of the storefront over one table.
pub struct Front {
    pub table: TestTable,
    pub consumer: &'static ConsumerContext,
    pub pages: &'static PublicPages,
    pub ctx: &'static Ctx,
    pub clock: Clock,
    /// Access tokens of a manager, and of a user without a role.
    pub manager: String,
    pub stranger: String,
}

/// A response.
pub struct Shown {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub bytes: usize,
    pub body: Value,
}

impl Shown {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl Front {
    pub async fn start() -> Self {
        Self::on(TestTable::start().await).await
    }

    pub async fn start_with_conflicts() -> Self {
        Self::on(TestTable::start_with_conflicts().await).await
    }

    async fn on(table: TestTable) -> Self {
        // Keeps the accounts.
        let (identity, clock) = (leak(Deployment::start().await), Clock::manual(now()));
        let store = Store::new(table.of::<Storefront>());
        let consumer = leak(ConsumerContext::new(store.clone(), clock.clone()));
        let pages = leak(PublicPages::new(store.clone(), cdn(), clock.clone()));
        let ctx = leak(Ctx::new(store, clock.clone(), identity.verifier()));
        let signed_up = identity.sign_up("manager@example.com").await;
        let id = signed_up.body["user"]["id"].as_str().unwrap().parse().unwrap();
        identity.change(id, |account| account.roles.push(Role::Manager)).await;
        let token = |body: &Value| body["tokens"]["accessToken"].as_str().unwrap().to_owned();
        let manager = token(&identity.sign_in("manager@example.com").await.body);
        let stranger = token(&identity.sign_up("stranger@example.com").await.body);
        Self { table, consumer, pages, ctx, clock, manager, stranger }
    }

    /// Delivers an event to the consumer of its kind.
    pub async fn hear(&self, event: Envelope<Value>) -> Handled {
        let is_of_catalog = event.context() == "catalog" || event.is::<AvailabilityChanged>();
        if is_of_catalog {
            build_catalog_pages(self.consumer, event).await
        } else {
            build_order_pages(self.consumer, event).await
        }
    }

    /// Delivers events, one after the other.
    pub async fn hear_all(&self, events: impl IntoIterator<Item = Envelope<Value>>) {
        for event in events {
            let name = event.detail_type();
            self.hear(event).await.unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        }
    }

    /// Builds the home page.
    pub async fn build_home(&self) {
        storefront::consumers::build_home::build_home(self.consumer).await.unwrap();
    }

    /// Reads a page at a slug or ID.
    pub async fn read(&self, endpoint: &Endpoint, at: &str, query: &str, headers: &[(&str, &str)]) -> Shown {
        let name = if Uuid::try_parse(at).is_ok() { "id" } else { "slug" };
        let path: HashMap<String, String> = [(name.to_owned(), at.to_owned())].into();
        let request = request("GET", &format!("/v1/commerce/test?{query}"), headers, None).with_path_parameters(path);
        let response = endpoint.call(request).await;
        let value = |value: &lambda_http::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let headers = response.headers().iter().map(|(name, text)| (name.to_string(), value(text))).collect();
        let text = match response.body() {
            Body::Text(text) => text.clone(),
            _ => String::new(),
        };
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Shown { status: response.status().as_u16(), headers, bytes: text.len(), body }
    }

    pub async fn product(&self, slug: &str, query: &str) -> Shown {
        self.read(&endpoint(api::get_web_product::get_web_product, self.pages, stage()), slug, query, &[]).await
    }

    pub async fn category(&self, slug: &str, query: &str) -> Shown {
        self.read(&endpoint(api::get_web_category::get_web_category, self.pages, stage()), slug, query, &[]).await
    }

    pub async fn home(&self) -> Shown {
        self.read(&endpoint(api::get_web_home::get_web_home, self.pages, stage()), "", "", &[]).await
    }

    pub async fn mobile_product(&self, slug: &str, query: &str) -> Shown {
        self.read(&endpoint(api::get_mobile_product::get_mobile_product, self.pages, stage()), slug, query, &[]).await
    }

    pub async fn mobile_category(&self, slug: &str, query: &str) -> Shown {
        let list = endpoint(api::get_mobile_category::get_mobile_category, self.pages, stage());
        self.read(&list, slug, query, &[]).await
    }

    pub async fn mobile_home(&self) -> Shown {
        let home = endpoint(api::get_mobile_home::get_mobile_home, self.pages, stage());
        self.read(&home, "", "currency=EUR", &[]).await
    }

    pub async fn dashboard(&self, token: &str) -> Shown {
        let authorization = format!("Bearer {token}");
        let headers = [("authorization", authorization.as_str())];
        self.read(&endpoint(api::get_dashboard::get_dashboard, self.ctx, stage()), "", "", &headers).await
    }

    pub async fn order(&self, id: OrderId, query: &str, token: &str) -> Shown {
        let authorization = format!("Bearer {token}");
        let headers = [("authorization", authorization.as_str())];
        let get = endpoint(api::get_backoffice_order::get_backoffice_order, self.ctx, stage());
        self.read(&get, &id.to_string(), query, &headers).await
    }

    /// All items, without what counts writes: their versions, and the IDs of the last ones.
    pub async fn items(&self) -> Vec<String> {
        let items = self.table.items().await.into_iter();
        let mut items: Vec<_> = items
            .map(|mut item| {
                item.retain(|name, _| name != "version" && name != "write_ids");
                serde_dynamo::from_item::<_, Value>(item).unwrap().to_string()
            })
            .collect();
        items.sort();
        items
    }
}

/// The time of the shop.
pub fn now() -> Timestamp {
    "2026-03-14T12:00:00Z".parse().unwrap()
}

pub fn at(second: i64) -> Timestamp {
    now() + jiff::SignedDuration::from_secs(second)
}

pub fn event<T: DomainEvent>(second: i64, fact: T) -> Envelope<Value> {
    Envelope::new(EventId::generate(), at(second), "c".to_owned(), Actor::System, fact).erase().unwrap()
}

pub fn product_id(number: u128) -> ProductId {
    ProductId::new(Uuid::from_u128(number))
}

pub fn variant_id(number: u128) -> VariantId {
    VariantId::new(Uuid::from_u128(1_000 + number))
}

pub fn order_id(number: u128) -> OrderId {
    OrderId::new(Uuid::from_u128(2_000 + number))
}

fn eur() -> CurrencyCode {
    CurrencyCode::parse("EUR").unwrap()
}

/// A variant with the number of its product.
pub fn sold(number: u128, components: &[u128]) -> VariantSnapshot {
    let component = |number: &u128| BundleComponent { variant_id: variant_id(*number), quantity: 2 };
    VariantSnapshot {
        variant_id: variant_id(number),
        sku: format!("SKU-{number}"),
        barcode: None,
        weight_grams: None,
        choices: BTreeMap::from([("Size".to_owned(), "M".to_owned())]),
        tax_class: None,
        components: components.iter().map(component).collect(),
    }
}

pub fn snapshot(slug: &str, variants: Vec<VariantSnapshot>, categories: &[&str]) -> ProductSnapshot {
    let media_id = MediaId::new(Uuid::from_u128(9));
    ProductSnapshot {
        slug: slug.to_owned(),
        title: slug.to_uppercase(),
        description: Some("Made of wool.".to_owned()),
        attributes: BTreeMap::from([("Material".to_owned(), "wool".to_owned())]),
        categories: categories.iter().map(|category| (*category).to_owned()).collect(),
        variants,
        media: vec![ProductMedia { media_id, alt: None, path: Some("published/a/".to_owned()) }],
    }
}

/// A product with one variant of the same number, in the category `shoes`.
pub fn published(number: u128, revision: u64, slug: &str) -> Envelope<Value> {
    let product = snapshot(slug, vec![sold(number, &[])], &["shoes"]);
    event(second(revision), ProductPublished { product_id: product_id(number), revision, product })
}

pub fn changed(number: u128, revision: u64, product: ProductSnapshot) -> Envelope<Value> {
    event(second(revision), ProductChanged { product_id: product_id(number), revision, product })
}

pub fn archived(number: u128, revision: u64) -> Envelope<Value> {
    let variant_ids = vec![variant_id(number)];
    event(second(revision), ProductArchived { product_id: product_id(number), revision, variant_ids })
}

pub fn variant_changed(number: u128, revision: u64) -> Envelope<Value> {
    let (variant_id, product_id, variant) = (variant_id(number), product_id(number), Some(sold(number, &[])));
    event(second(revision), VariantChanged { variant_id, product_id, revision, variant })
}

pub fn price(number: u128, list: &str, revision: u64, amount: Option<i64>) -> Envelope<Value> {
    let tiers = amount.map(|amount_minor| vec![PriceTier { min_quantity: 1, amount_minor }]);
    let (variant_id, sku, price_list) = (variant_id(number), format!("SKU-{number}"), list.to_owned());
    event(second(revision), PriceChanged { variant_id, sku, price_list, currency: eur(), tiers, revision })
}

pub fn stock(number: u128, revision: u64, availability: StockAvailability) -> Envelope<Value> {
    let (variant_id, product_id) = (variant_id(number), product_id(number));
    event(second(revision), AvailabilityChanged { variant_id, product_id, availability, revision })
}

/// A public list in euros.
pub fn list(code: &str, revision: u64, valid_until: Option<Timestamp>) -> Envelope<Value> {
    let fact = PriceListChanged {
        price_list: code.to_owned(),
        title: code.to_owned(),
        currency: eur(),
        region: None,
        customer_group: None,
        valid_from: at(-1_000),
        valid_until,
        revision,
    };
    event(second(revision), fact)
}

pub fn category(slug: &str, parent: Option<&str>, revision: u64) -> Envelope<Value> {
    let (title, parent) = (slug.to_uppercase(), parent.map(str::to_owned));
    let fact = CategoryChanged { slug: slug.to_owned(), title, parent, position: 0, removed: false, revision };
    event(second(revision), fact)
}

fn second(revision: u64) -> i64 {
    i64::try_from(revision).unwrap()
}

pub fn order_facts(number: u128) -> OrderFacts {
    OrderFacts {
        order_id: order_id(number),
        number: format!("N{number}"),
        user_id: None,
        currency: eur(),
        total_minor: 2_500,
        placed_at: now(),
    }
}

pub fn payment(number: u128) -> PaymentSummary {
    PaymentSummary {
        payment_id: PaymentId::new(Uuid::from_u128(3_000 + number)),
        order_id: order_id(number),
        user_id: None,
        provider: PaymentProviderName::Stripe,
        currency: eur(),
        amount_minor: 2_500,
        started_at: None,
    }
}

/// Units of the variant and product of this number.
pub fn units(line: u32, product: u128, quantity: u32) -> SoldUnits {
    let gross_minor = 1_000 * i64::from(quantity);
    SoldUnits { line, variant_id: variant_id(product), product_id: product_id(product), quantity, gross_minor }
}

pub fn placed(number: u128, lines: &[SoldUnits]) -> Envelope<Value> {
    event(10, OrderPlaced { order: order_facts(number), lines: lines.to_vec() })
}

pub fn confirmed(number: u128, lines: &[SoldUnits]) -> Envelope<Value> {
    event(20, OrderConfirmed { order: order_facts(number), lines: lines.to_vec() })
}

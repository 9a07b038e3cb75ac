//! Functions of search in the process, on a table and a bucket of the test's own.

use std::collections::{BTreeMap, HashMap};

use contracts::catalog::{
    CategoryChanged, PriceChanged, PriceListChanged, PriceTier, ProductArchived, ProductChanged, ProductPublished,
    ProductSnapshot, VariantChanged, VariantSnapshot,
};
use contracts::orders::{AvailabilityChanged, OrderConfirmed, OrderFacts, SoldUnits, StockAvailability};
use contracts::search::BuildRequested;
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use kit::http::{Endpoint, endpoint};
use kit::snapshot::SnapshotFiles;
use kit::sqs::{Done, Handled};
use kit::{Clock, EndpointContext};
use lambda_http::{Body, RequestExt};
use search::domain::collections::{Declaration, PRODUCTS};
use search::domain::search_id::SearchKey;
use search::searcher::{Searcher, View};
use search::store::{Search, Store};
use search::{BuildContext, Ctx, EventContext, IndexContext, SearchContext, SuggestContext};
use search_engine::{FacetName, SearchQuery, SearchResult};
use serde_json::Value;
use testkit::{Reply, TestTable, leak, request};
use types::{CurrencyCode, EventId, OrderId, ProductId, Role, Uuid, VariantId};

use crate::bucket::{BUCKET, Services};
use crate::identity_support::{Deployment, stage};

/// A deployment of search, and of identity for tokens.
pub struct Finder {
    pub table: TestTable,
    pub services: Services,
    pub clock: Clock,
    pub store: Store,
    pub files: SnapshotFiles,
    pub key: SearchKey,
    pub index: &'static IndexContext,
    pub build: &'static BuildContext,
    /// Access token of an admin.
    pub token: String,
    identity: Deployment,
}

/// The product with a number.
pub fn product_id(number: u128) -> ProductId {
    ProductId::new(Uuid::from_u128(number))
}

/// The variant of the product with a number.
pub fn variant_id(number: u128) -> VariantId {
    VariantId::new(Uuid::from_u128(number << 32))
}

/// A product with one variant.
pub fn snapshot(number: u128, title: &str, categories: &[&str]) -> ProductSnapshot {
    let variant = VariantSnapshot {
        variant_id: variant_id(number),
        sku: format!("SKU-{number}"),
        barcode: None,
        weight_grams: None,
        choices: [("color".to_owned(), if number.is_multiple_of(2) { "red" } else { "blue" }.to_owned())].into(),
        tax_class: None,
        components: Vec::new(),
    };
    ProductSnapshot {
        slug: format!("product-{number}"),
        title: title.to_owned(),
        description: Some(format!("Article number {number}")),
        attributes: BTreeMap::from([("brand".to_owned(), format!("Brand {}", number % 3))]),
        categories: categories.iter().map(|slug| (*slug).to_owned()).collect(),
        variants: vec![variant],
        media: Vec::new(),
    }
}

/// An event as it comes from the queue.
pub fn event<T: DomainEvent>(fact: T) -> Envelope<Value> {
    Envelope::new(EventId::generate(), Timestamp::now(), "c".to_owned(), Actor::System, fact).erase().unwrap()
}

pub fn published(number: u128, revision: u64, title: &str) -> Envelope<Value> {
    let product = snapshot(number, title, &["shoes"]);
    event(ProductPublished { product_id: product_id(number), revision, product })
}

pub fn changed(number: u128, revision: u64, title: &str) -> Envelope<Value> {
    let product = snapshot(number, title, &["shoes"]);
    event(ProductChanged { product_id: product_id(number), revision, product })
}

pub fn archived(number: u128, revision: u64) -> Envelope<Value> {
    event(ProductArchived { product_id: product_id(number), revision, variant_ids: Vec::new() })
}

pub fn variant(number: u128) -> Envelope<Value> {
    event(VariantChanged { variant_id: variant_id(number), product_id: product_id(number), revision: 1, variant: None })
}

pub fn price(number: u128, revision: u64, amount: Option<i64>) -> Envelope<Value> {
    event(PriceChanged {
        variant_id: variant_id(number),
        sku: format!("SKU-{number}"),
        price_list: "eur".to_owned(),
        currency: CurrencyCode::parse("EUR").unwrap(),
        tiers: amount.map(|amount_minor| vec![PriceTier { min_quantity: 1, amount_minor }]),
        revision,
    })
}

pub fn price_list(revision: u64, valid_until: Option<Timestamp>) -> Envelope<Value> {
    event(PriceListChanged {
        price_list: "eur".to_owned(),
        title: "Euro".to_owned(),
        currency: CurrencyCode::parse("EUR").unwrap(),
        region: None,
        customer_group: None,
        valid_from: Timestamp::UNIX_EPOCH,
        valid_until,
        revision,
    })
}

pub fn category(slug: &str, parent: Option<&str>, revision: u64) -> Envelope<Value> {
    event(CategoryChanged {
        slug: slug.to_owned(),
        title: format!("Category {slug}"),
        parent: parent.map(str::to_owned),
        position: 0,
        removed: false,
        revision,
    })
}

pub fn stock(number: u128, revision: u64, availability: StockAvailability) -> Envelope<Value> {
    event(AvailabilityChanged {
        variant_id: variant_id(number),
        product_id: product_id(number),
        availability,
        revision,
    })
}

/// An order of one product that was paid.
pub fn confirmed(order: u128, placed_at: Timestamp, number: u128, quantity: u32) -> Envelope<Value> {
    let order = OrderFacts {
        order_id: OrderId::new(Uuid::from_u128(order)),
        number: order.to_string(),
        user_id: None,
        currency: CurrencyCode::parse("EUR").unwrap(),
        total_minor: 100,
        placed_at,
    };
    let (variant_id, product_id) = (variant_id(number), product_id(number));
    let line = SoldUnits { line: 0, variant_id, product_id, quantity, gross_minor: 100 };
    event(OrderConfirmed { order, lines: vec![line] })
}

/// What a public request was answered with.
pub struct Shown {
    pub status: u16,
    pub etag: String,
    pub cache_control: String,
    pub server_timing: String,
    pub body: Value,
}

impl Finder {
    pub async fn start() -> Self {
        Self::on(TestTable::start().await, Clock::System).await
    }

    pub async fn start_with_conflicts() -> Self {
        Self::on(TestTable::start_with_conflicts().await, Clock::System).await
    }

    /// One whose clock a test moves, apart from that of tokens.
    pub async fn at(clock: Clock) -> Self {
        Self::on(TestTable::start().await, clock).await
    }

    async fn on(table: TestTable, clock: Clock) -> Self {
        let services = Services::start().await;
        let files = SnapshotFiles::new::<Search>(&services.config().into(), BUCKET);
        let store = Store::new(table.of::<Search>());
        let identity = Deployment::start().await;
        let signed_up = identity.sign_up("admin@example.com").await;
        let admin = signed_up.body["user"]["id"].as_str().unwrap().parse().unwrap();
        identity.change(admin, |account| account.roles.push(Role::Admin)).await;
        let signed_in = identity.sign_in("admin@example.com").await;
        let token = signed_in.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
        let key = SearchKey::new([7; 32]);
        let index = leak(IndexContext::new(store.clone(), clock.clone()));
        let build = leak(BuildContext { store: store.clone(), files: files.clone(), clock: clock.clone() });
        Self { table, services, clock, store, files, key, index, build, token, identity }
    }

    /// A function of its own that writes documents.
    pub fn writer(&self) -> &'static IndexContext {
        leak(IndexContext::new(self.store.clone(), self.clock.clone()))
    }

    /// Handles an event as `search-index-products`.
    pub async fn tell(&self, event: Envelope<Value>) -> Handled {
        search::consumers::index_products::index_products(self.index, event).await
    }

    /// Handles events that all have an effect or had it before.
    pub async fn tell_all(&self, events: impl IntoIterator<Item = Envelope<Value>>) {
        for event in events {
            self.tell(event).await.unwrap();
        }
    }

    /// Handles a request to build the index of products as `search-build-index`.
    pub async fn build(&self, sequence: u64) -> Handled {
        self.build_of(&PRODUCTS, sequence).await
    }

    /// Builds an index of all products that are in the log.
    pub async fn build_now(&self) {
        self.build_now_of(&PRODUCTS).await;
    }

    /// Handles a request to build the index of a collection.
    pub async fn build_of(&self, collection: &Declaration, sequence: u64) -> Handled {
        let request = BuildRequested { collection: collection.name().to_owned(), sequence };
        search::consumers::build_index::build_index(self.build, event(request)).await
    }

    /// Builds an index of all that is in the log of a collection.
    pub async fn build_now_of(&self, collection: &Declaration) {
        let (last, _) = self.store.log_state(collection.name()).await.unwrap();
        assert!(matches!(self.build_of(collection, last).await, Ok(Done::Applied)));
    }

    /// Runs the hourly check.
    pub async fn check(&self) {
        search::consumers::check_index::check_index(self.build).await.unwrap();
    }

    /// The requests to build that are in outboxes.
    pub async fn requests(&self) -> Vec<u64> {
        let items = self.table.items().await.into_iter();
        let outboxes = items.filter_map(|item| item.get("outbox").map(|text| text.as_s().unwrap().clone()));
        let events = outboxes.flat_map(|text| dynamo::Outbox::parse(&text).unwrap());
        let mut requests: Vec<u64> =
            events.map(|event| event.decode::<BuildRequested>().unwrap().data.sequence).collect();
        requests.sort_unstable();
        requests
    }

    /// A process that searches.
    pub fn searcher(&self) -> Searcher {
        Searcher::new(self.store.clone(), self.files.clone(), &PRODUCTS)
    }

    /// The view of a new process.
    pub async fn view(&self) -> std::sync::Arc<View> {
        self.searcher().view(self.clock.now()).await.unwrap()
    }

    pub fn search_context(&self) -> &'static SearchContext {
        leak(SearchContext::new(self.store.clone(), &self.files, self.key.clone(), 0, self.clock.clone()))
    }

    pub fn suggest_context(&self) -> &'static SuggestContext {
        leak(SuggestContext::new(&self.store, &self.files, self.clock.clone()))
    }

    pub fn event_context(&self) -> &'static EventContext {
        leak(EventContext { store: self.store.clone(), key: self.key.clone(), clock: self.clock.clone() })
    }

    pub fn admin_context(&self) -> &'static Ctx {
        leak(EndpointContext::new(self.store.clone(), self.clock.clone(), self.identity.verifier()))
    }

    /// Calls an endpoint as an admin.
    pub async fn call(
        &self,
        endpoint: &Endpoint,
        method: &str,
        query: &str,
        more: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Reply {
        self.call_in(endpoint, (method, PRODUCTS.name()), query, more, body).await
    }

    /// Calls an endpoint of a collection as an admin.
    pub async fn call_in(
        &self,
        endpoint: &Endpoint,
        (method, collection): (&str, &str),
        query: &str,
        more: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Reply {
        let authorization = format!("Bearer {}", self.token);
        let headers: Vec<_> = [("authorization", authorization.as_str())].iter().chain(more).copied().collect();
        let request = request(method, &format!("/v1/search/{collection}?{query}"), &headers, body);
        endpoint.call(request.with_path_parameters(in_collection(collection))).await.into()
    }
}

/// The path's parameters.
pub fn in_products() -> HashMap<String, String> {
    in_collection(PRODUCTS.name())
}

fn in_collection(name: &str) -> HashMap<String, String> {
    HashMap::from([("collection".to_owned(), name.to_owned())])
}

/// Reads a public resource of the products.
pub async fn show(endpoint: &Endpoint, query: &str, known: &str) -> Shown {
    show_in(endpoint, PRODUCTS.name(), query, known).await
}

/// Reads a public resource of a collection.
pub async fn show_in(endpoint: &Endpoint, collection: &str, query: &str, known: &str) -> Shown {
    let headers = [("if-none-match", known)];
    let headers = if known.is_empty() { &headers[..0] } else { &headers[..] };
    let request = request("GET", &format!("/v1/search/{collection}?{query}"), headers, None);
    let response = endpoint.call(request.with_path_parameters(in_collection(collection))).await;
    let header =
        |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let (etag, cache_control, server_timing) = (header("etag"), header("cache-control"), header("server-timing"));
    let body = match response.body() {
        Body::Text(text) => serde_json::from_str(text).unwrap(),
        _ => Value::Null,
    };
    Shown { status: response.status().as_u16(), etag, cache_control, server_timing, body }
}

/// The endpoint of searches over a context.
pub fn search_collection(ctx: &'static SearchContext) -> Endpoint {
    endpoint(search::api::search_collection::search_collection, ctx, stage())
}

/// The endpoint of suggestions.
pub fn list_suggestions(ctx: &'static SuggestContext) -> Endpoint {
    endpoint(search::api::list_suggestions::list_suggestions, ctx, stage())
}

/// The endpoint of events.
pub fn record_search_event(ctx: &'static EventContext) -> Endpoint {
    endpoint(search::api::record_search_event::record_search_event, ctx, stage())
}

/// Searches a text in a view, with facets.
pub fn found(view: &View, text: &str, at: Timestamp) -> SearchResult {
    let query = SearchQuery {
        text: text.to_owned(),
        currency: Some("EUR".to_owned()),
        at: at.as_second(),
        facets: vec![
            FacetName::Facet("category".to_owned()),
            FacetName::Facet("brand".to_owned()),
            FacetName::Option("color".to_owned()),
        ],
        page: search_engine::Page { offset: 0, limit: 100 },
        ..SearchQuery::default()
    };
    view.index.search(&query, &view.changes).unwrap()
}

/// The titles of hits, in order.
pub fn titles(result: &SearchResult) -> Vec<String> {
    result.hits.iter().map(|hit| hit.stored["title"].as_str().unwrap().to_owned()).collect()
}

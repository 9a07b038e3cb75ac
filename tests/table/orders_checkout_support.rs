//! Placing orders in the process, with a clock that a test moves.

use std::time::Duration;

use contracts::catalog::{BundleComponent, ProductPublished, ProductSnapshot, VariantSnapshot};
use contracts::payments::{PaymentProviderName, PaymentSummary};
use contracts::{DomainEvent, Envelope};
use jiff::Timestamp;
use kit::Clock;
use kit::auth::{Jwks, KeyPairs};
use kit::consumer::Handled;
use kit::http::endpoint;
use kit::quote::{QuoteSigner, QuoteVerifier};
use lambda_http::RequestExt;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequestContext;
use lambda_http::request::RequestContext;
use orders::api;
use orders::consumers::{refresh_availability, settle_payments, sweep_orders};
use orders::store::{Orders, Store};
use orders::{Checkout, ConsumerContext, Ctx};
use serde_json::{Value, json};
use testkit::{Distance, Reply, TestTable, leak, request};
use types::{EventId, LocationId, PaymentId, ProductId, Uuid, VariantId, derive_id};

use crate::identity_support::stage;
use crate::orders_carts_support::{Who, details};
use crate::orders_support::{Place, Shop};

/// A shop that takes orders.
pub struct Desk {
    pub shop: Shop,
    pub clock: Clock,
    pub ctx: &'static Ctx,
    pub consumer: &'static ConsumerContext,
    pub quotes: QuoteVerifier,
    checkout: &'static Checkout,
}

/// A published bundle of these components that costs 10.00.
pub async fn bundle(desk: &Desk, components: &[(VariantId, u32)]) -> VariantId {
    let variant_id = VariantId::generate();
    let component =
        |(variant_id, quantity): &(VariantId, u32)| BundleComponent { variant_id: *variant_id, quantity: *quantity };
    let variant = VariantSnapshot {
        variant_id,
        sku: "BUNDLE".to_owned(),
        barcode: None,
        weight_grams: None,
        choices: [].into(),
        tax_class: None,
        components: components.iter().map(component).collect(),
    };
    let product = ProductSnapshot {
        slug: "bundle".to_owned(),
        title: "Bundle".to_owned(),
        description: None,
        categories: Vec::new(),
        media: Vec::new(),
        attributes: [].into(),
        variants: vec![variant],
    };
    let published = ProductPublished { product_id: ProductId::new(Uuid::now_v7()), revision: 1, product };
    desk.shop.hear(published).await.unwrap();
    desk.shop.hear_price(variant_id, "base", 1_000, 1).await.unwrap();
    variant_id
}

impl Desk {
    pub async fn start() -> Self {
        Self::of(Shop::start().await)
    }

    pub async fn start_with_conflicts() -> Self {
        Self::of(Shop::start_with_conflicts().await)
    }

    /// One whose table is some way off once the distance begins.
    pub async fn far() -> (Self, Distance) {
        let (table, distance) = TestTable::far().await;
        (Self::of(Shop::on(table).await), distance)
    }

    fn of(shop: Shop) -> Self {
        let clock = Clock::manual(Clock::System.now());
        let keys = KeyPairs::generate().unwrap();
        let jwks: Jwks = serde_json::to_string(&keys.public().unwrap()).unwrap().parse().unwrap();
        let ctx = || Ctx::new(Store::new(shop.table.of::<Orders>()), clock.clone(), shop.identity.verifier());
        let consumer = leak(ConsumerContext::new(Store::new(shop.table.of::<Orders>()), clock.clone()));
        let checkout = leak(Checkout::new(ctx(), QuoteSigner::new(&keys).unwrap()));
        Self { clock: clock.clone(), ctx: leak(ctx()), consumer, quotes: QuoteVerifier::new(&jwks), checkout, shop }
    }

    pub fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Stocks variants at a new open location.
    pub async fn stock(&self, variants: &[VariantId], units: i64, settings: &Value) -> LocationId {
        let location = LocationId::generate();
        assert_eq!(self.shop.set_location(location, true).await.status, 200);
        for (number, variant) in variants.iter().enumerate() {
            let place = Place { variant: *variant, location };
            assert_eq!(self.shop.set_stock(place, settings).await.status, 200);
            if units > 0 {
                let key = format!("fill-{location}-{number}");
                assert_eq!(self.shop.adjust(place, &key, units).await.status, 201);
            }
        }
        location
    }

    /// A cart with lines and details.
    pub async fn filled(&self, who: &Who, lines: &[(VariantId, u32)]) -> (String, Who) {
        let (cart, who) = self.shop.cart(who).await;
        for (variant, quantity) in lines {
            let set = self.shop.set_line(&who, &cart, *variant, *quantity).await;
            assert_eq!(set.status, 200, "{}", set.body);
        }
        assert_eq!(self.shop.set_details(&who, &cart, &details()).await.status, 200);
        (cart, who)
    }

    pub async fn place(&self, who: &Who, cart: &str, key: &str) -> Reply {
        self.place_with(who, key, &json!({ "cartId": cart })).await
    }

    pub async fn place_with(&self, who: &Who, key: &str, body: &Value) -> Reply {
        // Each guest from an own network address.
        let address = if let Who::Guest(key) = who { key } else { "198.51.100.1" };
        self.place_from(address, who, key, body).await
    }

    pub async fn place_from(&self, address: &str, who: &Who, key: &str, body: &Value) -> Reply {
        let endpoint = endpoint(api::place_order::place_order, self.checkout, stage());
        let headers = headers(who, key);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let request = request("POST", "/v1/commerce/orders", &headers, Some(body));
        let mut context = ApiGatewayV2httpRequestContext::default();
        context.http.source_ip = Some(address.to_owned());
        endpoint.call(request.with_request_context(RequestContext::ApiGatewayV2(context))).await.into()
    }

    /// Places an order of a new guest: the guest and the order.
    pub async fn order(&self, lines: &[(VariantId, u32)]) -> (Who, Value) {
        let (cart, who) = self.filled(&Who::Nobody, lines).await;
        let placed = self.place(&who, &cart, "1").await;
        assert_eq!(placed.status, 201, "{}", placed.body);
        (who, placed.body)
    }

    pub async fn get(&self, who: &Who, id: &str) -> Reply {
        let endpoint = endpoint(api::get_order::get_order, self.checkout, stage());
        self.shop.call_as(who, &endpoint, ("GET", ""), &[("id", id.to_owned())], None).await
    }

    /// Asks for a key of an order, without a token or a key.
    pub async fn guest_key(&self, number: &str, email: &str) -> Reply {
        let endpoint = endpoint(api::create_guest_key::create_guest_key, self.consumer, stage());
        let body = json!({ "orderNumber": number, "email": email });
        self.shop.call_as(&Who::Nobody, &endpoint, ("POST", ""), &[], Some(&body)).await
    }

    pub async fn state(&self, who: &Who, order: &Value) -> String {
        let got = self.get(who, order["id"].as_str().unwrap()).await;
        got.body["state"].as_str().unwrap_or_else(|| panic!("{}", got.body)).to_owned()
    }

    pub async fn cancel(&self, who: &Who, order: &Value, key: &str, body: &Value) -> Reply {
        let endpoint = endpoint(api::cancel_order::cancel_order, self.ctx, stage());
        let headers = headers(who, key);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let path = [("id".to_owned(), order["id"].as_str().unwrap().to_owned())].into_iter().collect();
        let request = request("POST", "/v1/commerce/orders/x/cancellations", &headers, Some(body));
        endpoint.call(request.with_path_parameters::<std::collections::HashMap<String, String>>(path)).await.into()
    }

    pub async fn list(&self, who: &Who, query: &str) -> Reply {
        let endpoint = endpoint(api::list_orders::list_orders, self.ctx, stage());
        self.shop.call_as(who, &endpoint, ("GET", query), &[], None).await
    }

    pub async fn list_all(&self, who: &Who, query: &str) -> Reply {
        let endpoint = endpoint(api::list_all_orders::list_all_orders, self.ctx, stage());
        self.shop.call_as(who, &endpoint, ("GET", query), &[], None).await
    }

    /// Delivers an event of payments that happens now.
    pub async fn hear<T: DomainEvent>(&self, fact: T) -> Handled {
        settle_payments::settle_payments(self.consumer, self.event(fact)).await
    }

    pub async fn refresh<T: DomainEvent>(&self, fact: T) -> Handled {
        refresh_availability::refresh_availability(self.consumer, self.event(fact)).await
    }

    pub fn event<T: DomainEvent>(&self, fact: T) -> Envelope<Value> {
        let now: Timestamp = self.clock.now();
        let id = EventId::generate();
        Envelope::new(id, now, "c".to_owned(), contracts::Actor::System, fact).erase().unwrap()
    }

    pub async fn sweep(&self) -> Result<(), String> {
        sweep_orders::sweep_orders(self.consumer).await
    }

    /// The free and reserved units of a variant at all locations, as a manager sees them.
    pub async fn units(&self, variant: VariantId) -> (i64, i64) {
        let stock = self.shop.stock(variant).await.body;
        let levels = stock["levels"].as_array().unwrap_or_else(|| panic!("{stock}"));
        let sum = |name: &str| levels.iter().map(|level| level[name].as_i64().unwrap()).sum();
        (sum("free"), sum("reserved"))
    }

    /// The types of the events that orders have published.
    pub async fn published(&self) -> Vec<String> {
        let items = self.shop.table.items().await.into_iter();
        let outboxes = items.filter_map(|item| item.get("outbox").and_then(|text| text.as_s().ok()).cloned());
        outboxes.flat_map(|text| dynamo::Outbox::parse(&text).unwrap()).map(|event| event.event_type).collect()
    }
}

fn headers(who: &Who, key: &str) -> Vec<(&'static str, String)> {
    let mut headers = vec![("idempotency-key", key.to_owned())];
    match who {
        Who::User(token) => headers.push(("authorization", format!("Bearer {token}"))),
        Who::Guest(guest) => headers.push(("guest-key", guest.clone())),
        Who::Both(..) | Who::Nobody => {}
    }
    headers
}

/// The payment of an order.
pub fn payment(order: &Value) -> PaymentSummary {
    PaymentSummary {
        payment_id: PaymentId::new(derive_id(&["payment", order["id"].as_str().unwrap()])),
        order_id: order["id"].as_str().unwrap().parse().unwrap(),
        user_id: None,
        provider: PaymentProviderName::Stripe,
        currency: order["currency"].as_str().unwrap().parse().unwrap(),
        amount_minor: order["totalMinor"].as_i64().unwrap(),
        started_at: None,
    }
}

/// Stock without limits of its own.
pub fn no_details() -> Value {
    json!({ "parts": 1 })
}

/// The code of a problem.
pub fn code(reply: &Reply) -> String {
    reply.body["code"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned()
}

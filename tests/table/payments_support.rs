//! Payments in the process.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use contracts::orders::{OrderFacts, PaymentUnwanted, RefundDue, RefundReason, ShipmentShipped};
use contracts::payments::CaptureMode;
use contracts::{DomainEvent, Envelope};
use jiff::SignedDuration;
use kit::Clock;
use kit::auth::KeyPairs;
use kit::http::{Endpoint, endpoint};
use kit::quote::{Quote, QuoteSigner, QuoteVerifier};
use lambda_http::RequestExt;
use payment_providers::{OrderInboxes, OrderPayments, OrderProviders, OrderWebhooks};
use payments::consumers::apply_order_events::apply_order_events;
use payments::consumers::sweep_payments::sweep_payments;
use payments::desk::Desk;
use payments::domain::payment::{Payment, payment_id};
use payments::store::{Payments, Store};
use payments::{ConsumerContext, Ctx, DeskCtx, StartCtx, WebhookCtx, api};
use serde_json::{Value, json};
use testkit::{Reply, TestTable, leak, request};
use types::{BuyerId, CurrencyCode, GuestKeyHash, LocationId, OrderId, PaymentId, RefundId, Role, UserId};

use crate::identity_support::{Deployment, stage};
use crate::orders_support::event;
use crate::payments_acquirer_support::{Acquirer, Inbox};

/// Who calls.
#[derive(Debug, Clone)]
pub enum Who {
    /// A user, by the access token.
    User(String),
    /// A guest, by the key.
    Guest(String),
}

/// A buyer with an order.
#[derive(Debug, Clone)]
pub struct Buyer {
    pub who: Who,
    pub user: Option<UserId>,
    pub order: OrderId,
    pub quote: String,
}

impl Buyer {
    /// The payment of the order.
    pub fn payment(&self) -> PaymentId {
        payment_id(self.order)
    }

    /// Its ID at the provider.
    pub fn at_provider(&self) -> String {
        format!("pi_{}", self.payment())
    }
}

/// A deployment of payments, and of identity for tokens.
pub struct Till {
    pub table: TestTable,
    pub clock: Clock,
    pub stripe: Arc<Acquirer>,
    pub paypal: Arc<Acquirer>,
    pub store: Store,
    pub ctx: &'static Ctx,
    pub desk: &'static DeskCtx,
    pub start: &'static StartCtx,
    pub webhooks: &'static WebhookCtx,
    pub consumer: &'static ConsumerContext,
    pub identity: Deployment,
    pub manager: Who,
    signer: QuoteSigner,
}

impl Till {
    pub async fn open() -> Self {
        Self::on(TestTable::start().await, Acquirer::default()).await
    }

    pub async fn with(stripe: Acquirer) -> Self {
        Self::on(TestTable::start().await, stripe).await
    }

    pub async fn on(table: TestTable, stripe: Acquirer) -> Self {
        let clock = Clock::manual(Clock::System.now());
        let identity = Deployment::at(clock.clone()).await;
        let (stripe, paypal) = (Arc::new(stripe), Arc::new(Acquirer::by_approval()));
        let store = Store::new(table.of::<Payments>());
        let desk = || {
            let stripe: Arc<dyn OrderPayments> = stripe.clone();
            let paypal: Arc<dyn OrderPayments> = paypal.clone();
            Desk::new(store.clone(), clock.clone(), OrderProviders::fixed(Some(stripe), Some(paypal)))
        };
        let keys = KeyPairs::generate().unwrap();
        let jwks = serde_json::to_string(&keys.public().unwrap()).unwrap().parse().unwrap();
        let inbox: Arc<dyn OrderWebhooks> = Arc::new(Inbox);
        let signed_up = identity.sign_up("manager@example.com").await;
        let id = signed_up.body["user"]["id"].as_str().unwrap().parse().unwrap();
        identity.change(id, |account| account.roles.push(Role::Manager)).await;
        let signed_in = identity.sign_in("manager@example.com").await;
        let token = signed_in.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
        Self {
            ctx: leak(Ctx::new(store.clone(), clock.clone(), identity.verifier())),
            desk: leak(DeskCtx::new(desk(), identity.verifier())),
            start: leak(StartCtx::new(desk(), QuoteVerifier::new(&jwks), identity.verifier())),
            webhooks: leak(WebhookCtx::new(desk(), OrderInboxes::fixed(Some(inbox), None))),
            consumer: leak(ConsumerContext::new(desk())),
            signer: QuoteSigner::new(&keys).unwrap(),
            manager: Who::User(token),
            table,
            clock,
            stripe,
            paypal,
            store,
            identity,
        }
    }

    /// A quote of an order.
    pub async fn quote(&self, order: OrderId, payer: BuyerId, amount: i64, capture: CaptureMode) -> String {
        let now = self.clock.now();
        let quote = Quote {
            order,
            number: "7ZK2M0QX9D".to_owned(),
            payer,
            amount,
            currency: CurrencyCode::parse("EUR").unwrap(),
            capture,
            until: now + SignedDuration::from_mins(9),
        };
        self.signer.sign(&quote, now).await.unwrap()
    }

    /// A user with an order of 100.00 EUR.
    pub async fn user(&self, email: &str, capture: CaptureMode) -> Buyer {
        let signed_up = self.identity.sign_up(email).await;
        let token = signed_up.body["tokens"]["accessToken"].as_str().unwrap().to_owned();
        let id: UserId = signed_up.body["user"]["id"].as_str().unwrap().parse().unwrap();
        self.order_of(Who::User(token), Some(id), capture).await
    }

    /// Another order of a user.
    pub async fn order_of(&self, who: Who, user: Option<UserId>, capture: CaptureMode) -> Buyer {
        let order = OrderId::generate();
        let payer = match (&who, user) {
            (Who::Guest(key), _) => BuyerId::Guest(GuestKeyHash::of(key)),
            (Who::User(_), Some(user)) => BuyerId::User(user),
            (Who::User(_), None) => panic!("a user has an ID"),
        };
        let quote = self.quote(order, payer, 10_000, capture).await;
        Buyer { who, user, order, quote }
    }

    /// A guest with an order of 100.00 EUR.
    pub async fn guest(&self, key: &str, capture: CaptureMode) -> Buyer {
        self.order_of(Who::Guest(key.to_owned()), None, capture).await
    }

    /// Calls an endpoint.
    pub async fn call(
        &self,
        who: &Who,
        endpoint: &Endpoint,
        (method, key, query): (&str, &str, &str),
        path: &[(&str, String)],
        body: Option<&Value>,
    ) -> Reply {
        let mut headers = match who {
            Who::User(token) => vec![("authorization", format!("Bearer {token}"))],
            Who::Guest(key) => vec![("guest-key", key.clone())],
        };
        if !key.is_empty() {
            headers.push(("idempotency-key", key.to_owned()));
        }
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let parameters: HashMap<String, String> =
            path.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let request = request(method, &format!("/v1/commerce/test?{query}"), &headers, body);
        endpoint.call(request.with_path_parameters(parameters)).await.into()
    }

    /// Starts a payment with more fields.
    pub async fn start_with(&self, who: &Who, quote: &str, more: Value) -> Reply {
        let endpoint = endpoint(api::start_payment::start_payment, self.start, stage());
        let mut body = json!({ "quote": quote, "provider": "stripe" });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.call(who, &endpoint, ("POST", "", ""), &[], Some(&body)).await
    }

    /// Starts a payment with Stripe.
    pub async fn start(&self, buyer: &Buyer) -> Reply {
        self.start_with(&buyer.who, &buyer.quote, json!({})).await
    }

    /// Starts a payment that the buyer pays, and that is known here.
    pub async fn paid(&self, buyer: &Buyer) {
        let started = self.start(buyer).await;
        assert_eq!(started.status, 201, "{}", started.body);
        self.stripe.pay(&buyer.at_provider());
        let refreshed = self.refresh(buyer).await;
        assert_eq!(refreshed.status, 200, "{}", refreshed.body);
    }

    /// Asks the provider.
    pub async fn refresh(&self, buyer: &Buyer) -> Reply {
        let endpoint = endpoint(api::refresh_payment::refresh_payment, self.desk, stage());
        self.call(&buyer.who, &endpoint, ("POST", "", ""), &[("id", buyer.payment().to_string())], None).await
    }

    /// Reads a payment as somebody.
    pub async fn read_as(&self, who: &Who, id: PaymentId) -> Reply {
        let endpoint = endpoint(api::get_payment::get_payment, self.ctx, stage());
        self.call(who, &endpoint, ("GET", "", ""), &[("id", id.to_string())], None).await
    }

    /// Refunds as the manager.
    pub async fn refund(&self, buyer: &Buyer, key: &str, amount: i64) -> Reply {
        let endpoint = endpoint(api::refund_payment::refund_payment, self.desk, stage());
        let body = json!({ "amountMinor": amount });
        let path = [("id", buyer.payment().to_string())];
        self.call(&self.manager, &endpoint, ("POST", key, ""), &path, Some(&body)).await
    }

    /// Captures as the manager.
    pub async fn capture(&self, buyer: &Buyer, key: &str, amount: i64, is_final: bool) -> Reply {
        let endpoint = endpoint(api::capture_payment::capture_payment, self.desk, stage());
        let body = json!({ "amountMinor": amount, "isFinal": is_final });
        let path = [("id", buyer.payment().to_string())];
        self.call(&self.manager, &endpoint, ("POST", key, ""), &path, Some(&body)).await
    }

    /// Voids as the manager.
    pub async fn void(&self, buyer: &Buyer) -> Reply {
        let endpoint = endpoint(api::void_payment::void_payment, self.desk, stage());
        self.call(&self.manager, &endpoint, ("POST", "", ""), &[("id", buyer.payment().to_string())], None).await
    }

    /// Calls a list of managers.
    pub async fn list(&self, endpoint: &Endpoint, query: &str) -> Reply {
        self.call(&self.manager, endpoint, ("GET", "", query), &[], None).await
    }

    /// All payments.
    pub async fn payments(&self, query: &str) -> Reply {
        self.list(&endpoint(api::list_payments::list_payments, self.ctx, stage()), query).await
    }

    /// What needs attention.
    pub async fn attention(&self) -> Reply {
        self.list(&endpoint(api::list_payment_attention::list_payment_attention, self.ctx, stage()), "").await
    }

    /// Money without a payment.
    pub async fn unmatched(&self) -> Reply {
        self.list(&endpoint(api::list_unmatched_payments::list_unmatched_payments, self.ctx, stage()), "").await
    }

    /// Delivers a webhook of Stripe.
    pub async fn webhook(&self, body: &Value) -> Reply {
        self.webhook_with("right", body).await
    }

    /// Delivers a webhook with a proof.
    pub async fn webhook_with(&self, proof: &str, body: &Value) -> Reply {
        let endpoint = endpoint(api::receive_payment_webhook::receive_payment_webhook, self.webhooks, stage());
        let request = request("POST", "/v1/commerce/payments/webhooks/stripe", &[("proof", proof)], Some(body));
        let parameters = HashMap::from([("provider".to_owned(), "stripe".to_owned())]);
        endpoint.call(request.with_path_parameters(parameters)).await.into()
    }

    /// Delivers an event of orders.
    pub async fn hear<T: DomainEvent>(&self, data: T) -> kit::consumer::Handled {
        let event: Envelope<Value> = event(data);
        apply_order_events(self.consumer, event).await
    }

    /// Runs the sweep so many minutes later.
    pub async fn sweep_after(&self, minutes: u64) -> Result<(), String> {
        self.clock.advance(Duration::from_secs(minutes * 60));
        sweep_payments(self.consumer).await
    }

    /// The payment as it is stored.
    pub async fn stored(&self, buyer: &Buyer) -> Payment {
        self.store.payment(buyer.payment()).await.unwrap().expect("a payment").value
    }

    /// The types of the events in the outbox of the payment's last write.
    pub async fn told(&self, buyer: &Buyer) -> Vec<String> {
        let items = self.table.items().await.into_iter();
        let key = format!("payments#payment#{}", buyer.payment());
        let mut of_payment = items.filter(|item| {
            let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
            text("pk") == key && text("sk") == "payment"
        });
        let item = of_payment.next().expect("a payment");
        let outbox = item.get("outbox").and_then(|text| text.as_s().ok()).cloned();
        let events = outbox.map(|text| dynamo::Outbox::parse(&text).unwrap()).unwrap_or_default();
        events.into_iter().map(|event| event.event_type).collect()
    }

    /// Saves a card of a user.
    pub async fn save_method(&self, who: &Who, key: &str) -> Reply {
        let endpoint = endpoint(api::add_payment_method::add_payment_method, self.desk, stage());
        self.call(who, &endpoint, ("POST", key, ""), &[], Some(&json!({ "provider": "stripe" }))).await
    }

    /// The saved methods of a user.
    pub async fn methods(&self, who: &Who) -> Reply {
        let endpoint = endpoint(api::list_payment_methods::list_payment_methods, self.ctx, stage());
        self.call(who, &endpoint, ("GET", "", ""), &[], None).await
    }

    /// Deletes a saved method.
    pub async fn delete_method(&self, who: &Who, id: &str) -> Reply {
        let endpoint = endpoint(api::delete_payment_method::delete_payment_method, self.desk, stage());
        self.call(who, &endpoint, ("DELETE", "", ""), &[("id", id.to_owned())], None).await
    }

    /// Makes a saved method the default.
    pub async fn set_default(&self, who: &Who, id: &str) -> Reply {
        let endpoint = endpoint(api::set_default_payment_method::set_default_payment_method, self.desk, stage());
        self.call(who, &endpoint, ("PUT", "", ""), &[("id", id.to_owned())], None).await
    }
}

/// What orders say of an order of 100.00 EUR.
pub fn order_facts(buyer: &Buyer) -> OrderFacts {
    OrderFacts {
        order_id: buyer.order,
        number: "7ZK2M0QX9D".to_owned(),
        user_id: buyer.user,
        currency: CurrencyCode::parse("EUR").unwrap(),
        total_minor: 10_000,
        placed_at: "2026-03-14T09:20:00Z".parse().unwrap(),
    }
}

pub fn refund_due(buyer: &Buyer, refund_id: RefundId, amount_minor: i64) -> RefundDue {
    let (order, reason) = (order_facts(buyer), RefundReason::Returned);
    RefundDue { order, refund_id, amount_minor, capture_total_minor: None, reason }
}

pub fn unwanted(buyer: &Buyer) -> PaymentUnwanted {
    PaymentUnwanted { order: order_facts(buyer) }
}

pub fn shipped(buyer: &Buyer, shipment: u32, capture_minor: i64, is_last: bool) -> ShipmentShipped {
    let (order, location_id) = (order_facts(buyer), LocationId::generate());
    ShipmentShipped {
        order,
        shipment,
        location_id,
        lines: Vec::new(),
        capture_minor,
        capture_total_minor: None,
        is_last,
    }
}

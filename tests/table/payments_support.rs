//! Payments in the process, and a provider that does what it is asked, loses answers as it is told, and notes each call.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use contracts::orders::OrderFacts;
use contracts::payments::CaptureMode;
use contracts::{DomainEvent, Envelope};
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use kit::Clock;
use kit::auth::KeyPairs;
use kit::http::{Endpoint, endpoint};
use kit::outbound::OutboundError;
use kit::quote::{Quote, QuoteSigner, QuoteVerifier};
use lambda_http::RequestExt;
use payment_providers::order_webhooks::Headers;
use payment_providers::{
    Capabilities, CaptureRequest, ClientSecret, Confirmation, Continuation, CustomerId, DisputeProgress, MethodId,
    MethodList, NewPayment, NotPayable, OrderEvent, OrderInboxes, OrderPayments, OrderProviders, OrderWebhookError,
    OrderWebhooks, Owner, PaymentError, PaymentFacts, Progressed, ProviderCall, ProviderPayment, ProviderPaymentId,
    RefundProgress, RefundRequest, SavedMethod, SavedMethods, Setup, SetupId, SetupStatus, SignatureError,
    WebhookError,
};
use payments::consumers::apply_order_events::apply_order_events;
use payments::consumers::sweep_payments::sweep_payments;
use payments::desk::Desk;
use payments::domain::payment::{Payment, payment_id};
use payments::store::{Payments, Store};
use payments::{ConsumerContext, Ctx, DeskCtx, StartCtx, WebhookCtx, api};
use serde_json::{Value, json};
use testkit::{Reply, TestTable, leak, request};
use types::{BuyerId, CurrencyCode, GuestKeyHash, Money, OrderId, PaymentId, Role, UserId};

use crate::identity_support::{Deployment, stage};
use crate::orders_support::event;

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It does not reach the provider.
    Before,
    /// It takes effect, and its answer is lost.
    After,
    /// It takes effect, and the provider answers with a failure of its own.
    Failure,
}

#[derive(Debug, Clone)]
struct Row {
    reference: String,
    money: Money,
    is_automatic: bool,
    customer: Option<CustomerId>,
    facts: PaymentFacts,
    needs_confirm: bool,
}

/// A provider. `pm_card_visa` pays at once; other methods are declined.
#[derive(Default)]
pub struct Acquirer {
    rows: Mutex<BTreeMap<String, Row>>,
    setups: Mutex<BTreeMap<String, (String, CustomerId, bool)>>,
    faults: Mutex<VecDeque<Fault>>,
    calls: Mutex<Vec<String>>,
    /// Every payment needs the confirmation of an approval.
    pub by_approval: bool,
    /// An authorization can be captured once.
    pub single_capture: bool,
}

impl Acquirer {
    /// A provider whose authorizations can be captured once.
    pub fn with_single_capture() -> Self {
        Self { single_capture: true, ..Self::default() }
    }

    /// What happens to the next calls.
    pub fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        *self.faults.lock().unwrap() = faults.into_iter().collect();
    }

    /// The calls that it got, by their names.
    pub fn calls(&self, name: &str) -> usize {
        self.calls.lock().unwrap().iter().filter(|call| *call == name).count()
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<String, Row>> {
        self.rows.lock().unwrap()
    }

    /// The buyer pays with the provider's form, or approves.
    pub fn pay(&self, id: &str) {
        let mut rows = self.rows();
        let row = rows.get_mut(id).expect("a payment");
        if self.by_approval { row.needs_confirm = true } else { settle(row) }
    }

    /// Changes what the provider knows.
    pub fn set(&self, id: &str, change: impl FnOnce(&mut PaymentFacts)) {
        change(&mut self.rows().get_mut(id).expect("a payment").facts);
    }

    /// What it has taken and not returned.
    pub fn kept(&self) -> i64 {
        self.rows().values().map(|row| row.facts.captured_minor() - row.facts.refunded_minor()).sum()
    }

    /// What it knows of a payment.
    pub fn facts(&self, id: &str) -> PaymentFacts {
        self.rows()[id].facts.clone()
    }

    /// A payment of which no item exists.
    pub fn stray(&self, id: &str, reference: &str, money: Money) {
        let mut row = Row {
            reference: reference.to_owned(),
            money,
            is_automatic: true,
            customer: None,
            facts: PaymentFacts::default(),
            needs_confirm: false,
        };
        settle(&mut row);
        self.rows().insert(id.to_owned(), row);
    }

    /// The user finishes a setup.
    pub fn finish_setups(&self) {
        self.setups.lock().unwrap().values_mut().for_each(|setup| setup.2 = true);
    }

    fn call<T>(
        &self,
        name: &str,
        act: impl FnOnce(&mut BTreeMap<String, Row>) -> Result<T, PaymentError>,
    ) -> Result<T, PaymentError> {
        let fault = self.faults.lock().unwrap().pop_front().unwrap_or(Fault::None);
        if fault == Fault::Before {
            return Err(OutboundError::Unreachable.into());
        }
        self.calls.lock().unwrap().push(name.to_owned());
        let done = act(&mut self.rows());
        match fault {
            Fault::After => Err(OutboundError::TimedOut.into()),
            Fault::Failure => Err(PaymentError::Unknown(OutboundError::Status { status: 500 })),
            Fault::None | Fault::Before => done,
        }
    }

    fn view(&self, id: &str, row: &Row) -> ProviderPayment {
        let is_paid = row.facts.authorized_minor > 0;
        let is_open = !is_paid && !row.facts.closed;
        let card = is_paid.then(|| card(&format!("pm_{id}")));
        ProviderPayment {
            id: ProviderPaymentId::new(id),
            reference: Some(row.reference.clone()),
            money: row.money.clone(),
            facts: row.facts.clone(),
            our_captures: BTreeSet::new(),
            needs_confirm: row.needs_confirm,
            multi_capture: !self.single_capture,
            next: is_open.then(|| Continuation::ClientSecret(ClientSecret::new(format!("{id}_secret")))),
            decline: (!row.facts.failed_attempts.is_empty()).then(|| "card_declined".to_owned()),
            method: card,
            customer: row.customer.clone(),
        }
    }
}

fn settle(row: &mut Row) {
    row.needs_confirm = false;
    row.facts.authorized_minor = row.money.amount_minor;
    if row.is_automatic {
        row.facts.captures.insert("ch_auto".to_owned(), row.money.amount_minor);
    }
}

/// A card with this ID.
pub fn card(id: &str) -> SavedMethod {
    let (brand, last4) = ("visa".to_owned(), "4242".to_owned());
    SavedMethod { id: MethodId::new(id), brand, last4, expiry_month: 12, expiry_year: 2031 }
}

fn wrong_state<T>() -> Result<T, PaymentError> {
    Err(PaymentError::State { code: "unexpected_state".into() })
}

fn row<'a>(rows: &'a mut BTreeMap<String, Row>, id: &ProviderPaymentId) -> &'a mut Row {
    rows.get_mut(id.as_str()).expect("a payment")
}

impl OrderPayments for Acquirer {
    fn capabilities(&self) -> Capabilities {
        let multi_capture = !self.single_capture;
        Capabilities { multi_capture, find_by_reference: true, confirm_after_approval: self.by_approval }
    }

    fn payable(&self, money: &Money) -> Result<(), NotPayable> {
        let max = 100_000_000;
        (1..=max).contains(&money.amount_minor).then_some(()).ok_or(NotPayable::Amount { max })
    }

    fn create<'a>(&'a self, new: &'a NewPayment) -> ProviderCall<'a, ProviderPayment> {
        let created = self.call("create", |rows| {
            let id = format!("pi_{}", new.reference);
            let row = rows.entry(id.clone()).or_insert_with(|| Row {
                reference: new.reference.clone(),
                money: new.money.clone(),
                is_automatic: new.capture == payment_providers::CaptureMode::Automatic,
                customer: new.customer.clone(),
                facts: PaymentFacts::default(),
                needs_confirm: false,
            });
            Ok(self.view(&id, row))
        });
        async move { created }.boxed()
    }

    fn find<'a>(&'a self, id: &'a ProviderPaymentId) -> ProviderCall<'a, ProviderPayment> {
        let found = self.call("find", |rows| Ok(self.view(id.as_str(), row(rows, id))));
        async move { found }.boxed()
    }

    fn find_by_reference<'a>(&'a self, reference: &'a str) -> ProviderCall<'a, Option<ProviderPayment>> {
        let found = self.call("search", |rows| {
            Ok(rows.iter().find(|(_, row)| row.reference == reference).map(|(id, row)| self.view(id, row)))
        });
        async move { found }.boxed()
    }

    fn confirm<'a>(
        &'a self,
        id: &'a ProviderPaymentId,
        confirmation: &'a Confirmation,
    ) -> ProviderCall<'a, ProviderPayment> {
        let confirmed = self.call("confirm", |rows| {
            let row = row(rows, id);
            if row.facts.closed {
                return wrong_state();
            }
            match confirmation.method.as_ref().map(MethodId::as_str) {
                None if row.needs_confirm => settle(row),
                Some(method) if method.starts_with("pm_") && !method.contains("declined") => settle(row),
                Some(_) => drop(row.facts.failed_attempts.insert(format!("ch_{}", confirmation.attempt))),
                None => {}
            }
            Ok(self.view(id.as_str(), row))
        });
        async move { confirmed }.boxed()
    }

    fn capture<'a>(
        &'a self,
        id: &'a ProviderPaymentId,
        capture: &'a CaptureRequest,
    ) -> ProviderCall<'a, ProviderPayment> {
        let captured = self.call("capture", |rows| {
            let row = row(rows, id);
            let key = format!("ch_{}", capture.id);
            let amount = capture.money.amount_minor;
            if !row.facts.captures.contains_key(&key) {
                let left = row.facts.authorized_minor - row.facts.captured_minor();
                let is_used = self.single_capture && row.facts.captured_minor() > 0;
                if row.facts.closed || amount > left || is_used {
                    return wrong_state();
                }
                row.facts.captures.insert(key, amount);
                row.facts.closed = capture.is_final;
            }
            Ok(self.view(id.as_str(), row))
        });
        async move { captured }.boxed()
    }

    fn cancel<'a>(&'a self, id: &'a ProviderPaymentId) -> ProviderCall<'a, ProviderPayment> {
        let cancelled = self.call("cancel", |rows| {
            let row = row(rows, id);
            if row.facts.authorized_minor > 0 && row.facts.captured_minor() >= row.facts.authorized_minor {
                return wrong_state();
            }
            row.facts.closed = true;
            Ok(self.view(id.as_str(), row))
        });
        async move { cancelled }.boxed()
    }

    fn refund<'a>(&'a self, id: &'a ProviderPaymentId, refund: &'a RefundRequest) -> ProviderCall<'a, ProviderPayment> {
        let refunded = self.call("refund", |rows| {
            let row = row(rows, id);
            let amount_minor = refund.money.amount_minor;
            if !row.facts.refunds.contains_key(&refund.id) {
                if amount_minor > row.facts.refundable_minor() {
                    return wrong_state();
                }
                let progress = RefundProgress::Succeeded;
                row.facts.refunds.insert(refund.id.clone(), Progressed { amount_minor, progress });
            }
            Ok(self.view(id.as_str(), row))
        });
        async move { refunded }.boxed()
    }

    fn saved_methods(&self) -> Option<&dyn SavedMethods> {
        (!self.by_approval).then_some(self as &dyn SavedMethods)
    }
}

impl SavedMethods for Acquirer {
    fn create_customer<'a>(&'a self, reference: &'a str) -> ProviderCall<'a, CustomerId> {
        let created = self.call("create_customer", |_| Ok(CustomerId::new(format!("cus_{reference}"))));
        async move { created }.boxed()
    }

    fn has_customer<'a>(&'a self, _: &'a CustomerId) -> ProviderCall<'a, bool> {
        async move { Ok(true) }.boxed()
    }

    fn delete_customer<'a>(&'a self, _: &'a CustomerId) -> ProviderCall<'a, ()> {
        let deleted = self.call("delete_customer", |_| Ok(()));
        async move { deleted }.boxed()
    }

    fn create_setup<'a>(&'a self, customer: &'a CustomerId, reference: &'a str) -> ProviderCall<'a, Setup> {
        let id = format!("seti_{reference}");
        let new = || (reference.to_owned(), customer.clone(), false);
        self.setups.lock().unwrap().entry(id.clone()).or_insert_with(new);
        let created = self.call("create_setup", |_| Ok(()));
        async move {
            created?;
            self.find_setup(&SetupId::new(id)).await
        }
        .boxed()
    }

    fn find_setup<'a>(&'a self, id: &'a SetupId) -> ProviderCall<'a, Setup> {
        let (reference, customer, is_done) = self.setups.lock().unwrap()[id.as_str()].clone();
        let setup = Setup {
            id: id.clone(),
            reference: Some(reference),
            status: if is_done { SetupStatus::Succeeded } else { SetupStatus::Open },
            client_secret: (!is_done).then(|| ClientSecret::new("seti_secret")),
            customer: Some(customer),
            method: is_done.then(|| card("pm_card_visa")),
        };
        let found = self.call("find_setup", |_| Ok(setup));
        async move { found }.boxed()
    }

    fn list_methods<'a>(&'a self, _: &'a CustomerId) -> ProviderCall<'a, MethodList> {
        async move { Ok(MethodList::default()) }.boxed()
    }

    fn detach_method<'a>(&'a self, _: &'a MethodId) -> ProviderCall<'a, ()> {
        let detached = self.call("detach_method", |_| Ok(()));
        async move { detached }.boxed()
    }

    fn set_default_method<'a>(&'a self, _: &'a CustomerId, _: &'a MethodId) -> ProviderCall<'a, ()> {
        let set = self.call("set_default_method", |_| Ok(()));
        async move { set }.boxed()
    }
}

/// Reads events that are proven by a header `proof: right`.
struct Inbox;

impl OrderWebhooks for Inbox {
    fn read<'a>(
        &'a self,
        headers: Headers<'a>,
        body: &'a [u8],
        _: Timestamp,
    ) -> BoxFuture<'a, Result<OrderEvent, OrderWebhookError>> {
        let proof = headers("proof");
        let read = || {
            if proof.as_deref() != Some("right") {
                return Err(WebhookError::Signature(SignatureError::Wrong).into());
            }
            let unreadable = |error: serde_json::Error| WebhookError::Unreadable(error.to_string());
            let event: Value = serde_json::from_slice(body).map_err(unreadable)?;
            let text = |name: &str| event[name].as_str().map(str::to_owned);
            let owner = text("reference").map_or(Owner::Unstated, |reference| Owner::Ours { reference });
            let owner = if event["foreign"] == true { Owner::Other } else { owner };
            Ok(match (text("payment"), text("setup")) {
                (Some(id), _) => OrderEvent::Payment { id: ProviderPaymentId::new(id), owner },
                (_, Some(id)) => OrderEvent::Setup { id: SetupId::new(id), owner, customer: None },
                _ => OrderEvent::Other,
            })
        };
        let read = read();
        async move { read }.boxed()
    }
}

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
        let (stripe, paypal) = (Arc::new(stripe), Arc::new(Acquirer { by_approval: true, ..Acquirer::default() }));
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

/// A dispute of an amount.
pub fn dispute(amount_minor: i64, progress: DisputeProgress) -> Progressed<DisputeProgress> {
    Progressed { amount_minor, progress }
}

//! Scenes of payments: a new buyer with a quote for each call, and a provider at which the buyer pays.

use std::collections::BTreeSet;

use contracts::identity::UserDeleted;
use contracts::orders::{OrderFacts, RefundDue, RefundReason};
use contracts::payments::{CaptureMode, PaymentProviderName};
use dynamo::Outbox;
use jiff::{SignedDuration, Timestamp};
use kit::quote::Quote;
use payment_providers::{PaymentFacts, ProviderPayment, ProviderPaymentId, sign};
use payments::domain::payment::{PAYMENT_TIME, Payment, payment_id};
use payments::store::{Payments, Store};
use serde_json::{Value, json};
use types::{BuyerId, CurrencyCode, Money, OrderId, PaymentId, RefundId, Role};

use crate::harness::order_payments::intent_id;
use crate::harness::world::WEBHOOK_SECRET;
use crate::request::{Request, fact, sample};
use crate::stage::{Person, Stage};

/// What an order costs, in minor units.
const AMOUNT_MINOR: i64 = 3_412;

pub struct Scene {
    manager: Person,
}

/// A payment that a buyer has started.
struct Started {
    buyer: Person,
    order: OrderId,
    id: PaymentId,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        Self { manager: stage.member(&[Role::Manager]).await.person }
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let by_manager = || Request::of(name).by(&self.manager);
        let event = match name {
            "payments-start-payment" => start(stage, CaptureMode::Immediate).await.1.event(),
            "payments-get-payment" => {
                let started = started(stage, CaptureMode::Immediate).await;
                Request::of(name).by(&started.buyer).at("id", started.id).event()
            }
            "payments-refresh-payment" => {
                let started = paying(stage, CaptureMode::Immediate).await;
                Request::of(name).by(&started.buyer).at("id", started.id).event()
            }
            "payments-list-payments" => {
                paid(stage, CaptureMode::Immediate).await;
                by_manager().event()
            }
            "payments-list-payment-attention" => {
                let Started { order, .. } = paid(stage, CaptureMode::Immediate).await;
                // More than was captured.
                let due = RefundDue { amount_minor: AMOUNT_MINOR + 1, ..refund_due(order) };
                stage.hear("payments-apply-order-events", due).await;
                by_manager().event()
            }
            "payments-list-unmatched-payments" => {
                unmatched(stage).await;
                by_manager().event()
            }
            "payments-capture-payment" | "payments-void-payment" => {
                by_manager().at("id", paid(stage, CaptureMode::OnShipment).await.id).event()
            }
            "payments-get-admin-payment" | "payments-refund-payment" => {
                by_manager().at("id", paid(stage, CaptureMode::Immediate).await.id).event()
            }
            "payments-receive-payment-webhook" => webhook(name, paying(stage, CaptureMode::Immediate).await.id),
            "payments-apply-order-events" => {
                let Started { order, .. } = paid(stage, CaptureMode::Immediate).await;
                fact(name, refund_due(order))
            }
            "payments-forget-user" => {
                let user_id = paid(stage, CaptureMode::Immediate).await.buyer.id;
                fact(name, UserDeleted { user_id })
            }
            "payments-sweep-payments" => {
                let Started { id, .. } = started(stage, CaptureMode::Immediate).await;
                age(stage, id).await;
                sample(name)
            }
            _ => return methods(stage, name).await,
        };
        Some(event)
    }
}

/// The event of a call about saved methods.
async fn methods(stage: &Stage, name: &str) -> Option<Value> {
    let user = stage.member(&[]).await.person;
    let ask = Request::of(name).by(&user);
    if name == "payments-add-payment-method" {
        return Some(ask.event());
    }
    let added = stage.call(Request::of("payments-add-payment-method").by(&user)).await;
    let id = added["method"]["id"].as_str().unwrap_or_else(|| panic!("{added}"));
    match name {
        "payments-list-payment-methods" => Some(ask.event()),
        "payments-delete-payment-method" | "payments-set-default-payment-method" => Some(ask.at("id", id).event()),
        _ => None,
    }
}

/// A buyer with an order, and the request that starts its payment.
async fn start(stage: &Stage, capture: CaptureMode) -> (Started, Request) {
    let (buyer, order) = (stage.member(&[]).await.person, OrderId::generate());
    let quote = Quote {
        order,
        number: "7ZK2M0QX9D".to_owned(),
        payer: BuyerId::User(buyer.id),
        amount: AMOUNT_MINOR,
        currency: currency(),
        capture,
        until: Timestamp::now() + SignedDuration::from_mins(9),
    };
    let quote = stage.world.quotes().sign(&quote, Timestamp::now()).await.expect("a quote");
    let request = Request::of("payments-start-payment").by(&buyer).with("quote", quote);
    (Started { buyer, order, id: payment_id(order) }, request)
}

async fn started(stage: &Stage, capture: CaptureMode) -> Started {
    let (started, request) = start(stage, capture).await;
    stage.call(request).await;
    started
}

/// The buyer has paid at the provider, and nobody was told.
async fn paying(stage: &Stage, capture: CaptureMode) -> Started {
    let started = started(stage, capture).await;
    stage.world.services().pay_order(&started.id.to_string());
    started
}

/// The payment is known to be paid.
async fn paid(stage: &Stage, capture: CaptureMode) -> Started {
    let started = paying(stage, capture).await;
    stage.call(Request::of("payments-refresh-payment").by(&started.buyer).at("id", started.id)).await;
    started
}

fn currency() -> CurrencyCode {
    CurrencyCode::parse("EUR").expect("a currency")
}

fn webhook(name: &str, payment: PaymentId) -> Value {
    let metadata = json!({ "atoll_deployment": testkit::TestTable::name(), "atoll_payment": payment });
    let object = json!({ "id": intent_id(&payment.to_string()), "object": "payment_intent", "metadata": metadata });
    let body = json!({ "id": "evt_1", "type": "payment_intent.succeeded", "data": { "object": object } });
    let signature = sign(WEBHOOK_SECRET.as_bytes(), body.to_string().as_bytes(), Timestamp::now());
    Request::of(name).body(&body).header("stripe-signature", &signature).event()
}

fn refund_due(order_id: OrderId) -> RefundDue {
    let order = OrderFacts {
        order_id,
        number: "7ZK2M0QX9D".to_owned(),
        user_id: None,
        currency: currency(),
        total_minor: AMOUNT_MINOR,
        placed_at: Timestamp::now(),
    };
    let (refund_id, reason) = (RefundId::generate(), RefundReason::Returned);
    RefundDue { order, refund_id, amount_minor: 1_200, capture_total_minor: None, reason }
}

/// Money at the provider that belongs to no payment.
async fn unmatched(stage: &Stage) {
    let view = ProviderPayment {
        id: ProviderPaymentId::new("pi_unmatched"),
        reference: None,
        money: Money::new(AMOUNT_MINOR, currency()),
        facts: PaymentFacts { authorized_minor: AMOUNT_MINOR, ..PaymentFacts::default() },
        our_captures: BTreeSet::new(),
        needs_confirm: false,
        multi_capture: false,
        next: None,
        decline: None,
        method: None,
        customer: None,
    };
    let store = Store::new(stage.world.table().of::<Payments>());
    store.note_orphan(PaymentProviderName::Stripe, &view, Timestamp::now()).await.expect("the table");
}

/// Lets a payment have started so long ago that its buyer's time is over.
async fn age(stage: &Stage, id: PaymentId) {
    let store = Store::new(stage.world.table().of::<Payments>());
    let read = store.payment(id).await.expect("the table").expect("the payment");
    let started_at = Timestamp::now() - PAYMENT_TIME - SignedDuration::from_mins(1);
    let next = Payment { started_at, retry: None, ..read.value.clone() };
    assert!(store.save_payment(&read, next, &Outbox::none()).await.is_ok(), "an older payment");
}

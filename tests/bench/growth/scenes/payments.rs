//! Lists of payments.

use contracts::payments::CaptureMode;
use jiff::Timestamp;
use kit::http::endpoint;
use payments::api::{list_payment_attention, list_payment_methods, list_payments, list_unmatched_payments};
use serde_json::json;
use types::{CurrencyCode, Money};

use super::ask::{Request, SignedInUser};
use super::copies::Copies;
use super::{Entry, Scene};
use crate::identity_support::stage;
use crate::payments_acquirer_support::dispute;
use crate::payments_support::{Till, Who};

pub(super) const SCENES: &[Entry] = &[
    Entry::list("GET /v1/commerce/admin/payments", "payments", || Box::pin(all_payments())),
    Entry::list("GET /v1/commerce/admin/payments/attention", "payments that need attention", || Box::pin(attention())),
    Entry::list("GET /v1/commerce/admin/payments/unmatched", "unmatched payments", || Box::pin(unmatched())),
    Entry::list("GET /v1/commerce/payment-methods", "payment methods of others", || Box::pin(methods())),
];

async fn all_payments() -> Scene {
    let till = Till::open().await;
    let buyer = till.guest("key", CaptureMode::Immediate).await;
    let (reply, template) = till.table.written_by(till.start(&buyer)).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let at: Timestamp = reply.body["payment"]["startedAt"].as_str().expect("a time").parse().expect("a time");
    let copies = Copies::of(template.with(&["\"entry\""]), &buyer.payment()).made_at(at);
    let list = endpoint(list_payments::list_payments, till.ctx, stage());
    let request = Request::get(list, "/v1/commerce/admin/payments", &manager(&till));
    Scene::new(&till.table, copies.all(), request.again()).showing(20, true)
}

async fn attention() -> Scene {
    let till = Till::open().await;
    let buyer = till.guest("key", CaptureMode::Immediate).await;
    till.paid(&buyer).await;
    let open = dispute(1, payment_providers::DisputeProgress::Open);
    till.stripe.set(&buyer.at_provider(), |facts| {
        facts.disputes.insert("dp".into(), open);
    });
    let (reply, template) = till.table.written_by(till.refresh(&buyer)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let copies = Copies::of(template.with(&["attention#disputed"]), &buyer.payment());
    let list = endpoint(list_payment_attention::list_payment_attention, till.ctx, stage());
    let request = Request::get(list, "/v1/commerce/admin/payments/attention", &manager(&till));
    Scene::new(&till.table, copies.all(), request.again()).showing(20, true)
}

async fn unmatched() -> Scene {
    let till = Till::open().await;
    let unknown = till.guest("key", CaptureMode::Immediate).await;
    let (reference, money) = (unknown.payment().to_string(), Money::new(700, currency()));
    till.stripe.stray("pi_stray", &reference, money);
    let hook = json!({ "payment": "pi_stray", "reference": reference });
    let (reply, template) = till.table.written_by(till.webhook(&hook)).await;
    assert_eq!(reply.status, 204, "{}", reply.body);
    let copies = Copies::of(template, &"pi_stray");
    let list = endpoint(list_unmatched_payments::list_unmatched_payments, till.ctx, stage());
    let request = Request::get(list, "/v1/commerce/admin/payments/unmatched", &manager(&till));
    Scene::new(&till.table, copies.all(), request.again()).showing(20, true)
}

async fn methods() -> Scene {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    let setup = till.save_method(&buyer.who, "key").await;
    assert_eq!(setup.status, 201, "{}", setup.body);
    till.stripe.finish_setups();
    let (saved, template) = till.table.written_by(till.save_method(&buyer.who, "key")).await;
    let id = saved.body["method"]["id"].as_str().expect("a method").to_owned();
    let (Who::User(token), Some(user)) = (buyer.who.clone(), buyer.user) else { panic!("the buyer is a user") };
    let copies = Copies::of(template.with(&["\"method#"]), &id).owned_by(&user);
    let list = endpoint(list_payment_methods::list_payment_methods, till.ctx, stage());
    let request = Request::get(list, "/v1/commerce/payment-methods", &SignedInUser { id: user, token });
    Scene::new(&till.table, copies.others(), request.again()).showing(1, false)
}

fn currency() -> CurrencyCode {
    CurrencyCode::parse("EUR").expect("a currency")
}

fn manager(till: &Till) -> SignedInUser {
    let Who::User(token) = till.manager.clone() else { panic!("the manager is a user") };
    SignedInUser { id: types::UserId::generate(), token }
}

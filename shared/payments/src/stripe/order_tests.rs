//! Bodies as Stripe's API 2024-06-20 writes them, and what is asked for.

use jiff::Timestamp;
use kit::outbound::OutboundError;
use serde_json::{Value, json};
use types::{CurrencyCode, Money};

use super::*;
use crate::facts::{DisputeProgress, FactStatus, RefundProgress};
use crate::methods::{CustomerId, MethodId, SetupId, SetupStatus};
use crate::order_payments::{
    CaptureMode, CaptureRequest, Confirmation, Continuation, NewPayment, NotPayable, OrderPayments, RefundRequest,
};
use crate::order_webhooks::{OrderEvent, OrderWebhookError, OrderWebhooks, Owner};
use crate::recorded::{Recorded, outbound};
use crate::webhook::sign;

fn money(amount_minor: i64, code: &str) -> Money {
    Money::new(amount_minor, CurrencyCode::parse(code).unwrap())
}

fn stripe(provider: &Recorded) -> Box<dyn OrderPayments> {
    Box::new(Stripe::new(outbound(), &provider.url, "here", "sk_test"))
}

fn id() -> ProviderPaymentId {
    ProviderPaymentId::new("pi_3MtweE")
}

fn intent(status: &str, more: &Value) -> Value {
    let mut intent = json!({
        "id": "pi_3MtweE", "object": "payment_intent", "amount": 10_000, "amount_capturable": 0, "amount_received": 0,
        "capture_method": "manual", "client_secret": "pi_3MtweE_secret_YrKJ", "created": 1_680_800_504,
        "currency": "eur", "customer": null, "last_payment_error": null, "latest_charge": null, "livemode": false,
        "metadata": { "atoll_deployment": "here", "atoll_payment": "p1" },
        "payment_method": null, "payment_method_types": ["card"], "status": status,
    });
    merge(&mut intent, more);
    intent
}

fn charge(captured: i64, more: &Value) -> Value {
    let mut charge = json!({
        "id": "ch_3MtweE", "object": "charge", "amount": 10_000, "amount_captured": captured, "amount_refunded": 0,
        "captured": captured > 0, "currency": "eur", "disputed": false, "paid": true, "status": "succeeded",
        "payment_intent": "pi_3MtweE", "payment_method": "pm_1Mtw",
        "payment_method_details": { "type": "card", "card": {
            "brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2030, "capture_before": 1_681_405_304,
            "multicapture": { "status": "available" } } },
        "refunds": { "object": "list", "data": [], "has_more": false },
    });
    merge(&mut charge, more);
    charge
}

fn refund(id: &str, amount: i64, status: &str, metadata: &Value) -> Value {
    json!({ "id": id, "object": "refund", "amount": amount, "currency": "eur", "status": status, "metadata": metadata })
}

fn of_ours(id: &str) -> Value {
    json!({ "atoll_deployment": "here", "atoll_refund": id })
}

fn merge(into: &mut Value, more: &Value) {
    for (name, value) in more.as_object().unwrap() {
        into[name] = value.clone();
    }
}

fn refusal(code: Option<&str>, param: Option<&str>) -> Value {
    json!({ "error": { "type": "invalid_request_error", "code": code, "param": param, "message": "quoted nowhere" } })
}

fn new(capture: CaptureMode, money: Money) -> NewPayment {
    NewPayment {
        reference: "p1".into(),
        order_number: "AB12".into(),
        money,
        capture,
        customer: None,
        method: None,
        save_method: false,
        return_url: None,
        cancel_url: None,
        attempt: 0,
    }
}

#[tokio::test]
async fn a_payment_is_created_once_per_attempt_with_our_id_in_its_metadata() {
    let provider = Recorded::answering([(200, intent("requires_payment_method", &json!({})))]);
    let mut asked = new(CaptureMode::Manual, money(10_000, "EUR"));
    (asked.customer, asked.save_method) = (Some(CustomerId::new("cus_1")), true);
    let made = stripe(&provider).create(&asked).await.unwrap();
    assert_eq!((made.id, made.reference.as_deref(), made.money), (id(), Some("p1"), money(10_000, "EUR")));
    assert_eq!(made.facts.status(), FactStatus::Started);
    assert!(matches!(made.next, Some(Continuation::ClientSecret(_))));
    let request = &provider.requests()[0];
    assert_eq!(request.line, "POST /v1/payment_intents");
    assert_eq!(request.header("idempotency-key"), Some("p1:create:0"));
    assert_eq!(request.header("authorization"), Some("Bearer sk_test"));
    for (name, value) in [
        ("amount", "10000"),
        ("currency", "eur"),
        ("capture_method", "manual"),
        ("payment_method_options[card][request_multicapture]", "if_available"),
        ("customer", "cus_1"),
        ("setup_future_usage", "off_session"),
        ("metadata[atoll_deployment]", "here"),
        ("metadata[atoll_payment]", "p1"),
        ("expand[]", "latest_charge"),
    ] {
        assert_eq!(request.field(name).as_deref(), Some(value), "{name}");
    }
}

#[tokio::test]
async fn an_account_without_several_captures_is_asked_for_one() {
    let refused = refusal(Some("parameter_unknown"), Some("payment_method_options[card][request_multicapture]"));
    let made = intent("requires_payment_method", &json!({}));
    let provider = Recorded::answering([(400, refused), (200, made.clone()), (200, made)]);
    let (stripe, asked) = (stripe(&provider), new(CaptureMode::Manual, money(10_000, "EUR")));
    stripe.create(&asked).await.unwrap();
    // The next payment of this process does not try again.
    stripe.create(&asked).await.unwrap();
    let requests = provider.requests();
    let multi = |at: usize| requests[at].field("payment_method_options[card][request_multicapture]");
    assert_eq!((multi(0).as_deref(), multi(1), multi(2)), (Some("if_available"), None, None));
    assert_ne!(requests[0].header("idempotency-key"), requests[1].header("idempotency-key"));
}

#[tokio::test]
async fn amounts_are_in_the_units_of_the_provider_in_both_directions() {
    // Paymenter/Paymenter#1258: 80 yen are 80. KWD has three decimals, of which the last is zero.
    // medusajs/medusa#14818: a total of 34.12 is 3412.
    let amounts =
        [(money(80, "JPY"), 80), (money(5_120, "KWD"), 5_120), (money(5, "ISK"), 500), (money(3_412, "USD"), 3_412)];
    for (ours, theirs) in amounts {
        let currency = ours.currency.as_str().to_ascii_lowercase();
        let body = intent(
            "succeeded",
            &json!({ "amount": theirs, "currency": currency,
            "latest_charge": charge(theirs, &json!({ "amount": theirs, "currency": currency })) }),
        );
        let provider = Recorded::answering([(200, body)]);
        let made = stripe(&provider).create(&new(CaptureMode::Automatic, ours.clone())).await.unwrap();
        assert_eq!(provider.requests()[0].field("amount"), Some(theirs.to_string()));
        assert_eq!((made.facts.captured_minor(), &made.money), (ours.amount_minor, &ours));
    }
}

#[tokio::test]
async fn amounts_that_are_none_reach_no_provider() {
    // juspay/hyperswitch#11491.
    let provider = Recorded::answering([]);
    let stripe = stripe(&provider);
    for wrong in [money(0, "EUR"), money(-500, "EUR"), money(5_124, "KWD"), money(100, "POINTS")] {
        let asked = new(CaptureMode::Automatic, wrong.clone());
        assert!(matches!(stripe.create(&asked).await, Err(PaymentError::Refused { status: 400, .. })), "{wrong:?}");
        let refund = RefundRequest { id: "r1".into(), money: wrong.clone(), attempt: 0 };
        assert!(stripe.refund(&id(), &refund).await.is_err(), "{wrong:?}");
        assert!(stripe.payable(&wrong).is_err(), "{wrong:?}");
    }
    assert_eq!(stripe.payable(&money(-500, "EUR")), Err(NotPayable::Amount { max: 99_999_999 }));
    assert_eq!(stripe.payable(&money(49, "EUR")), Err(NotPayable::TooSmall { min: 50 }));
    assert_eq!(stripe.payable(&money(50, "EUR")), Ok(()));
    assert_eq!(stripe.payable(&money(5_124, "KWD")), Err(NotPayable::Step(10)));
    assert_eq!(stripe.payable(&money(1_000_000, "ISK")), Err(NotPayable::Amount { max: 999_999 }));
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn an_authorization_says_until_when_and_how_it_may_be_captured() {
    let body = intent(
        "requires_capture",
        &json!({ "amount_capturable": 10_000, "latest_charge": charge(0, &json!({})), "payment_method": "pm_1Mtw" }),
    );
    let provider = Recorded::answering([(200, body)]);
    let found = stripe(&provider).find(&id()).await.unwrap();
    assert_eq!((found.facts.authorized_minor, found.facts.captured_minor()), (10_000, 0));
    assert_eq!(found.facts.status(), FactStatus::Authorized);
    assert_eq!(found.facts.capture_before, Timestamp::from_second(1_681_405_304).ok());
    assert!(found.multi_capture && found.next.is_none());
    let method = found.method.unwrap();
    assert_eq!((method.brand.as_str(), method.last4.as_str(), method.expiry_year), ("visa", "4242", 2030));
    assert_eq!(provider.requests()[0].line.split('?').next(), Some("GET /v1/payment_intents/pi_3MtweE"));
}

#[tokio::test]
async fn a_part_is_captured_under_our_id_and_a_repetition_is_recognized() {
    let metadata = json!({ "atoll_deployment": "here", "atoll_payment": "p1", "cap_c1": "4000" });
    let body = intent(
        "requires_capture",
        &json!({ "amount_capturable": 6_000, "metadata": metadata, "latest_charge": charge(4_000, &json!({})) }),
    );
    let too_late = refusal(Some("amount_too_large"), Some("amount_to_capture"));
    let answers = [(200, body.clone()), (400, too_late.clone()), (200, body.clone()), (400, too_late), (200, body)];
    let provider = Recorded::answering(answers);
    let stripe = stripe(&provider);
    let mut asked = CaptureRequest { id: "c1".into(), money: money(4_000, "EUR"), is_final: false, attempt: 0 };
    let captured = stripe.capture(&id(), &asked).await.unwrap();
    assert_eq!((captured.facts.status(), captured.facts.captured_minor()), (FactStatus::PartiallyCaptured, 4_000));
    // Under a key that the provider has forgotten, the same capture is too much, and was made before.
    asked.attempt = 1;
    assert!(stripe.capture(&id(), &asked).await.unwrap().our_captures.contains("c1"));
    asked.id = "c2".into();
    let refused = stripe.capture(&id(), &asked).await;
    assert_eq!(refused, Err(PaymentError::State { code: "amount_too_large".into() }));
    let request = &provider.requests()[0];
    assert_eq!(request.header("idempotency-key"), Some("c1:capture:0"));
    let fields = ["amount_to_capture", "final_capture", "metadata[cap_c1]"].map(|name| request.field(name));
    assert_eq!(fields.map(Option::unwrap), ["4000", "false", "4000"]);
}

#[tokio::test]
async fn refunds_are_known_by_our_id_and_those_of_the_dashboard_by_the_providers() {
    let refunds = json!({ "object": "list", "has_more": false, "data": [
        refund("re_1", 3_000, "succeeded", &of_ours("r1")),
        refund("re_2", 2_000, "pending", &of_ours("r2")),
        refund("re_3", 1_000, "failed", &of_ours("r3")),
        refund("re_4", 500, "succeeded", &json!({})),
        refund("re_5", 400, "succeeded", &json!({ "atoll_deployment": "elsewhere", "atoll_refund": "r1" })),
    ] });
    let body = intent("succeeded", &json!({ "latest_charge": charge(10_000, &json!({ "refunds": refunds })) }));
    let provider = Recorded::answering([(200, body)]);
    let facts = stripe(&provider).find(&id()).await.unwrap().facts;
    assert_eq!(facts.refunds.keys().collect::<Vec<_>>(), ["r1", "r2", "r3", "re_4", "re_5"]);
    assert_eq!((facts.refunded_minor(), facts.refunding_minor(), facts.refundable_minor()), (3_900, 5_900, 4_100));
    assert_eq!(facts.refund("r2").unwrap().progress, RefundProgress::Pending);
    assert_eq!(facts.status(), FactStatus::PartiallyRefunded);
}

#[tokio::test]
async fn more_refunds_than_a_charge_lists_and_disputes_are_asked_for() {
    let many = json!({ "object": "list", "has_more": true, "data": [refund("re_1", 1, "succeeded", &of_ours("r1"))] });
    let charge = charge(10_000, &json!({ "refunds": many, "disputed": true }));
    let all: Vec<_> = (0..12).map(|n| refund(&format!("re_{n}"), 1, "succeeded", &of_ours(&format!("r{n}")))).collect();
    let disputes = json!({ "object": "list", "has_more": false, "data": [
        { "id": "dp_1", "amount": 4_000, "currency": "eur", "status": "needs_response" },
        { "id": "dp_2", "amount": 1_000, "currency": "eur", "status": "lost" },
        { "id": "dp_3", "amount": 1_000, "currency": "eur", "status": "warning_closed" },
    ] });
    let listed = json!({ "object": "list", "has_more": false, "data": all });
    let body = intent("succeeded", &json!({ "latest_charge": charge }));
    let provider = Recorded::answering([(200, body), (200, disputes), (200, listed)]);
    let facts = stripe(&provider).find(&id()).await.unwrap().facts;
    assert_eq!((facts.refunds.len(), facts.refunded_minor(), facts.is_disputed()), (12, 12, true));
    let progress: Vec<_> = facts.disputes.values().map(|dispute| dispute.progress).collect();
    assert_eq!(progress, [DisputeProgress::Open, DisputeProgress::Lost, DisputeProgress::Won]);
    let lines: Vec<_> = provider.requests().into_iter().map(|request| request.line).collect();
    assert!(lines[1].starts_with("GET /v1/disputes?payment_intent=pi_3MtweE"), "{lines:?}");
    assert!(lines[2].starts_with("GET /v1/refunds?payment_intent=pi_3MtweE"), "{lines:?}");
}

#[tokio::test]
async fn a_refund_whose_answer_was_lost_is_recognized_by_our_id() {
    // juspay/hyperswitch#3751: the call times out, and only a look brings the provider's id.
    let refunds = json!({ "data": [refund("re_1", 3_000, "succeeded", &of_ours("r1"))], "has_more": false });
    let body = intent("succeeded", &json!({ "latest_charge": charge(3_000, &json!({ "refunds": refunds })) }));
    let unavailable = (500, json!({ "error": { "type": "api_error" } }));
    let again = refusal(Some("charge_already_refunded"), None);
    let answers = [unavailable.clone(), unavailable.clone(), unavailable, (400, again), (200, body)];
    let provider = Recorded::answering(answers);
    let stripe = stripe(&provider);
    let mut asked = RefundRequest { id: "r1".into(), money: money(3_000, "EUR"), attempt: 0 };
    let lost = stripe.refund(&id(), &asked).await.unwrap_err();
    assert_eq!(lost, PaymentError::Unknown(OutboundError::Status { status: 500 }));
    asked.attempt = 1;
    let found = stripe.refund(&id(), &asked).await.unwrap();
    assert_eq!(found.facts.refund("r1").unwrap().amount_minor, 3_000);
    let requests = provider.requests();
    assert_eq!(requests[0].header("idempotency-key"), Some("r1:refund:0"));
    assert_eq!(requests[3].header("idempotency-key"), Some("r1:refund:1"));
    assert_eq!(requests[0].field("metadata[atoll_refund]").as_deref(), Some("r1"));
}

#[tokio::test]
async fn a_refund_of_more_than_is_left_is_about_the_state() {
    // Stripe words it without a code.
    let body = intent("succeeded", &json!({ "latest_charge": charge(3_000, &json!({})) }));
    let provider = Recorded::answering([(400, refusal(None, Some("amount"))), (200, body)]);
    let asked = RefundRequest { id: "r1".into(), money: money(6_000, "EUR"), attempt: 0 };
    let refused = stripe(&provider).refund(&id(), &asked).await;
    assert_eq!(refused, Err(PaymentError::State { code: "amount".into() }));
}

#[tokio::test]
async fn a_declined_saved_method_is_a_view_and_an_absent_payer_too() {
    let error = json!({ "type": "card_error", "code": "authentication_required", "decline_code": "authentication_required",
        "charge": "ch_1", "payment_method": { "id": "pm_1" } });
    let body = intent("requires_payment_method", &json!({ "last_payment_error": error }));
    let mut refused = json!({ "error": error });
    refused["error"]["payment_intent"] = body.clone();
    let provider = Recorded::answering([(402, refused), (200, body)]);
    let asked = Confirmation {
        reference: "p1".into(),
        capture: CaptureMode::Automatic,
        method: Some(MethodId::new("pm_1")),
        off_session: true,
        return_url: None,
        attempt: 0,
    };
    let declined = stripe(&provider).confirm(&id(), &asked).await.unwrap();
    assert_eq!(declined.decline.as_deref(), Some("authentication_required"));
    assert_eq!(declined.facts.status(), FactStatus::Failed);
    let request = &provider.requests()[0];
    assert_eq!(request.header("idempotency-key"), Some("p1:confirm:0"));
    let fields = ["payment_method", "off_session"].map(|name| request.field(name).unwrap());
    assert_eq!(fields, ["pm_1", "true"]);
}

#[tokio::test]
async fn a_confirmation_or_cancellation_that_took_effect_before_is_no_error() {
    let late = refusal(Some(UNEXPECTED_STATE), None);
    let waiting = intent("requires_action", &json!({ "payment_method": "pm_1" }));
    let canceled = intent("canceled", &json!({}));
    let paid = intent("succeeded", &json!({ "latest_charge": charge(10_000, &json!({})) }));
    let part = intent("succeeded", &json!({ "latest_charge": charge(4_000, &json!({})) }));
    let answers = [
        (400, late.clone()),
        (200, waiting),
        (400, late.clone()),
        (200, canceled),
        (400, late.clone()),
        (200, paid),
        (400, late),
        (200, part),
    ];
    let provider = Recorded::answering(answers);
    let stripe = stripe(&provider);
    let asked = Confirmation {
        reference: "p1".into(),
        capture: CaptureMode::Automatic,
        method: None,
        off_session: false,
        return_url: None,
        attempt: 1,
    };
    let waits = stripe.confirm(&id(), &asked).await.unwrap();
    assert_eq!(waits.facts.status(), FactStatus::RequiresAction);
    assert!(waits.next.is_some());
    assert_eq!(stripe.cancel(&id()).await.unwrap().facts.status(), FactStatus::Closed);
    assert!(matches!(stripe.cancel(&id()).await, Err(PaymentError::State { .. })));
    // The rest of a part was released before.
    assert_eq!(stripe.cancel(&id()).await.unwrap().facts.captured_minor(), 4_000);
    assert_eq!(provider.requests()[2].header("idempotency-key"), None);
}

#[tokio::test]
async fn a_payment_is_found_by_our_id_and_the_one_that_was_paid_counts() {
    let mut paid = intent("succeeded", &json!({ "id": "pi_paid", "latest_charge": charge(10_000, &json!({})) }));
    paid["created"] = json!(1_680_800_600);
    let found = json!({ "object": "search_result", "has_more": false,
        "data": [intent("requires_payment_method", &json!({})), paid, intent("canceled", &json!({ "id": "pi_old" }))] });
    let none = json!({ "object": "search_result", "has_more": false, "data": [] });
    let provider = Recorded::answering([(200, found), (200, none)]);
    let stripe = stripe(&provider);
    assert_eq!(stripe.find_by_reference("p'1").await.unwrap().unwrap().id.as_str(), "pi_paid");
    assert_eq!(stripe.find_by_reference("p1").await.unwrap(), None);
    let query = provider.requests()[0].field("query").unwrap();
    assert_eq!(query, r"metadata['atoll_payment']:'p\'1' AND metadata['atoll_deployment']:'here'");
}

#[tokio::test]
async fn what_belongs_to_others_has_no_reference() {
    for metadata in [
        json!({}),
        json!({ "atoll_deployment": "elsewhere", "atoll_payment": "p1" }),
        json!({ "atoll_deployment": "here", "atoll_reference": "deposit:1" }),
    ] {
        let provider = Recorded::answering([(200, intent("succeeded", &json!({ "metadata": metadata })))]);
        assert_eq!(stripe(&provider).find(&id()).await.unwrap().reference, None, "{metadata}");
    }
}

#[tokio::test]
async fn methods_are_saved_listed_made_the_default_and_removed() {
    let card = json!({ "brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2030 });
    let method = json!({ "id": "pm_1", "object": "payment_method", "card": card });
    let setup = |status: &str, method: Value| {
        json!({ "id": "seti_1", "object": "setup_intent", "status": status, "client_secret": "seti_1_secret_2",
            "customer": "cus_1", "payment_method": method,
            "metadata": { "atoll_deployment": "here", "atoll_setup": "s1" } })
    };
    let customer = json!({ "id": "cus_1", "invoice_settings": { "default_payment_method": "pm_1" } });
    let missing = refusal(Some("resource_missing"), Some("payment_method"));
    let provider = Recorded::answering([
        (200, json!({ "id": "cus_1" })),
        (200, json!({ "id": "cus_1" })),
        (200, setup("requires_payment_method", Value::Null)),
        (200, setup("succeeded", method.clone())),
        (200, customer),
        (400, missing),
        (200, json!({ "id": "cus_1", "deleted": true })),
    ]);
    let stripe = stripe(&provider);
    let stripe = stripe.saved_methods().unwrap();
    let customer = stripe.create_customer("u1").await.unwrap();
    let made = stripe.create_setup(&customer, "s1").await.unwrap();
    assert_eq!((made.status, made.method, made.client_secret.is_some()), (SetupStatus::Open, None, true));
    let done = stripe.find_setup(&SetupId::new("seti_1")).await.unwrap();
    assert_eq!(
        (done.status, done.reference.as_deref(), done.client_secret),
        (SetupStatus::Succeeded, Some("s1"), None)
    );
    assert_eq!(done.method.unwrap().last4, "4242");
    stripe.set_default_method(&customer, &MethodId::new("pm_1")).await.unwrap();
    stripe.detach_method(&MethodId::new("pm_1")).await.unwrap();
    stripe.delete_customer(&customer).await.unwrap();
    let requests = provider.requests();
    let lines: Vec<_> = requests.iter().map(|request| request.line.split('?').next().unwrap()).collect();
    assert_eq!(
        lines,
        [
            "POST /v1/customers",
            "GET /v1/customers/cus_1",
            "POST /v1/setup_intents",
            "GET /v1/setup_intents/seti_1",
            "POST /v1/customers/cus_1",
            "POST /v1/payment_methods/pm_1/detach",
            "DELETE /v1/customers/cus_1"
        ]
    );
    assert_eq!(requests[0].body.matches('=').count(), 2, "no personal data: {}", requests[0].body);
}

#[tokio::test]
async fn a_user_who_was_deleted_within_the_day_is_created_anew() {
    let provider = Recorded::answering([
        (200, json!({ "id": "cus_1" })),
        (200, json!({ "id": "cus_1", "deleted": true })),
        (200, json!({ "id": "cus_2" })),
        (200, json!({ "id": "cus_2" })),
    ]);
    let stripe = stripe(&provider);
    let customer = stripe.saved_methods().unwrap().create_customer("u1").await.unwrap();
    assert_eq!(customer, CustomerId::new("cus_2"));
}

async fn event(kind: &str, object: Value) -> Result<OrderEvent, OrderWebhookError> {
    let now = Timestamp::from_second(1_700_000_000).unwrap();
    let body = json!({ "id": "evt_1", "type": kind, "data": { "object": object } }).to_string();
    let signature = sign(b"whsec", body.as_bytes(), now);
    let headers = move |name: &str| (name == "stripe-signature").then(|| signature.clone());
    OrderWebhooks::read(&Webhooks::new("here", "whsec"), &headers, body.as_bytes(), now).await
}

#[tokio::test]
async fn events_name_the_payment_and_whose_it_is() {
    let ours = json!({ "atoll_deployment": "here", "atoll_payment": "p1" });
    let id = || ProviderPaymentId::new("pi_1");
    let reference = || Owner::Ours { reference: "p1".into() };
    for kind in ["succeeded", "amount_capturable_updated", "requires_action", "canceled", "payment_failed"] {
        let read = event(&format!("payment_intent.{kind}"), json!({ "id": "pi_1", "metadata": ours })).await.unwrap();
        assert_eq!(read, OrderEvent::Payment { id: id(), owner: reference() });
    }
    for (kind, metadata, owner) in [
        ("charge.refunded", ours.clone(), reference()),
        ("charge.captured", json!({ "atoll_deployment": "elsewhere", "atoll_payment": "p1" }), Owner::Other),
        ("charge.refunded", json!({ "atoll_deployment": "here", "atoll_reference": "deposit:1:2" }), Owner::Other),
        ("refund.updated", of_ours("r1"), Owner::Unstated),
        ("charge.refund.updated", json!({}), Owner::Unstated),
        ("charge.dispute.created", json!({}), Owner::Unstated),
    ] {
        let read = event(kind, json!({ "id": "x_1", "payment_intent": "pi_1", "metadata": metadata })).await.unwrap();
        assert_eq!(read, OrderEvent::Payment { id: id(), owner }, "{kind}");
    }
    let customer = || CustomerId::new("cus_1");
    let setup =
        json!({ "id": "seti_1", "customer": "cus_1", "metadata": { "atoll_deployment": "here", "atoll_setup": "s1" } });
    let owner = Owner::Ours { reference: "s1".into() };
    let wanted = OrderEvent::Setup { id: SetupId::new("seti_1"), owner, customer: Some(customer()) };
    assert_eq!(event("setup_intent.succeeded", setup).await, Ok(wanted));
    let attached = event("payment_method.attached", json!({ "id": "pm_1", "customer": "cus_1" })).await;
    assert_eq!(attached, Ok(OrderEvent::Methods { customer: customer() }));
    let detached = event("payment_method.detached", json!({ "id": "pm_1", "customer": null })).await;
    assert_eq!(detached, Ok(OrderEvent::Other));
    assert_eq!(event("charge.succeeded", json!({ "id": "ch_1", "payment_intent": null })).await, Ok(OrderEvent::Other));
    assert_eq!(event("invoice.paid", json!({ "id": "in_1" })).await, Ok(OrderEvent::Other));
}

#[tokio::test]
async fn forged_events_are_refused() {
    let now = Timestamp::from_second(1_700_000_000).unwrap();
    let webhooks = Webhooks::new("here", "whsec");
    let unsigned = |_: &str| None;
    let refused = OrderWebhooks::read(&webhooks, &unsigned, b"{}", now).await;
    let wrong = |kind| Err(OrderWebhookError::Refused(WebhookError::Signature(kind)));
    assert_eq!(refused, wrong(SignatureError::Malformed));
    let forged = |_: &str| Some(sign(b"another", b"{}", now));
    assert_eq!(OrderWebhooks::read(&webhooks, &forged, b"{}", now).await, wrong(SignatureError::Wrong));
}

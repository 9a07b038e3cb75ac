//! Bodies as PayPal's Orders v2, Payments v2 and Disputes v1 APIs write them, and what is asked for.

use jiff::{SignedDuration, Timestamp};
use kit::Clock;
use serde_json::{Value, json};
use types::{CurrencyCode, Money};

use super::*;
use crate::facts::{DisputeProgress, FactStatus, RefundProgress};
use crate::order_payments::{
    CaptureMode, CaptureRequest, Confirmation, Continuation, NewPayment, OrderPayments, RefundRequest,
};
use crate::order_webhooks::{OrderEvent, OrderWebhookError, OrderWebhooks, Owner};
use crate::recorded::{Recorded, outbound};
use crate::webhook::SignatureError;
use crate::{PaymentError, ProviderPaymentId, WebhookError};

const ORDER: &str = "5O190127TN364715T";

fn start() -> Timestamp {
    "2026-11-29T12:00:00Z".parse().unwrap()
}

fn credentials() -> Credentials {
    Credentials::parse(r#"{"clientId": "id", "clientSecret": "secret", "webhookId": "1JE4291016473214C"}"#).unwrap()
}

fn paypal_at(provider: &Recorded, clock: Clock) -> PayPal {
    PayPal::new(outbound(), &provider.url, "here", credentials(), clock)
}

fn paypal(provider: &Recorded) -> PayPal {
    paypal_at(provider, Clock::manual(start()))
}

fn id() -> ProviderPaymentId {
    ProviderPaymentId::new(ORDER)
}

fn eur(amount_minor: i64) -> Money {
    Money::new(amount_minor, CurrencyCode::parse("EUR").unwrap())
}

fn token() -> (u16, Value) {
    (
        200,
        json!({ "scope": "https://uri.paypal.com/services/payments", "access_token": "A21AAF", "token_type": "Bearer",
        "app_id": "APP-80W284485P519543T", "expires_in": 32_400, "nonce": "2026" }),
    )
}

/// The provider with an answer to the token first.
fn answering(answers: impl IntoIterator<Item = (u16, Value)>) -> Recorded {
    Recorded::answering([token()].into_iter().chain(answers))
}

fn amount(value: &str) -> Value {
    json!({ "currency_code": "EUR", "value": value })
}

fn order(status: &str, intent: &str, payments: &Value) -> Value {
    json!({
        "id": ORDER, "intent": intent, "status": status, "create_time": "2026-11-29T11:58:00Z",
        "purchase_units": [{ "reference_id": "default", "amount": amount("100.00"), "custom_id": "here:p1",
            "invoice_id": "AB12", "payments": payments }],
        "links": [
            { "href": format!("https://api-m.paypal.com/v2/checkout/orders/{ORDER}"), "rel": "self", "method": "GET" },
            { "href": format!("https://www.paypal.com/checkoutnow?token={ORDER}"), "rel": "payer-action", "method": "GET" },
        ],
    })
}

fn capture(id: &str, value: &str, status: &str, invoice: &str, at: &str) -> Value {
    json!({ "id": id, "status": status, "amount": amount(value), "final_capture": false, "invoice_id": invoice,
        "custom_id": "here:p1", "create_time": at, "update_time": at,
        "links": [{ "href": format!("https://api-m.paypal.com/v2/payments/captures/{id}"), "rel": "self", "method": "GET" }] })
}

fn refund(id: &str, of: &str, value: &str, status: &str, custom: &str) -> Value {
    json!({ "id": id, "status": status, "amount": amount(value), "custom_id": custom, "create_time": "2026-11-29T12:00:00Z",
        "links": [{ "href": format!("https://api-m.paypal.com/v2/payments/captures/{of}"), "rel": "up", "method": "GET" }] })
}

fn authorization(status: &str) -> Value {
    json!({ "id": "66P728836U784324A", "status": status, "amount": amount("100.00"), "custom_id": "here:p1",
        "expiration_time": "2026-12-28T12:00:00Z", "create_time": "2026-11-29T12:00:00Z" })
}

fn taken() -> Value {
    order(
        "COMPLETED",
        "CAPTURE",
        &json!({ "captures": [capture("2GG279541U471931P", "100.00", "COMPLETED", "AB12", "2026-11-29T12:00:00Z")] }),
    )
}

fn no_disputes() -> (u16, Value) {
    (200, json!({ "items": [], "links": [] }))
}

fn refusal(issue: &str) -> Value {
    json!({ "name": "UNPROCESSABLE_ENTITY", "message": "The requested action could not be performed.",
        "debug_id": "90957fca61718", "details": [{ "issue": issue, "description": "quoted nowhere" }], "links": [] })
}

fn new(capture: CaptureMode) -> NewPayment {
    NewPayment {
        reference: "p1".into(),
        order_number: "AB12".into(),
        money: eur(10_000),
        capture,
        customer: None,
        method: None,
        save_method: false,
        return_url: Some("https://shop.example/return".into()),
        cancel_url: None,
        attempt: 0,
    }
}

fn confirmation(capture: CaptureMode) -> Confirmation {
    let reference = "p1".into();
    Confirmation { reference, capture, method: None, off_session: false, return_url: None, attempt: 0 }
}

fn lines(provider: &Recorded) -> Vec<String> {
    provider.requests().into_iter().map(|request| request.line).collect()
}

#[tokio::test]
async fn an_order_is_created_with_our_ids_and_approved_on_a_page() {
    let made = order("PAYER_ACTION_REQUIRED", "AUTHORIZE", &json!({}));
    let provider = answering([(201, made)]);
    let made = paypal(&provider).create(&new(CaptureMode::Manual)).await.unwrap();
    assert_eq!((made.id, made.reference.as_deref(), made.money), (id(), Some("p1"), eur(10_000)));
    assert_eq!((made.facts.status(), made.needs_confirm), (FactStatus::Started, false));
    let Some(Continuation::ApprovalUrl(url)) = made.next else { panic!("no approval") };
    assert_eq!(url.as_str(), format!("https://www.paypal.com/checkoutnow?token={ORDER}"));
    let requests = provider.requests();
    assert_eq!(requests[0].header("authorization"), Some("Basic aWQ6c2VjcmV0"));
    assert_eq!(requests[0].body, "grant_type=client_credentials");
    let request = &requests[1];
    assert_eq!(
        (request.line.as_str(), request.header("paypal-request-id")),
        ("POST /v2/checkout/orders", Some("p1:create:0"))
    );
    assert_eq!(request.header("authorization"), Some("Bearer A21AAF"));
    let body = request.json();
    assert_eq!(body["intent"], "AUTHORIZE");
    let unit = json!({ "amount": amount("100.00"), "custom_id": "here:p1", "invoice_id": "AB12" });
    assert_eq!(body["purchase_units"], json!([unit]));
    let context = &body["payment_source"]["paypal"]["experience_context"];
    assert_eq!(
        (&context["return_url"], &context["cancel_url"]),
        (&json!("https://shop.example/return"), &json!("https://shop.example/return"))
    );
}

#[tokio::test]
async fn a_repeated_key_with_another_amount_is_another_request() {
    let provider = answering([(200, order("PAYER_ACTION_REQUIRED", "CAPTURE", &json!({})))]);
    let asked = NewPayment { money: eur(9_000), ..new(CaptureMode::Automatic) };
    assert_eq!(paypal(&provider).create(&asked).await, Err(PaymentError::OtherRequest));
}

#[tokio::test]
async fn a_token_is_kept_until_shortly_before_its_end_and_replaced_when_it_is_refused() {
    let found = || (200, order("APPROVED", "CAPTURE", &json!({})));
    let unauthorized = (401, json!({ "error": "invalid_token" }));
    let answers = [found(), found(), token(), found(), unauthorized, token(), found()];
    let provider = answering(answers);
    let clock = Clock::manual(start());
    let paypal = paypal_at(&provider, clock.clone());
    for hours in [0, 8, 1, 0] {
        clock.advance(std::time::Duration::from_hours(hours));
        assert!(paypal.find(&id()).await.unwrap().needs_confirm);
    }
    let tokens: Vec<_> = lines(&provider).iter().map(|line| line.contains("oauth2")).collect();
    assert_eq!(tokens, [true, false, false, true, false, false, true, false]);
}

#[tokio::test]
async fn wrong_credentials_are_a_mistake_of_the_configuration() {
    let provider = Recorded::answering([(401, json!({ "error": "invalid_client" }))]);
    let refused = paypal(&provider).find(&id()).await;
    assert_eq!(refused, Err(PaymentError::Refused { status: 401, code: "invalid_client".into() }));
    for text in ["", "sk_live_1", "{}", r#"{"clientId": "id"}"#] {
        assert!(Credentials::parse(text).is_err(), "{text}");
    }
    assert_eq!(format!("{:?} {:?}", credentials(), paypal(&provider)), "Credentials(redacted) PayPal(redacted)");
}

#[tokio::test]
async fn an_order_that_nobody_approved_in_time_is_gone() {
    let gone =
        json!({ "name": "RESOURCE_NOT_FOUND", "details": [{ "issue": "INVALID_RESOURCE_ID" }], "debug_id": "1" });
    let provider = answering([(404, gone.clone()), (404, gone), (403, json!({ "name": "NOT_AUTHORIZED" }))]);
    let paypal = paypal(&provider);
    assert!(paypal.find(&id()).await.unwrap_err().is_gone());
    assert!(paypal.cancel(&id()).await.unwrap_err().is_gone());
    let refused = paypal.find(&id()).await.unwrap_err();
    assert_eq!(refused, PaymentError::Refused { status: 403, code: "NOT_AUTHORIZED".into() });
}

#[tokio::test]
async fn an_approved_order_is_captured_or_authorized_once() {
    let provider = answering([(201, taken()), (200, taken()), no_disputes()]);
    let captured = paypal(&provider).confirm(&id(), &confirmation(CaptureMode::Automatic)).await.unwrap();
    assert_eq!((captured.facts.status(), captured.facts.captured_minor()), (FactStatus::Captured, 10_000));
    assert!(captured.facts.closed && captured.next.is_none());
    let request = &provider.requests()[1];
    assert_eq!(request.line, format!("POST /v2/checkout/orders/{ORDER}/capture"));
    assert_eq!(request.header("paypal-request-id"), Some("p1:capture:0"));

    let reserved = order("COMPLETED", "AUTHORIZE", &json!({ "authorizations": [authorization("CREATED")] }));
    let provider = answering([(201, reserved.clone()), (200, reserved)]);
    let authorized = paypal(&provider).confirm(&id(), &confirmation(CaptureMode::Manual)).await.unwrap();
    assert_eq!((authorized.facts.status(), authorized.facts.authorized_minor), (FactStatus::Authorized, 10_000));
    assert_eq!(authorized.facts.capture_before, "2026-12-28T12:00:00Z".parse().ok());
    assert!(authorized.multi_capture);
    assert_eq!(lines(&provider)[1], format!("POST /v2/checkout/orders/{ORDER}/authorize"));
}

#[tokio::test]
async fn a_confirmation_says_what_stands_in_its_way() {
    // Made before, under a key that is forgotten.
    let provider = answering([(422, refusal("ORDER_ALREADY_CAPTURED")), (200, taken()), no_disputes()]);
    let found = paypal(&provider).confirm(&id(), &confirmation(CaptureMode::Automatic)).await.unwrap();
    assert_eq!(found.facts.captured_minor(), 10_000);
    // Too early.
    let open = order("PAYER_ACTION_REQUIRED", "CAPTURE", &json!({}));
    let provider = answering([(422, refusal("ORDER_NOT_APPROVED")), (200, open)]);
    let refused = paypal(&provider).confirm(&id(), &confirmation(CaptureMode::Automatic)).await;
    assert_eq!(refused, Err(PaymentError::State { code: "ORDER_NOT_APPROVED".into() }));
    // Declined: the buyer may choose another instrument.
    let mut declined = refusal("INSTRUMENT_DECLINED");
    declined["links"] =
        json!([{ "href": "https://www.paypal.com/checkoutnow?token=again", "rel": "redirect", "method": "GET" }]);
    let provider = answering([(422, declined), (200, order("APPROVED", "CAPTURE", &json!({})))]);
    let found = paypal(&provider).confirm(&id(), &confirmation(CaptureMode::Automatic)).await.unwrap();
    assert_eq!((found.facts.status(), found.decline.as_deref()), (FactStatus::Failed, Some("INSTRUMENT_DECLINED")));
    assert!(matches!(found.next, Some(Continuation::ApprovalUrl(url)) if url.as_str().ends_with("again")));
}

#[tokio::test]
async fn what_is_pending_or_denied_is_no_money() {
    for (status, wanted, closed) in [("PENDING", FactStatus::Started, false), ("DECLINED", FactStatus::Failed, true)] {
        let captures = json!({ "captures": [capture("2GG", "100.00", status, "AB12", "2026-11-29T12:00:00Z")] });
        let provider = answering([(200, order("COMPLETED", "CAPTURE", &captures)), no_disputes()]);
        let facts = paypal(&provider).find(&id()).await.unwrap().facts;
        assert_eq!((facts.captured_minor(), facts.closed), (0, closed), "{status}");
        assert_eq!(facts.status(), if closed { FactStatus::Closed } else { wanted });
    }
}

#[tokio::test]
async fn a_part_of_an_authorization_is_captured_under_our_id() {
    let before = order("COMPLETED", "AUTHORIZE", &json!({ "authorizations": [authorization("CREATED")] }));
    let part = capture("C1", "40.00", "COMPLETED", "AB12-c1", "2026-11-29T12:00:00Z");
    let payments = json!({ "authorizations": [authorization("PARTIALLY_CAPTURED")], "captures": [part.clone()] });
    let after = order("COMPLETED", "AUTHORIZE", &payments);
    let provider =
        answering([(200, before), (201, part), (200, after.clone()), no_disputes(), (200, after), no_disputes()]);
    let paypal = paypal(&provider);
    let asked = CaptureRequest { id: "c1".into(), money: eur(4_000), is_final: false, attempt: 0 };
    let captured = paypal.capture(&id(), &asked).await.unwrap();
    assert_eq!((captured.facts.status(), captured.facts.captured_minor()), (FactStatus::PartiallyCaptured, 4_000));
    // Again, whatever the key: it is there.
    let again = paypal.capture(&id(), &CaptureRequest { attempt: 1, ..asked }).await.unwrap();
    assert_eq!(again, captured);
    let request = &provider.requests()[2];
    assert_eq!(request.line, "POST /v2/payments/authorizations/66P728836U784324A/capture");
    assert_eq!(request.header("paypal-request-id"), Some("c1:capture:0"));
    assert_eq!(request.json(), json!({ "amount": amount("40.00"), "final_capture": false, "invoice_id": "AB12-c1" }));
}

#[tokio::test]
async fn a_cancellation_voids_or_forgets_the_approval_and_is_too_late_for_taken_money() {
    let open = order("COMPLETED", "AUTHORIZE", &json!({ "authorizations": [authorization("CREATED")] }));
    let voided = order("COMPLETED", "AUTHORIZE", &json!({ "authorizations": [authorization("VOIDED")] }));
    let provider = answering([(200, open), (204, Value::Null), (200, voided.clone()), (200, voided)]);
    let shop = paypal(&provider);
    assert_eq!(shop.cancel(&id()).await.unwrap().facts.status(), FactStatus::Closed);
    assert_eq!(shop.cancel(&id()).await.unwrap().facts.status(), FactStatus::Closed);
    assert_eq!(lines(&provider)[2], "POST /v2/payments/authorizations/66P728836U784324A/void");

    let provider = answering([(200, order("APPROVED", "CAPTURE", &json!({})))]);
    let closed = paypal(&provider).cancel(&id()).await.unwrap();
    assert!(closed.facts.closed && !closed.needs_confirm && closed.next.is_none());

    let provider = answering([(200, taken()), no_disputes()]);
    let late = paypal(&provider).cancel(&id()).await;
    assert_eq!(late, Err(PaymentError::State { code: "ORDER_ALREADY_CAPTURED".into() }));
}

fn two_captures(refunds: &Value) -> Value {
    let captures = [
        capture("C2", "60.00", "COMPLETED", "AB12-c2", "2026-11-29T12:00:02Z"),
        capture("C1", "40.00", "PARTIALLY_REFUNDED", "AB12-c1", "2026-11-29T12:00:01Z"),
    ];
    let payments = json!({ "authorizations": [authorization("CAPTURED")], "captures": captures, "refunds": refunds });
    order("COMPLETED", "AUTHORIZE", &payments)
}

#[tokio::test]
async fn a_refund_takes_from_one_capture_after_the_other_and_is_one_refund() {
    let before = two_captures(&json!([refund("R0", "C1", "10.00", "COMPLETED", "here:p1")]));
    let parts = json!([
        refund("R0", "C1", "10.00", "COMPLETED", "here:p1"),
        refund("R1", "C1", "30.00", "COMPLETED", "here:refund:r1"),
        refund("R2", "C2", "20.00", "PENDING", "here:refund:r1"),
    ]);
    let after = two_captures(&parts);
    let answers = [
        (200, before),
        (201, parts[1].clone()),
        (201, parts[2].clone()),
        (200, after.clone()),
        no_disputes(),
        no_disputes(),
    ];
    let provider =
        answering(answers.into_iter().chain([(200, after.clone()), (200, after), no_disputes(), no_disputes()]));
    let paypal = paypal(&provider);
    let asked = RefundRequest { id: "r1".into(), money: eur(5_000), attempt: 0 };
    let facts = paypal.refund(&id(), &asked).await.unwrap().facts;
    let whole = facts.refund("r1").unwrap();
    assert_eq!((whole.amount_minor, whole.progress), (5_000, RefundProgress::Pending));
    assert_eq!((facts.refunded_minor(), facts.refundable_minor()), (4_000, 4_000));
    assert_eq!(facts.refunds.keys().collect::<Vec<_>>(), ["R0", "r1", "r1/1"]);
    // Again: everything is there, and nothing is refunded twice.
    paypal.refund(&id(), &RefundRequest { attempt: 1, ..asked }).await.unwrap();
    let requests = provider.requests();
    let refunds: Vec<_> = requests.iter().filter(|request| request.line.ends_with("/refund")).collect();
    assert_eq!(refunds.len(), 2);
    assert_eq!(refunds[0].json(), json!({ "amount": amount("30.00"), "custom_id": "here:refund:r1" }));
    assert_eq!(refunds[0].header("paypal-request-id"), Some("r1:C1:0"));
    assert_eq!(
        (refunds[1].line.as_str(), &refunds[1].json()["amount"]["value"]),
        ("POST /v2/payments/captures/C2/refund", &json!("20.00"))
    );
}

#[tokio::test]
async fn a_refund_that_was_lost_after_a_part_is_completed() {
    let before = two_captures(&json!([refund("R1", "C1", "40.00", "COMPLETED", "here:refund:r1")]));
    let rest = refund("R2", "C2", "10.00", "COMPLETED", "here:refund:r1");
    let after = two_captures(&json!([refund("R1", "C1", "40.00", "COMPLETED", "here:refund:r1"), rest.clone()]));
    let provider = answering([(200, before), (201, rest), (200, after), no_disputes(), no_disputes()]);
    let asked = RefundRequest { id: "r1".into(), money: eur(5_000), attempt: 0 };
    let facts = paypal(&provider).refund(&id(), &asked).await.unwrap().facts;
    assert_eq!(facts.refund("r1").unwrap().amount_minor, 5_000);
}

#[tokio::test]
async fn refunds_beyond_the_captures_or_after_a_failure_are_not_made() {
    let provider = answering([(200, taken())]);
    let asked = RefundRequest { id: "r1".into(), money: eur(10_001), attempt: 0 };
    let refused = paypal(&provider).refund(&id(), &asked).await;
    assert_eq!(refused, Err(PaymentError::State { code: "REFUND_AMOUNT_EXCEEDED".into() }));
    assert_eq!(provider.requests().len(), 2);
    let failed = two_captures(&json!([refund("R1", "C1", "30.00", "FAILED", "here:refund:r1")]));
    let provider = answering([(200, failed.clone()), (200, failed), no_disputes(), no_disputes()]);
    let asked = RefundRequest { id: "r1".into(), money: eur(3_000), attempt: 0 };
    let facts = paypal(&provider).refund(&id(), &asked).await.unwrap().facts;
    assert_eq!((facts.refund("r1").unwrap().progress, facts.refundable_minor()), (RefundProgress::Failed, 10_000));
}

#[tokio::test]
async fn disputes_are_read_with_their_outcome() {
    let listed = json!({ "items": [
        { "dispute_id": "PP-D-1", "status": "UNDER_REVIEW", "dispute_amount": amount("10.00") },
        { "dispute_id": "PP-D-2", "status": "RESOLVED", "dispute_amount": amount("20.00") },
    ] });
    let resolved = json!({ "dispute_id": "PP-D-2", "status": "RESOLVED", "dispute_amount": amount("20.00"),
        "dispute_outcome": { "outcome_code": "RESOLVED_BUYER_FAVOUR" } });
    let provider = answering([(200, taken()), (200, listed), (200, resolved)]);
    let facts = paypal(&provider).find(&id()).await.unwrap().facts;
    let read: Vec<_> = facts.disputes.values().map(|dispute| (dispute.amount_minor, dispute.progress)).collect();
    assert_eq!(read, [(1_000, DisputeProgress::Open), (2_000, DisputeProgress::Lost)]);
    assert_eq!(lines(&provider)[2], "GET /v1/customer/disputes?disputed_transaction_id=2GG279541U471931P");
    // An app without the permission reads the rest.
    let provider = answering([(200, taken()), (403, json!({ "name": "NOT_AUTHORIZED" }))]);
    assert!(paypal(&provider).find(&id()).await.unwrap().facts.disputes.is_empty());
}

/// An event as it is sent: with spaces that another serializer would not write.
fn event(kind: &str, resource: &Value) -> String {
    format!("{{ \"id\": \"WH-1\",\n \"event_type\": \"{kind}\", \"resource\":  {resource} }}")
}

fn header(name: &str) -> Option<String> {
    let value = match name {
        "paypal-auth-algo" => "SHA256withRSA",
        "paypal-cert-url" => "https://api.paypal.com/v1/notifications/certs/CERT-360caa42",
        "paypal-transmission-id" => "69cd13f0-d67a-11e5-baa3-778b53f4ae55",
        "paypal-transmission-sig" => "lmI95Jx3Y9nhR5SJWlHVIWpg4AgFk7n9bCHSRxbrd8A9zrhdu2rMyFrmz==",
        "paypal-transmission-time" => "2026-11-29T11:59:00Z",
        _ => return None,
    };
    Some(value.to_owned())
}

fn verified() -> (u16, Value) {
    (200, json!({ "verification_status": "SUCCESS" }))
}

async fn read(provider: &Recorded, body: &str) -> Result<OrderEvent, OrderWebhookError> {
    paypal(provider).read(&header, body.as_bytes(), start()).await
}

#[tokio::test]
async fn an_event_is_verified_by_its_raw_body() {
    let body = event("CHECKOUT.ORDER.APPROVED", &order("APPROVED", "CAPTURE", &json!({})));
    let provider = answering([verified()]);
    let owner = Owner::Ours { reference: "p1".into() };
    assert_eq!(read(&provider, &body).await, Ok(OrderEvent::Payment { id: id(), owner }));
    let request = &provider.requests()[1];
    assert_eq!(request.line, "POST /v1/notifications/verify-webhook-signature");
    assert!(request.body.ends_with(&format!(",\"webhook_event\":{body}}}")), "{}", request.body);
    let sent = request.json();
    assert_eq!((&sent["webhook_id"], &sent["auth_algo"]), (&json!("1JE4291016473214C"), &json!("SHA256withRSA")));
    assert_eq!(sent["webhook_event"]["id"], "WH-1");
}

#[tokio::test]
async fn what_paypal_does_not_confirm_is_refused_and_no_answer_is_no_confirmation() {
    let body = event("CHECKOUT.ORDER.APPROVED", &json!({ "id": ORDER }));
    let wrong = Err(OrderWebhookError::Refused(WebhookError::Signature(SignatureError::Wrong)));
    let provider = answering([(200, json!({ "verification_status": "FAILURE" }))]);
    assert_eq!(read(&provider, &body).await, wrong);
    let provider = answering([(400, json!({ "name": "VALIDATION_ERROR" }))]);
    assert_eq!(read(&provider, &body).await, wrong);
    let provider = answering([(503, json!({})), (503, json!({})), (503, json!({}))]);
    assert!(matches!(read(&provider, &body).await, Err(OrderWebhookError::Provider(PaymentError::Unknown(_)))));
}

#[tokio::test]
async fn what_cannot_be_paypals_makes_no_call() {
    let body = event("CHECKOUT.ORDER.APPROVED", &json!({ "id": ORDER }));
    let provider = Recorded::answering([]);
    let refused = async |name: &'static str, value: Option<&'static str>| {
        let headers = move |asked: &str| if asked == name { value.map(str::to_owned) } else { header(asked) };
        paypal(&provider).read(&headers, body.as_bytes(), start()).await.unwrap_err()
    };
    let error = |kind| OrderWebhookError::Refused(WebhookError::Signature(kind));
    for name in ["algo", "cert-url", "transmission-id", "transmission-sig", "transmission-time"] {
        let name = if name == "algo" { "paypal-auth-algo".to_owned() } else { format!("paypal-{name}") };
        assert_eq!(refused(name.leak(), None).await, error(SignatureError::Malformed));
    }
    for (name, value, kind) in [
        ("paypal-auth-algo", "none", SignatureError::Malformed),
        ("paypal-cert-url", "https://paypal.com.evil.example/cert", SignatureError::Malformed),
        ("paypal-transmission-time", "2026-11-20T12:00:00Z", SignatureError::Stale),
        ("paypal-transmission-time", "2026-11-29T12:06:00Z", SignatureError::Stale),
    ] {
        assert_eq!(refused(name, Some(value)).await, error(kind), "{value}");
    }
    for body in ["", "{}, \"webhook_id\": \"x\"", "[]"] {
        let read = paypal(&provider).read(&header, body.as_bytes(), start()).await;
        assert!(matches!(read, Err(OrderWebhookError::Refused(WebhookError::Unreadable(_)))), "{body}");
    }
    assert!(provider.requests().is_empty());
}

#[tokio::test]
async fn an_event_of_three_days_ago_is_a_repetition() {
    let provider = answering([verified()]);
    let body = event("CHECKOUT.ORDER.APPROVED", &json!({ "id": ORDER }));
    let late = start() + SignedDuration::from_hours(72);
    assert!(paypal(&provider).read(&header, body.as_bytes(), late).await.is_ok());
}

#[tokio::test]
async fn events_of_captures_refunds_and_disputes_lead_to_their_order() {
    let related = json!({ "related_ids": { "order_id": ORDER } });
    let mut with_order = capture("C1", "40.00", "COMPLETED", "AB12-c1", "2026-11-29T12:00:00Z");
    with_order["supplementary_data"] = related.clone();
    let payment = |owner| Ok(OrderEvent::Payment { id: id(), owner });
    let ours = || Owner::Ours { reference: "p1".into() };
    let provider = answering([verified()]);
    assert_eq!(read(&provider, &event("PAYMENT.CAPTURE.COMPLETED", &with_order)).await, payment(ours()));
    let found = || (200, with_order.clone());
    for (kind, resource, owner) in [
        ("PAYMENT.CAPTURE.REFUNDED", refund("R1", "C1", "10.00", "COMPLETED", "here:refund:r1"), Owner::Unstated),
        ("PAYMENT.CAPTURE.REFUNDED", refund("R1", "C1", "10.00", "COMPLETED", "here:p1"), ours()),
        ("PAYMENT.REFUND.FAILED", refund("R1", "C1", "10.00", "FAILED", "elsewhere:p1"), Owner::Other),
        (
            "CUSTOMER.DISPUTE.CREATED",
            json!({ "dispute_id": "PP-D-1", "disputed_transactions": [{ "seller_transaction_id": "C1", "custom": "here:p1" }] }),
            ours(),
        ),
    ] {
        let provider = answering([verified(), found()]);
        assert_eq!(read(&provider, &event(kind, &resource)).await, payment(owner), "{kind} {resource}");
        assert_eq!(lines(&provider)[2], "GET /v2/payments/captures/C1");
    }
    for (kind, resource) in [
        ("BILLING.PLAN.CREATED", json!({ "id": "P-1" })),
        ("CUSTOMER.DISPUTE.CREATED", json!({ "disputed_transactions": [{ "seller_transaction_id": "../orders/1" }] })),
        ("CHECKOUT.ORDER.APPROVED", json!({ "id": "../../v1/x" })),
    ] {
        let provider = answering([verified()]);
        assert_eq!(read(&provider, &event(kind, &resource)).await, Ok(OrderEvent::Other), "{kind} {resource}");
    }
    let provider = answering([verified(), (404, json!({ "name": "RESOURCE_NOT_FOUND" }))]);
    let foreign = refund("R1", "C1", "10.00", "COMPLETED", "");
    assert_eq!(read(&provider, &event("PAYMENT.CAPTURE.REFUNDED", &foreign)).await, Ok(OrderEvent::Other));
}

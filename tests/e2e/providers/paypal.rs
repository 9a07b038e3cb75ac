//! PayPal.

use std::collections::BTreeMap;

use jiff::Timestamp;
use payment_providers::{
    CaptureMode, Continuation, DisputeProgress, FactStatus, OrderEvent, OrderPayments, OrderWebhookError,
    OrderWebhooks, Owner, PayPal, PaymentError, ProviderPaymentId, RefundProgress, SignatureError, WebhookError,
};
use serde_json::{Value, json};

use super::support::{Shop, created, eur, money};

async fn order(shop: &Shop) -> Value {
    let reference = format!("paypal.json?reference=p-{}", shop.name);
    shop.cloud.local("GET", &reference).send().await.expect(200)[0].clone()
}

async fn approved(shop: &Shop, paypal: &PayPal, capture: CaptureMode, amount_minor: i64) -> ProviderPaymentId {
    let id = created(paypal, &shop.payment(capture, eur(amount_minor))).await;
    shop.approve(&id).await;
    assert!(paypal.find(&id).await.unwrap().needs_confirm);
    id
}

#[tokio::test]
async fn an_approved_order_is_captured_once_and_refunded_in_parts() {
    let shop = Shop::open().await;
    let paypal = shop.paypal();
    let id = created(&paypal, &shop.payment(CaptureMode::Automatic, eur(10_000))).await;
    let early = paypal.confirm(&id, &shop.confirmation(CaptureMode::Automatic, None)).await;
    assert_eq!(early, Err(PaymentError::State { code: "ORDER_NOT_APPROVED".into() }));
    let Some(Continuation::ApprovalUrl(url)) = paypal.find(&id).await.unwrap().next else { panic!("no approval") };
    let page = reqwest::get(url.as_str()).await.unwrap();
    assert_eq!(page.status(), 200);
    shop.approve(&id).await;
    for _ in 0..2 {
        let paid = paypal.confirm(&id, &shop.confirmation(CaptureMode::Automatic, None)).await.unwrap();
        assert_eq!((paid.facts.status(), paid.facts.captured_minor()), (FactStatus::Captured, 10_000));
    }
    for number in [1, 1, 2] {
        paypal.refund(&id, &shop.refund(number, 3_000)).await.unwrap();
    }
    let left = paypal.refund(&id, &shop.refund(3, 4_001)).await;
    assert!(matches!(left, Err(PaymentError::State { .. })));
    let capture = order(&shop).await["captures"][0]["id"].clone();
    shop.act("paypal", "refund", json!({ "capture": capture, "amount": "1.00" })).await;
    let facts = paypal.find(&id).await.unwrap().facts;
    assert_eq!((facts.refunds.len(), facts.refunded_minor(), facts.refundable_minor()), (3, 6_100, 3_900));
    assert_eq!(facts.refund(&shop.refund(1, 0).id).unwrap().progress, RefundProgress::Succeeded);
}

#[tokio::test]
async fn an_authorization_is_captured_in_parts_and_one_refund_covers_several_captures() {
    let shop = Shop::open().await;
    let paypal = shop.paypal();
    let id = approved(&shop, &paypal, CaptureMode::Manual, 10_000).await;
    let authorized = paypal.confirm(&id, &shop.confirmation(CaptureMode::Manual, None)).await.unwrap();
    assert_eq!((authorized.facts.status(), authorized.multi_capture), (FactStatus::Authorized, true));
    assert!(authorized.facts.capture_before > Some(Timestamp::now()));
    for (number, amount) in [(1, 4_000), (1, 4_000), (2, 5_000)] {
        paypal.capture(&id, &shop.capture(number, amount, false)).await.unwrap();
    }
    assert!(matches!(paypal.capture(&id, &shop.capture(3, 1_001, true)).await, Err(PaymentError::State { .. })));
    let asked = shop.refund(1, 6_000);
    for _ in 0..2 {
        let facts = paypal.refund(&id, &asked).await.unwrap().facts;
        assert_eq!((facts.captured_minor(), facts.refunded_minor()), (9_000, 6_000));
        assert_eq!(facts.refund(&asked.id).unwrap().amount_minor, 6_000);
    }
    for _ in 0..2 {
        let released = paypal.cancel(&id).await.unwrap();
        assert!(released.facts.closed);
        assert_eq!(released.facts.captured_minor(), 9_000);
    }
}

#[tokio::test]
async fn a_declined_instrument_leads_back_to_the_page() {
    let shop = Shop::open().await;
    let paypal = shop.paypal();
    let id = created(&paypal, &shop.payment(CaptureMode::Automatic, eur(2_500))).await;
    let mut confirmation = shop.confirmation(CaptureMode::Automatic, None);
    for (instrument, decline) in [("declined", Some("INSTRUMENT_DECLINED")), ("action", None)] {
        shop.act("paypal", "approve", json!({ "order": id.as_str(), "instrument": instrument })).await;
        let refused = paypal.confirm(&id, &confirmation).await.unwrap();
        assert_eq!(refused.decline.as_deref(), decline);
        assert!(matches!(refused.next, Some(Continuation::ApprovalUrl(_))), "{refused:?}");
        confirmation.attempt += 1;
    }
    shop.approve(&id).await;
    let paid = paypal.confirm(&id, &confirmation).await.unwrap();
    assert_eq!(paid.facts.status(), FactStatus::Captured);
}

#[tokio::test]
async fn an_e_check_is_money_once_it_has_cleared() {
    let shop = Shop::open().await;
    let paypal = shop.paypal();
    let id = created(&paypal, &shop.payment(CaptureMode::Automatic, eur(2_500))).await;
    shop.act("paypal", "approve", json!({ "order": id.as_str(), "instrument": "pending" })).await;
    let pending = paypal.confirm(&id, &shop.confirmation(CaptureMode::Automatic, None)).await.unwrap();
    assert_eq!((pending.facts.captured_minor(), pending.facts.closed), (0, false));
    assert!(matches!(paypal.refund(&id, &shop.refund(1, 100)).await, Err(PaymentError::State { .. })));
    let capture = order(&shop).await["captures"][0]["id"].clone();
    shop.act("paypal", "settle", json!({ "capture": capture, "status": "COMPLETED" })).await;
    assert_eq!(paypal.find(&id).await.unwrap().facts.status(), FactStatus::Captured);
}

#[tokio::test]
async fn lost_answers_and_ended_tokens_take_the_money_once() {
    let shop = Shop::open().await;
    let paypal = shop.paypal();
    let new = shop.payment(CaptureMode::Automatic, eur(2_500));
    shop.fail("paypal", "CreateOrder", "INTERNAL_SERVER_ERROR", "after", 3).await;
    assert!(matches!(paypal.create(&new).await, Err(PaymentError::Unknown(_))));
    let id = created(&paypal, &new).await;
    shop.approve(&id).await;
    shop.act("paypal", "revoke", json!({})).await;
    let fault = json!({ "service": "paypal", "operation": "CaptureOrder", "error": "SERVICE_UNAVAILABLE", "when": "after", "count": 1 });
    shop.cloud.inject(&fault).await;
    let paid = paypal.confirm(&id, &shop.confirmation(CaptureMode::Automatic, None)).await.unwrap();
    assert_eq!(paid.facts.captured_minor(), 2_500);
    let captures = order(&shop).await["captures"].as_array().unwrap().len();
    assert_eq!(captures, 1);
    shop.fail("paypal", "RefundCapture", "INTERNAL_SERVER_ERROR", "after", 3).await;
    assert!(paypal.refund(&id, &shop.refund(1, 1_000)).await.is_err());
    // Under another key, too: the refund is there.
    let again = payment_providers::RefundRequest { attempt: 1, ..shop.refund(1, 1_000) };
    assert_eq!(paypal.refund(&id, &again).await.unwrap().facts.refunded_minor(), 1_000);
}

#[tokio::test]
async fn a_cancellation_voids_and_an_unconfirmed_approval_is_forgotten() {
    let shop = Shop::open().await;
    let paypal = shop.paypal();
    let id = approved(&shop, &paypal, CaptureMode::Manual, 2_500).await;
    paypal.confirm(&id, &shop.confirmation(CaptureMode::Manual, None)).await.unwrap();
    for _ in 0..2 {
        assert_eq!(paypal.cancel(&id).await.unwrap().facts.status(), FactStatus::Closed);
    }
    assert!(matches!(paypal.capture(&id, &shop.capture(1, 100, true)).await, Err(PaymentError::State { .. })));

    let other = Shop::open().await;
    let id = approved(&other, &other.paypal(), CaptureMode::Automatic, 2_500).await;
    assert_eq!(other.paypal().cancel(&id).await.unwrap().facts.status(), FactStatus::Closed);
    assert_eq!(order(&other).await["captured"], "0");
}

#[tokio::test]
async fn a_dispute_is_found_and_its_outcome_too() {
    let shop = Shop::open().await;
    let paypal = shop.paypal();
    let id = approved(&shop, &paypal, CaptureMode::Automatic, 2_500).await;
    paypal.confirm(&id, &shop.confirmation(CaptureMode::Automatic, None)).await.unwrap();
    let capture = order(&shop).await["captures"][0]["id"].clone();
    let dispute = shop.act("paypal", "dispute", json!({ "capture": capture, "amount": "10.00" })).await;
    assert!(paypal.find(&id).await.unwrap().facts.is_disputed());
    for (outcome, wanted) in
        [("RESOLVED_SELLER_FAVOUR", DisputeProgress::Won), ("RESOLVED_BUYER_FAVOUR", DisputeProgress::Lost)]
    {
        shop.act("paypal", "decide", json!({ "dispute": dispute["dispute"], "outcome": outcome })).await;
        let facts = paypal.find(&id).await.unwrap().facts;
        assert_eq!(facts.disputes.values().next().unwrap().progress, wanted);
    }
}

#[tokio::test]
async fn currencies_without_decimals_are_counted_alike_on_both_sides() {
    for amount in [money(80, "JPY"), money(104_500, "HUF"), money(80_000, "TWD")] {
        let shop = Shop::open().await;
        let paypal = shop.paypal();
        let id = created(&paypal, &shop.payment(CaptureMode::Automatic, amount.clone())).await;
        shop.approve(&id).await;
        let paid = paypal.confirm(&id, &shop.confirmation(CaptureMode::Automatic, None)).await.unwrap();
        assert_eq!((paid.facts.captured_minor(), &paid.money), (amount.amount_minor, &amount));
    }
}

#[tokio::test]
async fn events_are_verified_by_their_raw_body_and_lead_to_the_order() {
    let shop = Shop::open().await;
    let paypal = shop.paypal();
    let id = approved(&shop, &paypal, CaptureMode::Automatic, 2_500).await;
    let read = async |delivery: &Value, body: &str| {
        let sent: BTreeMap<String, String> = serde_json::from_value(delivery["headers"].clone()).unwrap();
        let headers = move |name: &str| sent.get(name).cloned();
        paypal.read(&headers, body.as_bytes(), Timestamp::now()).await
    };
    let ours = || OrderEvent::Payment { id: id.clone(), owner: Owner::Ours { reference: format!("p-{}", shop.name) } };
    let delivery = order(&shop).await["lastDelivery"].clone();
    let body = delivery["body"].as_str().unwrap();
    assert_eq!(read(&delivery, body).await, Ok(ours()));
    let wrong = Err(OrderWebhookError::Refused(WebhookError::Signature(SignatureError::Wrong)));
    assert_eq!(read(&delivery, &body.replace("APPROVED", "COMPLETED")).await, wrong);
    let rewritten: Value = serde_json::from_str(body).unwrap();
    assert_eq!(read(&delivery, &rewritten.to_string()).await, wrong);

    paypal.confirm(&id, &shop.confirmation(CaptureMode::Automatic, None)).await.unwrap();
    let delivery = order(&shop).await["lastDelivery"].clone();
    assert_eq!(read(&delivery, delivery["body"].as_str().unwrap()).await, Ok(ours()));
    paypal.refund(&id, &shop.refund(1, 1_000)).await.unwrap();
    let delivery = order(&shop).await["lastDelivery"].clone();
    let unstated = OrderEvent::Payment { id: id.clone(), owner: Owner::Unstated };
    assert_eq!(read(&delivery, delivery["body"].as_str().unwrap()).await, Ok(unstated));
}

//! Stripe.

use jiff::Timestamp;
use payment_providers::retry::{Key, Next, STRIPE_KEY_AGE};
use payment_providers::{
    CaptureMode, DisputeProgress, FactStatus, NewPayment, OrderPayments, PaymentError, RefundProgress, SetupStatus,
};
use serde_json::json;

use super::support::{Shop, created, eur, money};

#[tokio::test]
async fn an_authorization_is_captured_in_parts_refunded_in_parts_and_disputed() {
    let shop = Shop::open().await;
    let stripe: &dyn OrderPayments = &shop.stripe();
    let id = created(stripe, &shop.payment(CaptureMode::Manual, eur(10_000))).await;
    shop.pay(&id, "pm_card_visa").await;
    let authorized = stripe.find(&id).await.unwrap();
    assert_eq!((authorized.facts.status(), authorized.multi_capture), (FactStatus::Authorized, true));
    assert!(authorized.facts.capture_before.is_some());
    assert_eq!(authorized.method.unwrap().last4, "4242");

    let first = shop.capture(1, 4_000, false);
    for _ in 0..2 {
        let captured = stripe.capture(&id, &first).await.unwrap();
        assert_eq!((captured.facts.status(), captured.facts.captured_minor()), (FactStatus::PartiallyCaptured, 4_000));
    }
    let too_much = stripe.capture(&id, &shop.capture(2, 6_001, true)).await;
    assert!(matches!(too_much, Err(PaymentError::State { .. })), "{too_much:?}");
    let all = stripe.capture(&id, &shop.capture(3, 6_000, true)).await.unwrap();
    assert_eq!((all.facts.status(), all.our_captures.len()), (FactStatus::Captured, 2));

    for _ in 0..2 {
        let refunded = stripe.refund(&id, &shop.refund(1, 3_000)).await.unwrap();
        assert_eq!(refunded.facts.refunded_minor(), 3_000);
    }
    shop.act("payments", "refund", json!({ "payment": id.as_str(), "amount": 500 })).await;
    let dispute = shop.act("payments", "dispute", json!({ "payment": id.as_str(), "amount": 1_000 })).await;
    let found = stripe.find(&id).await.unwrap();
    assert_eq!((found.facts.refunds.len(), found.facts.refunded_minor(), found.facts.is_disputed()), (2, 3_500, true));
    shop.act("payments", "decide", json!({ "dispute": dispute["dispute"], "status": "lost" })).await;
    let found = stripe.find(&id).await.unwrap();
    assert!(found.facts.disputes.values().all(|dispute| dispute.progress == DisputeProgress::Lost));
}

#[tokio::test]
async fn of_two_refunds_at_once_that_exceed_the_capture_one_is_made() {
    // juspay/hyperswitch#13182.
    let shop = Shop::open().await;
    let stripe: &dyn OrderPayments = &shop.stripe();
    let id = created(stripe, &shop.payment(CaptureMode::Automatic, eur(10_000))).await;
    shop.pay(&id, "pm_card_visa").await;
    let (one, other) = (shop.refund(1, 6_000), shop.refund(2, 6_000));
    let (one, other) = tokio::join!(stripe.refund(&id, &one), stripe.refund(&id, &other));
    let refused = [one, other].into_iter().filter(|refund| matches!(refund, Err(PaymentError::State { .. }))).count();
    assert_eq!((refused, stripe.find(&id).await.unwrap().facts.refundable_minor()), (1, 4_000));
}

#[tokio::test]
async fn a_lost_answer_and_a_stored_failure_make_no_second_payment() {
    let shop = Shop::open().await;
    let stripe: &dyn OrderPayments = &shop.stripe();
    let mut asked = shop.payment(CaptureMode::Automatic, eur(2_500));
    // It took effect, and no answer came.
    shop.fail("payments", "CreatePayment", "api_error", "after", 3).await;
    let mut key = Key::first(Timestamp::now());
    let lost = stripe.create(&asked).await.unwrap_err();
    assert!(matches!(lost, PaymentError::Unknown(_)), "{lost:?}");
    key.note(&lost);
    assert_eq!(key.next(Timestamp::now(), STRIPE_KEY_AGE), Next::LookFirst(1));
    let found = stripe.find_by_reference(&asked.reference).await.unwrap().expect("the payment");
    asked.attempt = 0;
    assert_eq!(stripe.create(&asked).await.unwrap().id, found.id);

    // A failure that is stored under the key: it comes again, until another key is used.
    let other = Shop::open().await;
    let stripe: &dyn OrderPayments = &other.stripe();
    let mut asked = other.payment(CaptureMode::Automatic, eur(2_500));
    other.fail("payments", "CreatePayment", "stored_error", "before", 1).await;
    for _ in 0..2 {
        assert!(stripe.create(&asked).await.is_err());
    }
    assert_eq!(stripe.find_by_reference(&asked.reference).await.unwrap(), None);
    asked.attempt = 1;
    created(stripe, &asked).await;
}

#[tokio::test]
async fn a_refund_whose_answers_are_lost_is_made_once() {
    // juspay/hyperswitch#3751.
    let shop = Shop::open().await;
    let stripe: &dyn OrderPayments = &shop.stripe();
    let id = created(stripe, &shop.payment(CaptureMode::Automatic, eur(10_000))).await;
    shop.pay(&id, "pm_card_pendingRefund").await;
    let asked = shop.refund(1, 3_000);
    shop.fail("payments", "CreateRefund", "api_error", "after", 3).await;
    assert!(matches!(stripe.refund(&id, &asked).await, Err(PaymentError::Unknown(_))));
    let found = stripe.find(&id).await.unwrap().facts;
    assert_eq!(found.refund(&asked.id).unwrap().progress, RefundProgress::Pending);
    let again = stripe.refund(&id, &asked).await.unwrap().facts;
    assert_eq!((again.refunds.len(), again.refundable_minor()), (1, 7_000));
    let shown = shop.cloud.local("GET", &format!("payments.json?reference=p-{}", shop.name)).send().await.expect(200);
    shop.act("payments", "settle", json!({ "refund": shown[0]["refunds"][0]["id"], "status": "failed" })).await;
    assert_eq!(stripe.find(&id).await.unwrap().facts.refundable_minor(), 10_000);
}

#[tokio::test]
async fn a_declined_card_is_followed_by_another_one() {
    let shop = Shop::open().await;
    let stripe: &dyn OrderPayments = &shop.stripe();
    let id = created(stripe, &shop.payment(CaptureMode::Automatic, eur(2_500))).await;
    shop.pay(&id, "pm_card_visa_chargeDeclinedInsufficientFunds").await;
    let declined = stripe.find(&id).await.unwrap();
    assert_eq!(
        (declined.facts.status(), declined.decline.as_deref()),
        (FactStatus::Failed, Some("insufficient_funds"))
    );
    let mut facts = declined.facts;
    shop.pay(&id, "pm_card_authenticationRequired").await;
    facts.observe(&stripe.find(&id).await.unwrap().facts);
    assert_eq!(facts.status(), FactStatus::RequiresAction);
    shop.act("payments", "decline", json!({ "clientSecret": format!("{id}_secret_x") })).await;
    facts.observe(&stripe.find(&id).await.unwrap().facts);
    assert_eq!(facts.status(), FactStatus::Failed);
    shop.pay(&id, "pm_card_mastercard").await;
    let paid = stripe.find(&id).await.unwrap();
    facts.observe(&paid.facts);
    assert_eq!((facts.status(), paid.method.unwrap().brand.as_str()), (FactStatus::Captured, "mastercard"));
}

#[tokio::test]
async fn a_cancellation_releases_what_is_not_captured_and_is_too_late_for_the_rest() {
    let shop = Shop::open().await;
    let stripe: &dyn OrderPayments = &shop.stripe();
    let id = created(stripe, &shop.payment(CaptureMode::Manual, eur(10_000))).await;
    shop.pay(&id, "pm_card_visa").await;
    stripe.capture(&id, &shop.capture(1, 4_000, false)).await.unwrap();
    for _ in 0..2 {
        let released = stripe.cancel(&id).await.unwrap();
        assert_eq!((released.facts.status(), released.facts.captured_minor()), (FactStatus::Captured, 4_000));
    }
    assert!(matches!(stripe.capture(&id, &shop.capture(2, 1_000, true)).await, Err(PaymentError::State { .. })));

    let other = Shop::open().await;
    let id = created(stripe, &other.payment(CaptureMode::Automatic, eur(2_500))).await;
    for _ in 0..2 {
        assert_eq!(stripe.cancel(&id).await.unwrap().facts.status(), FactStatus::Closed);
    }
    let paid = Shop::open().await;
    let id = created(stripe, &paid.payment(CaptureMode::Automatic, eur(2_500))).await;
    paid.pay(&id, "pm_card_visa").await;
    assert!(matches!(stripe.cancel(&id).await, Err(PaymentError::State { .. })));
}

#[tokio::test]
async fn a_card_that_allows_one_capture_says_so() {
    let shop = Shop::open().await;
    let stripe: &dyn OrderPayments = &shop.stripe();
    let id = created(stripe, &shop.payment(CaptureMode::Manual, eur(10_000))).await;
    shop.pay(&id, "pm_card_unionpay").await;
    assert!(!stripe.find(&id).await.unwrap().multi_capture);
    let captured = stripe.capture(&id, &shop.capture(1, 4_000, true)).await.unwrap();
    assert!(captured.facts.closed);
    assert_eq!(captured.facts.captured_minor(), 4_000);
}

#[tokio::test]
async fn a_saved_card_pays_without_its_owner_unless_they_are_needed() {
    let shop = Shop::open().await;
    let stripe: &dyn OrderPayments = &shop.stripe();
    let methods = stripe.saved_methods().unwrap();
    let customer = methods.create_customer(&shop.name).await.unwrap();
    assert_eq!(methods.create_customer(&shop.name).await.unwrap(), customer);
    for (card, outcome) in
        [("pm_card_visa", FactStatus::Captured), ("pm_card_authenticationRequired", FactStatus::Failed)]
    {
        let setup = methods.create_setup(&customer, &format!("{}-{card}", shop.name)).await.unwrap();
        let secret = json!({ "clientSecret": format!("{}_secret_x", setup.id), "paymentMethod": card });
        shop.act("payments", "confirm", secret.clone()).await;
        if card == "pm_card_authenticationRequired" {
            assert_eq!(methods.find_setup(&setup.id).await.unwrap().status, SetupStatus::Open);
            shop.act("payments", "authenticate", secret).await;
        }
        let done = methods.find_setup(&setup.id).await.unwrap();
        assert_eq!((done.status, done.customer.as_ref()), (SetupStatus::Succeeded, Some(&customer)));
        let method = done.method.unwrap();
        methods.set_default_method(&customer, &method.id).await.unwrap();
        let listed = methods.list_methods(&customer).await.unwrap();
        assert_eq!((&listed.methods[0], listed.default.as_ref()), (&method, Some(&method.id)));
        let paying = Shop::open().await;
        let asked = NewPayment {
            customer: Some(customer.clone()),
            method: Some(method.id.clone()),
            ..paying.payment(CaptureMode::Automatic, eur(2_500))
        };
        let id = created(stripe, &asked).await;
        let confirmation = paying.confirmation(CaptureMode::Automatic, Some(method.id));
        for _ in 0..2 {
            assert_eq!(stripe.confirm(&id, &confirmation).await.unwrap().facts.status(), outcome, "{card}");
        }
    }
    let listed = methods.list_methods(&customer).await.unwrap();
    for _ in 0..2 {
        methods.detach_method(&listed.methods[0].id).await.unwrap();
    }
    let left = methods.list_methods(&customer).await.unwrap();
    assert_eq!((left.methods.len(), left.default), (1, None));
    for _ in 0..2 {
        methods.delete_customer(&customer).await.unwrap();
    }
    assert_eq!(methods.list_methods(&customer).await.unwrap().methods, []);
}

#[tokio::test]
async fn a_card_is_saved_with_a_payment() {
    let shop = Shop::open().await;
    let stripe: &dyn OrderPayments = &shop.stripe();
    let methods = stripe.saved_methods().unwrap();
    let customer = methods.create_customer(&shop.name).await.unwrap();
    let asked = NewPayment {
        customer: Some(customer.clone()),
        save_method: true,
        ..shop.payment(CaptureMode::Manual, eur(2_500))
    };
    let id = created(stripe, &asked).await;
    shop.pay(&id, "pm_card_visa").await;
    let found = stripe.find(&id).await.unwrap();
    assert_eq!(methods.list_methods(&customer).await.unwrap().methods, [found.method.unwrap()]);
}

#[tokio::test]
async fn currencies_are_counted_alike_on_both_sides() {
    // Paymenter/Paymenter#1258, InvoicePlane/InvoicePlane#1677.
    for amount in [money(80, "JPY"), money(5_120, "KWD"), money(500, "ISK"), money(104_545, "HUF")] {
        let shop = Shop::open().await;
        let stripe: &dyn OrderPayments = &shop.stripe();
        let id = created(stripe, &shop.payment(CaptureMode::Automatic, amount.clone())).await;
        shop.pay(&id, "pm_card_visa").await;
        let found = stripe.find(&id).await.unwrap();
        assert_eq!((found.facts.captured_minor(), &found.money), (amount.amount_minor, &amount));
    }
}

//! Payments of orders under lost answers, repetitions, conflicts and kills.

use contracts::identity::{AccountReclaimed, UserDeleted};
use contracts::payments::CaptureMode;
use futures::future::join_all;
use kit::Deadline;
use kit::consumer::{Done, Failure};
use payment_providers::{DisputeProgress, FactStatus, OrderProviders, RefundProgress};
use payments::ConsumerContext;
use payments::consumers::forget_user::forget_user;
use payments::desk::Desk;
use payments::domain::accounting::RefundState;
use payments::domain::limits::{REFRESHES, STARTS};
use serde_json::json;
use testkit::{TestTable, finished};
use types::{BuyerId, OrderId, RefundId, UserId};

use crate::orders_support::event;
use crate::payments_acquirer_support::{Acquirer, Fault, dispute};
use crate::payments_support::{Buyer, Till, Who, refund_due, unwanted};

#[tokio::test]
async fn a_payment_starts_before_the_provider_is_asked_and_is_paid_once() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    let started = till.start(&buyer).await;
    assert_eq!(started.status, 201, "{}", started.body);
    assert_eq!(started.body["clientSecret"], format!("{}_secret", buyer.at_provider()));
    assert_eq!(started.body["payment"]["status"], "started");
    // The same request again is the same payment.
    let again = till.start(&buyer).await;
    assert_eq!((again.status, &again.body["clientSecret"]), (201, &started.body["clientSecret"]));
    till.stripe.pay(&buyer.at_provider());
    let refreshed = till.refresh(&buyer).await;
    assert_eq!((refreshed.status, refreshed.body["payment"]["status"].as_str()), (200, Some("captured")));
    assert_eq!(refreshed.body["clientSecret"], serde_json::Value::Null);
    assert_eq!(till.told(&buyer).await, ["payments.payment_captured"]);
    // A request to start a paid payment gets it.
    let paid = till.start(&buyer).await;
    assert_eq!((paid.status, paid.body["payment"]["capturedMinor"].as_i64()), (201, Some(10_000)));
    assert_eq!(till.stripe.calls("create"), 1);
}

#[tokio::test]
async fn a_confirmation_by_the_client_and_the_webhook_at_once_is_one_capture() {
    let till = Till::on(TestTable::start_with_conflicts().await, Acquirer::default()).await;
    let buyer = till.guest("key of a guest", CaptureMode::Immediate).await;
    assert_eq!(till.start(&buyer).await.status, 201);
    till.stripe.pay(&buyer.at_provider());
    let hook = json!({ "payment": buyer.at_provider(), "reference": buyer.payment().to_string() });
    let clients = join_all((0..25).map(async |_| till.refresh(&buyer).await));
    let webhooks = join_all((0..25).map(async |_| till.webhook(&hook).await));
    let (clients, webhooks) = futures::join!(clients, webhooks);
    for client in &clients {
        assert_eq!(
            (client.status, client.body["payment"]["status"].as_str()),
            (200, Some("captured")),
            "{}",
            client.body
        );
    }
    assert!(webhooks.iter().all(|reply| reply.status == 204), "{webhooks:?}");
    assert_eq!(till.stored(&buyer).await.facts.captured_minor(), 10_000);
    // Created, registered, paid: no further write.
    assert_eq!(till.store.payment(buyer.payment()).await.unwrap().unwrap().version, 3);
}

#[tokio::test]
async fn quotes_that_expired_were_changed_or_are_of_others_start_nothing() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    let other = till.user("bob@example.com", CaptureMode::Immediate).await;
    let foreign = till.start_with(&other.who, &buyer.quote, json!({})).await;
    assert_eq!((foreign.status, foreign.body["code"].as_str()), (404, Some("payments.no_such_order")));
    let guest = till.start_with(&Who::Guest("key".into()), &buyer.quote, json!({})).await;
    assert_eq!(guest.status, 404);
    let tampered = format!("{}x", buyer.quote);
    let tampered = till.start_with(&buyer.who, &tampered, json!({})).await;
    assert_eq!((tampered.status, tampered.body["code"].as_str()), (422, Some("payments.quote_invalid")));
    till.clock.advance(std::time::Duration::from_mins(9));
    let expired = till.start(&buyer).await;
    assert_eq!((expired.status, expired.body["code"].as_str()), (422, Some("payments.quote_expired")));
    assert_eq!(till.store.payment(buyer.payment()).await.unwrap(), None);
    assert_eq!(till.stripe.calls("create"), 0);
}

#[tokio::test]
async fn payments_of_others_do_not_exist() {
    let till = Till::open().await;
    let buyer = till.guest("key of a guest", CaptureMode::Immediate).await;
    till.paid(&buyer).await;
    let stranger = till.user("bob@example.com", CaptureMode::Immediate).await;
    for who in [&stranger.who, &Who::Guest("another".into())] {
        assert_eq!(till.read_as(who, buyer.payment()).await.status, 404);
        let theirs = Buyer { who: who.clone(), ..buyer.clone() };
        assert_eq!(till.refresh(&theirs).await.status, 404);
    }
    assert_eq!(till.read_as(&buyer.who, buyer.payment()).await.status, 200);
}

#[tokio::test]
async fn a_lost_answer_of_the_registration_is_continued() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    till.stripe.fail([Fault::After]);
    let lost = till.start(&buyer).await;
    assert_eq!((lost.status, lost.body["code"].as_str()), (503, Some("payments.provider_unavailable")));
    assert_eq!(till.told(&buyer).await, ["payments.payment_started"]);
    let again = till.start(&buyer).await;
    assert_eq!((again.status, again.body["clientSecret"].is_string()), (201, true));
    // A failure of the provider may be stored under the key: it is looked for.
    let other = till.guest("key", CaptureMode::Immediate).await;
    till.stripe.fail([Fault::Failure]);
    assert_eq!(till.start(&other).await.status, 503);
    assert_eq!(till.start(&other).await.status, 201);
    assert_eq!(till.stripe.calls("search"), 1);
}

#[tokio::test]
async fn a_lost_webhook_is_recovered_by_the_sweep() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    assert_eq!(till.start(&buyer).await.status, 201);
    till.stripe.pay(&buyer.at_provider());
    till.sweep_after(3).await.unwrap();
    assert_eq!(till.stored(&buyer).await.status(), FactStatus::Captured);
    assert_eq!(till.told(&buyer).await, ["payments.payment_captured"]);
    let finds = till.stripe.calls("find");
    till.sweep_after(60).await.unwrap();
    assert_eq!((till.stripe.calls("find"), till.stripe.calls("cancel")), (finds, 0));
}

#[tokio::test]
async fn a_buyer_who_has_gone_is_not_waited_for() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    assert_eq!(till.start(&buyer).await.status, 201);
    for _ in 0..31 {
        till.sweep_after(1).await.unwrap();
    }
    assert_eq!(till.stored(&buyer).await.status(), FactStatus::Closed);
    assert_eq!(till.told(&buyer).await, ["payments.payment_closed"]);
    assert_eq!(till.stripe.calls("cancel"), 1);
    assert_eq!(till.stored(&buyer).await.due_at(), None);
}

#[tokio::test]
async fn money_after_the_cancellation_is_refunded_in_full() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    assert_eq!(till.start(&buyer).await.status, 201);
    // The provider cannot be reached when the order is cancelled, and the buyer pays.
    till.stripe.fail([Fault::Before]);
    assert_eq!(till.hear(unwanted(&buyer)).await.unwrap(), Done::Applied);
    till.stripe.pay(&buyer.at_provider());
    let hook = json!({ "payment": buyer.at_provider(), "reference": buyer.payment().to_string() });
    assert_eq!(till.webhook(&hook).await.status, 204);
    assert_eq!((till.stripe.kept(), till.stored(&buyer).await.status()), (0, FactStatus::Refunded));
    for _ in 0..3 {
        assert_eq!(till.hear(unwanted(&buyer)).await.unwrap(), Done::Duplicate);
        assert_eq!(till.webhook(&hook).await.status, 204);
    }
    assert_eq!(till.stripe.calls("refund"), 1);
    // Without a payment there is no money.
    let none = till.guest("key", CaptureMode::Immediate).await;
    assert_eq!(till.hear(unwanted(&none)).await.unwrap(), Done::Ignored);
}

#[tokio::test]
async fn an_authorization_of_a_cancelled_order_is_released() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::OnShipment).await;
    till.paid(&buyer).await;
    assert_eq!(till.told(&buyer).await, ["payments.payment_authorized"]);
    assert_eq!(till.hear(unwanted(&buyer)).await.unwrap(), Done::Applied);
    assert_eq!(till.told(&buyer).await, ["payments.payment_closed", "payments.unwanted_settled"]);
    assert!(till.stripe.facts(&buyer.at_provider()).closed);
}

#[tokio::test]
async fn of_two_refunds_of_sixty_of_a_hundred_at_once_one_is_done() {
    let till = Till::on(TestTable::start_with_conflicts().await, Acquirer::default()).await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    till.paid(&buyer).await;
    let (one, other) = futures::join!(till.refund(&buyer, "one", 6_000), till.refund(&buyer, "other", 6_000));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let refused = if one.status == 409 { one } else { other };
    assert_eq!(refused.body["code"], "payments.refund_too_large");
    assert!(refused.body["detail"].as_str().unwrap().contains("4000"), "{}", refused.body);
    assert_eq!((till.stripe.calls("refund"), till.stripe.kept()), (1, 4_000));
}

#[tokio::test]
async fn refunds_of_nothing_and_of_less_are_refused_without_a_call() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    till.paid(&buyer).await;
    for amount in [0, -500] {
        let refused = till.refund(&buyer, "key", amount).await;
        assert_eq!((refused.status, refused.body["code"].as_str()), (422, Some("request.invalid")), "{}", refused.body);
    }
    assert_eq!((till.stripe.calls("refund"), till.stored(&buyer).await.refunds.len()), (0, 0));
    // The same key with another amount is another request.
    assert_eq!(till.refund(&buyer, "key", 100).await.status, 201);
    assert_eq!(till.refund(&buyer, "key", 100).await.status, 201);
    assert_eq!(till.refund(&buyer, "key", 200).await.body["code"], "request.idempotency_key_reused");
    assert_eq!((till.stripe.calls("refund"), till.stripe.kept()), (1, 9_900));
}

#[tokio::test]
async fn a_refund_whose_answer_is_lost_is_recognized_in_the_webhook() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    till.paid(&buyer).await;
    till.stripe.fail([Fault::After]);
    let pending = till.refund(&buyer, "key", 6_000).await;
    assert_eq!((pending.status, pending.body["refunds"][0]["status"].as_str()), (201, Some("pending")));
    assert_eq!(pending.body["refundableMinor"], 4_000);
    let hook = json!({ "payment": buyer.at_provider() });
    assert_eq!(till.webhook(&hook).await.status, 204);
    let payment = till.stored(&buyer).await;
    assert_eq!(payment.refund_state(&payment.refunds[0]), RefundState::Succeeded);
    assert_eq!((till.stripe.calls("refund"), till.stripe.kept()), (1, 4_000));
}

#[tokio::test]
async fn a_refund_is_repeated_by_the_sweep_until_the_provider_has_it() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    till.paid(&buyer).await;
    let refund = RefundId::generate();
    till.stripe.fail([Fault::Before]);
    assert_eq!(till.hear(refund_due(&buyer, refund, 2_500)).await.unwrap(), Done::Applied);
    assert_eq!(till.stripe.kept(), 10_000);
    till.stripe.fail([Fault::None, Fault::Before]);
    assert!(till.sweep_after(3).await.is_err());
    till.sweep_after(10).await.unwrap();
    assert_eq!((till.stripe.kept(), till.stored(&buyer).await.due_at()), (7_500, None));
    assert_eq!(till.hear(refund_due(&buyer, refund, 2_500)).await.unwrap(), Done::Duplicate);
    assert_eq!(till.stripe.calls("refund"), 1);
}

#[tokio::test]
async fn a_refund_that_cannot_be_done_is_seen_by_a_manager() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    till.paid(&buyer).await;
    assert_eq!(till.hear(refund_due(&buyer, RefundId::generate(), 20_000)).await.unwrap(), Done::Applied);
    assert_eq!(till.told(&buyer).await, ["payments.refund_failed"]);
    let attention = till.attention().await;
    assert_eq!(attention.body["items"][0]["reason"], "refund_failed", "{}", attention.body);
    assert_eq!(till.stripe.calls("refund"), 0);
    let unknown = till.guest("key", CaptureMode::Immediate).await;
    let poison = till.hear(refund_due(&unknown, RefundId::generate(), 1)).await;
    assert!(matches!(poison, Err(Failure::Poison(_))));
}

#[tokio::test]
async fn another_provider_is_used_after_the_first_session_closed() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    assert_eq!(till.start(&buyer).await.status, 201);
    let switched = till.start_with(&buyer.who, &buyer.quote, json!({ "provider": "paypal" })).await;
    assert_eq!((switched.status, switched.body["payment"]["provider"].as_str()), (201, Some("paypal")));
    assert!(till.stripe.facts(&buyer.at_provider()).closed);
    let session = format!("{}.1", buyer.at_provider());
    till.paypal.pay(&session);
    // The buyer approved: the confirmation takes the money.
    assert_eq!(till.refresh(&buyer).await.body["payment"]["status"], "captured");
    assert_eq!((till.paypal.kept(), till.paypal.calls("confirm")), (10_000, 1));
    // Who has paid at the first provider does not change it.
    let paid = till.user("bob@example.com", CaptureMode::Immediate).await;
    assert_eq!(till.start(&paid).await.status, 201);
    till.stripe.pay(&paid.at_provider());
    let stays = till.start_with(&paid.who, &paid.quote, json!({ "provider": "paypal" })).await;
    assert_eq!((stays.status, stays.body["payment"]["status"].as_str()), (201, Some("captured")));
    assert_eq!(till.paypal.kept(), 10_000);
}

#[tokio::test]
async fn webhooks_that_are_not_proven_or_not_ours_change_nothing() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    assert_eq!(till.start(&buyer).await.status, 201);
    till.stripe.pay(&buyer.at_provider());
    let hook = json!({ "payment": buyer.at_provider(), "reference": buyer.payment().to_string() });
    let unproven = till.webhook_with("wrong", &hook).await;
    assert_eq!((unproven.status, unproven.body["code"].as_str()), (400, Some("payments.webhook_not_proven")));
    let foreign = json!({ "payment": "pi_of_others", "foreign": true });
    assert_eq!(till.webhook(&foreign).await.status, 204);
    assert_eq!(till.webhook(&json!({ "kind": "something" })).await.status, 204);
    assert_eq!(till.stored(&buyer).await.status(), FactStatus::Started);
    // A replay says nothing new.
    for _ in 0..3 {
        assert_eq!(till.webhook(&hook).await.status, 204);
    }
    assert_eq!(till.store.payment(buyer.payment()).await.unwrap().unwrap().version, 3);
}

#[tokio::test]
async fn money_without_a_payment_is_listed_until_it_is_returned() {
    let till = Till::open().await;
    let unknown = till.guest("key", CaptureMode::Immediate).await;
    let reference = unknown.payment().to_string();
    let money = types::Money::new(700, types::CurrencyCode::parse("EUR").unwrap());
    till.stripe.stray("pi_stray", &reference, money);
    let hook = json!({ "payment": "pi_stray", "reference": reference });
    assert_eq!(till.webhook(&hook).await.status, 204);
    let listed = till.unmatched().await;
    assert_eq!(listed.body["items"][0]["heldMinor"], 700, "{}", listed.body);
    till.stripe.set("pi_stray", |facts| {
        let progress = RefundProgress::Succeeded;
        facts.refunds.insert("re_1".into(), payment_providers::Progressed { amount_minor: 700, progress });
    });
    assert_eq!(till.webhook(&hook).await.status, 204);
    assert_eq!(till.unmatched().await.body["items"], json!([]));
}

#[tokio::test]
async fn a_dispute_needs_attention_until_it_is_decided() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    till.paid(&buyer).await;
    let hook = json!({ "payment": buyer.at_provider() });
    for (progress, event, items) in
        [(DisputeProgress::Open, "payments.dispute_opened", 1), (DisputeProgress::Lost, "payments.dispute_closed", 0)]
    {
        till.stripe.set(&buyer.at_provider(), |facts| {
            facts.disputes.insert("dp".into(), dispute(6_000, progress));
        });
        assert_eq!(till.webhook(&hook).await.status, 204);
        assert_eq!(till.told(&buyer).await, [event]);
        assert_eq!(till.attention().await.body["items"].as_array().unwrap().len(), items);
    }
    // What was lost cannot be refunded too.
    assert_eq!(till.refund(&buyer, "key", 4_001).await.status, 409);
}

#[tokio::test]
async fn all_payments_are_listed_newest_first_in_a_window_and_a_status() {
    let till = Till::open().await;
    let mut buyers = Vec::new();
    for number in 0..7 {
        let buyer = till.guest(&format!("key {number}"), CaptureMode::Immediate).await;
        if number % 2 == 0 {
            till.paid(&buyer).await;
        } else {
            drop(till.start(&buyer).await);
        }
        till.clock.advance(std::time::Duration::from_secs(1));
        buyers.push(buyer);
    }
    let ids = |reply: &testkit::Reply| -> Vec<String> {
        let items = reply.body["items"].as_array().unwrap_or_else(|| panic!("{}", reply.body));
        items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = till.payments(&format!("limit=3{cursor}")).await;
        seen.extend(ids(&page));
        let Some(next) = page.body["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let expected: Vec<String> = buyers.iter().rev().map(|buyer| buyer.payment().to_string()).collect();
    assert_eq!(seen, expected);
    assert_eq!(ids(&till.payments("status=captured").await).len(), 4);
    let (from, to) = (till.stored(&buyers[2]).await.started_at, till.stored(&buyers[5]).await.started_at);
    assert_eq!(ids(&till.payments(&format!("from={from}&to={to}")).await), expected[2..5]);
    assert_eq!(till.payments("from=yesterday").await.status, 422);
    let stranger = till.user("bob@example.com", CaptureMode::Immediate).await;
    assert_eq!(till.read_as(&stranger.who, buyers[0].payment()).await.status, 404);
}

#[tokio::test]
async fn a_card_is_saved_charged_made_the_default_and_deleted() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    let setup = till.save_method(&buyer.who, "key").await;
    assert_eq!((setup.status, setup.body["status"].as_str()), (201, Some("open")), "{}", setup.body);
    till.stripe.finish_setups();
    let saved = till.save_method(&buyer.who, "key").await;
    assert_eq!(saved.body["method"]["card"]["last4"], "4242", "{}", saved.body);
    let method = saved.body["method"]["id"].as_str().unwrap().to_owned();
    assert_eq!(till.stripe.calls("create_setup"), 1);
    assert_eq!(till.set_default(&buyer.who, &method).await.status, 204);
    assert_eq!(till.methods(&buyer.who).await.body["items"][0]["isDefault"], true);
    let charged = till.start_with(&buyer.who, &buyer.quote, json!({ "methodId": method })).await;
    assert_eq!((charged.status, charged.body["payment"]["status"].as_str()), (201, Some("captured")));
    // Nobody else can use it.
    let stranger = till.user("bob@example.com", CaptureMode::Immediate).await;
    let foreign = till.start_with(&stranger.who, &stranger.quote, json!({ "methodId": method })).await;
    assert_eq!((foreign.status, foreign.body["code"].as_str()), (404, Some("payments.no_such_method")));
    assert_eq!(till.delete_method(&stranger.who, &method).await.status, 404);
    assert_eq!(till.delete_method(&buyer.who, &method).await.status, 204);
    assert_eq!(till.methods(&buyer.who).await.body["items"], json!([]));
    let guest = till.guest("key", CaptureMode::Immediate).await;
    assert_eq!(till.start_with(&guest.who, &guest.quote, json!({ "saveMethod": true })).await.status, 422);
}

#[tokio::test]
async fn a_card_that_paid_is_saved_if_its_owner_wants_it() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    assert_eq!(till.start_with(&buyer.who, &buyer.quote, json!({ "saveMethod": true })).await.status, 201);
    till.stripe.pay(&buyer.at_provider());
    assert_eq!(till.refresh(&buyer).await.status, 200);
    let methods = till.methods(&buyer.who).await;
    assert_eq!(methods.body["items"].as_array().unwrap().len(), 1, "{}", methods.body);
}

#[tokio::test]
async fn a_deleted_account_leaves_amounts_and_nothing_of_the_person() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    till.paid(&buyer).await;
    drop(till.save_method(&buyer.who, "key").await);
    let user = buyer.user.unwrap();
    let forget = async || {
        let deleted = event(UserDeleted { user_id: user });
        finished(forget_user(till.consumer, deleted, Deadline::never()).await)
    };
    forget().await.unwrap();
    forget().await.unwrap();
    assert_eq!(till.stripe.calls("delete_customer"), 1);
    let payment = till.stored(&buyer).await;
    assert_eq!((payment.user_id(), payment.facts.captured_minor()), (None, 10_000));
    let items = till.table.items().await;
    let of_user = |item: &&std::collections::HashMap<String, _>| format!("{item:?}").contains(&user.to_string());
    // The marker of the erasure, and the account itself.
    assert!(items.iter().filter(of_user).all(|item| format!("{item:?}").contains("forgotten")), "{items:?}");
    // A refund is still possible.
    assert_eq!(till.refund(&buyer, "key", 100).await.status, 201);
}

#[tokio::test]
async fn a_provider_that_is_off_does_not_delay_the_erasure_of_a_user() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    till.paid(&buyer).await;
    drop(till.save_method(&buyer.who, "key").await);
    let user = buyer.user.unwrap();
    let off = Desk::new(till.store.clone(), till.clock.clone(), OrderProviders::fixed(None, None));
    let off: &'static ConsumerContext = Box::leak(Box::new(ConsumerContext::new(off)));
    finished(forget_user(off, event(UserDeleted { user_id: user }), Deadline::never()).await).unwrap();
    assert_eq!(till.stored(&buyer).await.user_id(), None);
    assert!(till.store.customers(user).await.unwrap().is_empty());
    let departed = async || till.store.departed(10).await.unwrap().len();
    assert_eq!(departed().await, 1);
    // It is on again, and the first attempt of the sweep does not reach it.
    till.stripe.fail([Fault::Before]);
    till.sweep_after(3).await.unwrap();
    assert_eq!((till.stripe.calls("delete_customer"), departed().await), (0, 1));
    till.sweep_after(1).await.unwrap();
    assert_eq!((till.stripe.calls("delete_customer"), departed().await), (0, 1), "it is not due");
    till.sweep_after(3).await.unwrap();
    assert_eq!((till.stripe.calls("delete_customer"), departed().await), (1, 0));
}

#[tokio::test]
async fn a_takeover_removes_the_methods_and_payments_of_the_registrant() {
    let till = Till::open().await;
    // The event of the test happened in March; accounts are newer, so nothing of them is touched.
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    till.paid(&buyer).await;
    let user: UserId = buyer.user.unwrap();
    let mut reclaimed = event(AccountReclaimed { user_id: user });
    reclaimed.occurred_at = till.clock.now() - jiff::SignedDuration::from_hours(1);
    finished(forget_user(till.consumer, reclaimed.clone(), Deadline::never()).await).unwrap();
    assert_eq!(till.read_as(&buyer.who, buyer.payment()).await.status, 200);
    reclaimed.occurred_at = till.clock.now();
    finished(forget_user(till.consumer, reclaimed, Deadline::never()).await).unwrap();
    assert_eq!(till.read_as(&buyer.who, buyer.payment()).await.status, 404);
    // The owner of the mailbox pays as usual.
    let later = till.order_of(buyer.who.clone(), buyer.user, CaptureMode::Immediate).await;
    till.paid(&later).await;
    assert_eq!(till.stored(&later).await.user_id(), Some(user));
}

#[tokio::test]
async fn another_amount_of_the_same_order_starts_nothing() {
    let till = Till::open().await;
    let buyer = till.user("ann@example.com", CaptureMode::Immediate).await;
    assert_eq!(till.start(&buyer).await.status, 201);
    let payer = BuyerId::User(buyer.user.unwrap());
    let cheaper = till.quote(buyer.order, payer, 1, CaptureMode::Immediate).await;
    let refused = till.start_with(&buyer.who, &cheaper, json!({})).await;
    assert_eq!((refused.status, refused.body["code"].as_str()), (409, Some("payments.other_amount")));
    let huge = till.quote(OrderId::generate(), payer, i64::MAX, CaptureMode::Immediate).await;
    let refused = till.start_with(&buyer.who, &huge, json!({})).await;
    assert_eq!((refused.status, refused.body["code"].as_str()), (422, Some("payments.not_payable")));
}

#[tokio::test]
async fn starts_and_refreshes_of_a_buyer_are_limited() {
    let till = Till::open().await;
    let buyer = till.guest("key of a guest", CaptureMode::Immediate).await;
    for _ in 0..STARTS.max() {
        assert_eq!(till.start(&buyer).await.status, 201);
    }
    let refused = till.start(&buyer).await;
    assert_eq!((refused.status, refused.body["code"].as_str()), (429, Some("request.limit_exceeded")));
    for _ in 0..REFRESHES.max() {
        assert_eq!(till.refresh(&buyer).await.status, 200);
    }
    assert_eq!(till.refresh(&buyer).await.status, 429);
    // Others are not affected.
    let other = till.guest("key of another", CaptureMode::Immediate).await;
    assert_eq!(till.start(&other).await.status, 201);
}

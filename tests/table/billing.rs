//! The catalogue and the grants of billing: conditions, races, repeated requests, and what other contexts make of the event.

use billing::domain::codes::PlanCode;
use billing::domain::holdings::Holdings;
use billing::domain::mirror::{Mirror, Snapshot, Source, Store as PurchaseStore, StoreState};
use billing::domain::subscription::{Mode, Subscription};
use billing::store::Billing;
use contracts::billing::{EntitlementChanged, EntitlementSource, KnownEntitlement};
use contracts::identity::UserDeleted;
use dynamo::Outbox;
use futures::future::join_all;
use identity::domain::account::Status;
use jiff::{SignedDuration, Timestamp};
use kit::sqs::Done;
use serde_json::{Value, json};
use testkit::leak;
use types::{SubscriptionId, UserId, Uuid};

use crate::billing_support::{Till, event, plan, price};
use crate::takeovers::reclaimed;

/// The wrong fields of a refused request.
fn fields(body: &Value) -> Vec<String> {
    let errors = body["errors"].as_array().unwrap_or_else(|| panic!("{body}")).iter();
    errors.map(|error| error["field"].as_str().unwrap().to_owned()).collect()
}

fn code(body: &Value) -> &str {
    body["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn what_is_set_is_offered_until_it_is_retired() {
    let till = Till::start().await;
    let offered = async || till.call("list_plans", "-", None).await.body["items"].clone();
    assert_eq!(offered().await, json!([]));
    till.stock().await;
    let plans = offered().await;
    assert_eq!((&plans[0]["code"], &plans[1]["code"]), (&json!("premium"), &json!("family")), "by rank");
    assert_eq!((&plans[1]["prices"][0]["amountMinor"], &plans[1]["productName"]), (&json!(999), &json!("Atoll")));
    let devices = json!({ "name": "devices", "allowance": { "kind": "limit", "limit": 10 } });
    assert_eq!(plans[1]["entitlements"], json!([devices]));

    for (name, about, left) in
        [("retire_price", "family-month-eur", 2), ("retire_plan", "family", 1), ("retire_product", "atoll", 0)]
    {
        for _ in 0..2 {
            assert_eq!(till.call(name, about, None).await.status, 204, "{name}");
        }
        assert_eq!(offered().await.as_array().unwrap().len(), left, "{name}");
        let unknown = till.call(name, "unknown", None).await;
        assert_eq!((unknown.status, code(&unknown.body).starts_with("billing.no_such_")), (404, true), "{name}");
    }
    let catalogue = till.call("get_catalogue", "-", None).await.body;
    assert_eq!(
        (&catalogue["products"][0]["retired"], &catalogue["prices"][0]["retired"]),
        (&json!(true), &json!(true))
    );
    // All of it again.
    till.call("set_product", "atoll", Some(&json!({ "name": "Atoll" }))).await;
    till.call("set_plan", "family", Some(&plan(20))).await;
    assert_eq!(till.publish("second", &price(1_099)).await.body["version"], 2);
    assert_eq!(offered().await[1]["prices"][0]["amountMinor"], 1_099);
}

#[tokio::test]
async fn a_version_of_a_price_is_published_once_and_never_changes() {
    let till = Till::stocked().await;
    let first = till.publish("first", &price(999)).await;
    assert_eq!((first.status, &first.body["version"]), (201, &json!(1)), "repeated");
    let second = till.publish("second", &price(1_099)).await;
    assert_eq!((second.status, &second.body["version"]), (201, &json!(2)));
    let late = till.publish("first", &price(999)).await;
    assert_eq!((late.status, &late.body), (201, &first.body), "repeated after a newer version");
    for key in ["first", "second"] {
        let reused = till.publish(key, &price(1)).await;
        assert_eq!((reused.status, code(&reused.body)), (422, "request.idempotency_key_reused"));
    }
    let mut yearly = price(9_999);
    yearly["interval"] = json!("year");
    let refused = till.publish("yearly", &yearly).await;
    assert_eq!((refused.status, code(&refused.body)), (409, "billing.price_fixed"));
    let id = first.body["id"].as_str().unwrap().parse().unwrap();
    let stored = till.store.price(id).await.unwrap().unwrap();
    assert_eq!((stored.version, stored.amount), (1, 999), "subscriptions find their version");
}

#[tokio::test]
async fn concurrent_changes_of_the_catalogue_are_all_kept() {
    let till = Till::stocked().await;
    let prices: Vec<_> = (0..6).map(|number| (format!("key-{number}"), price(1_000 + number))).collect();
    let published = join_all(prices.iter().map(|(key, body)| till.publish(key, body)));
    let body = plan(30);
    let plans = join_all(["a", "b", "c"].map(|code| till.call("set_plan", code, Some(&body))));
    let (published, plans) = futures::join!(published, plans);
    let mut versions: Vec<_> = published.iter().map(|reply| reply.body["version"].as_u64().unwrap()).collect();
    versions.sort_unstable();
    assert_eq!(versions, [2, 3, 4, 5, 6, 7]);
    assert!(plans.iter().all(|reply| reply.status == 200));
    assert_eq!(till.call("get_catalogue", "-", None).await.body["plans"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_change_that_is_based_on_an_old_catalogue_is_refused() {
    let till = Till::stocked().await;
    let stale = till.call_with("set_plan", "family", &[("if-match", "\"1\"")], Some(&plan(1))).await;
    assert_eq!((stale.status, code(&stale.body)), (412, "request.version_changed"));
    let current = till.call_with("set_plan", "family", &[("if-match", "\"4\"")], Some(&plan(1))).await;
    assert_eq!(current.status, 200, "{}", current.body);
}

#[tokio::test]
async fn a_wrong_entry_is_refused_with_its_field() {
    let till = Till::stocked().await;
    let changed = |body: Value, field: &str, value: Value| {
        let mut body = body;
        body[field] = value;
        body
    };
    let twice = plan(1)["entitlements"][0].clone();
    let cases = [
        ("set_product", json!({ "name": " " }), "name"),
        ("set_plan", changed(plan(1), "product", json!("unknown")), "product"),
        ("set_plan", changed(plan(1), "entitlements", json!([twice, twice])), "entitlements[1].name"),
        ("set_plan", changed(plan(1), "retired", json!(true)), "retired"),
        ("publish_price", changed(price(1), "plan", json!("unknown")), "plan"),
        ("publish_price", changed(price(1), "amountMinor", json!(-1)), "amountMinor"),
        ("publish_price", changed(price(1), "trialDays", json!(366)), "trialDays"),
        ("publish_price", changed(price(1), "version", json!(7)), "version"),
        ("create_coupon", json!({ "discount": { "kind": "fraction", "rate": 1 }, "plans": ["unknown"] }), "plans"),
        (
            "create_coupon",
            json!({ "discount": { "kind": "fraction", "rate": 1 }, "redeemBefore": "2020-01-01T00:00:00Z" }),
            "redeemBefore",
        ),
    ];
    for (name, body, field) in cases {
        let reply = till.call_with(name, "wrong", &[("idempotency-key", field)], Some(&body)).await;
        assert_eq!((reply.status, fields(&reply.body)), (422, vec![field.to_owned()]), "{name}: {}", reply.body);
    }
}

#[tokio::test]
async fn the_terms_of_a_coupon_never_change() {
    let till = Till::stocked().await;
    let terms = |rate: u32| json!({ "discount": { "kind": "fraction", "rate": rate }, "plans": ["family"] });
    let created = till.call("create_coupon", "spring", Some(&terms(250_000))).await;
    assert_eq!((created.status, &created.body["maxPerUser"]), (200, &json!(1)), "{}", created.body);
    till.clock.advance(std::time::Duration::from_secs(1));
    let again = till.call("create_coupon", "spring", Some(&terms(250_000))).await;
    assert_eq!(again.body, created.body);
    let other = till.call("create_coupon", "spring", Some(&terms(500_000))).await;
    assert_eq!((other.status, code(&other.body)), (409, "billing.code_taken"));
    till.call("create_coupon", "autumn", Some(&terms(1))).await;
    let listed = till.call("list_coupons", "-", None).await.body;
    let codes: Vec<_> = listed["items"].as_array().unwrap().iter().map(|coupon| coupon["code"].clone()).collect();
    assert_eq!(codes, ["autumn", "spring"], "newest first");
    for _ in 0..2 {
        assert_eq!(till.call("retire_coupon", "spring", None).await.status, 204);
    }
    let listed = till.call("list_coupons", "-", None).await.body;
    assert!(listed["items"][1]["retiredAt"].is_string() && listed["items"][0]["retiredAt"].is_null());
    let unknown = till.call("retire_coupon", "winter", None).await;
    assert_eq!((unknown.status, code(&unknown.body)), (404, "billing.no_such_coupon"));
}

#[tokio::test]
async fn a_grant_is_written_with_its_event_and_ends_by_itself() {
    let till = Till::stocked().await;
    let (ann, token) = till.user("ann").await;
    let none = till.call_as(&token, "get_billing", "-", &[], None).await.body;
    let empty = json!({
        "plan": null, "source": "none", "until": null, "nextEvaluationAt": null, "subscriptions": [],
    });
    assert_eq!(none, empty);

    let granted = till.grant(ann, "family", 100).await;
    assert_eq!(granted.status, 200, "{}", granted.body);
    assert_eq!((&granted.body["grant"]["plan"], &granted.body["userId"]), (&json!("family"), &json!(ann)));
    let event = till.told(ann).await.unwrap();
    assert_eq!((event.revision, event.steps.len(), event.steps[0].plan.as_deref()), (1, 2, Some("family")));
    let repeated = till.grant(ann, "family", 100).await;
    assert_eq!((&repeated.body, till.told(ann).await.unwrap().revision), (&granted.body, 1), "repeated");

    let mine = till.call_as(&token, "get_billing", "-", &[], None).await.body;
    assert_eq!(
        (&mine["plan"], &mine["source"], &mine["until"]),
        (&json!("family"), &json!("grant"), &granted.body["grant"]["until"])
    );
    till.clock.advance(std::time::Duration::from_secs(100));
    assert_eq!(till.call_as(&token, "get_billing", "-", &[], None).await.body, empty);
    let ended = till.call("get_user_billing", &ann.to_string(), None).await.body;
    assert_eq!((&ended["grant"], &ended["billing"]), (&json!(null), &empty));
    assert_eq!(till.call("end_grant", &ann.to_string(), None).await.status, 204);
    assert_eq!(till.told(ann).await.unwrap().revision, 1, "nothing was in force, so nothing is published");
}

#[tokio::test]
async fn the_end_of_a_grant_by_an_admin_is_published() {
    let till = Till::stocked().await;
    let (ann, _) = till.user("ann").await;
    till.grant(ann, "family", 100).await;
    for _ in 0..2 {
        assert_eq!(till.call("end_grant", &ann.to_string(), None).await.status, 204);
    }
    let event = till.told(ann).await.unwrap();
    assert_eq!((event.revision, event.steps[0].plan.as_deref(), event.steps[0].until), (2, None, None));
}

#[tokio::test]
async fn grants_are_refused_for_unknown_users_and_plans_and_for_ends_that_do_not_fit() {
    let till = Till::stocked().await;
    let (ann, _) = till.user("ann").await;
    till.call("retire_plan", "premium", None).await;
    for (plan, seconds, field) in [
        ("unknown", 100, "plan"),
        ("premium", 100, "plan"),
        ("family", 0, "until"),
        ("family", 1_831 * 86_400, "until"),
    ] {
        let reply = till.grant(ann, plan, seconds).await;
        assert_eq!((reply.status, fields(&reply.body)), (422, vec![field.to_owned()]), "{plan} {seconds}");
    }
    let (bob, _) = till.user("bob").await;
    till.identity.change(bob, |account| account.status = Status::Deleted).await;
    for user in [UserId::generate(), bob] {
        for name in ["end_grant", "get_user_billing"] {
            let reply = till.call(name, &user.to_string(), None).await;
            assert_eq!((reply.status, code(&reply.body)), (404, "billing.no_such_user"), "{name}");
        }
        let reply = till.grant(user, "family", 100).await;
        assert_eq!((reply.status, code(&reply.body)), (404, "billing.no_such_user"));
    }
    assert_eq!(till.told(ann).await, None);
}

#[tokio::test]
async fn concurrent_grants_have_revisions_without_gaps_and_the_last_one_stands() {
    let till = Till::stocked().await;
    let (ann, _) = till.user("ann").await;
    let replies = join_all((1..=8).map(|number| till.grant(ann, "family", 100 * number))).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    let event = till.told(ann).await.unwrap();
    assert_eq!(event.revision, 8);
    let shown = till.call("get_user_billing", &ann.to_string(), None).await.body;
    let until: Timestamp = shown["grant"]["until"].as_str().unwrap().parse().unwrap();
    assert_eq!(event.steps[0].until, Some(until));
}

/// A subscription at a store, paid for some seconds.
fn subscription(user: UserId, now: Timestamp, seconds: i64) -> Subscription {
    let snapshot = Snapshot {
        clock: now,
        source: Source::Notification,
        purchase: "order-1".to_owned(),
        plan: PlanCode::parse("premium").unwrap(),
        state: StoreState::Cancelled,
        expires_at: now + SignedDuration::from_secs(seconds),
        grace_until: None,
        renews: false,
        is_trial: false,
        is_reinstated: false,
    };
    let (mirror, _) = Mirror::new(PurchaseStore::Apple).fold(snapshot);
    let id = SubscriptionId::new(Uuid::from_u128(9));
    Subscription { id, user, started_at: now, mode: Mode::Mirrored(Box::new(mirror)) }
}

#[tokio::test]
async fn a_grant_counts_above_a_subscription_which_counts_again_after_it() {
    let till = Till::stocked().await;
    let ((ann, token), now) = (till.user("ann").await, till.clock.now());
    let holdings = Holdings::new(ann).with_subscriptions(vec![subscription(ann, now, 500)]);
    till.table.of::<Billing>().create(holdings, &Outbox::none()).await.unwrap();
    let mine = till.call_as(&token, "get_billing", "-", &[], None).await.body;
    assert_eq!((&mine["plan"], &mine["source"]), (&json!("premium"), &json!("subscription")));
    let held = &mine["subscriptions"][0];
    assert_eq!(
        (&held["status"], &held["store"], &held["plan"]),
        (&json!("active"), &json!("apple"), &json!("premium"))
    );

    assert_eq!(till.grant(ann, "family", 100).await.status, 200);
    let steps = till.told(ann).await.unwrap().steps;
    let plans: Vec<_> = steps.iter().map(|step| (step.plan.as_deref(), step.source)).collect();
    let expected = [
        (Some("family"), EntitlementSource::Grant),
        (Some("premium"), EntitlementSource::Subscription),
        (None, EntitlementSource::None),
    ];
    assert_eq!(plans, expected);
    till.clock.advance(std::time::Duration::from_secs(100));
    assert_eq!(till.call_as(&token, "get_billing", "-", &[], None).await.body["plan"], "premium");
}

#[tokio::test]
async fn a_deleted_user_leaves_nothing_and_a_late_grant_brings_nothing_back() {
    let till = Till::stocked().await;
    let (ann, _) = till.user("ann").await;
    till.grant(ann, "family", 100).await;
    let deleted = event(till.clock.now(), UserDeleted { user_id: ann });
    assert_eq!(till.forget(deleted.clone()).await.unwrap(), Done::Applied);
    assert_eq!(till.forget(deleted).await.unwrap(), Done::Duplicate);
    // The account is still there in this test, as it is for a request that was under way.
    let late = till.grant(ann, "family", 200).await;
    assert_eq!((late.status, code(&late.body)), (404, "billing.no_such_user"));
    assert_eq!(till.told(ann).await, None);
}

#[tokio::test]
async fn a_takeover_ends_the_grant_of_the_registrant_and_no_later_one() {
    let till = Till::stocked().await;
    let (ann, _) = till.user("ann").await;
    assert_eq!(till.forget(reclaimed(ann, till.clock.now())).await.unwrap(), Done::Duplicate);
    till.grant(ann, "family", 100).await;
    let takeover = till.clock.now() + SignedDuration::from_secs(1);
    for expected in [Done::Applied, Done::Duplicate] {
        assert_eq!(till.forget(reclaimed(ann, takeover)).await.unwrap(), expected);
    }
    let event = till.told(ann).await.unwrap();
    assert_eq!((event.revision, event.steps[0].plan.as_deref()), (2, None));
    till.clock.advance(std::time::Duration::from_secs(2));
    till.grant(ann, "premium", 100).await;
    assert_eq!(till.forget(reclaimed(ann, takeover)).await.unwrap(), Done::Duplicate);
    assert_eq!(till.told(ann).await.unwrap().revision, 3);
}

#[tokio::test]
async fn identity_follows_the_newest_event_in_any_order_and_the_end_without_one() {
    use identity::consumers::keep_entitlements::keep_entitlements;
    let till = Till::stocked().await;
    let deployment = &till.identity;
    let mut events: Vec<EntitlementChanged> = Vec::new();
    let (ann, _) = till.user("ann").await;
    for (plan, seconds) in [("premium", 50), ("family", 100), ("premium", 200)] {
        till.grant(ann, plan, seconds).await;
        events.push(till.told(ann).await.unwrap());
    }
    let consumer = leak(identity::ConsumerContext::new(deployment.ctx.store.clone(), till.clock.clone()));
    let mut done = Vec::new();
    for number in [1, 0, 2, 2, 1] {
        let told = event(till.clock.now(), events[number].clone());
        done.push(keep_entitlements(consumer, told).await.unwrap());
    }
    assert_eq!(done, [Done::Applied, Done::Duplicate, Done::Applied, Done::Duplicate, Done::Duplicate]);
    let account = deployment.ctx.store.account(ann).await.unwrap().unwrap().value;
    assert_eq!(account.entitlement, KnownEntitlement::after(None, &events[2]));
    let now = till.clock.now();
    let end = now + SignedDuration::from_secs(200);
    assert_eq!((account.plan_at(now).as_str(), account.plan_at(end)), ("premium", account.plan.clone()));

    deployment.change(ann, |account| account.status = Status::Deleted).await;
    let late = EntitlementChanged { revision: 9, ..events[0].clone() };
    assert_eq!(keep_entitlements(consumer, event(now, late)).await.unwrap(), Done::Ignored);
}

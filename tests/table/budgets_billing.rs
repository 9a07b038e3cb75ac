//! What billing's functions ask of the table. The figures are in `tests/budgets.json`; what is said here is why.

use contracts::billing::EntitlementChanged;
use contracts::identity::UserDeleted;
use serde_json::json;
use testkit::leak;
use tests::{budget, cost};

use crate::billing_support::{Till, event, plan, price};
use crate::takeovers::{early_takeover, reclaimed};

#[tokio::test]
async fn the_catalogue_keeps_to_its_budget() {
    let till = Till::start().await;
    // The catalogue, eventually: half a unit while it is small.
    budget("billing-list-plans", "none", &till.call("list_plans", "-", None).await);
    // The admin's own account and the catalogue at once; then the catalogue under its version.
    let atoll = json!({ "name": "Atoll" });
    budget("billing-set-product", "new", &till.call("set_product", "atoll", Some(&atoll)).await);
    budget("billing-set-product", "unchanged", &till.call("set_product", "atoll", Some(&atoll)).await);
    budget("billing-set-plan", "new", &till.call("set_plan", "family", Some(&plan(20))).await);
    budget("billing-set-plan", "unchanged", &till.call("set_plan", "family", Some(&plan(20))).await);
    // The version of the price and the catalogue in one transaction.
    budget("billing-publish-price", "first version", &till.publish("a", &price(999)).await);
    budget("billing-publish-price", "repeated", &till.publish("a", &price(999)).await);
    budget("billing-list-plans", "one plan", &till.call("list_plans", "-", None).await);
    budget("billing-get-catalogue", "one plan", &till.call("get_catalogue", "-", None).await);
    for (name, about) in [("price", "family-month-eur"), ("plan", "family"), ("product", "atoll")] {
        let (function, operation) = (format!("billing-retire-{name}"), format!("retire_{name}"));
        budget(&function, "offered", &till.call(&operation, about, None).await);
        budget(&function, "retired before", &till.call(&operation, about, None).await);
    }
}

#[tokio::test]
async fn coupons_keep_to_their_budget() {
    let till = Till::start().await;
    let terms = json!({ "discount": { "kind": "fraction", "rate": 250_000 } });
    // The admin's own account and the catalogue, for the plans; then the coupon with its place in the list.
    budget("billing-create-coupon", "new", &till.call("create_coupon", "spring", Some(&terms)).await);
    budget("billing-create-coupon", "repeated", &till.call("create_coupon", "spring", Some(&terms)).await);
    budget("billing-list-coupons", "one coupon", &till.call("list_coupons", "-", None).await);
    budget("billing-retire-coupon", "current", &till.call("retire_coupon", "spring", None).await);
    budget("billing-retire-coupon", "retired before", &till.call("retire_coupon", "spring", None).await);
}

#[tokio::test]
async fn grants_keep_to_their_budget() {
    let till = Till::stocked().await;
    let (ann, token) = till.user("ann").await;
    let id = ann.to_string();
    let mine = async || till.call_as(&token, "get_billing", "-", &[], None).await;
    budget("billing-get-billing", "nothing held", &mine().await);
    // Both accounts, the catalogue and the holdings at once; then the holdings with the event, unless the user was deleted.
    budget("billing-set-grant", "first grant", &till.grant(ann, "family", 100).await);
    budget("billing-set-grant", "unchanged", &till.grant(ann, "family", 100).await);
    budget("billing-get-billing", "granted", &mine().await);
    // Both accounts and the holdings at once.
    budget("billing-get-user-billing", "granted", &till.call("get_user_billing", &id, None).await);
    let told = till.told(ann).await.unwrap();
    budget("billing-end-grant", "in force", &till.call("end_grant", &id, None).await);
    budget("billing-end-grant", "without a grant", &till.call("end_grant", &id, None).await);

    let store = till.identity.ctx.store.clone();
    let consumer = leak(identity::ConsumerContext::new(store, till.clock.clone()));
    let keep = identity::consumers::keep_entitlements::keep_entitlements;
    let newer = EntitlementChanged { revision: 2, ..told.clone() };
    // The account.
    budget("identity-keep-entitlements", "new plan", cost(keep(consumer, event(till.clock.now(), newer))).await);
    budget("identity-keep-entitlements", "older event", cost(keep(consumer, event(till.clock.now(), told))).await);

    // The holdings, and that nothing was granted before.
    budget("billing-forget-user", "takeover, no earlier grant", cost(till.forget(early_takeover(ann))).await);
    till.grant(ann, "family", 100).await;
    let takeover = reclaimed(ann, till.clock.now() + jiff::SignedDuration::from_secs(1));
    // The holdings, unless the user was deleted.
    budget("billing-forget-user", "takeover, earlier grant", cost(till.forget(takeover)).await);
    let deleted = event(till.clock.now(), UserDeleted { user_id: ann });
    // The marker, a query, and the deletion of the holdings.
    budget("billing-forget-user", "known user", cost(till.forget(deleted.clone())).await);
    budget("billing-forget-user", "again", cost(till.forget(deleted)).await);
}

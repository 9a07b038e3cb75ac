//! `identity-keep-entitlements` on `billing.entitlement_changed.v1`

use contracts::billing::{EntitlementChanged, EntitlementSource, EntitlementStep};
use contracts::{Actor, Envelope};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tests::{Cloud, User, eventually};
use types::EventId;

/// Publishes the plan of a user for an hour, and waits until identity has handled it.
async fn entitle(cloud: &Cloud, user: &User, revision: u64, plan: &str) {
    let until = Some(Timestamp::now() + SignedDuration::from_hours(1));
    let step = EntitlementStep { plan: Some(plan.to_owned()), source: EntitlementSource::Grant, until };
    let fact = EntitlementChanged { user_id: user.id.parse().unwrap(), revision, steps: vec![step] };
    let id = EventId::generate();
    cloud.publish(&Envelope::new(id, Timestamp::now(), id.to_string(), Actor::System, fact)).await;
    let handled = async || cloud.logged("identity-keep-entitlements", &id.to_string()).then_some(());
    eventually("the event's line", handled).await;
}

#[tokio::test]
async fn the_newest_plan_from_billing_counts_and_sessions_beyond_it_end() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let credentials = json!({ "email": user.email, "password": tests::PASSWORD });
    for _ in 0..2 {
        assert_eq!(cloud.post("/v1/auth/login").json(&credentials).send().await.status, 200);
    }
    entitle(&cloud, &user, 2, "free").await;
    entitle(&cloud, &user, 1, "family").await;
    assert_eq!(cloud.sessions(&user.id).await.len(), 1);
    let shown = cloud.get(&format!("/v1/users/{}", user.id)).bearer(&admin.access_token).send().await.expect(200);
    assert_eq!((&shown["plan"], &shown["accountPlan"]), (&json!("free"), &json!("family")));
}

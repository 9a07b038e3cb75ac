//! `aquariums-keep-plans` on `aquariums.aquarium_created.v1`, `billing.entitlement_changed.v1`, `identity.plan_changed.v1`,
//! `identity.user_restored.v1` and `identity.user_suspended.v1`

use contracts::billing::{EntitlementChanged, EntitlementSource, EntitlementStep};
use contracts::identity::PlanChanged;
use contracts::{Actor, Envelope};
use jiff::{SignedDuration, Timestamp};
use tests::{Cloud, eventually};
use types::{EventId, Uuid};

use super::support::{AQUARIUMS, aquarium, post, reef};

#[tokio::test]
async fn a_larger_plan_allows_more_aquariums() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for _ in 0..2 {
        aquarium(&cloud, &user).await;
    }
    let fact = PlanChanged { user_id: user.id.parse().unwrap(), plan: "plus".to_owned() };
    let correlation = Uuid::now_v7().to_string();
    cloud.publish(&Envelope::new(EventId::generate(), Timestamp::now(), correlation, Actor::System, fact)).await;
    eventually("the plan to be known", async || {
        let reply = post(&cloud, AQUARIUMS, &user, "third", &reef()).await;
        (reply.status == 201).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_plan_from_billing_allows_more_aquariums() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for _ in 0..2 {
        aquarium(&cloud, &user).await;
    }
    let (plan, until) = (Some("family".to_owned()), Some(Timestamp::now() + SignedDuration::from_hours(1)));
    let steps = vec![EntitlementStep { plan, source: EntitlementSource::Grant, until }];
    let fact = EntitlementChanged { user_id: user.id.parse().unwrap(), revision: 1, steps };
    let correlation = Uuid::now_v7().to_string();
    cloud.publish(&Envelope::new(EventId::generate(), Timestamp::now(), correlation, Actor::System, fact)).await;
    eventually("the plan to be known", async || {
        let reply = post(&cloud, AQUARIUMS, &user, "third", &reef()).await;
        (reply.status == 201).then_some(())
    })
    .await;
}

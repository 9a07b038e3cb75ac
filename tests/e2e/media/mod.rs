mod create_media;
mod delete_media;
mod forget_user;
mod get_media;
mod get_profile;
mod keep_plans;
mod keep_profiles;
mod list_media;
mod list_profiles;
mod process_upload;
mod sweep_uploads;

use contracts::billing::{EntitlementChanged, EntitlementSource, EntitlementStep};
use contracts::identity::PlanChanged;
use contracts::{Actor, Envelope};
use jiff::Timestamp;
use tests::{Cloud, User, eventually};
use types::EventId;

/// Tells media that a user is on a plan since a time.
pub async fn set_plan(cloud: &Cloud, user: &User, plan: &str, at: Timestamp) {
    let (id, fact) = (EventId::generate(), PlanChanged { user_id: user.id.parse().unwrap(), plan: plan.to_owned() });
    let event = Envelope::new(id, at, id.to_string(), Actor::System, fact);
    cloud.publish(&event).await;
    eventually("the event's line", async || cloud.logged("media-keep-plans", &id.to_string()).then_some(())).await;
}

/// Tells media that billing gives a user a plan until a time.
pub async fn entitle(cloud: &Cloud, user: &User, revision: u64, plan: &str, until: Timestamp) {
    let (plan, source) = (Some(plan.to_owned()), EntitlementSource::Grant);
    let steps = vec![EntitlementStep { plan, source, until: Some(until) }];
    let (id, fact) = (EventId::generate(), EntitlementChanged { user_id: user.id.parse().unwrap(), revision, steps });
    cloud.publish(&Envelope::new(id, Timestamp::now(), id.to_string(), Actor::System, fact)).await;
    eventually("the event's line", async || cloud.logged("media-keep-plans", &id.to_string()).then_some(())).await;
}

/// A user with the smallest quota; new accounts of the tests' deployment have the largest.
pub async fn on_free_plan(cloud: &Cloud) -> User {
    let user = cloud.sign_up().await;
    set_plan(cloud, &user, "free", Timestamp::now()).await;
    user
}

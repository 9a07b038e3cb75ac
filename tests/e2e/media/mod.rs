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

/// A user with the smallest quota; new accounts of the tests' deployment have the largest.
pub async fn on_free_plan(cloud: &Cloud) -> User {
    let user = cloud.sign_up().await;
    set_plan(cloud, &user, "free", Timestamp::now()).await;
    user
}

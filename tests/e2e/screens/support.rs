//! What several tests of screens need.

use contracts::aquariums::{AquariumCreated, AquariumKind};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use serde_json::Value;
use tests::{Cloud, User, eventually};
use types::{AquariumId, EventId};

/// The home screen.
pub const HOME: &str = "/v1/aquarium/mobile/home";

/// An aquarium of a user, as `aquariums` publishes it.
pub fn created(aquarium_id: AquariumId, owner: &User) -> AquariumCreated {
    AquariumCreated {
        aquarium_id,
        owner_id: owner.user_id(),
        name: "Screen test".to_owned(),
        kind: AquariumKind::Pond,
        net_volume_ml: 1_000_000,
        time_zone: "Europe/Berlin".to_owned(),
        revision: 1,
    }
}

/// Publishes an event now.
pub async fn publish<T: DomainEvent>(cloud: &Cloud, fact: T) {
    let (id, correlation_id) = (EventId::generate(), EventId::generate().to_string());
    cloud.publish(&Envelope::new(id, Timestamp::now(), correlation_id, Actor::System, fact)).await;
}

/// Waits until the home of a user is as it should be.
pub async fn home(cloud: &Cloud, user: &User, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    eventually(what, async || {
        let body = cloud.call("GET", HOME).bearer(&user.access_token).send().await.expect(200);
        is_so(&body).then_some(body)
    })
    .await
}

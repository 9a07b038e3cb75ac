//! What the tests of timelines share.

use contracts::aquariums::{AccessChanged, AquariumMember, MemberRole};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Cloud, Reply, User, eventually};
use types::{AquariumId, EventId, Uuid};

/// Publishes a fact, and waits until a function has handled it.
pub async fn tell<T: DomainEvent>(cloud: &Cloud, function: &str, fact: T) -> String {
    let id = EventId::generate();
    cloud.publish(&Envelope::new(id, Timestamp::now(), id.to_string(), Actor::System, fact)).await;
    let line = eventually("the event's line", async || {
        let of_event = |line: &String| line.starts_with(function) && line.contains(&id.to_string());
        cloud.log().into_iter().find(of_event)
    });
    line.await
}

/// An aquarium of its owner that is shared with a keeper, a viewer, and not with a stranger.
pub struct Shared {
    pub cloud: Cloud,
    pub id: AquariumId,
    pub owner: User,
    pub keeper: User,
    pub viewer: User,
    pub stranger: User,
}

impl Shared {
    /// Four new users and an aquarium that is known to the timeline.
    pub async fn start() -> Self {
        let cloud = Cloud::connect().await;
        let [owner, keeper, viewer, stranger] =
            [cloud.sign_up().await, cloud.sign_up().await, cloud.sign_up().await, cloud.sign_up().await];
        let id = AquariumId::generate();
        let shared = Self { cloud, id, owner, keeper, viewer, stranger };
        let line = tell(&shared.cloud, "timeline-keep-access", shared.access(1)).await;
        assert!(line.contains("applied"), "{line}");
        shared
    }

    /// The members in a revision.
    pub fn access(&self, revision: u64) -> AccessChanged {
        let member = |user: &User, role| AquariumMember { user_id: user.id.parse().unwrap(), role };
        let members = vec![member(&self.keeper, MemberRole::Keeper), member(&self.viewer, MemberRole::Viewer)];
        AccessChanged { aquarium_id: self.id, owner_id: self.owner.id.parse().unwrap(), revision, members }
    }

    /// The path of something in the timeline.
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/aquarium/aquariums/{}/timeline{rest}", self.id)
    }

    pub async fn get(&self, user: &User, rest: &str) -> Reply {
        self.cloud.get(&self.path(rest)).bearer(&user.access_token).send().await
    }

    /// Sends a command with a new key, about an entry in a version.
    pub async fn post(&self, user: &User, rest: &str, version: u64, body: &Value) -> Reply {
        let call = self.cloud.post(&self.path(rest)).bearer(&user.access_token).json(body);
        let call = call.header("idempotency-key", &Uuid::now_v7().to_string());
        let call = if version > 0 { call.header("if-match", &format!("\"{version}\"")) } else { call };
        call.send().await
    }

    /// Appends a water change, and returns its sequence number.
    pub async fn append(&self, user: &User, volume_ml: u64) -> u64 {
        let body = self.post(user, "", 0, &water(volume_ml)).await.expect(201);
        body["lastSeq"].as_u64().unwrap_or_else(|| panic!("{body}"))
    }
}

/// The body of an append.
pub fn water(volume_ml: u64) -> Value {
    let content = json!({ "type": "water_change", "volumeMl": volume_ml });
    json!({ "timeZone": "Europe/Berlin", "entries": [{ "content": content, "note": "Salt was low." }] })
}

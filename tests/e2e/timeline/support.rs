//! What the tests of timelines share.

use std::collections::BTreeMap;

use contracts::aquariums::{AccessChanged, AquariumMember, MemberRole};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Cloud, Reply, User};
use types::{AquariumId, Uuid};

pub use tests::tell;

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
        AccessChanged {
            aquarium_id: self.id,
            owner_id: self.owner.id.parse().unwrap(),
            revision,
            members,
            members_since: BTreeMap::new(),
        }
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

    /// The path of something in the tasks.
    pub fn tasks(&self, rest: &str) -> String {
        format!("/v1/aquarium/aquariums/{}/tasks{rest}", self.id)
    }

    /// Calls something in the tasks with a new key, about a version if it is not 0.
    pub async fn task_call(&self, method: &str, user: &User, rest: &str, version: u64, body: Option<&Value>) -> Reply {
        let call = self.cloud.call(method, &self.tasks(rest)).bearer(&user.access_token);
        let call = call.header("idempotency-key", &Uuid::now_v7().to_string());
        let call = if version > 0 { call.header("if-match", &format!("\"{version}\"")) } else { call };
        match body {
            Some(body) => call.json(body).send().await,
            None => call.send().await,
        }
    }

    /// Creates a task of the owner, and returns it.
    pub async fn task(&self, schedule: &Value) -> Value {
        self.task_call("POST", &self.owner, "", 0, Some(&task_body(schedule))).await.expect(201)
    }

    /// Without a token, as a viewer where viewers may not, and as a stranger.
    pub async fn expect_refused(&self, method: &str, rest: &str, version: u64, body: Option<&Value>, viewers: bool) {
        let call =
            self.cloud.call(method, &self.tasks(rest)).header("idempotency-key", "k").header("if-match", "\"1\"");
        let call = if let Some(body) = body { call.json(body) } else { call };
        call.send().await.expect_problem(401, "auth.token_missing");
        let stranger = self.task_call(method, &self.stranger, rest, version, body).await;
        stranger.expect_problem(404, "timeline.no_such_aquarium");
        if !viewers {
            let viewer = self.task_call(method, &self.viewer, rest, version, body).await;
            viewer.expect_problem(403, "timeline.role_too_low");
        }
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

/// The body of a new task.
pub fn task_body(schedule: &Value) -> Value {
    json!({ "title": "Clean the skimmer", "notes": "Left drawer.", "category": "cleaning", "schedule": schedule })
}

/// Due every three days from tomorrow on, at 18:00 in Berlin.
pub fn rolling() -> Value {
    let tomorrow = Timestamp::now().in_tz("Europe/Berlin").unwrap().date().tomorrow().unwrap();
    json!({
        "mode": "rolling", "everyDays": 3, "time": "18:00", "startsOn": tomorrow.to_string(), "timeZone": "Europe/Berlin",
    })
}

/// The local minute after the next one in Kathmandu, whose offset has 45 minutes, each day.
pub fn soon() -> Value {
    let soon = (Timestamp::now() + jiff::SignedDuration::from_secs(65)).in_tz("Asia/Kathmandu").unwrap();
    json!({
        "mode": "fixed", "rrule": format!("FREQ=DAILY;BYHOUR={};BYMINUTE={}", soon.hour(), soon.minute()),
        "startsAt": soon.strftime("%Y-%m-%dT00:00").to_string(), "timeZone": "Asia/Kathmandu",
    })
}

//! Scenes of screens: an aquarium with a member.

use std::collections::BTreeMap;

use contracts::aquariums::{
    AccessChanged, AquariumCreated, AquariumKind, AquariumMember, HourSummary, MemberRole, ReadingsSummarized,
};
use contracts::identity::UserDeleted;
use jiff::Timestamp;
use serde_json::Value;
use types::{AquariumId, DeviceId, Role, SensorId, UserId};

use crate::request::{Request, fact};
use crate::stage::{Person, Stage};

const BUILD: &str = "screens-build-home";

pub struct Scene {
    manager: Person,
    owner: Person,
    aquarium: AquariumId,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let manager = stage.member(&[Role::Manager]).await.person;
        let owner = stage.member(&[]).await.person;
        let member = stage.member(&[]).await.person;
        let aquarium = kept(stage, owner.id, &[member.id]).await;
        Self { manager, owner, aquarium }
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let ask = || Request::of(name).by(&self.manager);
        Some(match name {
            "screens-build-home" => fact(name, self.readings()),
            "screens-forget-user" => {
                let leaver = stage.member(&[]).await.person;
                kept(stage, leaver.id, &[]).await;
                fact(name, UserDeleted { user_id: leaver.id })
            }
            "screens-get-home" => Request::of(name).by(&self.owner).event(),
            "screens-get-overview" | "screens-list-all-aquariums" => ask().event(),
            "screens-get-person" => ask().at("id", self.owner.id).event(),
            _ => return None,
        })
    }

    /// A new value of a sensor, on the homes of owner and member.
    fn readings(&self) -> ReadingsSummarized {
        let now = Timestamp::now();
        let sensor = HourSummary {
            sensor_id: SensorId::generate(),
            parameter: "temperature".to_owned(),
            unit: "celsius".to_owned(),
            count: 1,
            sum: 25_000,
            least: 25_000,
            greatest: 25_000,
            last: 25_000,
            last_at: now,
        };
        ReadingsSummarized {
            device_id: DeviceId::generate(),
            aquarium_id: self.aquarium,
            owner_id: self.owner.id,
            hour: now,
            sensors: vec![sensor],
            superseded: false,
        }
    }
}

/// A new aquarium of a user, shared with others.
async fn kept(stage: &Stage, owner_id: UserId, members: &[UserId]) -> AquariumId {
    let aquarium_id = AquariumId::generate();
    let fact = AquariumCreated {
        aquarium_id,
        owner_id,
        name: "Reef".to_owned(),
        kind: AquariumKind::Marine,
        net_volume_ml: 180_000,
        time_zone: "Europe/Berlin".to_owned(),
        revision: 1,
    };
    stage.hear(BUILD, fact).await;
    let members = members.iter().map(|user| AquariumMember { user_id: *user, role: MemberRole::Keeper }).collect();
    stage
        .hear(BUILD, AccessChanged { aquarium_id, owner_id, revision: 1, members, members_since: BTreeMap::new() })
        .await;
    aquarium_id
}

//! Scenes of aquariums: one with equipment and livestock, which is shared with a keeper.

use contracts::aquariums::AquariumRemoved;
use contracts::identity::{PlanChanged, UserDeleted};
use serde_json::{Value, json};
use types::AquariumId;

use super::aquariums_readings::Readings;
use crate::request::{Request, fact};
use crate::stage::{Person, Stage};

pub struct Scene {
    ann: Person,
    bob: Person,
    aquarium: String,
    filter: String,
    fish: String,
    readings: Readings,
}

/// What a request shows as the ID of what it made.
fn id(made: &Value) -> String {
    made["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
}

async fn aquarium(stage: &Stage, owner: &Person) -> String {
    id(&stage.call(Request::of("aquariums-create-aquarium").by(owner)).await)
}

async fn invite(stage: &Stage, owner: &Person, aquarium: &str) -> Value {
    stage.call(Request::of("aquariums-create-invitation").by(owner).at("id", aquarium)).await
}

async fn share(stage: &Stage, owner: &Person, aquarium: &str, member: &Person) {
    let code = invite(stage, owner, aquarium).await["code"].clone();
    stage.call(Request::of("aquariums-accept-invitation").by(member).with("code", code)).await;
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let (ann, bob) = (stage.person(), stage.person());
        let aquarium = aquarium(stage, &ann).await;
        share(stage, &ann, &aquarium, &bob).await;
        let made = async |name: &str| id(&stage.call(Request::of(name).by(&ann).at("id", &aquarium)).await);
        let (filter, fish) = (made("aquariums-create-equipment").await, made("aquariums-add-livestock").await);
        let about = |name: &str| Request::of(name).by(&ann).at("id", &aquarium);
        stage.call(about("aquariums-record-service").at("equipmentId", &filter)).await;
        stage.call(about("aquariums-record-movement").at("livestockId", &fish).with("number", 1)).await;
        // One that nobody has accepted.
        invite(stage, &ann, &aquarium).await;
        Self { ann, bob, aquarium, filter, fish, readings: Readings::set(stage).await }
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let about = || Request::of(name).by(&self.ann).at("id", &self.aquarium);
        let event = match name {
            "aquariums-accept-invitation" => {
                let (owner, guest) = (stage.person(), stage.person());
                let new = aquarium(stage, &owner).await;
                let code = invite(stage, &owner, &new).await["code"].clone();
                Request::of(name).by(&guest).with("code", code).event()
            }
            "aquariums-create-aquarium" => Request::of(name).by(&stage.person()).event(),
            "aquariums-create-invitation" | "aquariums-delete-aquarium" | "aquariums-update-aquarium" => {
                let owner = stage.person();
                let new = aquarium(stage, &owner).await;
                Request::of(name).by(&owner).at("id", new).event()
            }
            "aquariums-delete-invitation" => {
                let owner = stage.person();
                let new = aquarium(stage, &owner).await;
                let invitation = id(&invite(stage, &owner, &new).await);
                Request::of(name).by(&owner).at("id", new).at("invitationId", invitation).event()
            }
            "aquariums-get-aquarium"
            | "aquariums-list-invitations"
            | "aquariums-list-members"
            | "aquariums-list-equipment"
            | "aquariums-list-livestock" => about().event(),
            "aquariums-list-aquariums" => Request::of(name).by(&self.bob).event(),
            "aquariums-remove-member" | "aquariums-update-member" => {
                let (owner, member) = (stage.person(), stage.person());
                let new = aquarium(stage, &owner).await;
                share(stage, &owner, &new, &member).await;
                Request::of(name).by(&owner).at("id", new).at("userId", member.id).event()
            }
            "aquariums-keep-plans" => fact(name, PlanChanged { user_id: stage.person().id, plan: "plus".to_owned() }),
            "aquariums-purge-aquariums" => {
                let owner = stage.person();
                let new = aquarium(stage, &owner).await;
                invite(stage, &owner, &new).await;
                stage.call(Request::of("aquariums-delete-aquarium").by(&owner).at("id", &new)).await;
                let aquarium_id: AquariumId = new.parse().ok()?;
                fact(name, AquariumRemoved { aquarium_id, owner_id: owner.id, revision: 2 })
            }
            "aquariums-forget-user" => {
                let leaver = stage.person();
                aquarium(stage, &leaver).await;
                fact(name, UserDeleted { user_id: leaver.id })
            }
            _ => return self.rest(stage, name).await,
        };
        Some(event)
    }

    async fn rest(&self, stage: &Stage, name: &str) -> Option<Value> {
        match self.readings.event(stage, name).await {
            Some(event) => Some(event),
            None => self.records(stage, name).await,
        }
    }

    /// Functions of equipment and livestock. An owner of their own each time: the number of records of a day is limited.
    async fn records(&self, stage: &Stage, name: &str) -> Option<Value> {
        let of_filter = || Request::of(name).by(&self.ann).at("id", &self.aquarium).at("equipmentId", &self.filter);
        let of_fish = || Request::of(name).by(&self.ann).at("id", &self.aquarium).at("livestockId", &self.fish);
        match name {
            "aquariums-get-equipment" | "aquariums-list-services" => return Some(of_filter().event()),
            "aquariums-get-livestock" | "aquariums-list-movements" => return Some(of_fish().event()),
            _ => {}
        }
        let owner = stage.person();
        let new = aquarium(stage, &owner).await;
        let made = async |name: &str| id(&stage.call(Request::of(name).by(&owner).at("id", &new)).await);
        let about = || Request::of(name).by(&owner).at("id", &new);
        let event = match name {
            "aquariums-create-equipment" | "aquariums-add-livestock" => about().event(),
            "aquariums-delete-equipment" | "aquariums-record-service" | "aquariums-update-equipment" => {
                about().at("equipmentId", made("aquariums-create-equipment").await).event()
            }
            "aquariums-record-movement" => {
                let fish = made("aquariums-add-livestock").await;
                about().at("livestockId", fish).with("number", json!(1)).event()
            }
            "aquariums-update-livestock" => about().at("livestockId", made("aquariums-add-livestock").await).event(),
            _ => return None,
        };
        Some(event)
    }
}

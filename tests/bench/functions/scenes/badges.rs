//! Scenes of badges: three badges, and twenty people with an award, who report events of one kind in turn.

use contracts::events::EventReported;
use contracts::identity::UserDeleted;
use jiff::Timestamp;
use serde_json::{Value, json};
use types::{CareEventId, EventTypeId, PointId, UserId};

use crate::request::{Request, fact, sample};
use crate::stage::{Person, Stage};

/// People with an award. Those of one batch are different ones.
const PEOPLE: u64 = 20;

pub struct Scene {
    ann: Person,
    people: Vec<UserId>,
    kind: EventTypeId,
    admin: Person,
    badge: String,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let (ann, admin) = (stage.person(), stage.admin());
        let mut badge = String::new();
        for _ in 0..3 {
            badge = made(stage, &admin).await;
        }
        let kind = EventTypeId::generate();
        let people: Vec<_> = (1..PEOPLE).map(|_| UserId::generate()).chain([ann.id]).collect();
        for person in &people {
            stage.hear("badges-evaluate-badges", reported(*person, kind)).await;
        }
        Self { ann, people, kind, admin, badge }
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let ask = || Request::of(name).by(&self.ann);
        let manage = || Request::of(name).by(&self.admin);
        let event = match name {
            "badges-create-badge" => manage().with("code", stage.fresh("badge")).event(),
            "badges-evaluate-badges" => {
                let next = usize::try_from(stage.number() % PEOPLE).unwrap_or_default();
                fact(name, reported(self.people[next], self.kind))
            }
            "badges-forget-user" => {
                let leaver = stage.person();
                stage.hear("badges-evaluate-badges", reported(leaver.id, self.kind)).await;
                fact(name, UserDeleted { user_id: leaver.id })
            }
            "badges-list-badges" | "badges-list-my-badges" => ask().event(),
            "badges-get-badge" => ask().at("id", &self.badge).event(),
            "badges-list-user-badges" => ask().at("id", self.ann.id).event(),
            "badges-recount-badges" => {
                let mut event = sample(name);
                event["userId"] = json!(self.ann.id);
                event
            }
            "badges-retire-badge" => manage().at("id", made(stage, &self.admin).await).event(),
            "badges-update-badge" => manage().at("id", &self.badge).with("name", stage.fresh("Feeder")).event(),
            _ => return None,
        };
        Some(event)
    }
}

async fn made(stage: &Stage, admin: &Person) -> String {
    stage.made(Request::of("badges-create-badge").by(admin).with("code", stage.fresh("badge"))).await
}

fn reported(user_id: UserId, event_type_id: EventTypeId) -> EventReported {
    EventReported {
        event_id: CareEventId::generate(),
        point_id: PointId::generate(),
        user_id,
        event_type_id,
        code: "feeding".to_owned(),
        type_name: "Feeding".to_owned(),
        point_name: "Fountain at the market".to_owned(),
        occurred_at: Timestamp::now(),
        reward: None,
        reward_withheld: None,
    }
}

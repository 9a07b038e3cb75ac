//! Scenes of analytics: twenty users who sign in, in turn.

use contracts::identity::{Device, SessionStarted};
use serde_json::Value;
use types::{SessionId, UserId};

use crate::request::{Request, fact};
use crate::stage::{Person, Stage};

/// Users who sign in.
const PEOPLE: u64 = 20;

pub struct Scene {
    admin: Person,
    people: Vec<UserId>,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let people: Vec<_> = (0..PEOPLE).map(|_| UserId::generate()).collect();
        for person in &people {
            stage.hear("analytics-count-events", signed_in(*person)).await;
        }
        Self { admin: stage.admin(), people }
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let ask = || Request::of(name).by(&self.admin);
        let event = match name {
            "analytics-count-events" => {
                let next = usize::try_from(stage.number() % PEOPLE).unwrap_or_default();
                fact(name, signed_in(self.people[next]))
            }
            "analytics-get-metric" => ask().at("name", "sessions_started").event(),
            "analytics-list-metrics" => ask().event(),
            _ => return None,
        };
        Some(event)
    }
}

fn signed_in(user_id: UserId) -> SessionStarted {
    let device = Device { name: "Phone".to_owned(), platform: "ios".to_owned() };
    SessionStarted { user_id, session_id: SessionId::generate(), device }
}

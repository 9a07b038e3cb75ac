//! Scenes of realtime: ten people with an open socket each, one of them with five messages in their log.

use contracts::identity::{Device, SessionEndReason, SessionEnded, UserDeleted};
use contracts::notifications::{Category, NotificationAdded};
use serde_json::{Value, json};
use types::{UserId, Uuid};

use crate::request::{fact, sample};
use crate::stage::{Person, Stage};

/// Messages that a client has missed.
const MISSED: usize = 5;
/// People with an open socket, who are told something in turn: those of one batch are different ones.
const PEOPLE: u64 = 10;

pub struct Scene {
    people: Vec<UserId>,
    socket: String,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let ann = stage.person();
        let socket = open(stage, &ann).await;
        for _ in 0..MISSED {
            stage.hear("realtime-push-notifications", added(ann.id)).await;
        }
        let mut people = vec![ann.id];
        for _ in 1..PEOPLE {
            let person = stage.person();
            open(stage, &person).await;
            people.push(person.id);
        }
        Self { people, socket }
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        if name == "realtime-push-notifications" {
            let next = usize::try_from(stage.number() % PEOPLE).unwrap_or_default();
            return Some(fact(name, added(self.people[next])));
        }
        let somebody = stage.person();
        let event = match name {
            "realtime-connect" => offer(stage, &somebody).1,
            "realtime-disconnect" => of_socket(name, &open(stage, &somebody).await),
            "realtime-end-sessions" => {
                open(stage, &somebody).await;
                fact(name, ended(&somebody))
            }
            "realtime-forget-user" => {
                open(stage, &somebody).await;
                stage.hear("realtime-push-notifications", added(somebody.id)).await;
                fact(name, UserDeleted { user_id: somebody.id })
            }
            "realtime-receive-message" => {
                let mut event = of_socket(name, &self.socket);
                let ask = json!({ "type": "resume", "id": "1", "data": { "after": "0" } });
                event["body"] = ask.to_string().into();
                event
            }
            _ => return None,
        };
        Some(event)
    }
}

fn of_socket(name: &str, socket: &str) -> Value {
    let mut event = sample(name);
    event["requestContext"]["connectionId"] = socket.into();
    event
}

/// An attempt to open a socket: its id, and the event.
fn offer(stage: &Stage, person: &Person) -> (String, Value) {
    let socket = stage.fresh("socket");
    let mut event = of_socket("realtime-connect", &socket);
    event["headers"]["Sec-WebSocket-Protocol"] = format!("atoll.v1, {}", person.token).into();
    (socket, event)
}

async fn open(stage: &Stage, person: &Person) -> String {
    let (socket, event) = offer(stage, person);
    stage.invoke("realtime-connect", &event).await;
    socket
}

fn ended(person: &Person) -> SessionEnded {
    SessionEnded {
        user_id: person.id,
        session_id: person.session,
        device: Device { name: "Ann's phone".to_owned(), platform: "ios".to_owned() },
        reason: SessionEndReason::Logout,
    }
}

fn added(user_id: UserId) -> NotificationAdded {
    NotificationAdded {
        user_id,
        notification_id: Uuid::now_v7(),
        category: Category::Activity,
        kind: "plain".to_owned(),
        data: contracts::notifications::NotificationIds::default(),
        title: "News from the fountain".to_owned(),
        body: "The water of the fountain is running again.".to_owned(),
        link: Some("/points/7".to_owned()),
    }
}

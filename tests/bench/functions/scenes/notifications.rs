//! Scenes of notifications: a user with a device, a phone, preferences and twenty notifications.

use contracts::identity::{UserDeleted, UserRegistered};
use contracts::notifications::{Category, Channel, DeliveryQueued, Message, NotificationRequested};
use dynamo::Outbox;
use jiff::{SignedDuration, Timestamp};
use kit::auth::Purpose;
use notifications::domain::contact::{Contact, Facts};
use notifications::domain::content::{Content, Link};
use notifications::domain::delivery::{Delivery, Status};
use notifications::store::{Notifications, Store};
use notifications::unsubscribe;
use serde_json::{Value, json};
use types::{EmailAddress, PersonName, UserId, Uuid};

use crate::request::{Request, fact, message, sample};
use crate::stage::{Person, Stage};

pub struct Scene {
    ann: Person,
    admin: Person,
    key: String,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let (ann, admin) = (stage.person(), stage.admin());
        let key = stage.api_key("notifications:send").await;
        let scene = Self { ann, admin, key };
        device(stage, &scene.ann).await;
        phone(stage, &scene.ann).await;
        // Everything by push at once: what is sent is not to depend on when this runs.
        let preferences = Request::of("notifications-set-preferences").by(&scene.ann);
        stage.call(preferences.with("quietHours", Value::Null).with("categories", json!({}))).await;
        overdue(stage, scene.ann.id).await;
        for _ in 0..20 {
            told(stage, &scene.ann, Channel::InApp).await;
        }
        scene
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let ask = || Request::of(name).by(&self.ann);
        let event = match name {
            "notifications-delete-device" => ask().at("id", device(stage, &self.ann).await).event(),
            "notifications-delete-mail-suppression" => ask().by(&self.admin).at("id", complained(stage).await).event(),
            "notifications-delete-notification" | "notifications-read-notification" => {
                ask().at("id", told(stage, &self.ann, Channel::InApp).await).event()
            }
            "notifications-get-phone"
            | "notifications-get-preferences"
            | "notifications-list-devices"
            | "notifications-list-notifications" => ask().event(),
            "notifications-list-deliveries" => {
                let id = told(stage, &self.ann, Channel::Push).await;
                ask().by(&self.admin).at("id", id).query("userId", self.ann.id).event()
            }
            // One is unread each time.
            "notifications-read-all-notifications" => {
                told(stage, &self.ann, Channel::InApp).await;
                ask().event()
            }
            "notifications-register-device" => ask().with("token", stage.fresh("push-token")).event(),
            "notifications-send-notification" => {
                Request::of(name).header("x-api-key", &self.key).with("recipients", [self.ann.id]).event()
            }
            "notifications-set-preferences" => {
                ask().with("language", if stage.number().is_multiple_of(2) { "de" } else { "en" }).event()
            }
            "notifications-get-unsubscribe-page" | "notifications-unsubscribe" => {
                let token = unsubscribe::sign(stage.world.link_key(), stage.person().id, Category::Account);
                Request::of(name).query("token", token).event()
            }
            _ if name.ends_with("-phone") => return phones(stage, name).await,
            _ => return self.message(stage, name).await,
        };
        Some(event)
    }

    async fn message(&self, stage: &Stage, name: &str) -> Option<Value> {
        let event = match name {
            "notifications-forget-user" => {
                let leaver = stage.person();
                device(stage, &leaver).await;
                told(stage, &leaver, Channel::InApp).await;
                fact(name, UserDeleted { user_id: leaver.id })
            }
            "notifications-plan-deliveries" => fact(name, requested(self.ann.id, vec![Channel::InApp, Channel::Push])),
            "notifications-send-deliveries" => {
                let id = told(stage, &self.ann, Channel::Push).await;
                fact(name, DeliveryQueued { user_id: self.ann.id, delivery: format!("{id}#push") })
            }
            "notifications-suppress-addresses" => bounced(stage, name).await,
            "notifications-sweep-deliveries" => sample(name),
            _ => return None,
        };
        Some(event)
    }
}

async fn phones(stage: &Stage, name: &str) -> Option<Value> {
    let person = stage.person();
    let ask = || Request::of(name).by(&person);
    let event = match name {
        "notifications-confirm-phone" => ask().with("code", code(stage, &person).await).event(),
        "notifications-delete-phone" => {
            phone(stage, &person).await;
            ask().event()
        }
        "notifications-set-phone" => ask().event(),
        _ => return None,
    };
    Some(event)
}

async fn device(stage: &Stage, person: &Person) -> String {
    let request = Request::of("notifications-register-device").by(person);
    stage.made(request.with("token", stage.fresh("push-token"))).await
}

/// Asks for the proof of a number; gives the code that was sent to it.
async fn code(stage: &Stage, person: &Person) -> String {
    stage.call(Request::of("notifications-set-phone").by(person)).await;
    let store = Store::new(stage.world.table().of::<Notifications>());
    let phone = store.phone(person.id).await.expect("a table").expect("a phone");
    let proof = phone.value.pending.expect("it is asked for").proof;
    stage.world.link_key().code(Purpose::ConfirmPhone, person.id, proof)
}

/// A number that is proven.
async fn phone(stage: &Stage, person: &Person) {
    let code = code(stage, person).await;
    stage.call(Request::of("notifications-confirm-phone").by(person).with("code", code)).await;
}

fn requested(user_id: UserId, channels: Vec<Channel>) -> NotificationRequested {
    let data = [("title", "News from the fountain"), ("body", "The water of the fountain is running again.")];
    let data = data.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    let channels = Some(channels.into_iter().collect());
    let message = Message { template: "plain".to_owned(), data, link: Some("/points/7".to_owned()) };
    let (notification_id, recipients, category) = (Uuid::now_v7(), vec![user_id], Category::Activity);
    NotificationRequested { notification_id, recipients, category, message, channels }
}

/// A notification to a user on one channel; gives the notification's id.
async fn told(stage: &Stage, person: &Person, channel: Channel) -> Uuid {
    let requested = requested(person.id, vec![channel]);
    let id = requested.notification_id;
    stage.hear("notifications-plan-deliveries", requested).await;
    id
}

async fn bounced(stage: &Stage, name: &str) -> Value {
    let (user_id, address) = (UserId::generate(), format!("{}@example.com", stage.fresh("user")));
    let (email, verification_id) = (EmailAddress::parse(&address).ok(), Some(Uuid::now_v7()));
    let registered =
        UserRegistered { user_id, email, name: PersonName::parse("Ann").expect("a name"), verification_id };
    stage.hear("notifications-plan-deliveries", registered).await;
    let body = sample(name)["Records"][0]["body"].as_str().expect("a body").to_owned();
    let mut body: Value = serde_json::from_str(&body).expect("JSON");
    body["bounce"]["bouncedRecipients"][0]["emailAddress"] = address.into();
    body["bounce"]["timestamp"] = json!(Timestamp::now());
    body["mail"]["tags"]["user"] = json!([user_id]);
    message(name, &body)
}

/// A user whose address is suppressed.
async fn complained(stage: &Stage) -> UserId {
    let user_id = UserId::generate();
    let address = EmailAddress::parse(&format!("{}@example.com", stage.fresh("user"))).ok();
    let facts = Facts { email: address.clone(), complained: address, ..Facts::default() };
    let contact = Contact::new(user_id).with_facts(facts, Timestamp::now());
    let made = stage.world.table().of::<Notifications>().create(contact, &Outbox::none()).await;
    assert!(made.is_ok(), "a contact");
    user_id
}

/// A delivery whose message was lost. Each sweep finds it, and has it sent by others.
async fn overdue(stage: &Stage, user_id: UserId) {
    let (notification_id, due_at) = (Uuid::now_v7(), Timestamp::now() - SignedDuration::from_mins(1));
    let delivery = Delivery {
        user_id,
        notification_id,
        channel: Channel::Push,
        category: Category::Activity,
        content: Content::template("plain", Link::App),
        session: None,
        to: None,
        guest: None,
        reached: Vec::new(),
        in_inbox: false,
        is_counted: false,
        deferred_since: None,
        status: Status::Pending { due_at, last_error: None },
        attempts: 0,
        caused_at: due_at,
        created_at: due_at,
    };
    let made = stage.world.table().of::<Notifications>().create(delivery, &Outbox::none()).await;
    assert!(made.is_ok(), "a delivery");
}

//! Screens in the process, on a table of the test's own, with the events of aquariums.

use std::collections::{BTreeMap, HashMap};

use contracts::aquariums::{
    AccessChanged, AlarmCause, AlarmChanged, AlarmStatus, AquariumCreated, AquariumKind, AquariumMember,
    AquariumRemoved, HourSummary, MemberRole, ReadingsSummarized,
};
use contracts::notifications::{Category, NotificationAdded, NotificationIds, NotificationsRead, ReadNotification};
use contracts::timeline::{TaskChanged, TaskStatus};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use kit::Clock;
use kit::http::{Endpoint, endpoint};
use kit::sqs::{Failure, Handled};
use lambda_http::{Body, RequestExt};
use screens::consumers::{build_home::build_home, forget_user::forget_user};
use screens::store::{Screens, Store};
use screens::{Builder, ConsumerContext, Ctx, api};
use serde_json::Value;
use testkit::{TestTable, leak, request};
use types::{AquariumId, DeviceId, EpisodeId, EventId, Role, SensorId, TaskId, UserId, Uuid};

use crate::identity_support::{Deployment, stage};

/// How often the queue delivers a message.
const MAX_DELIVERIES: u32 = 10;

/// The functions of screens over one table.
pub struct Desk {
    pub table: TestTable,
    pub builder: &'static Builder,
    pub consumer: &'static ConsumerContext,
    pub ctx: &'static Ctx,
    pub clock: Clock,
    /// A manager, and two users without a role.
    pub manager: Person,
    pub ann: Person,
    pub ben: Person,
}

/// A user who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: UserId,
    pub token: String,
}

/// A response.
pub struct Shown {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

impl Shown {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl Desk {
    pub async fn start() -> Self {
        Self::on(TestTable::start().await).await
    }

    pub async fn start_with_conflicts() -> Self {
        Self::on(TestTable::start_with_conflicts().await).await
    }

    async fn on(table: TestTable) -> Self {
        // Keeps the accounts.
        let (identity, clock) = (leak(Deployment::start().await), Clock::manual(at(3_600)));
        let store = Store::new(table.of::<Screens>());
        let manager = person(identity, "manager@example.com").await;
        identity.change(manager.id, |account| account.roles.push(Role::Manager)).await;
        let token = identity.sign_in("manager@example.com").await.body["tokens"]["accessToken"].clone();
        Self {
            table,
            builder: leak(Builder::new(store.clone())),
            consumer: leak(ConsumerContext::new(store.clone(), clock.clone())),
            ctx: leak(Ctx::new(store, clock.clone(), identity.verifier())),
            clock,
            manager: Person { token: token.as_str().unwrap().to_owned(), ..manager },
            ann: person(identity, "ann@example.com").await,
            ben: person(identity, "ben@example.com").await,
        }
    }

    /// Delivers an event.
    pub async fn hear(&self, event: Envelope<Value>) -> Handled {
        build_home(self.builder, event).await
    }

    /// Delivers events, one after the other.
    pub async fn hear_all(&self, events: impl IntoIterator<Item = Envelope<Value>>) {
        for event in events {
            let name = event.detail_type();
            self.hear(event).await.unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        }
    }

    /// Delivers an event to a process of its own, again while it says so, as the queue does.
    pub async fn hear_apart(&self, event: Envelope<Value>) -> Handled {
        let builder = leak(Builder::new(self.builder.store.clone()));
        for _ in 1..MAX_DELIVERIES {
            match build_home(builder, event.clone()).await {
                Err(Failure::Retry(_)) => {}
                handled => return handled,
            }
        }
        build_home(builder, event).await
    }

    pub async fn forget(&self, event: Envelope<Value>) -> Handled {
        forget_user(self.consumer, event).await
    }

    async fn read(&self, endpoint: &Endpoint, who: &Person, id: &str, query: &str, headers: &[(&str, &str)]) -> Shown {
        let path: HashMap<String, String> = [("id".to_owned(), id.to_owned())].into();
        let authorization = format!("Bearer {}", who.token);
        let mut all = vec![("authorization", authorization.as_str())];
        all.extend_from_slice(headers);
        let request = request("GET", &format!("/v1/aquarium/test?{query}"), &all, None).with_path_parameters(path);
        let response = endpoint.call(request).await;
        let value = |value: &lambda_http::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let headers = response.headers().iter().map(|(name, text)| (name.to_string(), value(text))).collect();
        let text = match response.body() {
            Body::Text(text) => text.clone(),
            _ => String::new(),
        };
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Shown { status: response.status().as_u16(), headers, body }
    }

    pub async fn home(&self, who: &Person, query: &str) -> Shown {
        self.home_if(who, query, &[]).await
    }

    pub async fn home_if(&self, who: &Person, query: &str, headers: &[(&str, &str)]) -> Shown {
        self.read(&endpoint(api::get_home::get_home, self.ctx, stage()), who, "", query, headers).await
    }

    pub async fn overview(&self, who: &Person) -> Shown {
        self.read(&endpoint(api::get_overview::get_overview, self.ctx, stage()), who, "", "", &[]).await
    }

    pub async fn person(&self, who: &Person, id: UserId) -> Shown {
        let get = endpoint(api::get_person::get_person, self.ctx, stage());
        self.read(&get, who, &id.to_string(), "", &[]).await
    }

    pub async fn list(&self, who: &Person, query: &str) -> Shown {
        let list = endpoint(api::list_all_aquariums::list_all_aquariums, self.ctx, stage());
        self.read(&list, who, "", query, &[]).await
    }

    /// All items, without what counts writes: their versions, and the IDs of the last ones. A home with nothing on it is as good as
    /// none.
    pub async fn items(&self) -> Vec<String> {
        let items = self.table.items().await.into_iter();
        let items = items.map(|mut item| {
            item.retain(|name, _| name != "version" && name != "write_ids");
            serde_dynamo::from_item::<_, Value>(item).unwrap()
        });
        let is_empty = |item: &Value| {
            item["sk"] == "home"
                && item["active_on"].is_null()
                && [&item["cards"], &item["unread"]["known"]]
                    .iter()
                    .all(|map| map.as_object().is_some_and(serde_json::Map::is_empty))
        };
        let mut items: Vec<_> = items.filter(|item| !is_empty(item)).map(|item: Value| item.to_string()).collect();
        items.sort();
        items
    }
}

async fn person(identity: &Deployment, address: &str) -> Person {
    let reply = identity.sign_up(address).await.body;
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{reply}")).to_owned();
    Person { id: text(&reply["user"]["id"]).parse().unwrap(), token: text(&reply["tokens"]["accessToken"]) }
}

/// A time, in seconds after the first one.
pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_176_000 + second).unwrap()
}

pub fn aquarium_id(number: u128) -> AquariumId {
    AquariumId::new(Uuid::from_u128(number))
}

pub fn event<T: DomainEvent>(second: i64, actor: Actor, fact: T) -> Envelope<Value> {
    Envelope::new(EventId::generate(), at(second), "c".to_owned(), actor, fact).erase().unwrap()
}

pub fn created(number: u128, owner: UserId, kind: AquariumKind) -> Envelope<Value> {
    let fact = AquariumCreated {
        aquarium_id: aquarium_id(number),
        owner_id: owner,
        name: format!("Aquarium {number}"),
        kind,
        net_volume_ml: 180_000,
        time_zone: "Europe/Berlin".to_owned(),
        revision: 1,
    };
    event(1, Actor::User(owner), fact)
}

pub fn access(number: u128, owner: UserId, revision: u64, members: &[UserId]) -> Envelope<Value> {
    let member = |user: &UserId| AquariumMember { user_id: *user, role: MemberRole::Keeper };
    let members = members.iter().map(member).collect();
    let fact = AccessChanged {
        aquarium_id: aquarium_id(number),
        owner_id: owner,
        revision,
        members,
        members_since: BTreeMap::new(),
    };
    event(10 + i64::try_from(revision).unwrap(), Actor::System, fact)
}

pub fn removed(number: u128, owner: UserId) -> Envelope<Value> {
    let fact = AquariumRemoved { aquarium_id: aquarium_id(number), owner_id: owner, revision: 99 };
    event(100, Actor::System, fact)
}

pub fn alarm(number: u128, owner: UserId, episode: u128, revision: u64, status: AlarmStatus) -> Envelope<Value> {
    let fact = AlarmChanged {
        episode_id: EpisodeId::new(Uuid::from_u128(episode)),
        aquarium_id: aquarium_id(number),
        owner_id: owner,
        device_id: DeviceId::new(Uuid::from_u128(3)),
        rule_id: None,
        name: "Too warm".to_owned(),
        cause: AlarmCause::Limit,
        sensor_ids: Vec::new(),
        parameter: "temperature".to_owned(),
        status,
        acknowledged: false,
        extreme: Some(30_000),
        first_at: at(20),
        fired_at: at(21),
        ended_at: None,
        revision,
    };
    event(20 + i64::try_from(revision).unwrap(), Actor::System, fact)
}

pub fn temperature(number: u128, owner: UserId, second: i64, value: i64) -> Envelope<Value> {
    let sensor = HourSummary {
        sensor_id: SensorId::new(Uuid::from_u128(4)),
        parameter: "temperature".to_owned(),
        unit: "celsius".to_owned(),
        count: 1,
        sum: value,
        least: value,
        greatest: value,
        last: value,
        last_at: at(second),
    };
    let fact = ReadingsSummarized {
        device_id: DeviceId::new(Uuid::from_u128(3)),
        aquarium_id: aquarium_id(number),
        owner_id: owner,
        hour: at(0),
        sensors: vec![sensor],
        superseded: false,
    };
    event(second, Actor::System, fact)
}

pub fn task(number: u128, owner: UserId, id: u128, due: i64) -> Envelope<Value> {
    let fact = TaskChanged {
        task_id: TaskId::new(Uuid::from_u128(id)),
        aquarium_id: aquarium_id(number),
        owner_id: owner,
        title: "Clean the skimmer".to_owned(),
        status: TaskStatus::Scheduled,
        due_at: Some(at(due)),
        done_at: None,
        revision: 1,
    };
    event(30, Actor::System, fact)
}

pub fn notified(user: UserId, id: u128, second: i64) -> Envelope<Value> {
    let fact = NotificationAdded {
        user_id: user,
        notification_id: Uuid::from_u128(id),
        category: Category::Activity,
        kind: "plain".to_owned(),
        data: NotificationIds::default(),
        title: "Title".to_owned(),
        body: "Text".to_owned(),
        link: None,
    };
    event(second, Actor::System, fact)
}

pub fn read(user: UserId, notifications: &[(u128, i64)]) -> Envelope<Value> {
    let read =
        |(id, second): &(u128, i64)| ReadNotification { notification_id: Uuid::from_u128(*id), added_at: at(*second) };
    let fact = NotificationsRead { user_id: user, notifications: notifications.iter().map(read).collect() };
    event(60, Actor::User(user), fact)
}

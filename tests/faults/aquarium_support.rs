//! What the fault tests of aquariums share: an aquarium that timelines know, events that are counted, and runs that are killed.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::aquariums::{AccessChanged, AquariumMember, MemberRole};
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Call, Cloud, Reply, User, Watch, eventually};
use types::{AquariumId, Uuid};

use crate::deliveries::{event, handled};
use crate::kills::{Kill, killed};

/// An aquarium of its owner that is shared with a keeper, and that only timelines know.
pub struct Shared {
    pub cloud: Cloud,
    pub owner: User,
    pub keeper: User,
    pub id: AquariumId,
}

impl Shared {
    pub async fn start() -> Self {
        let cloud = Cloud::connect_for_faults().await;
        let (owner, keeper) = (cloud.sign_up().await, cloud.sign_up().await);
        let id = AquariumId::generate();
        let members = vec![AquariumMember { user_id: keeper.user_id(), role: MemberRole::Keeper }];
        let access = AccessChanged {
            aquarium_id: id,
            owner_id: owner.user_id(),
            revision: 1,
            members,
            members_since: BTreeMap::new(),
        };
        let known = event(Timestamp::now(), access);
        cloud.publish(&known).await;
        handled(&cloud, "timeline-keep-access", &[known], 1).await;
        Self { cloud, owner, keeper, id }
    }

    /// A call of the owner, whose path begins behind that of the aquarium.
    pub fn call(&self, method: &str, rest: &str) -> Call {
        let path = format!("/v1/aquarium/aquariums/{}{rest}", self.id);
        let call = self.cloud.call(method, &path).bearer(&self.owner.access_token);
        call.header("idempotency-key", &Uuid::now_v7().to_string())
    }

    pub async fn post(&self, rest: &str, body: &Value) -> Reply {
        self.call("POST", rest).json(body).send().await
    }
}

/// Events of some types, each counted once.
pub struct Heard {
    watch: Watch,
    events: BTreeMap<String, Value>,
}

impl Heard {
    /// Begins to listen.
    pub async fn new(cloud: &Cloud, detail_types: &[&str]) -> Self {
        Self { watch: cloud.watch_all(detail_types).await, events: BTreeMap::new() }
    }

    /// Waits until there are so many such events.
    pub async fn until(&mut self, what: &str, count: usize, is: impl Fn(&Value) -> bool) {
        let (watch, events) = (&self.watch, &mut self.events);
        eventually(what, async || {
            for event in watch.take().await {
                events.insert(event["id"].as_str().unwrap().to_owned(), event);
            }
            (events.values().filter(|event| is(event)).count() >= count).then_some(())
        })
        .await;
    }

    /// The number of such events so far.
    pub fn count(&self, is: impl Fn(&Value) -> bool) -> usize {
        self.events.values().filter(|event| is(event)).count()
    }
}

/// True for a request of a notification with this value in its text.
pub fn requests(event: &Value, name: &str, value: &str) -> bool {
    event["type"] == "notifications.requested" && event["data"]["message"]["data"][name] == value
}

/// The notifications of a kind in the inbox of a user that are about something.
pub async fn inbox(cloud: &Cloud, user: &User, kind: &str, (name, value): (&str, &str)) -> usize {
    let page = cloud.get("/v1/notifications").bearer(&user.access_token).send().await.expect(200);
    let is_it = |item: &&Value| item["kind"] == kind && item["data"][name] == value;
    page["items"].as_array().unwrap().iter().filter(is_it).count()
}

/// Waits for notifications in the inbox of a user: these many, and no more.
pub async fn is_notified(cloud: &Cloud, user: &User, kind: &str, about: (&str, &str), times: usize) {
    eventually(kind, async || (inbox(cloud, user, kind, about).await >= times).then_some(())).await;
    assert_eq!(inbox(cloud, user, kind, about).await, times, "{kind} {about:?}");
}

/// Runs a function until a run meets the fault, and kills that one: a run may come before the index has what is due.
pub async fn kill_run(cloud: &Cloud, at: &Kill<'_>) {
    kill_run_after(cloud, at, async {}).await;
}

/// The same for what `preparing` makes due. The fault is there before, so a scheduled run in between meets it too.
pub async fn kill_run_after(cloud: &Cloud, at: &Kill<'_>, preparing: impl Future<Output = ()>) {
    let run = async {
        preparing.await;
        eventually("a run that is killed", async || {
            drop(cloud.try_to_ask(at.binary, &json!({})).await);
            let left = cloud.local("GET", "faults").send().await.expect(200);
            left.as_array().is_some_and(Vec::is_empty).then_some(())
        })
        .await;
    };
    Box::pin(killed(cloud, at, run)).await;
}

/// Changes attributes of an item, as if time had passed.
pub async fn backdate(cloud: &Cloud, (pk, sk): (String, String), attributes: &[(&str, AttributeValue)]) {
    let names: Vec<_> = attributes.iter().map(|(name, _)| format!("{name} = :{name}")).collect();
    let mut update = aws_sdk_dynamodb::Client::new(&cloud.sdk().await)
        .update_item()
        .table_name(cloud.table_name())
        .key("pk", AttributeValue::S(pk))
        .key("sk", AttributeValue::S(sk))
        .condition_expression("attribute_exists(pk)")
        .update_expression(format!("SET {}", names.join(", ")));
    for (name, value) in attributes {
        update = update.expression_attribute_values(format!(":{name}"), value.clone());
    }
    update.send().await.unwrap();
}

/// An item of the table.
pub async fn item(cloud: &Cloud, pk: &str, sk: &str) -> Option<Value> {
    let get = aws_sdk_dynamodb::Client::new(&cloud.sdk().await)
        .get_item()
        .table_name(cloud.table_name())
        .key("pk", AttributeValue::S(pk.to_owned()))
        .key("sk", AttributeValue::S(sk.to_owned()))
        .consistent_read(true);
    let mut item = get.send().await.unwrap().item?;
    // A set, which JSON does not have.
    item.remove("write_ids");
    Some(serde_dynamo::from_item(item).unwrap())
}

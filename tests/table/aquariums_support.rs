//! Functions of aquariums in the process, on a table of the test's own.

use std::collections::HashMap;

use aquariums::consumers::forget_user::forget_user;
use aquariums::consumers::keep_plans::keep_plans;
use aquariums::consumers::purge_aquariums::purge_aquariums;
use aquariums::ctx::{ConsumerContext, Ctx};
use aquariums::store::{Aquariums, Store};
use contracts::identity::PlanChanged;
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use kit::http::{Endpoint, endpoint};
use kit::sqs::Handled;
use kit::{Clock, Deadline};
use lambda_http::RequestExt;
use serde_json::{Value, json};
use testkit::{Reply, TestTable, finished, leak, request};
use types::{EventId, UserId};

use crate::identity_support::{Deployment, stage};

/// A deployment of aquariums, and of identity for tokens.
pub struct Fishroom {
    pub table: TestTable,
    pub store: Store,
    pub ctx: &'static Ctx,
    pub consumer: &'static ConsumerContext,
    identity: Deployment,
}

/// Somebody with a token.
pub struct Person {
    pub id: UserId,
    pub token: String,
}

/// A request's key, tag, query and path parameters, beside its token and body.
#[derive(Default, Clone)]
pub struct Asked<'a> {
    pub key: &'a str,
    pub tag: &'a str,
    pub query: &'a str,
    pub path: Vec<(&'a str, String)>,
}

/// A request about one aquarium.
pub fn about(id: &str) -> Asked<'static> {
    Asked { path: vec![("id", id.to_owned())], ..Asked::default() }
}

impl<'a> Asked<'a> {
    /// The request with one more path parameter.
    #[expect(clippy::needless_pass_by_value, reason = "IDs are copied, and texts are new")]
    pub fn and(mut self, name: &'a str, value: impl ToString) -> Self {
        self.path.push((name, value.to_string()));
        self
    }

    /// The request with an `Idempotency-Key`.
    pub fn once(self, key: &'a str) -> Self {
        Self { key, ..self }
    }

    /// The request with `If-Match`.
    pub fn tagged(self, tag: &'a str) -> Self {
        Self { tag, ..self }
    }
}

/// An event as it comes from the queue.
pub fn event<T: DomainEvent>(fact: T) -> Envelope<Value> {
    event_at(fact, Timestamp::now())
}

/// An event of a time.
pub fn event_at<T: DomainEvent>(fact: T, at: Timestamp) -> Envelope<Value> {
    Envelope::new(EventId::generate(), at, "c".to_owned(), Actor::System, fact).erase().unwrap()
}

/// The body of a request to create an aquarium.
pub fn reef() -> Value {
    json!({ "name": "Reef", "kind": "marine", "netVolumeMl": 180_000, "timeZone": "Europe/Berlin" })
}

impl Fishroom {
    pub async fn start() -> Self {
        let (table, identity) = (TestTable::start().await, Deployment::start().await);
        let store = Store::new(table.of::<Aquariums>());
        let ctx = leak(Ctx::new(store.clone(), Clock::System, identity.verifier()));
        let consumer = leak(ConsumerContext::new(store.clone(), Clock::System));
        Self { table, store, ctx, consumer, identity }
    }

    pub async fn person(&self, name: &str) -> Person {
        let reply = self.identity.sign_up(&format!("{name}@example.com")).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let id = text(&reply.body["user"]["id"]).parse().unwrap();
        Person { id, token: text(&reply.body["tokens"]["accessToken"]) }
    }

    /// Calls an endpoint.
    pub async fn call(
        &self,
        endpoint: &Endpoint,
        method: &str,
        person: &Person,
        asked: Asked<'_>,
        body: Option<Value>,
    ) -> Reply {
        let authorization = format!("Bearer {}", person.token);
        let headers =
            [("authorization", authorization.as_str()), ("idempotency-key", asked.key), ("if-match", asked.tag)];
        let headers: Vec<_> = headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let path = format!("/v1/aquarium/aquariums?{}", asked.query);
        let parameters: HashMap<_, _> = asked.path.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let request = request(method, &path, &headers, body.as_ref()).with_path_parameters(parameters);
        endpoint.call(request).await.into()
    }

    /// Creates an aquarium and returns its ID.
    pub async fn aquarium(&self, owner: &Person, key: &str) -> String {
        let asked = Asked::default().once(key);
        let reply = self.call(&self.create_aquarium(), "POST", owner, asked, Some(reef())).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.body["id"].as_str().unwrap().to_owned()
    }

    /// The aquariums that somebody sees in their list, as their IDs.
    pub async fn listed(&self, person: &Person) -> Vec<String> {
        let asked = Asked { query: "limit=100", ..Asked::default() };
        let reply = self.call(&self.list_aquariums(), "GET", person, asked, None).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let items = reply.body["items"].as_array().unwrap();
        items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Applies an event to the copies of plans.
    pub async fn keep_plans(&self, event: Envelope<Value>) -> Handled {
        keep_plans(self.consumer, event).await
    }

    /// Puts somebody on a plan.
    pub async fn plan(&self, user_id: UserId, plan: &str, since: Timestamp) -> Handled {
        self.keep_plans(event_at(PlanChanged { user_id, plan: plan.to_owned() }, since)).await
    }

    pub async fn forget(&self, event: Envelope<Value>) -> Handled {
        finished(forget_user(self.consumer, event, Deadline::never()).await)
    }

    pub async fn purge(&self, event: Envelope<Value>) -> Handled {
        finished(purge_aquariums(self.consumer, event, Deadline::never()).await)
    }

    /// The events of a type that items carry in their outbox now.
    pub async fn told<T: DomainEvent>(&self) -> Vec<Value> {
        let items = self.table.items().await;
        let outboxes = items.iter().filter_map(|item| item.get("outbox")).filter_map(|text| text.as_s().ok());
        let events = outboxes.flat_map(|text| serde_json::from_str::<Vec<Value>>(text).unwrap());
        events.filter(|event| event["type"] == T::TYPE).collect()
    }

    /// The keys of all items that contain a text, but for the markers of deleted users.
    pub async fn items_with(&self, text: &str) -> Vec<String> {
        let items = self.table.items().await.into_iter();
        let found =
            items.filter(|item| item["sk"].as_s().unwrap() != "forgotten" && format!("{item:?}").contains(text));
        found.map(|item| format!("{} {}", item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap())).collect()
    }
}

macro_rules! endpoints {
    ($($name:ident),+ $(,)?) => {
        /// Endpoints of aquariums, by name.
        impl Fishroom {$(
            pub fn $name(&self) -> Endpoint {
                endpoint(aquariums::api::$name::$name, self.ctx, stage())
            }
        )+}
    };
}

endpoints!(
    accept_invitation,
    add_livestock,
    create_aquarium,
    create_equipment,
    create_invitation,
    delete_aquarium,
    delete_equipment,
    delete_invitation,
    delete_manual_reading,
    get_aquarium,
    get_derived_values,
    get_equipment,
    get_latest_readings,
    get_livestock,
    get_manual_reading,
    list_aquariums,
    list_equipment,
    list_invitations,
    list_livestock,
    list_manual_readings,
    list_members,
    list_movements,
    list_services,
    record_manual_readings,
    record_movement,
    record_service,
    remove_member,
    replace_targets,
    update_aquarium,
    update_equipment,
    update_livestock,
    update_manual_reading,
    update_member,
);

impl Fishroom {
    /// Invites somebody, and returns the code.
    pub async fn invite(&self, owner: &Person, aquarium: &str, role: &str) -> String {
        let body = Some(json!({ "role": role }));
        let reply = self.call(&self.create_invitation(), "POST", owner, about(aquarium), body).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.body["code"].as_str().unwrap().to_owned()
    }

    /// Accepts an invitation.
    pub async fn accept(&self, person: &Person, code: &str) -> Reply {
        let body = Some(json!({ "code": code }));
        self.call(&self.accept_invitation(), "POST", person, Asked::default(), body).await
    }

    /// Shares an aquarium with somebody.
    pub async fn share(&self, owner: &Person, aquarium: &str, person: &Person, role: &str) {
        let reply = self.accept(person, &self.invite(owner, aquarium, role).await).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    }
}

impl Fishroom {
    /// Adds a filter that is serviced every 30 days, and returns the request about it.
    pub async fn filter(&self, person: &Person, aquarium: &str, key: &str) -> Asked<'static> {
        let body =
            json!({ "name": "Filter", "kind": "filter", "installedOn": "2026-01-01", "serviceIntervalDays": 30 });
        let reply = self.call(&self.create_equipment(), "POST", person, about(aquarium).once(key), Some(body)).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        about(aquarium).and("equipmentId", reply.body["id"].as_str().unwrap())
    }

    /// Adds animals, and returns the request about them.
    pub async fn fish(&self, person: &Person, aquarium: &str, key: &str, count: u32) -> Asked<'static> {
        let body = json!({ "species": "Amphiprion ocellaris", "count": count });
        let reply = self.call(&self.add_livestock(), "POST", person, about(aquarium).once(key), Some(body)).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        about(aquarium).and("livestockId", reply.body["id"].as_str().unwrap())
    }

    /// Records that animals left.
    pub async fn lose(&self, person: &Person, fish: &Asked<'static>, key: &str, number: u32) -> Reply {
        let body = json!({
            "direction": "out", "number": number, "cause": "died", "movedAt": "2026-03-14T09:00:00Z", "note": "Sad",
        });
        let asked = Asked { path: fish.path.clone(), ..Asked::default() }.once(key);
        self.call(&self.record_movement(), "POST", person, asked, Some(body)).await
    }

    /// Records readings of one time, each in the usual unit of its parameter.
    pub async fn measure(
        &self,
        person: &Person,
        aquarium: &str,
        key: &str,
        at: &str,
        values: &[(&str, &str)],
    ) -> Reply {
        let unit = |parameter: &str| match parameter {
            "temperature" => "celsius",
            "ph" => "ph",
            "ammonia" => "mg_l_as_n",
            "nitrate" => "mg_l_as_no3",
            "alkalinity" => "dkh",
            other => panic!("no unit of {other}"),
        };
        let reading = |(parameter, value): &(&str, &str)| json!({ "parameter": parameter, "value": value, "unit": unit(parameter) });
        let readings: Vec<_> = values.iter().map(reading).collect();
        let body = json!({ "measuredAt": at, "readings": readings });
        self.call(&self.record_manual_readings(), "POST", person, about(aquarium).once(key), Some(body)).await
    }

    /// Records a service.
    pub async fn serve(&self, person: &Person, filter: &Asked<'static>, key: &str, at: &str) -> Reply {
        let body = json!({ "servicedAt": at, "note": "Impeller cleaned" });
        let asked = Asked { path: filter.path.clone(), ..Asked::default() }.once(key);
        self.call(&self.record_service(), "POST", person, asked, Some(body)).await
    }
}

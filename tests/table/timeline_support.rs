//! Timelines of aquariums in the process, on a table of the test's own.

use std::collections::{BTreeMap, HashMap};

use contracts::aquariums::{AccessChanged, AquariumMember, AquariumRemoved, MemberRole};
use contracts::identity::UserDeleted;
use contracts::timeline::{EntriesAppended, EntryCorrected};
use contracts::{Actor, DomainEvent, Envelope};
use identity::domain::account::Status;
use jiff::Timestamp;
use kit::auth::{AccountItems, Standings};
use kit::http::{Endpoint, endpoint};
use kit::sqs::Done;
use kit::{Clock, Deadline};
use lambda_http::RequestExt;
use serde_json::{Value, json};
use testkit::{Reply, TestTable, finished, leak, request};
use timeline::consumers::{forget_user::forget_user, keep_access::keep_access, keep_views::keep_views};
use timeline::store::{Store, Timeline};
use timeline::{CalendarContext, ConsumerContext, Ctx, api};
use types::{AquariumId, EventId, UserId};

use crate::identity_support::{Deployment, stage};

/// 2026-11-20T12:00:00Z: a whole second, so that items have one size.
const START: i64 = 1_795_176_000;

/// A user who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: UserId,
    pub token: String,
}

/// A deployment of timelines, and of identity for tokens.
pub struct Tank {
    pub table: TestTable,
    pub clock: Clock,
    pub ctx: &'static Ctx,
    pub consumer: &'static ConsumerContext,
    pub calendars: &'static CalendarContext,
    identity: Deployment,
}

/// A call of an endpoint.
pub struct Call<'a> {
    pub key: &'a str,
    pub if_match: Option<&'a str>,
    pub query: &'a str,
    pub parameters: Vec<(&'a str, String)>,
    pub body: Option<Value>,
}

impl Default for Call<'_> {
    fn default() -> Self {
        Self { key: "key", if_match: None, query: "", parameters: Vec::new(), body: None }
    }
}

impl Tank {
    pub async fn start() -> Self {
        Self::on(TestTable::start().await).await
    }

    pub async fn on(table: TestTable) -> Self {
        let clock = Clock::manual(Timestamp::from_second(START).unwrap());
        let identity = Deployment::start().await;
        let store = Store::new(table.of::<Timeline>());
        let consumer = || ConsumerContext::new(store.clone(), clock.clone());
        let standings = Standings::new(identity.table.of::<AccountItems>());
        Self {
            ctx: leak(Ctx::new(store.clone(), clock.clone(), identity.verifier())),
            consumer: leak(consumer()),
            calendars: leak(CalendarContext { consumer: consumer(), standings }),
            table,
            clock,
            identity,
        }
    }

    /// A context of endpoints, for one that holds more.
    pub fn endpoint_context(&self) -> Ctx {
        Ctx::new(self.consumer.store.clone(), self.clock.clone(), self.identity.verifier())
    }

    pub async fn person(&self, name: &str) -> Person {
        let reply = self.identity.sign_up(&format!("{name}@example.com")).await.body;
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{reply}")).to_owned();
        Person { id: text(&reply["user"]["id"]).parse().unwrap(), token: text(&reply["tokens"]["accessToken"]) }
    }

    /// Suspends an account, or restores it.
    pub async fn set_status(&self, person: &Person, status: Status) {
        self.identity.change(person.id, |account| account.status = status).await;
    }

    pub fn event<T: DomainEvent>(&self, fact: T) -> Envelope<Value> {
        Envelope::new(EventId::generate(), self.clock.now(), "c".to_owned(), Actor::System, fact).erase().unwrap()
    }

    /// An aquarium that is known here, with these members.
    pub async fn aquarium(&self, owner: &Person, members: &[(&Person, MemberRole)]) -> AquariumId {
        let id = AquariumId::generate();
        assert_eq!(self.share(id, owner, 1, members).await, Done::Applied);
        id
    }

    pub async fn share(
        &self,
        id: AquariumId,
        owner: &Person,
        revision: u64,
        members: &[(&Person, MemberRole)],
    ) -> Done {
        let members = members.iter().map(|(person, role)| AquariumMember { user_id: person.id, role: *role }).collect();
        let fact =
            AccessChanged { aquarium_id: id, owner_id: owner.id, revision, members, members_since: BTreeMap::new() };
        finished(keep_access(self.consumer, self.event(fact), Deadline::never()).await).unwrap()
    }

    pub async fn remove(&self, id: AquariumId, owner: &Person) -> Done {
        let fact = AquariumRemoved { aquarium_id: id, owner_id: owner.id, revision: 9 };
        finished(keep_access(self.consumer, self.event(fact), Deadline::never()).await).unwrap()
    }

    pub async fn forget(&self, person: &Person) -> Done {
        let event = self.event(UserDeleted { user_id: person.id });
        finished(forget_user(self.consumer, event, Deadline::never()).await).unwrap()
    }

    /// Brings the views up to date, as an event of an append does.
    pub async fn views(&self, id: AquariumId, owner: &Person) -> Done {
        let event = self.event(EntriesAppended { aquarium_id: id, owner_id: owner.id, entries: Vec::new() });
        finished(keep_views(self.consumer, event, Deadline::never()).await).unwrap()
    }

    /// The same, by the event of a correction.
    pub async fn views_after_correction(&self, id: AquariumId, owner: &Person) -> Done {
        let fact = EntryCorrected { aquarium_id: id, owner_id: owner.id, seq: 1, corrected_seq: 1, retracted: false };
        finished(keep_views(self.consumer, self.event(fact), Deadline::never()).await).unwrap()
    }

    pub async fn call(&self, endpoint: &Endpoint, method: &str, who: Option<&Person>, call: Call<'_>) -> Reply {
        let authorization = who.map(|who| format!("Bearer {}", who.token));
        let mut headers = vec![("idempotency-key", call.key)];
        headers.extend(authorization.iter().map(|text| ("authorization", text.as_str())));
        headers.extend(call.if_match.map(|tag| ("if-match", tag)));
        let parameters: HashMap<_, _> =
            call.parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let path = format!("/v1/aquarium/aquariums/timeline?{}", call.query);
        let request = request(method, &path, &headers, call.body.as_ref()).with_path_parameters(parameters);
        endpoint.call(request).await.into()
    }

    /// Appends entries with an idempotency key.
    pub async fn append(&self, who: &Person, id: AquariumId, key: &str, entries: &[Value]) -> Reply {
        self.append_if(who, id, key, None, entries).await
    }

    pub async fn append_if(
        &self,
        who: &Person,
        id: AquariumId,
        key: &str,
        if_match: Option<&str>,
        entries: &[Value],
    ) -> Reply {
        let endpoint = endpoint(api::append_entries::append_entries, self.ctx, stage());
        let body = Some(json!({ "timeZone": "Europe/Berlin", "entries": entries }));
        let parameters = vec![("id", id.to_string())];
        self.call(&endpoint, "POST", Some(who), Call { key, if_match, parameters, body, ..Call::default() }).await
    }

    pub async fn correct(&self, who: &Person, id: AquariumId, seq: u64, tag: &str, key: &str, body: Value) -> Reply {
        let endpoint = endpoint(api::correct_entry::correct_entry, self.ctx, stage());
        let call =
            Call { key, if_match: Some(tag), parameters: of_entry(id, seq), body: Some(body), ..Call::default() };
        self.call(&endpoint, "POST", Some(who), call).await
    }

    pub async fn retract(&self, who: &Person, id: AquariumId, seq: u64, tag: &str, key: &str) -> Reply {
        let endpoint = endpoint(api::retract_entry::retract_entry, self.ctx, stage());
        let body = Some(json!({ "note": "Wrong aquarium." }));
        let call = Call { key, if_match: Some(tag), parameters: of_entry(id, seq), body, ..Call::default() };
        self.call(&endpoint, "POST", Some(who), call).await
    }

    pub async fn entry(&self, who: &Person, id: AquariumId, seq: u64) -> Reply {
        let endpoint = endpoint(api::get_entry::get_entry, self.ctx, stage());
        let call = Call { parameters: of_entry(id, seq), ..Call::default() };
        self.call(&endpoint, "GET", Some(who), call).await
    }

    pub async fn list(&self, who: &Person, id: AquariumId, query: &str) -> Reply {
        let endpoint = endpoint(api::list_entries::list_entries, self.ctx, stage());
        let call = Call { query, parameters: vec![("id", id.to_string())], ..Call::default() };
        self.call(&endpoint, "GET", Some(who), call).await
    }

    pub async fn state(&self, who: &Person, id: AquariumId, query: &str) -> Reply {
        let endpoint = endpoint(api::get_state::get_state, self.ctx, stage());
        let call = Call { query, parameters: vec![("id", id.to_string())], ..Call::default() };
        self.call(&endpoint, "GET", Some(who), call).await
    }

    pub async fn month(&self, who: &Person, id: AquariumId, month: &str, query: &str) -> Reply {
        let endpoint = endpoint(api::get_month::get_month, self.ctx, stage());
        let parameters = vec![("id", id.to_string()), ("month", month.to_owned())];
        self.call(&endpoint, "GET", Some(who), Call { query, parameters, ..Call::default() }).await
    }
}

fn of_entry(id: AquariumId, seq: u64) -> Vec<(&'static str, String)> {
    vec![("id", id.to_string()), ("seq", seq.to_string())]
}

/// A water change of so many millilitres, now.
pub fn water(volume_ml: u64) -> Value {
    json!({ "content": { "type": "water_change", "volumeMl": volume_ml } })
}

/// The same with a time and a note.
pub fn water_at(volume_ml: u64, at: &str) -> Value {
    json!({ "content": { "type": "water_change", "volumeMl": volume_ml }, "happenedAt": at, "note": "Salt was low." })
}

//! Identifications in the process, on a table and a bucket of the test's own, with a model that answers as a test says.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use contracts::identity::UserDeleted;
use contracts::media::{MediaDeleted, MediaPublished};
use contracts::vision::{IdentificationKind, IdentificationRequested};
use contracts::{Actor, DomainEvent, Envelope};
use futures::future::BoxFuture;
use jiff::Timestamp;
use kit::http::{Endpoint, endpoint};
use kit::sqs::{Done, PartlyHandled};
use kit::{Clock, Deadline};
use lambda_http::RequestExt;
use serde_json::{Value, json};
use testkit::{Reply, TestTable, finished, leak, request};
use types::{EventId, IdentificationId, MediaId, UserId};
use vision::consumers::{forget_user::forget_user, identify::identify, keep_pictures::keep_pictures};
use vision::domain::offer::{Offer, Provider};
use vision::domain::suggestion::Findings;
use vision::model::{Look, LookError, Model};
use vision::pictures::Pictures;
use vision::store::{Store, Vision};
use vision::{ConsumerContext, Ctx, Identifying, Requesting, api};

use crate::bucket::{BUCKET, Services};
use crate::identity_support::{Deployment, stage};

/// 2026-11-20T12:00:00Z: a whole second, so that items have one size.
const START: i64 = 1_795_176_000;

/// A user who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: UserId,
    pub token: String,
}

/// A model that gives the answers of a test in their order, and then finds nothing.
#[derive(Debug, Clone, Default)]
pub struct Scripted {
    answers: Arc<Mutex<VecDeque<Result<Findings, LookError>>>>,
    looks: Arc<Mutex<Vec<IdentificationId>>>,
}

impl Scripted {
    pub fn answer(&self, answer: Result<Findings, LookError>) {
        self.answers.lock().unwrap().push_back(answer);
    }

    pub fn looks(&self) -> usize {
        self.looks.lock().unwrap().len()
    }
}

impl Model for Scripted {
    fn look<'a>(&'a self, look: Look<'a>) -> BoxFuture<'a, Result<Findings, LookError>> {
        self.looks.lock().unwrap().push(look.id);
        let answer = self.answers.lock().unwrap().pop_front();
        Box::pin(async move { answer.unwrap_or_else(|| Ok(Findings::default())) })
    }
}

/// A deployment of identifications, and of identity for tokens.
pub struct Studio {
    pub table: TestTable,
    pub services: Services,
    pub clock: Clock,
    pub store: Store,
    pub model: Scripted,
    pub ctx: &'static Ctx,
    pub requesting: &'static Requesting,
    pub identifying: &'static Identifying,
    pub consumer: &'static ConsumerContext,
    identity: Deployment,
}

impl Studio {
    pub async fn start() -> Self {
        Self::on(TestTable::start().await).await
    }

    pub async fn on(table: TestTable) -> Self {
        let clock = Clock::manual(Timestamp::from_second(START).unwrap());
        let (identity, services) = (Deployment::start().await, Services::start().await);
        let (store, model) = (Store::new(table.of::<Vision>()), Scripted::default());
        let ctx = || Ctx::new(store.clone(), clock.clone(), identity.verifier());
        let consumer = || ConsumerContext::new(store.clone(), clock.clone());
        let pictures = Pictures::new(&services.config().into(), BUCKET);
        Self {
            ctx: leak(ctx()),
            requesting: leak(Requesting::new(ctx(), Offer::new(Provider::Http, false, false))),
            identifying: leak(Identifying::new(consumer(), pictures, Box::new(model.clone()))),
            consumer: leak(consumer()),
            table,
            services,
            clock,
            store,
            model,
            identity,
        }
    }

    /// The same with another model.
    pub fn with_model(&self, model: Box<dyn Model>) -> &'static Identifying {
        let pictures = Pictures::new(&self.services.config().into(), BUCKET);
        leak(Identifying::new(ConsumerContext::new(self.store.clone(), self.clock.clone()), pictures, model))
    }

    /// The endpoint's context of a deployment where identifications are off.
    pub fn off(&self) -> &'static Requesting {
        let ctx = Ctx::new(self.store.clone(), self.clock.clone(), self.identity.verifier());
        leak(Requesting::new(ctx, Offer::new(Provider::Off, false, false)))
    }

    pub async fn person(&self, name: &str) -> Person {
        let reply = self.identity.sign_up(&format!("{name}@example.com")).await.body;
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{reply}")).to_owned();
        Person { id: text(&reply["user"]["id"]).parse().unwrap(), token: text(&reply["tokens"]["accessToken"]) }
    }

    pub fn event<T: DomainEvent>(&self, fact: T) -> Envelope<Value> {
        Envelope::new(EventId::generate(), self.clock.now(), "c".to_owned(), Actor::System, fact).erase().unwrap()
    }

    pub fn published(&self, owner: UserId, media: MediaId, purpose: &str) -> Envelope<Value> {
        self.event(MediaPublished {
            media_id: media,
            owner_id: owner,
            purpose: purpose.to_owned(),
            content_type: "image/jpeg".to_owned(),
            width: 1,
            height: 1,
            variants: Vec::new(),
            path: Some(format!("published/{owner}/{media}/0123/")),
        })
    }

    /// A published photo with its file.
    pub async fn photo(&self, owner: &Person) -> MediaId {
        let media = MediaId::generate();
        self.services.put(&format!("published/{}/{media}/0123/large.jpg", owner.id), b"\xff\xd8\xff a picture");
        let event = self.published(owner.id, media, "photo");
        assert_eq!(keep_pictures(self.consumer, event).await.unwrap(), Done::Applied);
        media
    }

    pub async fn remove_photo(&self, owner: &Person, media: MediaId) -> Done {
        let fact = MediaDeleted { media_id: media, owner_id: owner.id, purpose: "photo".to_owned() };
        keep_pictures(self.consumer, self.event(fact)).await.unwrap()
    }

    pub async fn forget(&self, person: &Person) -> Done {
        let event = self.event(UserDeleted { user_id: person.id });
        finished(forget_user(self.consumer, event, Deadline::never()).await).unwrap()
    }

    pub async fn call(
        &self,
        endpoint: &Endpoint,
        (method, who): (&str, &Person),
        (key, id): (&str, &str),
        body: Option<&Value>,
    ) -> Reply {
        let authorization = format!("Bearer {}", who.token);
        let headers = [("authorization", authorization.as_str()), ("idempotency-key", key)];
        let parameters = HashMap::from([("id".to_owned(), id.to_owned())]);
        let request = request(method, "/v1/aquarium/identifications", &headers, body).with_path_parameters(parameters);
        endpoint.call(request).await.into()
    }

    pub async fn create(&self, who: &Person, key: &str, media: MediaId, kind: &str) -> Reply {
        self.create_in(self.requesting, who, key, media, kind).await
    }

    pub async fn create_in(
        &self,
        ctx: &'static Requesting,
        who: &Person,
        key: &str,
        media: MediaId,
        kind: &str,
    ) -> Reply {
        let endpoint = endpoint(api::create_identification::create_identification, ctx, stage());
        let body = json!({ "mediaId": media, "kind": kind });
        self.call(&endpoint, ("POST", who), (key, ""), Some(&body)).await
    }

    /// Requests an identification and returns its ID.
    pub async fn requested(&self, who: &Person, media: MediaId, kind: &str) -> String {
        let reply = self.create(who, &EventId::generate().to_string(), media, kind).await;
        assert_eq!(reply.status, 202, "{}", reply.body);
        reply.body["id"].as_str().unwrap().to_owned()
    }

    pub async fn get(&self, who: &Person, id: &str) -> Reply {
        let endpoint = endpoint(api::get_identification::get_identification, self.ctx, stage());
        self.call(&endpoint, ("GET", who), ("-", id), None).await
    }

    pub fn list(&self) -> Endpoint {
        endpoint(api::list_identifications::list_identifications, self.ctx, stage())
    }

    pub async fn confirm(&self, who: &Person, id: &str, values: &Value) -> Reply {
        let endpoint = endpoint(api::confirm_identification::confirm_identification, self.ctx, stage());
        self.call(&endpoint, ("POST", who), ("-", id), Some(&json!({ "values": values }))).await
    }

    pub async fn delete(&self, who: &Person, id: &str) -> Reply {
        let endpoint = endpoint(api::delete_identification::delete_identification, self.ctx, stage());
        self.call(&endpoint, ("DELETE", who), ("-", id), None).await
    }

    /// The event of a request.
    pub fn request_event(&self, who: &Person, id: &str, media: MediaId, kind: IdentificationKind) -> Envelope<Value> {
        let identification_id = id.parse().unwrap();
        self.event(IdentificationRequested { identification_id, user_id: who.id, media_id: media, kind })
    }

    /// Delivers the event of a request.
    pub async fn identify(&self, who: &Person, id: &str, media: MediaId) -> PartlyHandled {
        self.identify_in(self.identifying, who, id, media).await
    }

    pub async fn identify_in(
        &self,
        ctx: &'static Identifying,
        who: &Person,
        id: &str,
        media: MediaId,
    ) -> PartlyHandled {
        let event = self.request_event(who, id, media, IdentificationKind::Species);
        identify(ctx, event, Deadline::never()).await
    }

    /// The types of the events that are in the outboxes of items.
    pub async fn events(&self) -> Vec<String> {
        let mut events = Vec::new();
        for item in self.table.items().await {
            let Some(outbox) = item.get("outbox").and_then(|text| text.as_s().ok()) else { continue };
            for event in serde_json::from_str::<Value>(outbox).unwrap().as_array().unwrap() {
                events.push(event["type"].as_str().unwrap().to_owned());
            }
        }
        events
    }
}

/// Findings of species.
pub fn species(names: &[(&str, f64)]) -> Findings {
    let names: Vec<_> = names.iter().map(|(name, fraction)| ((*name).to_owned(), *fraction)).collect();
    Findings::of_species(&names).unwrap()
}

/// Findings of a test strip with 25 mg/L of nitrate and a pH of 6.8.
pub fn strip() -> Findings {
    use water::{Decimal, Entered, Parameter, Unit};
    let entered = |value: &str, unit| Entered { value: Decimal::parse(value).unwrap(), unit };
    let nitrate = (Parameter::Nitrate, entered("25", Unit::MgLAsNo3), 0.8);
    Findings::of_values(&[nitrate, (Parameter::Ph, entered("6.8", Unit::Ph), 0.9)]).unwrap()
}

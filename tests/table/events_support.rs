//! The functions of care events in the process, on a table and a timer of the test's own.

use std::time::Duration;

use calendar::{Recurrence, ZoneName, parse_local};
use contracts::points::{PointCreated, PointKind, PointSubscribed};
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::{Outbox, Versioned};
use events::consumers::fire_schedule::fire_schedule;
use events::consumers::keep_copies::keep_copies;
use events::consumers::sweep_schedules::sweep_schedules;
use events::ctx::Gallery;
use events::domain::event_type::{Description, EventType};
use events::domain::reward::RewardLimits;
use events::domain::schedule::{Chain, Schedule};
use events::store::{Events, Store};
use events::timer::Occurrence;
use events::{ConsumerContext, Ctx, SweepContext, TimerConsumerContext, TimerEndpointContext};
use jiff::Timestamp;
use kit::Clock;
use kit::Deadline;
use kit::http::{Endpoint, endpoint};
use kit::sqs::{Done, Failure, Handled, Message};
use lambda_http::RequestExt;
use serde_json::Value;
use testkit::{Reply, TestQueue, TestTable, finished, leak, request};
use types::{EventId, EventTypeId, GeoPoint, Money, PointId, ScheduleId, UserId};

use crate::bucket::{Services, cdn, outgoing};
use crate::identity_support::{Deployment, stage};

/// A deployment's functions of care events.
pub struct Care {
    pub table: TestTable,
    pub services: Services,
    pub store: Store,
    pub clock: Clock,
    pub consumer: &'static ConsumerContext,
    pub timer_consumer: &'static TimerConsumerContext,
    pub sweeping: &'static SweepContext,
    queue: TestQueue,
}

impl Care {
    pub async fn start() -> Self {
        Self::at(Timestamp::now()).await
    }

    /// A deployment whose clock stands there.
    pub async fn at(now: Timestamp) -> Self {
        Self::on(TestTable::start().await, now).await
    }

    /// A deployment on this table.
    pub async fn on(table: TestTable, now: Timestamp) -> Self {
        let store = Store::new(table.of::<Events>());
        Self::with(table, store, now).await
    }

    /// A deployment that gives rewards at points of at least this age only, as `RewardPointAgeHours` says.
    pub async fn with_point_age_hours(hours: &str) -> Self {
        let table = TestTable::start().await;
        let hours = hours.to_owned();
        let mut env = kit::Environment::new(move |name| (name == "REWARD_POINT_AGE_HOURS").then(|| hours.clone()));
        let store = <Store as kit::OpenStore>::open(table.of::<Events>(), &mut env);
        Self::with(table, store, Timestamp::now()).await
    }

    async fn with(table: TestTable, store: Store, now: Timestamp) -> Self {
        let services = Services::start().await;
        let clock = Clock::manual(now);
        let consumer = || ConsumerContext::new(store.clone(), clock.clone());
        let timer_consumer = leak(TimerConsumerContext { consumer: consumer(), timer: services.timer() });
        let queue = TestQueue::start().await;
        let sweeping = leak(SweepContext::new(consumer(), outgoing(&queue)));
        let consumer = leak(consumer());
        Self { table, services, store, clock, consumer, timer_consumer, sweeping, queue }
    }

    pub fn ctx(&self, identity: &Deployment) -> &'static Ctx {
        leak(Ctx::new(self.store.clone(), self.clock.clone(), identity.verifier()))
    }

    /// The context of endpoints that show photos.
    pub fn gallery(&self, identity: &Deployment) -> &'static Gallery {
        leak(Gallery::new(self.store.clone(), cdn(), self.clock.clone(), identity.verifier()))
    }

    pub fn timed(&self, identity: &Deployment) -> &'static TimerEndpointContext {
        let ctx = Ctx::new(self.store.clone(), self.clock.clone(), identity.verifier());
        leak(TimerEndpointContext { ctx, timer: self.services.timer() })
    }

    pub fn create_event(&self, identity: &Deployment) -> Endpoint {
        endpoint(events::api::create_event::create_event, self.gallery(identity), stage())
    }

    /// A fact that became true just now.
    pub fn event<T: DomainEvent>(&self, fact: T) -> Envelope<Value> {
        self.envelope(fact).erase().unwrap()
    }

    pub fn envelope<T: DomainEvent>(&self, fact: T) -> Envelope<T> {
        Envelope::new(EventId::generate(), self.clock.now(), "c".to_owned(), Actor::System, fact)
    }

    pub async fn keep<T: DomainEvent>(&self, fact: T) -> Done {
        finished(keep_copies(self.consumer, self.event(fact), Deadline::never()).await).unwrap()
    }

    /// A point that is known here.
    pub async fn point(&self) -> PointId {
        let point_id = PointId::generate();
        assert_eq!(self.keep(created(point_id, 1)).await, Done::Applied);
        point_id
    }

    /// A point that a user keeps.
    pub async fn point_of(&self, keeper: UserId) -> PointId {
        let point_id = PointId::generate();
        let fact = PointCreated { keeper_id: Some(keeper), ..created(point_id, 1) };
        assert_eq!(self.keep(fact).await, Done::Applied);
        point_id
    }

    /// A kind of event.
    pub async fn kind(&self, cooldown_minutes: u32) -> EventTypeId {
        self.rewarded_kind(cooldown_minutes, None, RewardLimits::default()).await
    }

    /// A kind of event with a reward.
    pub async fn rewarded_kind(
        &self,
        cooldown_minutes: u32,
        reward: Option<Money>,
        reward_limits: RewardLimits,
    ) -> EventTypeId {
        let id = EventTypeId::generate();
        let description = Description {
            name: "Feeding".to_owned(),
            icon: "bowl".to_owned(),
            reward,
            cooldown_minutes,
            max_distance_m: None,
            reward_limits,
        };
        let code = format!("feeding-{}", id.uuid().simple());
        let kind = EventType { id, code, description, retired: false, created_at: self.clock.now() };
        self.store.add_event_type(&kind, &Outbox::none()).await.unwrap();
        id
    }

    /// So many people follow a point.
    pub async fn follow(&self, point_id: PointId, count: usize) -> Vec<UserId> {
        let people: Vec<_> = (0..count).map(|_| UserId::generate()).collect();
        for user_id in &people {
            self.keep(PointSubscribed { point_id, user_id: *user_id, revision: 1 }).await;
        }
        people
    }

    /// A schedule of a new admin, by a rule in Berlin, from now on.
    pub async fn schedule(&self, point_id: PointId, kind: EventTypeId, rule: &str) -> Schedule {
        self.schedule_of(UserId::generate(), point_id, kind, rule).await.unwrap()
    }

    pub async fn schedule_of(
        &self,
        creator_id: UserId,
        point_id: PointId,
        event_type_id: EventTypeId,
        rule: &str,
    ) -> Result<Schedule, events::store::NotScheduled> {
        let schedule = self.unsaved(creator_id, point_id, event_type_id, rule);
        self.store.add_schedule(&schedule, true, schedule.created_at).await.map(|_| schedule)
    }

    /// A schedule that is not stored.
    pub fn unsaved(&self, creator_id: UserId, point_id: PointId, event_type_id: EventTypeId, rule: &str) -> Schedule {
        let now = self.clock.now();
        let zone = ZoneName::parse("Europe/Berlin").unwrap();
        let start = zone.zone().to_datetime(now).strftime("%Y-%m-%dT00:00").to_string();
        let recurrence = Recurrence::parse(rule, zone, parse_local(&start).unwrap()).unwrap();
        let id = ScheduleId::generate();
        Schedule { id, creator_id, point_id, event_type_id, title: None, recurrence, created_at: now }
    }

    /// What a schedule waits for.
    pub async fn chain(&self, id: ScheduleId) -> Option<Versioned<Chain>> {
        self.store.schedule(id).await.unwrap().map(|(_, chain)| chain)
    }

    /// The occurrence that a schedule waits for.
    pub async fn next(&self, id: ScheduleId) -> Occurrence {
        Occurrence { schedule_id: id, occurs_at: self.chain(id).await.unwrap().value.next_at }
    }

    /// Moves the clock to a moment.
    pub fn wait_for(&self, at: Timestamp) {
        let by = self.clock.now().duration_until(at);
        self.clock.advance(Duration::try_from(by).unwrap_or_default());
    }

    pub async fn fire(&self, due: Occurrence) -> Handled {
        finished(fire_schedule(self.timer_consumer, due, Deadline::never()).await)
    }

    /// Runs the sweep, and returns what it put in the queue.
    pub async fn overdue(&self) -> Vec<Occurrence> {
        sweep_schedules(self.sweeping).await.unwrap();
        let sent = self.queue.take();
        sent.iter().map(|sent| Occurrence::read(sent["MessageBody"].as_str().unwrap()).unwrap()).collect()
    }

    /// Runs the sweep, and fires what it put in the queue.
    pub async fn sweep(&self) -> Result<(), Failure> {
        for due in self.overdue().await {
            self.fire(due).await?;
        }
        Ok(())
    }
}

/// A point as the context of points tells of it.
pub fn created(point_id: PointId, revision: u64) -> PointCreated {
    let location = GeoPoint::new(52.5, 13.4).unwrap();
    PointCreated {
        point_id,
        name: format!("Pier {revision}"),
        kind: PointKind::Food,
        location,
        keeper_id: None,
        revision,
    }
}

/// Calls an endpoint with an idempotency key, about one thing.
pub async fn call(endpoint: &Endpoint, method: &str, token: &str, key: &str, id: &str, body: Option<&Value>) -> Reply {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", key), ("if-match", "\"1\"")];
    let headers = if method == "PATCH" { &headers[..] } else { &headers[..2] };
    let parameters = std::collections::HashMap::from([("id".to_owned(), id.to_owned())]);
    let (path, query) = id.split_once('?').unwrap_or(("", ""));
    let request =
        request(method, &format!("/v1/community/events{path}?{query}"), headers, body).with_path_parameters(parameters);
    endpoint.call(request).await.into()
}

/// Somebody who is signed in: their token and their id.
pub async fn person(identity: &Deployment, email: &str) -> (String, UserId) {
    let reply = identity.sign_up(email).await;
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned();
    (text(&reply.body["tokens"]["accessToken"]), text(&reply.body["user"]["id"]).parse().unwrap())
}

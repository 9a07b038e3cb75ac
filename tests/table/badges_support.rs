//! The functions of badges in the process, on a table of the test's own.

use std::pin::Pin;

use badges::api::{create_badge, get_badge, list_badges, list_my_badges, list_user_badges, retire_badge, update_badge};
use badges::consumers::evaluate_badges::evaluate_badges;
use badges::consumers::forget_user::forget_user;
use badges::consumers::recount_badges::{RecountBadges, Recounted, recount};
use badges::ctx::{ConsumerContext, Ctx};
use badges::domain::badge::{Badge, Design, Requirement, Texts, Tier};
use badges::domain::record::Record;
use badges::store::{Badges, NotChanged, Store};
use contracts::events::{EventRemoved, EventReported, EventTypeChanged};
use contracts::identity::UserDeleted;
use contracts::wallet::{DonationCompleted, Funding, Recipient, TransferCompleted};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::{SignedDuration, Timestamp};
use kit::Clock;
use kit::Deadline;
use kit::http::{Endpoint, endpoint};
use kit::sqs::Handled;
use lambda_http::RequestExt;
use serde_json::Value;
use testkit::{Reply, TestTable, finished, leak, request};
use types::{
    BadgeId, CareEventId, CurrencyCode, DonationId, EventId, EventTypeId, Money, PointId, TransferId, UserId, Uuid,
};

use crate::identity_support::{Deployment, stage};

/// A deployment's badges functions.
pub struct Board {
    pub table: TestTable,
    pub store: Store,
    pub clock: Clock,
    pub consumer: &'static ConsumerContext,
}

pub fn event<T: DomainEvent>(at: Timestamp, fact: T) -> Envelope<Value> {
    Envelope::new(EventId::generate(), at, "test".to_owned(), Actor::System, fact).erase().unwrap()
}

pub fn currency(code: &str) -> CurrencyCode {
    CurrencyCode::parse(code).unwrap()
}

impl Board {
    pub async fn start() -> Self {
        Self::on(TestTable::start().await)
    }

    pub fn on(table: TestTable) -> Self {
        let clock = Clock::manual(Timestamp::from_second(1_800_000_000).unwrap());
        let store = Store::new(table.of::<Badges>());
        let consumer = leak(ConsumerContext::new(store.clone(), clock.clone()));
        Self { table, store, clock, consumer }
    }

    /// Another process of the same functions, which has kept nothing.
    pub fn another(&self) -> Self {
        let store = Store::new(self.table.of::<Badges>());
        let consumer = leak(ConsumerContext::new(store.clone(), self.clock.clone()));
        Self { table: self.table.clone(), store, clock: self.clock.clone(), consumer }
    }

    pub async fn badge(&self, code: &str, requirement: Requirement, thresholds: &[u64]) -> BadgeId {
        self.try_badge(code, requirement, thresholds).await.unwrap()
    }

    pub async fn try_badge(
        &self,
        code: &str,
        requirement: Requirement,
        thresholds: &[u64],
    ) -> Result<BadgeId, NotChanged> {
        let reward = Money::new(50, currency("POINTS"));
        let tier = |threshold: &u64| Tier {
            name: format!("tier {threshold}"),
            threshold: *threshold,
            reward: Some(reward.clone()),
        };
        let texts = Texts { name: code.to_owned(), description: "For all.".to_owned(), icon: "bowl".to_owned() };
        let tiers = thresholds.iter().map(tier).collect();
        let design = Design { code: code.to_owned(), texts, requirement, tiers };
        let id = BadgeId::generate();
        let make = |revision| Badge {
            id,
            design: design.clone(),
            asked: design.fingerprint(),
            created_at: self.clock.now(),
            created: revision,
            changed: revision,
            retired: None,
        };
        self.store.add_badge(make).await.map(|badge| badge.value.id)
    }

    /// Hears an event. On the heap, since an evaluation's future is large.
    pub fn hear(&self, event: &Envelope<Value>) -> Pin<Box<dyn Future<Output = Handled>>> {
        Box::pin(evaluate_badges(self.consumer, event.clone()))
    }

    /// Hears an event as a queue delivers it: again, until it is dealt with.
    pub async fn hear_until_done(&self, event: &Envelope<Value>) {
        for _ in 0..5 {
            if self.hear(event).await.is_ok() {
                return;
            }
        }
        panic!("an event would be in the dead-letter queue");
    }

    pub async fn record(&self, user: UserId) -> Record {
        self.store.record(user).await.unwrap().map_or_else(|| Record::new(user), |read| read.value)
    }

    pub async fn tiers(&self, user: UserId, badge: BadgeId) -> usize {
        self.record(user).await.tiers(badge)
    }

    pub fn reported(&self, user: UserId, kind: EventTypeId, days_ago: i64) -> (CareEventId, Envelope<Value>) {
        let event_id = CareEventId::generate();
        let occurred_at = self.clock.now() - SignedDuration::from_hours(24 * days_ago);
        let fact = EventReported {
            event_id,
            point_id: PointId::generate(),
            user_id: user,
            event_type_id: kind,
            code: "feeding".to_owned(),
            type_name: "Feeding".to_owned(),
            point_name: "Harbour".to_owned(),
            occurred_at,
            reward: None,
            reward_withheld: None,
        };
        (event_id, event(self.clock.now(), fact))
    }

    pub fn transferred(&self, sender_id: UserId, receiver_id: UserId, amount: i64) -> Envelope<Value> {
        let (transfer_id, money) = (TransferId::generate(), Money::new(amount, currency("EUR")));
        event(self.clock.now(), TransferCompleted { transfer_id, sender_id, receiver_id, money })
    }

    pub fn removed(&self, user: UserId, kind: EventTypeId, event_id: CareEventId) -> Envelope<Value> {
        let point_id = PointId::generate();
        event(self.clock.now(), EventRemoved { event_id, point_id, user_id: user, event_type_id: kind })
    }

    pub fn donated(&self, donor: UserId, recipient: Recipient, keeper: Option<UserId>, amount: i64) -> Envelope<Value> {
        let fact = DonationCompleted {
            donation_id: DonationId::generate(),
            donor_id: donor,
            recipient,
            money: Money::new(amount, currency("EUR")),
            funding: Funding::Balance,
            beneficiary_id: keeper,
        };
        event(self.clock.now(), fact)
    }

    pub fn kind_changed(&self, kind: EventTypeId, revision: u64, retired: bool) -> Envelope<Value> {
        let fact = EventTypeChanged {
            event_type_id: kind,
            code: "feeding".to_owned(),
            name: "Feeding".to_owned(),
            reward: None,
            retired,
            revision,
        };
        event(self.clock.now(), fact)
    }

    pub async fn forget(&self, user: UserId) -> Handled {
        finished(
            forget_user(self.consumer, event(self.clock.now(), UserDeleted { user_id: user }), Deadline::never()).await,
        )
    }

    /// Handles an event of identity about a user.
    pub async fn forget_event(&self, event: Envelope<Value>) -> Handled {
        finished(forget_user(self.consumer, event, Deadline::never()).await)
    }

    pub async fn recount(&self, user_id: Option<UserId>, repair: bool, cursor: Option<String>) -> Recounted {
        let asked = RecountBadges { user_id, repair, cursor };
        recount(self.consumer, asked, "recount".to_owned()).await.unwrap()
    }

    /// The events that items carry now, by type.
    pub async fn told(&self, event_type: &str) -> Vec<Value> {
        let items = self.table.items().await;
        let outboxes = items.iter().filter_map(|item| item.get("outbox")).filter_map(|text| text.as_s().ok());
        let events = outboxes.flat_map(|text| serde_json::from_str::<Vec<Value>>(text).unwrap());
        events.filter(|event| event["type"] == event_type).collect()
    }

    /// The endpoints' context, for tokens of this deployment of identity.
    pub fn api(&self, identity: &Deployment) -> &'static Ctx {
        leak(Ctx::new(self.store.clone(), self.clock.clone(), identity.verifier()))
    }
}

/// An endpoint of badges, by its name.
pub fn operation(ctx: &'static Ctx, name: &str) -> Endpoint {
    match name {
        "create_badge" => endpoint(create_badge::create_badge, ctx, stage()),
        "get_badge" => endpoint(get_badge::get_badge, ctx, stage()),
        "list_badges" => endpoint(list_badges::list_badges, ctx, stage()),
        "list_my_badges" => endpoint(list_my_badges::list_my_badges, ctx, stage()),
        "list_user_badges" => endpoint(list_user_badges::list_user_badges, ctx, stage()),
        "retire_badge" => endpoint(retire_badge::retire_badge, ctx, stage()),
        "update_badge" => endpoint(update_badge::update_badge, ctx, stage()),
        _ => panic!("no operation {name}"),
    }
}

/// Calls an endpoint, about one thing.
pub async fn call(endpoint: &Endpoint, token: &str, key: &str, id: Option<Uuid>, body: Option<&Value>) -> Reply {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", key)];
    let parameters: std::collections::HashMap<_, _> =
        id.map(|id| ("id".to_owned(), id.to_string())).into_iter().collect();
    let request = request("POST", "/v1/community/badges", &headers, body).with_path_parameters(parameters);
    endpoint.call(request).await.into()
}

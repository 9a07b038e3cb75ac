//! What an event makes for a person is made once, whatever else comes at the same time, and in whichever order.

use std::sync::Arc;

use contracts::identity::{EmailVerified, ProfileChanged, UserDeleted, UserRegistered, VerificationRequested};
use contracts::notifications::{Category, Channel, Message, NotificationRequested};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::{SignedDuration, Timestamp};
use kit::sqs::Done;
use kit::{Clock, Deadline};
use notifications::Planner;
use notifications::consumers::forget_user::forget_user;
use notifications::consumers::plan_deliveries::plan_deliveries;
use notifications::domain::contact::MailKind;
use notifications::domain::content::Content;
use notifications::domain::delivery::{Delivery, DeliveryId, Next, Status, Suppression};
use notifications::domain::phone::Phone;
use notifications::domain::preferences::{Choice, Digest, Preferences};
use notifications::endpoints::Endpoints;
use notifications::store::{DUE_SHARDS, Notifications, Store};
use serde_json::Value;
use testkit::{TestTable, finished};
use types::{EmailAddress, EventId, PersonName, PhoneNumber, UserId, Uuid};

/// Noon of a winter's day in UTC.
pub fn noon() -> Timestamp {
    "2026-01-10T12:00:00Z".parse().unwrap()
}

pub struct Post {
    pub table: TestTable,
    pub ctx: &'static Planner,
}

impl Post {
    pub async fn open() -> Self {
        let table = TestTable::start().await;
        let store = Store::new(table.of::<Notifications>());
        // Nobody here has a device, so that SNS is never called.
        let config = aws_sdk_sns::Config::builder().behavior_version(aws_sdk_sns::config::BehaviorVersion::latest());
        let endpoints = Endpoints::new(aws_sdk_sns::Client::from_conf(config.build()));
        Self { ctx: Box::leak(Box::new(Planner { store, clock: Clock::manual(noon()), endpoints })), table }
    }

    pub async fn hear(&self, event: &Envelope<Value>) -> Done {
        plan_deliveries(self.ctx, event.clone()).await.unwrap()
    }

    /// The digest that a notification became a part of.
    pub async fn digest_of(&self, user: UserId, notification_id: Uuid) -> Option<Uuid> {
        match self.delivery(user, notification_id, Channel::Email).await?.status {
            Status::Collected { digest, .. } => Some(digest),
            _ => None,
        }
    }

    pub async fn prefer(&self, preferences: Preferences) {
        self.table.of::<Notifications>().create(preferences, &dynamo::Outbox::none()).await.unwrap();
    }

    /// A user who confirmed a number and gets reminders there.
    pub async fn want_texts(&self, user: UserId, number: &str) {
        let number = PhoneNumber::parse(number).unwrap();
        let phone = Phone::none(user).ask(number, Uuid::now_v7(), noon()).unwrap().answer(true, noon()).0;
        self.table.of::<Notifications>().create(phone, &dynamo::Outbox::none()).await.unwrap();
        let choice = Choice { channels: [Channel::Sms].into(), digest: Digest::Immediate };
        let categories = [(Category::Reminders, choice)].into();
        self.prefer(Preferences { categories, ..Preferences::defaults_of(user) }).await;
    }

    pub async fn delivery(&self, user: UserId, notification_id: Uuid, channel: Channel) -> Option<Delivery> {
        let id = DeliveryId { notification_id, channel };
        self.ctx.store.delivery(user, id).await.unwrap().map(|delivery| delivery.value)
    }
}

pub fn event<T: DomainEvent>(at: Timestamp, data: T) -> Envelope<Value> {
    Envelope::new(EventId::generate(), at, "test".to_owned(), Actor::System, data).erase().unwrap()
}

pub fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub fn news(recipients: Vec<UserId>, category: Category) -> (Uuid, Envelope<Value>) {
    let notification_id = Uuid::now_v7();
    let data = [("title", "News"), ("body", "Water again")].map(|(name, text)| (name.to_owned(), text.to_owned()));
    let message = Message { template: "plain".to_owned(), data: data.into(), link: Some("/points/7".to_owned()) };
    let request = NotificationRequested { notification_id, recipients, category, message, channels: None };
    (notification_id, event(noon(), request))
}

pub fn registered(user_id: UserId, at: Timestamp) -> Envelope<Value> {
    event(
        at,
        UserRegistered {
            user_id,
            email: Some(email("ann@example.com")),
            name: PersonName::parse("Ann").unwrap(),
            verification_id: Some(Uuid::now_v7()),
        },
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_comes_many_times_at_once_makes_everything_once() {
    let post = Arc::new(Post::open().await);
    let people: Vec<_> = (0..5).map(|_| UserId::generate()).collect();
    let (id, event) = news(people.clone(), Category::Activity);
    let hearings: Vec<_> = (0..6)
        .map(|_| {
            let (post, event) = (Arc::clone(&post), event.clone());
            tokio::spawn(async move { post.hear(&event).await })
        })
        .collect();
    for hearing in hearings {
        hearing.await.unwrap();
    }
    assert_eq!(post.hear(&event).await, Done::Duplicate);
    // For each: the inbox, its delivery, and the push message's.
    assert_eq!(post.table.items().await.len(), 5 * 3);
    for person in people {
        assert!(matches!(post.delivery(person, id, Channel::InApp).await.unwrap().status, Status::Sent { .. }));
        assert_eq!(post.delivery(person, id, Channel::Push).await.unwrap().next(noon()), Next::Send);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_of_a_person_is_the_same_in_whichever_order_the_events_come() {
    let user = UserId::new(Uuid::from_u128(7));
    let at = |second| noon() + SignedDuration::from_secs(second);
    let events = [
        registered(user, at(0)),
        event(at(1), EmailVerified { user_id: user, email: email("ann@example.com") }),
        event(at(2), ProfileChanged { user_id: user, name: PersonName::parse("Bea").unwrap() }),
        event(
            at(3),
            VerificationRequested {
                user_id: user,
                email: email("bea@example.com"),
                name: PersonName::parse("Cleo").unwrap(),
                verification_id: Uuid::now_v7(),
            },
        ),
    ];
    let mut outcomes = Vec::new();
    for round in 0..4 {
        let post = Arc::new(Post::open().await);
        let hearings: Vec<_> = (0..8)
            .map(|index| {
                let (post, event) = (Arc::clone(&post), events[(index * 3 + round) % 4].clone());
                tokio::spawn(async move { post.hear(&event).await })
            })
            .collect();
        for hearing in hearings {
            hearing.await.unwrap();
        }
        let contact = post.ctx.store.known(user).await.unwrap().contact.unwrap().value;
        assert_eq!(contact.address(MailKind::Requested, noon()), Ok(&email("bea@example.com")));
        assert!(contact.address(MailKind::Security, noon()).is_err(), "the newer address is not proven");
        outcomes.push(contact);
    }
    assert!(outcomes.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn mail_that_asks_for_what_is_proven_is_not_planned() {
    let post = Post::open().await;
    let user = UserId::generate();
    post.hear(&event(noon(), EmailVerified { user_id: user, email: email("ann@example.com") })).await;
    let late = registered(user, noon() - SignedDuration::from_secs(1));
    assert_eq!(post.hear(&late).await, Done::Applied);
    let delivery = post.delivery(user, late.id.uuid(), Channel::Email).await.unwrap();
    assert_eq!(delivery.status, Status::Suppressed { at: noon(), reason: Suppression::Pointless });
    let next = registered(user, noon() + SignedDuration::from_secs(1));
    post.hear(&next).await;
    assert_eq!(post.delivery(user, next.id.uuid(), Channel::Email).await.unwrap().next(noon()), Next::Send);
}

#[tokio::test]
async fn whoever_deleted_their_account_is_not_brought_back_by_late_events() {
    let post = Post::open().await;
    let user = UserId::generate();
    let late = registered(user, noon());
    post.hear(&late).await;
    let deleted = event(noon(), UserDeleted { user_id: user });
    assert_eq!(finished(forget_user(post.ctx, deleted.clone(), Deadline::never()).await).unwrap(), Done::Applied);
    assert_eq!(finished(forget_user(post.ctx, deleted, Deadline::never()).await).unwrap(), Done::Duplicate);
    for event in [late, registered(user, noon()), news(vec![user], Category::Security).1] {
        assert_eq!(post.hear(&event).await, Done::Ignored);
    }
    assert_eq!(post.table.items().await.len(), 1, "the marker");
}

#[tokio::test]
async fn preferences_that_change_between_two_hearings_make_no_second_message() {
    let post = Post::open().await;
    let user = UserId::generate();
    let (_, event) = news(vec![user], Category::Activity);
    post.hear(&event).await;
    let before = post.table.items().await.len();
    let choice = Choice { channels: [Channel::Email, Channel::Sms].into(), digest: Digest::Immediate };
    let categories = [(Category::Activity, choice)].into();
    post.prefer(Preferences { categories, ..Preferences::defaults_of(user) }).await;
    assert_eq!(post.hear(&event).await, Done::Duplicate);
    assert_eq!(post.table.items().await.len(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_are_collected_into_one_however_many_come_at_once_and_late_ones_into_the_next() {
    let post = Arc::new(Post::open().await);
    let user = UserId::generate();
    let choice = Choice { channels: [Channel::Email].into(), digest: Digest::Hourly };
    let categories = [(Category::Activity, choice)].into();
    post.prefer(Preferences { categories, ..Preferences::defaults_of(user) }).await;
    let events: Vec<_> = (0..6).map(|_| news(vec![user], Category::Activity)).collect();
    let hearings: Vec<_> = events
        .iter()
        .map(|(_, event)| {
            let (post, event) = (Arc::clone(&post), event.clone());
            tokio::spawn(async move { post.hear(&event).await })
        })
        .collect();
    for hearing in hearings {
        assert_eq!(hearing.await.unwrap(), Done::Applied);
    }
    let digest_of = async |id| match post.delivery(user, id, Channel::Email).await.unwrap().status {
        Status::Collected { digest, .. } => digest,
        other => panic!("{other:?}"),
    };
    let digest = digest_of(events[0].0).await;
    let collecting = post.delivery(user, digest, Channel::Email).await.unwrap();
    let Content::Digest { entries, .. } = &collecting.content else { panic!("{:?}", collecting.content) };
    assert_eq!((entries.len(), collecting.due_at()), (6, Some(noon() + SignedDuration::from_hours(1))));

    // It is going out; another event is in time for the one after it.
    let id = collecting.id();
    let read = post.ctx.store.delivery(user, id).await.unwrap().unwrap();
    post.ctx.store.change_delivery(&read, collecting.begun(noon())).await.unwrap().unwrap();
    let (late, event) = news(vec![user], Category::Activity);
    post.hear(&event).await;
    let next = post.delivery(user, digest_of(late).await, Channel::Email).await.unwrap();
    assert_ne!(next.notification_id, digest);
    assert_eq!(next.due_at(), Some(noon() + SignedDuration::from_hours(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_senders_one_gets_a_delivery_and_what_is_done_is_not_swept() {
    let post = Post::open().await;
    let user = UserId::generate();
    let (id, event) = news(vec![user], Category::Activity);
    post.hear(&event).await;
    let id = DeliveryId { notification_id: id, channel: Channel::Push };
    let read = post.ctx.store.delivery(user, id).await.unwrap().unwrap();
    let swept = async |until| {
        let mut found = 0;
        for shard in 0..DUE_SHARDS {
            found += post.ctx.store.overdue(shard, until, 100, None).await.unwrap().items.len();
        }
        found
    };
    assert_eq!((swept(noon() - SignedDuration::from_millis(1)).await, swept(noon()).await), (0, 1));
    let claims: Vec<_> = (0..8)
        .map(|_| {
            let (read, begun) = (read.clone(), read.value.begun(noon()));
            tokio::spawn(async move { post.ctx.store.change_delivery(&read, begun).await.unwrap() })
        })
        .collect();
    let mut claimed = Vec::new();
    for claim in claims {
        claimed.extend(claim.await.unwrap());
    }
    assert_eq!(claimed.len(), 1);
    // Its sender may die: then it is due again when the lease is over, and not before.
    let lease = notifications::domain::delivery::LEASE;
    assert_eq!((swept(noon()).await, swept(noon() + lease).await), (0, 1));
    let sent = claimed[0].value.with(Status::Sent { at: noon() });
    post.ctx.store.change_delivery(&claimed[0], sent).await.unwrap().unwrap();
    assert_eq!(swept(Timestamp::MAX - SignedDuration::from_hours(24)).await, 0);
}

//! Inboxes, deliveries and devices.

use contracts::notifications::{Category, Channel};
use dynamo::Outbox;
use jiff::Timestamp;
use notifications::domain::content::{Content, Link};
use notifications::domain::delivery::{Delivery, Status};
use notifications::domain::device::MAX_DEVICES;
use notifications::store::Notifications;
use types::{UserId, Uuid};

use super::ask::{Answer, SignedInUser};
use super::copies::{Copies, whole_second};
use super::{Asking, Entry, Scene};
use crate::identity_support::Deployment;
use crate::notifications_support::{Desk, Person, device};

pub(super) const SCENES: &[Entry] = &[
    Entry::list("GET /v1/notifications", "notifications of the same person, and of others", || Box::pin(inbox(""))),
    Entry::list("GET /v1/notifications?unread=true", "notifications of the same person, and of others", || {
        Box::pin(inbox("?unread=true"))
    }),
    Entry::list("GET /v1/notifications/devices", "devices of others", || Box::pin(devices())),
    Entry::list("GET /v1/notifications/{id}/deliveries", "deliveries to the same person, and to others", || {
        Box::pin(deliveries())
    }),
];

/// Calls an operation as somebody, again and again.
fn again(
    desk: Desk,
    by: SignedInUser,
    operation: &'static str,
    query: String,
    id: Option<Uuid>,
) -> impl Fn(usize) -> Asking {
    let desk: &'static Desk = Box::leak(Box::new(desk));
    move |_| {
        let (bearer, query) = (format!("Bearer {}", by.token), query.clone());
        Box::pin(async move {
            let reply = desk.call(operation, &[("authorization", &bearer)], &query, id, None).await;
            assert_eq!(reply.status, 200, "{operation}: {}", reply.body);
            Answer::from(reply)
        })
    }
}

async fn inbox(query: &str) -> Scene {
    let (identity, now) = (Deployment::start().await, whole_second());
    let (desk, ann) = (Desk::beside(&identity), SignedInUser::of(&identity).await);
    let person = Person { id: ann.id, token: ann.token.clone() };
    let (id, template) = identity.table.written_by(Box::pin(desk.notify(&person, now))).await;
    let copies = Copies::of(template, &id).owned_by(&ann.id).made_at(now);
    let ask = again(desk, ann, "list_notifications", query.to_owned(), None);
    Scene::new(&identity.table, copies.both(), ask).showing(20, true)
}

async fn devices() -> Scene {
    let (identity, now) = (Deployment::start().await, whole_second());
    let (desk, ann) = (Desk::beside(&identity), SignedInUser::of(&identity).await);
    let other = device(UserId::generate(), "a token of somebody else", now);
    let (claimed, template) = identity.table.written_by(desk.store.claim_device(other.clone())).await;
    assert!(claimed.is_ok(), "{claimed:?}");
    let copies = Copies::of(template, &other.device_id).owned_by(&other.user_id);
    for number in 0..MAX_DEVICES {
        desk.store.claim_device(device(ann.id, &format!("token {number}"), now)).await.expect("a claim");
    }
    let ask = again(desk, ann, "list_devices", String::new(), None);
    Scene::new(&identity.table, copies.others(), ask).showing(MAX_DEVICES as usize, false)
}

async fn deliveries() -> Scene {
    let (identity, now) = (Deployment::start().await, whole_second());
    let (desk, admin) = (Desk::beside(&identity), SignedInUser::admin(&identity).await);
    let (person, notification_id) = (UserId::generate(), Uuid::now_v7());
    let table = identity.table.of::<Notifications>();
    let deliver = async |channel| {
        table.create(delivery(person, notification_id, channel, now), &Outbox::none()).await.expect("a delivery")
    };
    let [first, rest @ ..] = Channel::ALL;
    let (_, template) = identity.table.written_by(deliver(first)).await;
    for channel in rest {
        deliver(channel).await;
    }
    let copies = Copies::of(template, &notification_id).owned_by(&person).made_at(now);
    let ask = again(desk, admin, "list_deliveries", format!("?userId={person}"), Some(notification_id));
    Scene::new(&identity.table, copies.both(), ask).showing(Channel::ALL.len(), false)
}

fn delivery(user_id: UserId, notification_id: Uuid, channel: Channel, at: Timestamp) -> Delivery {
    let content = Content::Template { name: "donation_received".to_owned(), data: [].into(), link: Link::App };
    Delivery {
        user_id,
        notification_id,
        channel,
        category: Category::Activity,
        content,
        session: None,
        to: None,
        guest: None,
        reached: Vec::new(),
        in_inbox: false,
        is_counted: false,
        deferred_since: None,
        status: Status::Sent { at },
        attempts: 1,
        caused_at: at,
        created_at: at,
    }
}

//! The inbox: its order, its pages, and many who read and delete at once.

use std::collections::HashSet;
use std::time::Duration;

use contracts::notifications::NotificationsRead;
use contracts::{Actor, Envelope};
use dynamo::Outbox;
use dynamo::outbox::OutboxError;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use notifications::domain::inbox::{InboxItem, read_fact};
use notifications::store::inbox::Part;
use notifications::store::{Notifications, Store};
use serde_json::json;
use testkit::TestTable;
use types::{EventId, UserId, Uuid};

use crate::identity_support::Deployment;
use crate::notifications_support::{Desk, Person, add, somebody};

async fn open() -> (Desk, Person) {
    let deployment = Deployment::start().await;
    let person = somebody(&deployment, 1).await;
    (Desk::beside(&deployment), person)
}

/// So many notifications, each a second older than the one before it.
async fn filled(desk: &Desk, person: &Person, count: i64) -> Vec<Uuid> {
    let now = desk.clock.now();
    let ages = 0..count;
    join_all(ages.map(|age| desk.notify(person, now - SignedDuration::from_secs(age)))).await
}

/// The ids of all pages, in their order.
async fn pages(desk: &Desk, person: &Person, query: &str) -> Vec<Uuid> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let reply = desk.inbox(person, &format!("?limit=3{query}{cursor}")).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let items = reply.body["items"].as_array().unwrap();
        assert!(items.len() <= 3);
        seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().parse::<Uuid>().unwrap()));
        match reply.body["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return seen,
        }
    }
}

#[tokio::test]
async fn what_is_unread_comes_first_and_pages_hold_each_once() {
    let (desk, person) = open().await;
    let ids = filled(&desk, &person, 10).await;
    for id in &ids[2..5] {
        assert_eq!(desk.by(&person, "read_notification", Some(*id), None).await.status, 204);
    }
    let expected = [&ids[..2], &ids[5..], &ids[2..5]].concat();
    assert_eq!(pages(&desk, &person, "").await, expected);
    assert_eq!(pages(&desk, &person, "&unread=true").await, expected[..7]);
    let reply = desk.inbox(&person, "").await;
    assert_eq!((&reply.body["unreadCount"], &reply.body["unreadCountIsMore"]), (&json!(7), &json!(false)));
    assert_eq!(reply.body["items"][0]["readAt"], json!(null));
    // As a time and not as text: responses have three decimals, also where the last ones are zeros.
    let read_at = reply.body["items"][9]["readAt"].as_str().unwrap();
    assert_eq!(read_at.parse::<Timestamp>().unwrap(), desk.clock.now());
    for query in ["?unread=maybe", "?limit=0", "?cursor=x!", "?unred=true"] {
        assert_eq!(desk.inbox(&person, query).await.status, 422, "{query}");
    }
}

#[tokio::test]
async fn what_has_left_the_inbox_is_nowhere_though_it_was_not_swept() {
    let (desk, person) = open().await;
    let old = desk.notify(&person, desk.clock.now() - notifications::domain::inbox::SHELF_LIFE).await;
    let young = desk
        .notify(&person, desk.clock.now() - notifications::domain::inbox::SHELF_LIFE + SignedDuration::from_millis(1))
        .await;
    assert_eq!(pages(&desk, &person, "").await, [young]);
    assert_eq!(desk.inbox(&person, "").await.body["unreadCount"], 1);
    for operation in ["read_notification", "delete_notification"] {
        let reply = desk.by(&person, operation, Some(old), None).await;
        assert_eq!((reply.status, &reply.body["code"]), (404, &json!("notifications.no_such_notification")));
    }
    let all = desk.by(&person, "read_all_notifications", None, None).await;
    assert_eq!(all.body, json!({ "read": 1, "more": false }));
}

#[tokio::test]
async fn an_inbox_is_its_owner_s_alone() {
    let deployment = Deployment::start().await;
    let (ann, bob) = (somebody(&deployment, 1).await, somebody(&deployment, 2).await);
    let desk = Desk::beside(&deployment);
    let id = desk.notify(&ann, desk.clock.now()).await;
    for operation in ["read_notification", "delete_notification"] {
        assert_eq!(desk.by(&bob, operation, Some(id), None).await.status, 404);
    }
    assert_eq!(desk.by(&bob, "read_all_notifications", None, None).await.body["read"], 0);
    assert_eq!(desk.inbox(&bob, "").await.body["items"], json!([]));
    assert_eq!(desk.inbox(&ann, "").await.body["unreadCount"], 1);
}

#[tokio::test]
async fn five_hundred_are_read_at_once_and_counting_ends_at_a_hundred() {
    let (desk, person) = open().await;
    filled(&desk, &person, 510).await;
    let reply = desk.inbox(&person, "").await.body;
    assert_eq!((&reply["unreadCount"], &reply["unreadCountIsMore"]), (&json!(100), &json!(true)));
    let read_all = async || desk.by(&person, "read_all_notifications", None, None).await.body;
    assert_eq!(read_all().await, json!({ "read": 500, "more": true }));
    assert_eq!(read_all().await, json!({ "read": 10, "more": false }));
    assert_eq!(read_all().await, json!({ "read": 0, "more": false }));
}

#[tokio::test]
async fn of_many_who_read_and_delete_at_once_each_change_counts_once() {
    let (desk, person) = open().await;
    let ids = filled(&desk, &person, 60).await;
    let read_all = join_all((0..4).map(|_| desk.by(&person, "read_all_notifications", None, None)));
    let deleted = join_all(ids[..20].iter().flat_map(|id| [*id, *id]).map(|id| {
        let (desk, person) = (&desk, &person);
        async move { desk.by(person, "delete_notification", Some(id), None).await.status }
    }));
    let (read_all, deleted) = futures::join!(read_all, deleted);
    let read: u64 = read_all.iter().map(|reply| reply.body["read"].as_u64().unwrap()).sum();
    assert!((40..=60).contains(&read), "{read}");
    assert!(read_all.iter().all(|reply| reply.status == 200 && reply.body["more"] == false));
    // Each was asked for twice. A user who saw it there gets 204, also if it has gone meanwhile: a deletion whose response was
    // lost looks the same.
    for pair in deleted.chunks(2) {
        assert!(pair.contains(&204) && pair.iter().all(|status| [204, 404].contains(status)), "{deleted:?}");
    }
    let left = pages(&desk, &person, "").await;
    assert_eq!(left.iter().collect::<HashSet<_>>(), ids[20..].iter().collect());
    assert_eq!(desk.inbox(&person, "").await.body["unreadCount"], 0);
}

/// What the events that wait in the table say to be no longer unread: IDs, and milliseconds since 1970 when they were added.
async fn told(table: &TestTable) -> Vec<Vec<(Uuid, i64)>> {
    let items = table.items().await;
    let outboxes = items.iter().filter_map(|item| item.get("outbox")?.as_s().ok());
    let events = outboxes.flat_map(|text| Outbox::parse(text).unwrap());
    let facts =
        events.filter(Envelope::is::<NotificationsRead>).map(|event| event.decode::<NotificationsRead>().unwrap());
    let mut told = Vec::new();
    for fact in facts {
        let read = fact.data.notifications.iter();
        let mut read: Vec<_> = read.map(|read| (read.notification_id, read.added_at.as_millisecond())).collect();
        read.sort_unstable();
        told.push(read);
    }
    told.sort();
    told
}

/// The event that notifications of a user are no longer unread.
fn no_longer_unread(items: &[&InboxItem]) -> Result<Outbox, OutboxError> {
    let user = items[0].user_id;
    let fact = read_fact(user, items.iter().copied());
    Outbox::of(Envelope::new(EventId::generate(), Timestamp::now(), "test".to_owned(), Actor::User(user), fact))
}

#[tokio::test]
async fn what_is_no_longer_unread_is_published_once_with_the_time_at_which_it_was_added() {
    let deployment = Deployment::start().await;
    let (person, desk) = (somebody(&deployment, 1).await, Desk::beside(&deployment));
    let ids = filled(&desk, &person, 6).await;
    let now = desk.clock.now();
    // Each is a second older than the one before it.
    let fact = |at: usize| {
        let age = SignedDuration::from_secs(i64::try_from(at).unwrap());
        (ids[at], (now - age).as_millisecond())
    };
    for _ in 0..2 {
        assert_eq!(desk.by(&person, "read_notification", Some(ids[0]), None).await.status, 204);
        assert_eq!(told(&deployment.table).await, [[fact(0)]]);
    }
    // The event of the first one goes with its item, which was read: there is no other one. The second one was unread.
    for id in &ids[..2] {
        assert_eq!(desk.by(&person, "delete_notification", Some(*id), None).await.status, 204);
    }
    assert_eq!(told(&deployment.table).await, [[fact(1)]]);
    for expected in [4, 0] {
        assert_eq!(desk.by(&person, "read_all_notifications", None, None).await.body["read"], expected);
    }
    let mut others: Vec<_> = (2..6).map(fact).collect();
    others.sort_unstable();
    let mut expected = vec![vec![fact(1)], others];
    expected.sort();
    assert_eq!(told(&deployment.table).await, expected);
}

#[tokio::test]
async fn of_a_page_that_changed_meanwhile_each_notification_is_in_one_event() {
    let table = TestTable::start_with_lagging_index(Duration::from_millis(1_500)).await;
    let (store, user, now) = (Store::new(table.of::<Notifications>()), UserId::generate(), Timestamp::now());
    let mut expected = Vec::new();
    for age in 0..3 {
        let at = now - SignedDuration::from_secs(age);
        expected.push((add(&store, user, at).await, at.as_millisecond()));
    }
    tests::eventually("the index", async || {
        let shown = store.inbox(user, Part::Unread, 10, None, now).await.unwrap().items.len();
        (shown == 3).then_some(())
    })
    .await;
    let item = store.inbox_item(user, expected[1].0).await.unwrap();
    let event = no_longer_unread(&[&item.as_ref().unwrap().value]).unwrap();
    assert!(store.read_one(item, now, &event).await.unwrap());
    // The index still shows it as unread, so the transaction of the page is cancelled.
    let page = store.read_page(user, 10, None, now, no_longer_unread).await.unwrap();
    assert_eq!((page.read, page.left), (2, 0));
    let mut all = told(&table).await.concat();
    all.sort_unstable();
    expected.sort_unstable();
    assert_eq!(all, expected);
}

#[tokio::test]
async fn a_notification_that_is_read_while_it_is_deleted_is_in_one_event() {
    let table = TestTable::start().await;
    let (store, user, now) = (Store::new(table.of::<Notifications>()), UserId::generate(), Timestamp::now());
    let id = add(&store, user, now).await;
    let (item, same) = (store.inbox_item(user, id).await.unwrap(), store.inbox_item(user, id).await.unwrap());
    let event = no_longer_unread(&[&same.as_ref().unwrap().value]).unwrap();
    assert!(store.read_one(same, now, &event).await.unwrap());
    assert_eq!(told(&table).await, [[(id, now.as_millisecond())]]);
    assert!(store.delete_one(item, now, &event).await.unwrap());
    assert!(store.inbox_item(user, id).await.unwrap().is_none());
    // The event went with the item; a second one would be in the table.
    assert!(told(&table).await.is_empty());
}

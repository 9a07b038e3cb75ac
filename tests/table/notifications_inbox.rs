//! The inbox: its order, its pages, and many who read and delete at once.

use std::collections::HashSet;

use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use types::Uuid;

use crate::identity_support::Deployment;
use crate::notifications_support::{Desk, Person, somebody};

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
    // Each was asked for twice. Whoever saw it there gets 204, also if it has gone meanwhile: a deletion whose response was
    // lost looks the same.
    for pair in deleted.chunks(2) {
        assert!(pair.contains(&204) && pair.iter().all(|status| [204, 404].contains(status)), "{deleted:?}");
    }
    let left = pages(&desk, &person, "").await;
    assert_eq!(left.iter().collect::<HashSet<_>>(), ids[20..].iter().collect());
    assert_eq!(desk.inbox(&person, "").await.body["unreadCount"], 0);
}

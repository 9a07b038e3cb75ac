//! What is shown with points: counts that are exact under races, duplicates and erasure, photos, and the caller's own view.

use contracts::events::{EventRemoved, EventReported};
use contracts::identity::UserDeleted;
use contracts::points::{PointKind, PointRemoved, PointUnsubscribed};
use contracts::{Envelope, points::PointSubscribed};
use futures::future::join_all;
use jiff::Timestamp;
use kit::sqs::Done;
use serde_json::{Value, json};
use types::{CareEventId, EventTypeId, MediaId, PointId, UserId};

use crate::bucket::CDN;
use crate::points_support::{Asked, Map, about, at, deleted, event, path_of, point, published};

fn reported(point_id: PointId, event_id: CareEventId, second: i64) -> Envelope<Value> {
    event(EventReported {
        event_id,
        point_id,
        user_id: UserId::generate(),
        event_type_id: EventTypeId::generate(),
        code: "feeding".into(),
        type_name: "Feeding".into(),
        point_name: "Fountain".into(),
        occurred_at: Timestamp::from_second(second).unwrap(),
        reward: None,
        reward_withheld: None,
    })
}

fn removed(point_id: PointId, event_id: CareEventId) -> Envelope<Value> {
    let (user_id, event_type_id) = (UserId::generate(), EventTypeId::generate());
    event(EventRemoved { event_id, point_id, user_id, event_type_id })
}

#[tokio::test]
async fn subscribers_are_counted_once_each_however_often_and_in_whatever_order_events_arrive() {
    let map = Map::start().await;
    let ann = map.person("ann").await;
    let id = map.put(point(ann.id, PointKind::Food, at(1.0, 1.0))).await.value.id;
    let people = [map.person("bob").await, map.person("cid").await, map.person("dan").await];
    for person in &people {
        let subscribed = map.call(&map.subscribe_point(), "PUT", person, about(id), None).await;
        assert_eq!(subscribed.status, 204);
    }
    // The end is counted before the beginning is.
    assert_eq!(map.call(&map.unsubscribe_point(), "DELETE", &people[0], about(id), None).await.status, 204);
    // All events at once, three times each.
    let facts = people.iter().flat_map(|person| {
        let (point_id, user_id) = (id, person.id);
        let begun = event(PointSubscribed { point_id, user_id, revision: 1 });
        let ended = event(PointUnsubscribed { point_id, user_id, revision: 2 });
        [ended.clone(), begun.clone(), ended, begun]
    });
    let counted = join_all(facts.map(|fact| map.count(fact))).await;
    let applied = counted.iter().filter(|done| matches!(done, Ok(Done::Applied))).count();
    assert_eq!(applied, 2, "{counted:?}");
    assert_eq!(map.seen(&ann, id).await["subscriberCount"], 2);
    // Back again, and counted again.
    assert_eq!(map.call(&map.subscribe_point(), "PUT", &people[0], about(id), None).await.status, 204);
    assert_eq!(map.count_subscription(id, people[0].id).await.unwrap(), Done::Applied);
    assert_eq!(map.seen(&ann, id).await["subscriberCount"], 3);
    let (mine, own) = (map.seen(&people[0], id).await, map.seen(&ann, id).await);
    assert_eq!((&mine["subscribed"], &own["subscribed"]), (&json!(true), &json!(false)));
}

#[tokio::test]
async fn erased_subscribers_do_not_count_and_late_events_bring_none_back() {
    let map = Map::start().await;
    let ann = map.person("ann").await;
    let mut ids = Vec::new();
    for number in 0..120 {
        ids.push(map.put(point(UserId::generate(), PointKind::Food, at(1.0, f64::from(number)))).await.value.id);
    }
    let (bob, cid) = (map.person("bob").await, map.person("cid").await);
    for id in &ids {
        for person in [&bob, &cid] {
            assert_eq!(map.call(&map.subscribe_point(), "PUT", person, about(*id), None).await.status, 204);
        }
        assert_eq!(map.count_subscription(*id, bob.id).await.unwrap(), Done::Applied);
    }
    // One of Bob's was not counted yet, and Cid's are counted while Bob is erased.
    let (erased, _) = tokio::join!(
        map.forget(event(UserDeleted { user_id: bob.id })),
        join_all(ids.iter().map(|id| map.count_subscription(*id, cid.id))),
    );
    assert_eq!(erased.unwrap(), Done::Applied);
    for id in &ids {
        assert_eq!(map.count_subscription(*id, bob.id).await.unwrap(), Done::Ignored);
        assert_eq!(map.seen(&ann, *id).await["subscriberCount"], 1, "{id}");
    }
    assert_eq!(map.items_with(&bob.id.to_string()).await, Vec::<String>::new());
}

#[tokio::test]
async fn nobody_is_counted_who_is_being_erased() {
    let map = Map::start().await;
    let (ann, bob) = (map.person("ann").await, map.person("bob").await);
    let id = map.put(point(ann.id, PointKind::Food, at(1.0, 1.0))).await.value.id;
    assert_eq!(map.call(&map.subscribe_point(), "PUT", &bob, about(id), None).await.status, 204);
    // Erasure has begun, and the subscription is still there.
    map.store.mark_forgotten(bob.id, Timestamp::now()).await.unwrap();
    assert_eq!(map.count_subscription(id, bob.id).await.unwrap(), Done::Ignored);
    assert_eq!(map.seen(&ann, id).await["subscriberCount"], 0);
}

#[tokio::test]
async fn care_events_are_counted_once_each_until_they_are_deleted() {
    let map = Map::start().await;
    let ann = map.person("ann").await;
    let id = map.put(point(ann.id, PointKind::Food, at(1.0, 1.0))).await.value.id;
    let events: Vec<_> = (0..4).map(|_| CareEventId::generate()).collect();
    let facts = events.iter().zip(0..).flat_map(|(event, number)| vec![reported(id, *event, number); 3]);
    let counted = join_all(facts.map(|fact| map.count(fact))).await;
    assert_eq!(counted.iter().filter(|done| matches!(done, Ok(Done::Applied))).count(), 4, "{counted:?}");
    let seen = map.seen(&ann, id).await;
    assert_eq!((&seen["eventCount"], &seen["lastEvent"]["eventId"]), (&json!(4), &json!(events[3])));
    assert_eq!(seen["lastEvent"]["occurredAt"], "1970-01-01T00:00:03.000Z");
    // The deletion of the latest, twice; and one whose report comes after it.
    assert_eq!(map.count(removed(id, events[3])).await.unwrap(), Done::Applied);
    assert_eq!(map.count(removed(id, events[3])).await.unwrap(), Done::Duplicate);
    let late = CareEventId::generate();
    assert_eq!(map.count(removed(id, late)).await.unwrap(), Done::Applied);
    assert_eq!(map.count(reported(id, late, 9)).await.unwrap(), Done::Duplicate);
    let seen = map.seen(&ann, id).await;
    assert_eq!((&seen["eventCount"], &seen["lastEvent"]["eventId"]), (&json!(3), &json!(events[2])));
    // Nothing is counted at a point that is gone, and nothing of it stays.
    assert_eq!(map.call(&map.delete_point(), "DELETE", &ann, about(id), None).await.status, 204);
    assert_eq!(map.count(reported(id, CareEventId::generate(), 1)).await.unwrap(), Done::Ignored);
    assert_eq!(map.keep(event(PointRemoved { point_id: id, revision: 2 })).await.unwrap(), Done::Applied);
    assert_eq!(map.items_with(&id.to_string()).await, [format!("points#point#{id} point")]);
}

#[tokio::test]
async fn lists_show_photos_counts_and_the_subscription_of_the_caller() {
    let map = Map::start().await;
    let (ann, bob) = (map.person("ann").await, map.person("bob").await);
    let id = map.put(point(ann.id, PointKind::Food, at(1.0, 1.0))).await.value.id;
    let media: Vec<_> = (0..2).map(|_| MediaId::generate()).collect();
    for media in &media {
        map.keep(published(ann.id, *media)).await.unwrap();
        let body = json!({ "mediaId": media });
        let added = map.call(&map.add_photo(), "POST", &ann, about(id), Some(body)).await;
        assert_eq!(added.body["url"], format!("{CDN}/{}large.jpg", path_of(*media)), "{}", added.body);
    }
    assert_eq!(map.call(&map.subscribe_point(), "PUT", &bob, about(id), None).await.status, 204);
    map.count_subscription(id, bob.id).await.unwrap();
    map.count(reported(id, CareEventId::generate(), 1)).await.unwrap();

    let cover = json!({
        "mediaId": media[0],
        "thumbnailUrl": format!("{CDN}/{}medium.jpg", path_of(media[0])),
        "thumbnailUrlExpiresAt": null,
    });
    let near = Asked { query: "near=1,1&radiusM=100", ..Asked::default() };
    let within = Asked { query: "bbox=0.99,0.99,1.01,1.01", ..Asked::default() };
    let listed = [
        map.call(&map.list_points(), "GET", &bob, near, None).await.body["items"][0].clone(),
        map.call(&map.list_points_within(), "GET", &bob, within, None).await.body["items"][0].clone(),
        map.call(&map.list_subscriptions(), "GET", &bob, Asked::default(), None).await.body["items"][0]["point"]
            .clone(),
        map.seen(&bob, id).await,
    ];
    for shown in &listed {
        assert_eq!((&shown["id"], &shown["coverPhoto"]), (&json!(id), &cover), "{shown}");
        assert_eq!((&shown["photoCount"], &shown["subscriberCount"]), (&json!(2), &json!(1)), "{shown}");
        assert_eq!((&shown["eventCount"], &shown["subscribed"]), (&json!(1), &json!(true)), "{shown}");
        assert_eq!((&shown["keeperId"], &shown["lastEvent"]["code"]), (&json!(ann.id), &json!("feeding")), "{shown}");
    }
    assert_eq!(listed[0]["distanceM"], 0.0);
    assert_eq!(listed[3]["photos"].as_array().unwrap().len(), 2);
    let mine = map.call(&map.list_my_points(), "GET", &ann, Asked::default(), None).await.body;
    assert_eq!((&mine["items"][0]["id"], &mine["items"][0]["subscribed"]), (&json!(id), &json!(false)));
    // A picture that is deleted is no cover any more.
    map.keep(deleted(ann.id, media[0])).await.unwrap();
    assert_eq!(map.seen(&bob, id).await["coverPhoto"]["mediaId"], json!(media[1]));
}

#[tokio::test]
async fn my_points_are_listed_newest_first_without_deleted_ones() {
    let map = Map::start().await;
    let (ann, bob) = (map.person("ann").await, map.person("bob").await);
    let mut ids = Vec::new();
    for second in 0..5 {
        let mut made = point(ann.id, PointKind::Food, at(1.0, 1.0));
        made.created_at = Timestamp::from_second(second).unwrap();
        ids.insert(0, map.put(made).await.value.id);
    }
    map.put(point(bob.id, PointKind::Food, at(1.0, 1.0))).await;
    let gone = ids.remove(2);
    assert_eq!(map.call(&map.delete_point(), "DELETE", &ann, about(gone), None).await.status, 204);
    let list = async |query: &str| {
        map.call(&map.list_my_points(), "GET", &ann, Asked { query, ..Asked::default() }, None).await.body
    };
    let listed = |page: &Value| -> Vec<PointId> {
        page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().parse().unwrap()).collect()
    };
    let first = list("limit=3").await;
    let second = list(&format!("limit=3&cursor={}", first["nextCursor"].as_str().unwrap())).await;
    assert_eq!([listed(&first), listed(&second)].concat(), ids);
    assert_eq!(second["nextCursor"], Value::Null);
}

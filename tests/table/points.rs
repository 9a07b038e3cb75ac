//! Points, photos and subscriptions under races, duplicates, and events in any order.

use contracts::identity::UserDeleted;
use contracts::points::{PointKind, PointRemoved};
use futures::future::join_all;
use kit::sqs::{Done, Failure};
use points::domain::album::MAX_PHOTOS;
use points::store::Saved;
use serde_json::json;
use types::{MediaId, PointId, UserId};

use crate::points_support::{Asked, Map, about, at, deleted, event, point, published};

#[tokio::test]
async fn ten_creations_with_one_key_make_one_point() {
    let map = Map::start().await;
    let ann = map.person("ann").await;
    let create = map.create_point();
    let body = json!({ "name": "Fountain", "kind": "water", "location": { "lat": 1.5, "lng": 2.5 } });
    let asked = || Asked { key: "a", ..Asked::default() };
    let replies = join_all((0..10).map(|_| map.call(&create, "POST", &ann, asked(), Some(body.clone())))).await;
    assert!(replies.iter().all(|reply| reply.status == 201 && reply.body["point"] == replies[0].body["point"]));
    let items = map.table.items().await.len();
    assert_eq!(items, 4, "the point, its figures, its keeper's record, and the count of the day");
}

#[tokio::test]
async fn an_album_has_no_more_photos_than_it_may_and_each_has_its_record() {
    let map = Map::start().await;
    let ann = map.person("ann").await;
    let id = map.put(point(ann.id, PointKind::Food, at(1.0, 1.0))).await.value.id;
    let media: Vec<_> = (0..MAX_PHOTOS + 5).map(|_| MediaId::generate()).collect();
    for media in &media {
        assert_eq!(map.keep(published(ann.id, *media)).await.unwrap(), Done::Applied);
    }
    let add = map.add_photo();
    // A few at once, and again, until all were answered for good.
    for _ in 0..3 {
        for few in media.chunks(4) {
            let add = |media: &MediaId| map.call(&add, "POST", &ann, about(id), Some(json!({ "mediaId": media })));
            let replies = join_all(few.iter().map(add)).await;
            assert!(replies.iter().all(|reply| [201, 409, 503].contains(&reply.status)));
        }
    }
    let photos = map.call(&map.list_photos(), "GET", &ann, about(id), None).await;
    assert_eq!(photos.body["items"].as_array().unwrap().len(), MAX_PHOTOS);
    let placements = map.store.placements(ann.id, None, 100).await.unwrap().items;
    assert_eq!(placements.len(), MAX_PHOTOS);
    let full = map.call(&add, "POST", &ann, about(id), Some(json!({ "mediaId": media[MAX_PHOTOS + 4] }))).await;
    assert!(full.status == 201 || full.body["code"] == "points.album_full", "{}", full.body);
}

#[tokio::test]
async fn a_removal_in_the_middle_of_photos_and_subscriptions_leaves_no_half_of_them() {
    let map = Map::start().await;
    let ann = map.person("ann").await;
    for round in 0..5 {
        let id = map.put(point(ann.id, PointKind::Food, at(1.0, f64::from(round)))).await.value.id;
        let media = MediaId::generate();
        map.keep(published(ann.id, media)).await.unwrap();
        let (add, subscribe, remove) = (map.add_photo(), map.subscribe_point(), map.delete_point());
        let (added, subscribed, removed) = tokio::join!(
            map.call(&add, "POST", &ann, about(id), Some(json!({ "mediaId": media }))),
            map.call(&subscribe, "PUT", &ann, about(id), None),
            map.call(&remove, "DELETE", &ann, about(id), None),
        );
        assert_eq!(removed.status, 204, "{}", removed.body);
        assert!([201, 404].contains(&added.status) && [204, 404].contains(&subscribed.status));
        map.keep(event(PointRemoved { point_id: id, revision: 2 })).await.unwrap();
        let left = map.items_with(&id.to_string()).await;
        assert_eq!(left, [format!("points#point#{id} point")], "only the mark");
        let seen = map.call(&map.get_point(), "GET", &ann, about(id), None).await;
        assert_eq!(seen.status, 404);
    }
}

#[tokio::test]
async fn pictures_end_the_same_in_whatever_order_they_are_told_of() {
    let map = Map::start().await;
    let ann = map.person("ann").await;
    let id = map.put(point(ann.id, PointKind::Food, at(1.0, 1.0))).await.value.id;
    let add = map.add_photo();
    for order in 0..8_u32 {
        let media = MediaId::generate();
        let mut there = false;
        // Publication and deletion, each twice, in every order that starts with either.
        for step in 0..4 {
            let told = if (order >> step) & 1 == 0 { published(ann.id, media) } else { deleted(ann.id, media) };
            there = there || (order >> step) & 1 == 0;
            map.keep(told).await.unwrap();
            map.call(&add, "POST", &ann, about(id), Some(json!({ "mediaId": media }))).await;
        }
        let is_deleted = order & 0b1111 != 0;
        let photos = map.call(&map.list_photos(), "GET", &ann, about(id), None).await.body.to_string();
        assert_eq!(photos.contains(&media.to_string()), there && !is_deleted, "{order:b}");
    }
}

#[tokio::test]
async fn a_deletion_that_was_ended_half_way_is_finished_by_the_next_delivery() {
    let map = Map::start().await;
    let ann = map.person("ann").await;
    let media = MediaId::generate();
    map.keep(published(ann.id, media)).await.unwrap();
    for number in 0..3 {
        let id = map.put(point(ann.id, PointKind::Food, at(1.0, f64::from(number)))).await.value.id;
        let added = map.call(&map.add_photo(), "POST", &ann, about(id), Some(json!({ "mediaId": media }))).await;
        assert_eq!(added.status, 201);
    }
    // Killed after the mark was made.
    let mark = points::domain::medium::Medium::deleted(ann.id, media, jiff::Timestamp::now());
    assert!(map.store.note_deleted(mark).await.unwrap());
    assert_eq!(map.keep(deleted(ann.id, media)).await.unwrap(), Done::Applied);
    assert_eq!(map.store.placements(ann.id, None, 10).await.unwrap().items.len(), 0);
    assert_eq!(map.keep(deleted(ann.id, media)).await.unwrap(), Done::Duplicate);
}

#[tokio::test]
async fn a_removed_point_loses_all_its_subscriptions() {
    let map = Map::start().await;
    let keeper = UserId::generate();
    let id = map.put(point(keeper, PointKind::Food, at(1.0, 1.0))).await.value.id;
    let now = jiff::Timestamp::now();
    for _ in 0..230 {
        let next = points::domain::subscription::Subscription::begun(None, UserId::generate(), id, now);
        map.store.subscribe(None, &next, &dynamo::Outbox::none()).await.unwrap();
    }
    assert_eq!(map.keep(event(PointRemoved { point_id: id, revision: 2 })).await.unwrap(), Done::Applied);
    assert_eq!(map.store.subscribers(id, 100, None).await.unwrap().items.len(), 0);
    assert_eq!(map.keep(event(PointRemoved { point_id: id, revision: 2 })).await.unwrap(), Done::Duplicate);
}

#[tokio::test]
async fn whoever_is_forgotten_leaves_no_trace_and_cannot_come_back() {
    let map = Map::start().await;
    let (ann, bob) = (map.person("ann").await, map.person("bob").await);
    let own: Vec<PointId> = {
        let mut ids = Vec::new();
        for number in 0..50 {
            ids.push(map.put(point(ann.id, PointKind::Food, at(2.0, f64::from(number)))).await.value.id);
        }
        ids
    };
    let foreign = map.put(point(bob.id, PointKind::Food, at(1.0, 1.0))).await.value.id;
    let media = MediaId::generate();
    map.keep(published(ann.id, media)).await.unwrap();
    let body = json!({ "mediaId": media });
    for id in [own[0], foreign] {
        assert_eq!(map.call(&map.add_photo(), "POST", &ann, about(id), Some(body.clone())).await.status, 201);
        assert_eq!(map.call(&map.subscribe_point(), "PUT", &ann, about(id), None).await.status, 204);
    }
    let gone = event(UserDeleted { user_id: ann.id });
    assert_eq!(map.forget(gone.clone()).await.unwrap(), Done::Applied);
    assert_eq!(map.items_with(&ann.id.to_string()).await, Vec::<String>::new());
    for id in &own {
        let left = map.store.point(*id).await.unwrap().unwrap();
        assert_eq!((left.version, left.value.keeper_id), (2, None));
    }
    assert_eq!(map.forget(gone).await.unwrap(), Done::Duplicate);

    // What comes late: events, and requests with a token that still holds.
    assert_eq!(map.keep(published(ann.id, MediaId::generate())).await.unwrap(), Done::Duplicate);
    assert_eq!(map.keep(deleted(ann.id, MediaId::generate())).await.unwrap(), Done::Duplicate);
    let create = json!({ "name": "Late", "kind": "food", "location": { "lat": 5, "lng": 5 } });
    let asked = Asked { key: "late", ..Asked::default() };
    let late = [
        map.call(&map.create_point(), "POST", &ann, asked, Some(create)).await,
        map.call(&map.subscribe_point(), "PUT", &ann, about(foreign), None).await,
    ];
    assert!(late.iter().all(|reply| reply.body["code"] == "points.no_such_user"));
    assert_eq!(map.items_with(&ann.id.to_string()).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_event_of_another_kind_is_poison() {
    let map = Map::start().await;
    let wrong = event(UserDeleted { user_id: UserId::generate() });
    assert!(matches!(map.keep(wrong).await, Err(Failure::Poison(_))));
    let wrong = published(UserId::generate(), MediaId::generate());
    assert!(matches!(map.forget(wrong).await, Err(Failure::Poison(_))));
}

#[tokio::test]
async fn nothing_new_is_made_of_somebody_who_is_being_forgotten() {
    let map = Map::start().await;
    let (ann, bob, now) = (map.person("ann").await, UserId::generate(), jiff::Timestamp::now());
    let id = map.put(point(bob, PointKind::Food, at(1.0, 1.0))).await.value.id;
    let media = MediaId::generate();
    map.keep(published(ann.id, media)).await.unwrap();
    // The consumer has made its mark and is on its way through the rest.
    map.store.mark_forgotten(ann.id, now).await.unwrap();
    let add = map.call(&map.add_photo(), "POST", &ann, about(id), Some(json!({ "mediaId": media }))).await;
    assert_eq!(add.body["code"], "points.no_such_user", "{}", add.body);
    let subscribe = map.call(&map.subscribe_point(), "PUT", &ann, about(id), None).await;
    assert_eq!(subscribe.body["code"], "points.no_such_user");
    assert_eq!(map.keep(published(ann.id, MediaId::generate())).await.unwrap(), Done::Duplicate);
    assert_eq!(map.items_with(&ann.id.to_string()).await, [format!("points#user#{} media#{media}", ann.id)]);
}

#[tokio::test]
async fn a_photo_cannot_come_to_a_point_that_changes_meanwhile() {
    let map = Map::start().await;
    let ann = map.person("ann").await;
    let id = map.put(point(ann.id, PointKind::Food, at(1.0, 1.0))).await.value.id;
    let media = MediaId::generate();
    map.keep(published(ann.id, media)).await.unwrap();
    let (read, medium) = map.store.at_point_with(id, ann.id, media).await.unwrap().unwrap();
    let (medium, now) = (medium.unwrap(), jiff::Timestamp::now());
    let photo = points::domain::album::Photo { media_id: media, added_by: ann.id, added_at: now, path: None };
    let next = read.photos().with(photo.clone()).unwrap();
    // Somebody removes the point in between; and in another case, the picture.
    map.call(&map.delete_point(), "DELETE", &ann, about(id), None).await;
    assert_eq!(map.store.place(&read, &medium, &next).await.unwrap(), Saved::Moved);

    let id = map.put(point(ann.id, PointKind::Food, at(1.0, 2.0))).await.value.id;
    let (read, medium) = map.store.at_point_with(id, ann.id, media).await.unwrap().unwrap();
    let (medium, next) = (medium.unwrap(), read.photos().with(photo.clone()).unwrap());
    map.keep(deleted(ann.id, media)).await.unwrap();
    assert_eq!(map.store.place(&read, &medium, &next).await.unwrap(), Saved::Moved);

    // And a photo that comes before a removal that has not seen it.
    let media = MediaId::generate();
    map.keep(published(ann.id, media)).await.unwrap();
    let (read, medium) = map.store.at_point_with(id, ann.id, media).await.unwrap().unwrap();
    let photo = points::domain::album::Photo { media_id: media, ..photo };
    let next = read.photos().with(photo).unwrap();
    assert_eq!(map.store.place(&read, &medium.unwrap(), &next).await.unwrap(), Saved::Yes);
    let mark = read.point.value.removed(now);
    assert!(!map.store.remove(&read, &mark, &dynamo::Outbox::none()).await.unwrap());
}

//! What functions of points may ask of the table. A rise is a decision: change the figure here in a reviewed diff.

use contracts::identity::UserDeleted;
use contracts::points::{PointKind, PointRemoved};
use serde_json::json;
use testkit::Reply;
use types::{MediaId, PointId, UserId};

use crate::media_support::cost;
use crate::points_support::{Asked, Map, about, at, deleted, event, point, published};

/// Calls and units, as the reply tells them.
fn used(reply: &Reply) -> String {
    assert!(reply.status < 300, "{}", reply.body);
    reply.server_timing.split("desc=").nth(1).unwrap_or_default().trim_matches('"').to_owned()
}

#[tokio::test]
async fn points_keep_to_their_budget() {
    let map = Map::start().await;
    let ann = map.person("ann").await;
    let body = json!({ "name": "Fountain", "kind": "water", "location": { "lat": 52.5, "lng": 13.4 } });
    let create = async || {
        let asked = Asked { key: "a", ..Asked::default() };
        map.call(&map.create_point(), "POST", &ann, asked, Some(body.clone())).await
    };
    let first = create().await;
    let id: PointId = first.body["point"]["id"].as_str().unwrap().parse().unwrap();
    let repeated = create().await;
    let seen = map.call(&map.get_point(), "GET", &ann, about(id), None).await;
    let list = async |radius_m: u32| {
        let query = format!("near=52.5,13.4&radiusM={radius_m}");
        map.call(&map.list_points(), "GET", &ann, Asked { query: &query, ..Asked::default() }, None).await
    };
    let (near, far) = (list(50).await, list(20_000).await);
    let renamed = map.call(&map.update_point(), "PATCH", &ann, about(id), Some(json!({ "name": "Tap" }))).await;
    let place = json!({ "location": { "lat": 10, "lng": 10 } });
    let moved = map.call(&map.update_point(), "PATCH", &ann, about(id), Some(place)).await;
    let removed = map.call(&map.delete_point(), "DELETE", &ann, about(id), None).await;

    assert_eq!(
        [first, repeated, seen, near, far, renamed, moved, removed].map(|reply| used(&reply)),
        [
            // The search for duplicates, half a unit a query; then the point and its place in the index, its keeper's record,
            // and that the keeper was not forgotten.
            "calls=5 read=2 write=7",
            // Refused by the point that stands there.
            "calls=5 read=2 write=0",
            "calls=1 read=1 write=0",
            // However small or large the circle.
            "calls=4 read=2 write=0",
            "calls=4 read=2 write=0",
            // The point, and its place in the index.
            "calls=2 read=1 write=2",
            // The place it moves to is searched for a crowd; the index loses an entry and gains one.
            "calls=6 read=3 write=3",
            // The point with its photos; then the mark, the index, the keeper's record, and that no photo came meanwhile.
            "calls=2 read=2 write=7"
        ]
    );
}

#[tokio::test]
async fn photos_and_subscriptions_keep_to_their_budget() {
    let map = Map::start().await;
    let ann = map.person("ann").await;
    let id = map.put(point(ann.id, PointKind::Food, at(1.0, 1.0))).await.value.id;
    let media = MediaId::generate();
    map.keep(published(ann.id, media)).await.unwrap();
    let body = json!({ "mediaId": media });
    let add = async || map.call(&map.add_photo(), "POST", &ann, about(id), Some(body.clone())).await;
    let (added, again) = (add().await, add().await);
    let listed = map.call(&map.list_photos(), "GET", &ann, about(id), None).await;
    let asked = Asked { media_id: media.to_string(), ..about(id) };
    let deleted = map.call(&map.delete_photo(), "DELETE", &ann, asked, None).await;
    // Point, album and picture in one call; then album and record, that point and picture are as they were, and that their
    // owner was not forgotten, in one transaction.
    assert_eq!(
        [added, again, listed, deleted].map(|reply| used(&reply)),
        ["calls=2 read=3 write=10", "calls=1 read=3 write=0", "calls=1 read=2 write=0", "calls=2 read=2 write=4"]
    );

    let subscribe = async || map.call(&map.subscribe_point(), "PUT", &ann, about(id), None).await;
    let (begun, again) = (subscribe().await, subscribe().await);
    let listed = map.call(&map.list_subscriptions(), "GET", &ann, Asked::default(), None).await;
    let unsubscribe = async || map.call(&map.unsubscribe_point(), "DELETE", &ann, about(id), None).await;
    let (ended, ended_again) = (unsubscribe().await, unsubscribe().await);
    // Point and subscription in one call; then the subscription with its place in the index, unless its user was forgotten.
    // A page of the list takes a query, and one call for all its points.
    assert_eq!(
        [begun, again, listed, ended, ended_again].map(|reply| used(&reply)),
        [
            "calls=2 read=2 write=5",
            "calls=1 read=2 write=0",
            "calls=2 read=1 write=0",
            "calls=2 read=1 write=2",
            "calls=1 read=1 write=0"
        ]
    );
}

#[tokio::test]
async fn consumers_of_points_keep_to_their_budget() {
    let map = Map::start().await;
    let ann = map.person("ann").await;
    let id = map.put(point(ann.id, PointKind::Food, at(1.0, 1.0))).await.value.id;
    let media = MediaId::generate();
    let noted = [cost(map.keep(published(ann.id, media))).await, cost(map.keep(published(ann.id, media))).await];
    assert_eq!(noted, ["calls=1 read=0 write=4", "calls=1 read=0 write=0"]);
    let body = json!({ "mediaId": media });
    assert_eq!(map.call(&map.add_photo(), "POST", &ann, about(id), Some(body)).await.status, 201);
    let gone = [
        cost(map.keep(deleted(ann.id, media))).await,
        cost(map.keep(deleted(ann.id, media))).await,
        cost(map.keep(deleted(UserId::generate(), media))).await,
    ];
    // The mark, refused, then in the place of what was known; where it is shown; the album; album and record.
    assert_eq!(gone, ["calls=5 read=3 write=5", "calls=2 read=1 write=0", "calls=2 read=1 write=4"]);

    assert_eq!(map.call(&map.subscribe_point(), "PUT", &ann, about(id), None).await.status, 204);
    let removed = event(PointRemoved { point_id: id, revision: 2 });
    let dropped = [cost(map.keep(removed.clone())).await, cost(map.keep(removed)).await];
    // Of the index, and one deletion for each subscription.
    assert_eq!(dropped, ["calls=2 read=0.5 write=2", "calls=1 read=0.5 write=0"]);

    let event = event(UserDeleted { user_id: ann.id });
    let forgotten = [cost(map.forget(event.clone())).await, cost(map.forget(event)).await];
    // The mark; the points that they keep, each one read and changed with its record; their photos; then the rest, of which
    // there is the mark of a picture.
    assert_eq!(forgotten, ["calls=8 read=4 write=7", "calls=5 read=3 write=0"]);
}

//! What functions of points ask of the table. The figures are in `tests/budgets.json`; what is said here is why.

use contracts::identity::UserDeleted;
use contracts::points::{PointKind, PointRemoved};
use serde_json::json;
use tests::{budget, cost};
use types::{MediaId, PointId, UserId};

use crate::points_support::{Asked, Map, about, at, deleted, event, point, published};
use crate::takeovers::early_takeover;

#[tokio::test]
async fn points_keep_to_their_budget() {
    let map = Map::start().await;
    let ann = map.person("ann").await;
    let body = json!({ "name": "Fountain", "kind": "water", "location": { "lat": 52.5, "lng": 13.4 } });
    let create = async || {
        let asked = Asked { key: "a", ..Asked::default() };
        map.call(&map.create_point(), "POST", &ann, asked, Some(body.clone())).await
    };
    // The search for duplicates, half a unit a query; then the point and its place in the index, its figures, its keeper's
    // record, and that the keeper was not forgotten.
    let first = create().await;
    budget("points-create-point", "made", &first);
    // Refused by the point that stands there.
    budget("points-create-point", "made before", &create().await);
    let id: PointId = first.body["point"]["id"].as_str().unwrap().parse().unwrap();
    // The point, its photos, its figures, and the caller's subscription, in one call.
    let seen = map.call(&map.get_point(), "GET", &ann, about(id), None).await;
    budget("points-get-point", "found", &seen);
    // However small or large the circle. Then its photos, its figures and the caller's subscription, in one call.
    for (case, radius_m) in [("50 m around", 50), ("20 km around", 20_000)] {
        let query = format!("near=52.5,13.4&radiusM={radius_m}");
        let asked = Asked { query: &query, ..Asked::default() };
        let listed = map.call(&map.list_points(), "GET", &ann, asked, None).await;
        budget("points-list-points", case, &listed);
    }
    let asked = Asked { query: "bbox=13.39,52.49,13.41,52.51", ..Asked::default() };
    let listed = map.call(&map.list_points_within(), "GET", &ann, asked, None).await;
    budget("points-list-points-within", "one point", &listed);
    // The caller's records; then the points with what is shown of them.
    let mine = map.call(&map.list_my_points(), "GET", &ann, Asked::default(), None).await;
    budget("points-list-my-points", "one point", &mine);
    // The point and its place in the index, and its keeper's record, which shows its details in their data export.
    let renamed = map.call(&map.update_point(), "PATCH", &ann, about(id), Some(json!({ "name": "Tap" }))).await;
    budget("points-update-point", "new name", &renamed);
    // The place it moves to is searched for a crowd; the index loses an entry and gains one.
    let place = json!({ "location": { "lat": 10, "lng": 10 } });
    let moved = map.call(&map.update_point(), "PATCH", &ann, about(id), Some(place)).await;
    budget("points-update-point", "new place", &moved);
    // The point with its photos; then the mark, the index, the keeper's record, and that no photo came meanwhile.
    let removed = map.call(&map.delete_point(), "DELETE", &ann, about(id), None).await;
    budget("points-delete-point", "without photos", &removed);
}

#[tokio::test]
async fn photos_keep_to_their_budget() {
    let map = Map::start().await;
    let ann = map.person("ann").await;
    let id = map.put(point(ann.id, PointKind::Food, at(1.0, 1.0))).await.value.id;
    let media = MediaId::generate();
    map.keep(published(ann.id, media)).await.unwrap();
    let body = json!({ "mediaId": media });
    let add = async || map.call(&map.add_photo(), "POST", &ann, about(id), Some(body.clone())).await;
    // Point, album and picture in one call; then album and record, that point and picture are as they were, and that their
    // owner was not forgotten, in one transaction.
    budget("points-add-photo", "the first", &add().await);
    budget("points-add-photo", "again", &add().await);
    budget("points-list-photos", "one photo", &map.call(&map.list_photos(), "GET", &ann, about(id), None).await);
    let asked = Asked { media_id: media.to_string(), ..about(id) };
    let deleted = map.call(&map.delete_photo(), "DELETE", &ann, asked, None).await;
    budget("points-delete-photo", "deleted", &deleted);
}

#[tokio::test]
async fn subscriptions_keep_to_their_budget() {
    let map = Map::start().await;
    let ann = map.person("ann").await;
    let id = map.put(point(ann.id, PointKind::Food, at(1.0, 1.0))).await.value.id;
    // Point and subscription in one call; then the subscription with its place in the index, unless its user was forgotten.
    let subscribe = async || map.call(&map.subscribe_point(), "PUT", &ann, about(id), None).await;
    budget("points-subscribe-point", "begun", &subscribe().await);
    budget("points-subscribe-point", "begun before", &subscribe().await);
    // The subscription and the figures, which are there; then both, and that the subscriber was not forgotten.
    budget("points-count-activity", "subscribed", cost(map.count_subscription(id, ann.id)).await);
    budget("points-count-activity", "subscribed, again", cost(map.count_subscription(id, ann.id)).await);
    // A page of the list takes a query, and one call for all its points.
    let listed = map.call(&map.list_subscriptions(), "GET", &ann, Asked::default(), None).await;
    budget("points-list-subscriptions", "one point", &listed);
    let unsubscribe = async || map.call(&map.unsubscribe_point(), "DELETE", &ann, about(id), None).await;
    budget("points-unsubscribe-point", "ended", &unsubscribe().await);
    budget("points-unsubscribe-point", "ended before", &unsubscribe().await);
}

#[tokio::test]
async fn consumers_of_points_keep_to_their_budget() {
    let keep = "points-keep-copies";
    let map = Map::start().await;
    let ann = map.person("ann").await;
    let id = map.put(point(ann.id, PointKind::Food, at(1.0, 1.0))).await.value.id;
    let media = MediaId::generate();
    budget(keep, "picture", cost(map.keep(published(ann.id, media))).await);
    budget(keep, "picture, again", cost(map.keep(published(ann.id, media))).await);
    let body = json!({ "mediaId": media });
    assert_eq!(map.call(&map.add_photo(), "POST", &ann, about(id), Some(body)).await.status, 201);
    // The mark, refused, then in the place of what was known; where it is shown; the album; album and record.
    budget(keep, "shown picture deleted", cost(map.keep(deleted(ann.id, media))).await);
    budget(keep, "shown picture deleted, again", cost(map.keep(deleted(ann.id, media))).await);
    budget(keep, "unknown picture deleted", cost(map.keep(deleted(UserId::generate(), media))).await);

    // Of the index, and one deletion for each subscription.
    assert_eq!(map.call(&map.subscribe_point(), "PUT", &ann, about(id), None).await.status, 204);
    let removed = event(PointRemoved { point_id: id, revision: 2 });
    budget(keep, "point removed, one subscription", cost(map.keep(removed.clone())).await);
    budget(keep, "point removed, again", cost(map.keep(removed)).await);

    // A takeover before anything was made: two passes over points, each of which is read, and two over subscriptions.
    budget("points-forget-user", "takeover, nothing before it", cost(map.forget(early_takeover(ann.id))).await);

    // The mark; the points that they keep, each one read and changed with its record; their photos; then the rest, of which
    // there is the mark of a picture.
    let event = event(UserDeleted { user_id: ann.id });
    budget("points-forget-user", "keeper of a point", cost(map.forget(event.clone())).await);
    budget("points-forget-user", "again", cost(map.forget(event)).await);
}

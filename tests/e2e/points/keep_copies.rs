//! `points-keep-copies` on `media.published.v1`, `media.deleted.v1`, `points.point_removed.v1`

use contracts::media::{MediaDeleted, MediaPublished};
use contracts::points::PointRemoved;
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use serde_json::json;
use tests::{Cloud, User, eventually};
use types::{EventId, MediaId, PointId, Uuid};

use super::support::{add_photo, call, photos, published_photo};

async fn tell<T: DomainEvent>(cloud: &Cloud, fact: T) {
    let id = EventId::generate();
    let event = Envelope::new(id, Timestamp::now(), id.to_string(), Actor::System, fact);
    cloud.publish(&event).await;
    eventually("the event's line", async || cloud.logged("points-keep-copies", &id.to_string()).then_some(())).await;
}

fn published(user: &User, media_id: MediaId) -> MediaPublished {
    let (owner_id, purpose, content_type) = (user.id.parse().unwrap(), "photo".to_owned(), "image/jpeg".to_owned());
    MediaPublished { media_id, owner_id, purpose, content_type, width: 1, height: 1, variants: Vec::new(), path: None }
}

fn deleted(user: &User, media_id: MediaId) -> MediaDeleted {
    MediaDeleted { media_id, owner_id: user.id.parse().unwrap(), purpose: "photo".to_owned() }
}

#[tokio::test]
async fn a_deleted_photo_leaves_every_point_that_shows_it() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let photo = published_photo(&cloud, &user).await;
    let points = [cloud.point(&user, "A").await, cloud.point(&user, "B").await];
    for id in points {
        add_photo(&cloud, &user, id, &photo).await;
    }
    let gone = cloud.call("DELETE", &format!("/v1/media/{photo}")).bearer(&user.access_token).send().await;
    assert_eq!(gone.status, 204);
    for id in points {
        eventually("the photo to go", async || photos(&cloud, &user, id).await.is_empty().then_some(())).await;
    }
}

#[tokio::test]
async fn a_publication_that_comes_late_brings_nothing_back() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let id = cloud.point(&user, "Fountain").await;
    let [early, late] = [MediaId::generate(), MediaId::generate()];
    tell(&cloud, published(&user, early)).await;
    tell(&cloud, deleted(&user, late)).await;
    tell(&cloud, published(&user, late)).await;
    let path = format!("/v1/community/points/{id}/photos");
    let add = async |media: MediaId| call(&cloud, "POST", &path, &user, Some(&json!({ "mediaId": media }))).await;
    assert_eq!(add(early).await.status, 201);
    add(late).await.expect_problem(409, "points.media_not_published");
    tell(&cloud, deleted(&user, early)).await;
    add(early).await.expect_problem(409, "points.media_not_published");
    assert_eq!(photos(&cloud, &user, id).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_removal_of_a_point_that_nobody_hears_of_is_dealt_with() {
    let cloud = Cloud::connect().await;
    tell(&cloud, PointRemoved { point_id: PointId::new(Uuid::now_v7()), revision: 2 }).await;
}

//! `events-keep-copies` on `identity.user_restored.v1`, `identity.user_suspended.v1`, `media.deleted.v1`,
//! `media.published.v1`, `points.point_created.v1`, `points.point_removed.v1`, `points.point_subscribed.v1`,
//! `points.point_unsubscribed.v1`, `points.point_updated.v1`

use contracts::media::MediaDeleted;
use contracts::points::{PointKind, PointRemoved, PointUnsubscribed, PointUpdated};
use serde_json::json;
use tests::{Cloud, eventually};
use types::{GeoPoint, MediaId};

use super::support::{ask, fact, follow, item, kind, point};

#[tokio::test]
async fn a_point_is_known_by_its_newest_name_until_it_is_gone_for_good() {
    let cloud = Cloud::connect().await;
    let (user, kind, point_id) = (cloud.sign_up().await, kind(&cloud, &json!({})).await, point(&cloud).await);
    let pk = format!("events#point#{point_id}");
    let revision = async |wanted: &str| {
        eventually("the news", async || {
            let copy = item(&cloud, &pk, "copy").await?;
            (copy["revision"].as_n().ok()? == wanted).then_some(copy)
        })
        .await
    };
    let updated = |revision| PointUpdated {
        point_id,
        name: format!("Harbour {revision}"),
        kind: PointKind::Water,
        location: GeoPoint::new(1.0, 2.0).unwrap(),
        keeper_id: None,
        revision,
    };
    cloud.publish(&fact(updated(3))).await;
    revision("3").await;
    cloud.publish(&fact(PointRemoved { point_id, revision: 4 })).await;
    assert!(!revision("4").await.contains_key("place"));
    // News of before, late.
    let late = fact(updated(2));
    cloud.publish(&late).await;
    eventually("its line in the log", async || cloud.logged("events-keep-copies", &late.correlation_id).then_some(()))
        .await;
    assert!(!revision("4").await.contains_key("place"));
    let body = json!({ "pointId": point_id, "eventTypeId": kind });
    ask(&cloud, &user, "/v1/community/events", "a", &body).await.expect_problem(404, "events.no_such_point");
}

#[tokio::test]
async fn who_follows_no_more_and_what_was_deleted_is_marked() {
    let cloud = Cloud::connect().await;
    let (user, point_id) = (cloud.sign_up().await, point(&cloud).await);
    follow(&cloud, &user, point_id).await;
    let pk = format!("events#user#{}", user.id);
    cloud.publish(&fact(PointUnsubscribed { point_id, user_id: user.user_id(), revision: 2 })).await;
    eventually("the mark", async || {
        let copy = item(&cloud, &pk, &format!("subscription#{point_id}")).await?;
        // Out of the index, and swept one day.
        (!copy.contains_key("gsi1pk") && copy.contains_key("expires_at")).then_some(())
    })
    .await;
    let media_id = MediaId::generate();
    cloud.publish(&fact(MediaDeleted { media_id, owner_id: user.user_id(), purpose: "photo".into() })).await;
    eventually("the mark", async || item(&cloud, &pk, &format!("medium#{media_id}")).await).await;
}

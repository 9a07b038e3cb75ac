//! `wallet-keep-copies` on `identity.user_registered.v1`, `identity.user_suspended.v1`, `identity.user_restored.v1`, `points.point_created.v1`, `points.point_updated.v1`, `points.point_removed.v1`

use std::time::Duration;

use contracts::identity::{UserRestored, UserSuspended};
use contracts::points::{PointCreated, PointKind, PointRemoved, PointUpdated};
use contracts::{Actor, DomainEvent, Envelope};
use jiff::Timestamp;
use tests::{Cloud, User, eventually};
use types::{EventId, GeoPoint, PointId};

use super::support::{donate, gift, rich};

/// Tells of a fact that became true then, and waits until it was heard.
async fn tell<T: DomainEvent>(cloud: &Cloud, at: Timestamp, fact: T) {
    let id = EventId::generate();
    cloud.publish(&Envelope::new(id, at, id.to_string(), Actor::System, fact)).await;
    let line = eventually("the event's line", async || {
        let lines = cloud.log().into_iter();
        lines.filter(|line| line.starts_with("wallet-keep-copies")).find(|line| line.contains(&id.to_string()))
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\"") || line.contains("\"outcome\":\"duplicate\""), "{line}");
}

fn place() -> GeoPoint {
    GeoPoint::new(53.54, 9.98).unwrap()
}

fn updated(point_id: PointId, keeper: &User, revision: u64) -> PointUpdated {
    let (name, kind, location) = (format!("Harbour {revision}"), PointKind::Water, place());
    PointUpdated { point_id, name, kind, location, keeper_id: Some(keeper.user_id()), revision }
}

#[tokio::test]
async fn of_suspensions_and_their_ends_the_latest_stands_whatever_comes_last() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (rich(&cloud, 10).await, cloud.sign_up_with_wallet().await);
    let (now, user_id) = (Timestamp::now(), bob.user_id());
    tell(&cloud, now, UserRestored { user_id }).await;
    tell(&cloud, now - Duration::from_mins(1), UserSuspended { user_id }).await;
    assert_eq!(donate(&cloud, &ann, "a", &gift("user", &bob.id, 1)).send().await.status, 201);
    tell(&cloud, now + Duration::from_secs(1), UserSuspended { user_id }).await;
    let refused = donate(&cloud, &ann, "b", &gift("user", &bob.id, 1)).send().await;
    refused.expect_problem(409, "wallet.recipient_unavailable");
}

#[tokio::test]
async fn of_a_point_s_changes_the_newest_stands_and_none_brings_it_back() {
    let cloud = Cloud::connect().await;
    let (ann, bob, donor) = (cloud.sign_up().await, cloud.sign_up().await, rich(&cloud, 10).await);
    let point_id = PointId::generate();
    let now = Timestamp::now();
    let see = async |user: &User| {
        cloud.get(&format!("/v1/community/wallet?pointId={point_id}")).bearer(&user.access_token).send().await.status
    };
    tell(&cloud, now, updated(point_id, &bob, 3)).await;
    let (name, kind, location) = ("Harbour".to_owned(), PointKind::Food, place());
    tell(&cloud, now, PointCreated { point_id, name, kind, location, keeper_id: Some(ann.user_id()), revision: 1 })
        .await;
    tell(&cloud, now, updated(point_id, &ann, 2)).await;
    assert_eq!((see(&ann).await, see(&bob).await), (404, 200));
    assert_eq!(donate(&cloud, &donor, "a", &gift("point", &point_id.to_string(), 1)).send().await.status, 201);

    tell(&cloud, now, PointRemoved { point_id, revision: 5 }).await;
    tell(&cloud, now, updated(point_id, &ann, 4)).await;
    let refused = donate(&cloud, &donor, "b", &gift("point", &point_id.to_string(), 1)).send().await;
    refused.expect_problem(404, "wallet.no_such_recipient");
    // Its last keeper still spends what is left.
    assert_eq!((see(&ann).await, cloud.available_at(&bob, point_id, "EUR").await), (404, 1));
}

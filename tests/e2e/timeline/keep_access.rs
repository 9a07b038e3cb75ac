//! `timeline-keep-access` on `aquariums.access_changed.v1`, `aquariums.aquarium_removed.v1`

use contracts::aquariums::{AccessChanged, AquariumRemoved};

use super::support::{Shared, tell};

#[tokio::test]
async fn the_newest_members_stand_whatever_order_events_come_in() {
    let shared = Shared::start().await;
    assert_eq!(shared.get(&shared.viewer, "/state").await.status, 200);
    let alone = AccessChanged { members: Vec::new(), ..shared.access(3) };
    let line = tell(&shared.cloud, "timeline-keep-access", alone).await;
    assert!(line.contains("applied"), "{line}");
    let late = tell(&shared.cloud, "timeline-keep-access", shared.access(2)).await;
    assert!(late.contains("duplicate"), "{late}");
    shared.get(&shared.viewer, "/state").await.expect_problem(404, "timeline.no_such_aquarium");
    assert_eq!(shared.get(&shared.owner, "/state").await.status, 200);
}

#[tokio::test]
async fn the_timeline_of_a_deleted_aquarium_is_deleted() {
    let shared = Shared::start().await;
    shared.append(&shared.owner, 5_000).await;
    let fact = AquariumRemoved { aquarium_id: shared.id, owner_id: shared.owner.id.parse().unwrap(), revision: 2 };
    let line = tell(&shared.cloud, "timeline-keep-access", fact).await;
    assert!(line.contains("applied"), "{line}");
    shared.get(&shared.owner, "/entries/1").await.expect_problem(404, "timeline.no_such_aquarium");
    let late = tell(&shared.cloud, "timeline-keep-access", shared.access(9)).await;
    assert!(late.contains("duplicate"), "{late}");
}

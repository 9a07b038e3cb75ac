//! `timeline-forget-user` on `identity.user_deleted.v1`

use contracts::identity::UserDeleted;
use serde_json::Value;

use super::support::{Shared, tell};

#[tokio::test]
async fn a_leavers_words_are_removed_and_the_history_stays() {
    let shared = Shared::start().await;
    shared.append(&shared.keeper, 5_000).await;
    let digest = shared.get(&shared.owner, "/state").await.expect(200)["digest"].clone();
    let fact = UserDeleted { user_id: shared.keeper.id.parse().unwrap() };
    let first = tell(&shared.cloud, "timeline-forget-user", fact.clone()).await;
    assert!(first.contains("applied"), "{first}");
    let second = tell(&shared.cloud, "timeline-forget-user", fact).await;
    assert!(second.contains("duplicate"), "{second}");
    let entry = shared.get(&shared.owner, "/entries/1").await.expect(200);
    assert_eq!((&entry["authorId"], &entry["note"]), (&Value::Null, &Value::Null));
    assert_eq!(shared.get(&shared.owner, "/state").await.expect(200)["digest"], digest);
    let owner = UserDeleted { user_id: shared.owner.id.parse().unwrap() };
    let line = tell(&shared.cloud, "timeline-forget-user", owner).await;
    assert!(line.contains("applied"), "{line}");
    shared.get(&shared.viewer, "/state").await.expect_problem(404, "timeline.no_such_aquarium");
}

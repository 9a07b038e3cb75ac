//! `timeline-keep-views` on `timeline.entries_appended.v1`, `timeline.entry_corrected.v1`

use contracts::timeline::{EntriesAppended, EntryCorrected};
use tests::eventually;

use super::support::{Shared, tell};

#[tokio::test]
async fn events_that_come_again_change_nothing() {
    let shared = Shared::start().await;
    let seq = shared.append(&shared.owner, 5_000).await;
    let path = format!("/months/202611?atLeast={seq}");
    eventually("the views", async || (shared.get(&shared.owner, &path).await.status == 200).then_some(())).await;
    let (aquarium_id, owner_id) = (shared.id, shared.owner.id.parse().unwrap());
    let appended = EntriesAppended { aquarium_id, owner_id, entries: Vec::new() };
    let line = tell(&shared.cloud, "timeline-keep-views", appended).await;
    assert!(line.contains("duplicate"), "{line}");
    let corrected = EntryCorrected { aquarium_id, owner_id, seq: 2, corrected_seq: 1, retracted: true };
    let line = tell(&shared.cloud, "timeline-keep-views", corrected).await;
    assert!(line.contains("duplicate"), "{line}");
}

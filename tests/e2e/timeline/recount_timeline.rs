//! `timeline-recount-timeline`, which `make recount-timeline` calls

use serde_json::json;

use super::support::Shared;

#[tokio::test]
async fn a_timeline_is_compared_with_its_log() {
    let shared = Shared::start().await;
    shared.append(&shared.owner, 5_000).await;
    let answer =
        shared.cloud.ask("timeline-recount-timeline", &json!({ "aquariumId": shared.id, "repair": true })).await;
    assert_eq!((&answer["timelines"], &answer["differences"]), (&json!(1), &json!([])), "{answer}");
}

#[tokio::test]
async fn all_timelines_are_compared_page_by_page() {
    let shared = Shared::start().await;
    shared.append(&shared.owner, 5_000).await;
    let (mut cursor, mut timelines) = (json!(null), 0);
    loop {
        let answer = shared.cloud.ask("timeline-recount-timeline", &json!({ "cursor": cursor })).await;
        timelines += answer["timelines"].as_u64().unwrap_or_else(|| panic!("{answer}"));
        match answer.get("nextCursor") {
            Some(next) => cursor = next.clone(),
            None => break,
        }
    }
    assert!(timelines > 0);
}

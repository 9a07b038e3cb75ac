//! `search-build-index` on `search.build_requested.v1`

use contracts::search::BuildRequested;
use contracts::{Actor, Envelope};
use tests::{Cloud, eventually};
use types::EventId;

#[tokio::test]
async fn a_request_is_handled_whether_or_not_something_is_missing() {
    let cloud = Cloud::connect().await;
    let fact = BuildRequested { collection: "products".to_owned(), sequence: 0 };
    let correlation_id = EventId::generate().to_string();
    let event = Envelope::new(EventId::generate(), jiff::Timestamp::now(), correlation_id.clone(), Actor::System, fact);
    cloud.publish(&event).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("search-build-index") && line.contains(&correlation_id);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\""), "{line}");
}

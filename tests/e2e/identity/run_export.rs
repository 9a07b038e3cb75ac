//! `identity-run-export` on `identity.export_requested.v1` and `identity.user_deleted.v1`; `get_export.rs` tests the second.

use contracts::identity::ExportRequested;
use contracts::{Actor, Envelope};
use jiff::Timestamp;
use tests::{Cloud, eventually};
use types::EventId;

#[tokio::test]
async fn a_repeated_event_has_no_further_effect_and_the_user_is_notified_once() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let requested = cloud.request_export(&user).await;
    let id = requested["id"].as_str().unwrap();
    let done = cloud.exported(&user, id).await.body;
    let data = ExportRequested { user_id: user.id.parse().unwrap(), export_id: id.parse().unwrap() };
    let again = EventId::generate().to_string();
    cloud.publish(&Envelope::new(EventId::generate(), Timestamp::now(), again.clone(), Actor::System, data)).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("identity-run-export") && line.contains(&again);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\"") && line.contains("duplicate"), "{line}");
    let after = cloud.get(&format!("/v1/users/me/exports/{id}")).bearer(&user.access_token).send().await.expect(200);
    assert_eq!(after["finishedAt"], done["finishedAt"]);

    let inbox = eventually("the notification", async || {
        let inbox = cloud.get("/v1/notifications").bearer(&user.access_token).send().await.expect(200);
        let items = inbox["items"].as_array().unwrap().clone();
        items.iter().any(|item| item["title"] == "Your data export is ready").then_some(items)
    })
    .await;
    let ready: Vec<_> = inbox.iter().filter(|item| item["title"] == "Your data export is ready").collect();
    assert_eq!(ready.len(), 1);
    assert_eq!(ready[0]["link"], format!("/account/exports/{id}"));
}

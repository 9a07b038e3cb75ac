//! `catalog-run-export` on `catalog.export_requested.v1` and `identity.user_deleted.v1`

use contracts::catalog::CatalogExportRequested;
use contracts::{Actor, Envelope};
use jiff::Timestamp;
use serde_json::json;
use tests::{Cloud, PASSWORD, eventually};
use types::EventId;

use super::support::{call, ended, request_export};

#[tokio::test]
async fn a_repeated_event_has_no_further_effect() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let requested = request_export(&cloud, &manager, "a", "csv").await.expect(202);
    let id = requested["id"].as_str().unwrap();
    let path = format!("/v1/commerce/exports/{id}");
    let done = ended(&cloud, &manager, &path).await;
    let data = CatalogExportRequested { user_id: manager.id.parse().unwrap(), export_id: id.parse().unwrap() };
    let again = EventId::generate().to_string();
    cloud.publish(&Envelope::new(EventId::generate(), Timestamp::now(), again.clone(), Actor::System, data)).await;
    let line = eventually("the event's line in the log", async || {
        let of_event = |line: &String| line.starts_with("catalog-run-export") && line.contains(&again);
        cloud.log().into_iter().find(of_event)
    })
    .await;
    assert!(line.contains("\"outcome\":\"ok\"") && line.contains("duplicate"), "{line}");
    let after = call(&cloud, "GET", &path, &manager, None).await.expect(200);
    assert_eq!(after["finishedAt"], done["finishedAt"]);
}

#[tokio::test]
async fn the_files_of_a_deleted_user_are_deleted() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let requested = request_export(&cloud, &manager, "a", "csv").await.expect(202);
    ended(&cloud, &manager, &format!("/v1/commerce/exports/{}", requested["id"].as_str().unwrap())).await;
    let prefix = format!("exports/catalog/{}/", manager.id);
    assert_eq!(cloud.objects(&prefix).await.len(), 1);
    let gone = cloud.call("DELETE", "/v1/users/me").bearer(&manager.access_token);
    assert_eq!(gone.json(&json!({ "password": PASSWORD })).send().await.status, 204);
    eventually("the files to be deleted", async || cloud.objects(&prefix).await.is_empty().then_some(())).await;
}

//! `analytics-start-reports`.

use serde_json::json;
use tests::Cloud;

use super::reports_support::{call, create, path, sign_ups};

#[tokio::test]
async fn a_report_that_is_not_due_is_not_started() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let report = create(&cloud, &manager, "a", &sign_ups("csv")).await.expect(201);
    cloud.ask("analytics-start-reports", &json!({})).await;
    let runs = call(&cloud, "GET", &format!("{}/runs", path(&report)), &manager).await.expect(200);
    assert_eq!(runs["items"], json!([]));
}

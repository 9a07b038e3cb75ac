//! `POST /v1/analytics/reports/{id}/runs`

use tests::Cloud;

use super::reports_support::{create, path, refuses_strangers, sign_ups, start};

#[tokio::test]
async fn a_run_is_started_once_per_key() {
    let cloud = Cloud::connect().await;
    let (manager, other) = (cloud.manager().await, cloud.manager().await);
    let report = create(&cloud, &manager, "a", &sign_ups("csv")).await.expect(201);
    let first = start(&cloud, &manager, &report, "a").await;
    assert_eq!(first.header("location"), format!("{}/runs/{}", path(&report), first.body["id"].as_str().unwrap()));
    let first = first.expect(202);
    assert_eq!(first["scheduled"], false);
    assert_eq!(start(&cloud, &manager, &report, "a").await.expect(202)["id"], first["id"]);
    let second = create(&cloud, &manager, "b", &sign_ups("csv")).await.expect(201);
    start(&cloud, &manager, &second, "a").await.expect_problem(422, "request.idempotency_key_reused");
    start(&cloud, &other, &report, "a").await.expect_problem(404, "analytics.no_such_report");
    refuses_strangers(&cloud, "POST", &format!("{}/runs", path(&report))).await;
}

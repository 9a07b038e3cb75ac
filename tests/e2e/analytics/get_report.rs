//! `GET /v1/analytics/reports/{id}`

use tests::Cloud;

use super::reports_support::{call, create, path, refuses_strangers, sign_ups};

#[tokio::test]
async fn a_report_is_for_its_owner() {
    let cloud = Cloud::connect().await;
    let (manager, other) = (cloud.manager().await, cloud.manager().await);
    let report = create(&cloud, &manager, "a", &sign_ups("csv")).await.expect(201);
    assert_eq!(call(&cloud, "GET", &path(&report), &manager).await.expect(200), report);
    call(&cloud, "GET", &path(&report), &other).await.expect_problem(404, "analytics.no_such_report");
    refuses_strangers(&cloud, "GET", &path(&report)).await;
}

//! `DELETE /v1/analytics/reports/{id}`

use tests::Cloud;

use super::reports_support::{call, create, path, refuses_strangers, sign_ups};

#[tokio::test]
async fn a_report_is_deleted_by_its_owner_only() {
    let cloud = Cloud::connect().await;
    let (manager, other) = (cloud.manager().await, cloud.manager().await);
    let report = create(&cloud, &manager, "a", &sign_ups("csv")).await.expect(201);
    call(&cloud, "DELETE", &path(&report), &other).await.expect_problem(404, "analytics.no_such_report");
    refuses_strangers(&cloud, "DELETE", &path(&report)).await;
    drop(call(&cloud, "DELETE", &path(&report), &manager).await.expect(204));
    call(&cloud, "GET", &path(&report), &manager).await.expect_problem(404, "analytics.no_such_report");
    call(&cloud, "DELETE", &path(&report), &manager).await.expect_problem(404, "analytics.no_such_report");
}

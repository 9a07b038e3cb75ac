//! `GET /v1/analytics/reports/{id}/runs`

use tests::Cloud;

use super::reports_support::{call, create, path, refuses_strangers, sign_ups, start};

#[tokio::test]
async fn runs_are_listed_newest_first_without_urls() {
    let cloud = Cloud::connect().await;
    let (manager, other) = (cloud.manager().await, cloud.manager().await);
    let report = create(&cloud, &manager, "a", &sign_ups("csv")).await.expect(201);
    let first = start(&cloud, &manager, &report, "a").await.expect(202);
    let second = start(&cloud, &manager, &report, "b").await.expect(202);
    let runs = format!("{}/runs", path(&report));
    let listed = call(&cloud, "GET", &runs, &manager).await.expect(200);
    let ids: Vec<_> = listed["items"].as_array().unwrap().iter().map(|run| run["id"].clone()).collect();
    assert_eq!(ids, [second["id"].clone(), first["id"].clone()]);
    assert!(listed["items"][0]["url"].is_null());
    call(&cloud, "GET", &runs, &other).await.expect_problem(404, "analytics.no_such_report");
    refuses_strangers(&cloud, "GET", &runs).await;
}

//! `GET /v1/analytics/reports`

use tests::Cloud;

use super::reports_support::{call, create, refuses_strangers, sign_ups};

const PATH: &str = "/v1/analytics/reports";

#[tokio::test]
async fn managers_list_their_own_reports() {
    let cloud = Cloud::connect().await;
    let (manager, other) = (cloud.manager().await, cloud.manager().await);
    let report = create(&cloud, &manager, "a", &sign_ups("csv")).await.expect(201);
    let listed = call(&cloud, "GET", PATH, &manager).await.expect(200);
    assert_eq!(listed["items"], serde_json::json!([report]));
    assert_eq!(call(&cloud, "GET", PATH, &other).await.expect(200)["items"], serde_json::json!([]));
    refuses_strangers(&cloud, "GET", PATH).await;
}

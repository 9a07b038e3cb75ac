//! `analytics-find-insights`.

use serde_json::json;
use tests::Cloud;

use super::reports_support::call;

#[tokio::test]
async fn a_later_run_replaces_what_an_earlier_one_found() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let as_of = async || {
        cloud.ask("analytics-find-insights", &json!({})).await;
        let insights = call(&cloud, "GET", "/v1/analytics/insights", &manager).await.expect(200);
        insights["asOf"].as_str().unwrap().to_owned()
    };
    let first = as_of().await;
    assert!(as_of().await > first);
}

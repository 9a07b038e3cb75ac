//! `GET /v1/analytics/insights`

use serde_json::json;
use tests::Cloud;

use super::reports_support::{call, refuses_strangers};

const PATH: &str = "/v1/analytics/insights";

#[tokio::test]
async fn insights_say_when_the_rules_were_applied() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    cloud.ask("analytics-find-insights", &json!({})).await;
    let insights = call(&cloud, "GET", PATH, &manager).await.expect(200);
    assert!(insights["asOf"].is_string() && insights["items"].is_array(), "{insights}");
    refuses_strangers(&cloud, "GET", PATH).await;
}

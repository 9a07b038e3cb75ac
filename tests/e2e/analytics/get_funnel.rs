//! `GET /v1/analytics/funnels/{name}`

use tests::Cloud;

use super::reports_support::{call, refuses_strangers};

const PATH: &str = "/v1/analytics/funnels/first_order";

#[tokio::test]
async fn a_funnel_of_users_does_not_show_today() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let funnel = call(&cloud, "GET", PATH, &manager).await.expect(200);
    assert_eq!(funnel["steps"][0]["name"], "registered");
    assert_eq!((&funnel["minPeople"], &funnel["counts"]), (&serde_json::json!(5), &serde_json::json!("users")));
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    assert!(funnel["days"].as_array().unwrap().iter().all(|day| day["date"].as_str() < Some(today.as_str())));
    let none = call(&cloud, "GET", "/v1/analytics/funnels/none", &manager).await;
    none.expect_problem(404, "analytics.no_such_funnel");
    let wrong = call(&cloud, "GET", &format!("{PATH}?from=2026"), &manager).await;
    wrong.expect_problem(422, "request.invalid");
    refuses_strangers(&cloud, "GET", PATH).await;
}

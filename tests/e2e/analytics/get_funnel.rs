//! `GET /v1/analytics/funnels/{name}`

use tests::{Cloud, eventually};

use super::reports_support::{call, refuses_strangers};

const PATH: &str = "/v1/analytics/funnels/first_order";

#[tokio::test]
async fn a_registered_user_is_in_the_funnel() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let registered = async || {
        let funnel = call(&cloud, "GET", PATH, &manager).await.expect(200);
        funnel["steps"][0]["count"].as_i64().unwrap()
    };
    let before = registered().await;
    cloud.sign_up().await;
    eventually("the user to be counted", async || (registered().await > before).then_some(())).await;
    let none = call(&cloud, "GET", "/v1/analytics/funnels/none", &manager).await;
    none.expect_problem(404, "analytics.no_such_funnel");
    let wrong = call(&cloud, "GET", &format!("{PATH}?from=2026"), &manager).await;
    wrong.expect_problem(422, "request.invalid");
    refuses_strangers(&cloud, "GET", PATH).await;
}

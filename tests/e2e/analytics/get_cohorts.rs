//! `GET /v1/analytics/cohorts/{name}`

use tests::Cloud;

use super::reports_support::{call, refuses_strangers};

const PATH: &str = "/v1/analytics/cohorts/sign_up";

#[tokio::test]
async fn cohorts_of_this_week_are_not_shown() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let cohorts = call(&cloud, "GET", PATH, &manager).await.expect(200);
    // Everybody here registered in the week that is not over.
    assert_eq!((&cohorts["cohorts"], &cohorts["minPeople"]), (&serde_json::json!([]), &5.into()));
    call(&cloud, "GET", "/v1/analytics/cohorts/none", &manager).await.expect_problem(404, "analytics.no_such_cohorts");
    call(&cloud, "GET", &format!("{PATH}?weeks=0"), &manager).await.expect_problem(422, "request.invalid");
    refuses_strangers(&cloud, "GET", PATH).await;
}

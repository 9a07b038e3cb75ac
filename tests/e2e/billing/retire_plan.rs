//! `DELETE /v1/billing/plans/{code}`

use tests::Cloud;

use super::support::{call, entry, refuses_others, set_plan};

#[tokio::test]
async fn a_retired_plan_stays_in_the_catalogue_and_can_be_offered_again() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let path = "/v1/billing/plans/e2e-retired";
    let set = async || {
        set_plan(&cloud, &admin, "e2e-retired").await;
    };
    set().await;
    for _ in 0..2 {
        assert_eq!(call(&cloud, "DELETE", path, &admin, None).await.status, 204);
    }
    assert_eq!(entry(&cloud, &admin, "plans", "e2e-retired").await["retired"], true);
    set().await;
    assert_eq!(entry(&cloud, &admin, "plans", "e2e-retired").await["retired"], false);
    let unknown = call(&cloud, "DELETE", "/v1/billing/plans/e2e-unknown", &admin, None).await;
    unknown.expect_problem(404, "billing.no_such_plan");
    refuses_others(&cloud, "DELETE", path, None).await;
}

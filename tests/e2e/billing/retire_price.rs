//! `DELETE /v1/billing/prices/{code}`

use tests::Cloud;

use super::support::{call, entry, publish, refuses_others, set_plan};

#[tokio::test]
async fn a_retired_price_stays_in_the_catalogue_and_can_be_offered_again() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    set_plan(&cloud, &admin, "e2e-priced").await;
    let path = "/v1/billing/prices/e2e-retired";
    let set = async || {
        let key = types::Uuid::now_v7().to_string();
        assert_eq!(publish(&cloud, &admin, "e2e-retired", "e2e-priced", 999, &key).await.status, 201);
    };
    set().await;
    for _ in 0..2 {
        assert_eq!(call(&cloud, "DELETE", path, &admin, None).await.status, 204);
    }
    assert_eq!(entry(&cloud, &admin, "prices", "e2e-retired").await["retired"], true);
    set().await;
    assert_eq!(entry(&cloud, &admin, "prices", "e2e-retired").await["retired"], false);
    let unknown = call(&cloud, "DELETE", "/v1/billing/prices/e2e-unknown", &admin, None).await;
    unknown.expect_problem(404, "billing.no_such_price");
    refuses_others(&cloud, "DELETE", path, None).await;
}

//! `GET /v1/billing/catalogue`

use tests::Cloud;

use super::support::{call, refuses_others, set_plan};

#[tokio::test]
async fn admins_see_the_catalogue_with_its_version() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    set_plan(&cloud, &admin, "e2e-listed").await;
    let shown = call(&cloud, "GET", "/v1/billing/catalogue", &admin, None).await;
    assert!(shown.header("etag").starts_with('"'), "{}", shown.header("etag"));
    let plans = shown.expect(200)["plans"].as_array().unwrap().clone();
    assert!(plans.iter().any(|plan| plan["code"] == "e2e-listed"), "{plans:?}");
    refuses_others(&cloud, "GET", "/v1/billing/catalogue", None).await;
}

//! `GET /v1/commerce/admin/payments/unmatched`

use tests::Cloud;

use super::admin_checks::refuses_others;

const PATH: &str = "/v1/commerce/admin/payments/unmatched";

#[tokio::test]
async fn managers_see_a_page() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let list = cloud.get(PATH).bearer(&manager.access_token).send().await.expect(200);
    assert!(list["items"].is_array(), "{list}");
}

#[tokio::test]
async fn it_is_for_managers() {
    let cloud = Cloud::connect().await;
    refuses_others(&cloud, || cloud.get(PATH)).await;
}

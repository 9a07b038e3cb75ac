//! `GET /v1/commerce/admin/payments`

use contracts::payments::CaptureMode;
use tests::{Cloud, eventually};

use super::admin_checks::refuses_others;

const PATH: &str = "/v1/commerce/admin/payments";

#[tokio::test]
async fn managers_see_all_payments() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let order = cloud.guest_order_to_pay(CaptureMode::Immediate).await;
    drop(cloud.start_payment(&order, "stripe").await.expect(201));
    eventually("the payment in the list", async || {
        let list = cloud.get(&format!("{PATH}?limit=100")).bearer(&manager.access_token).send().await.expect(200);
        let mut items = list["items"].as_array().unwrap().iter();
        items.any(|item| item["id"] == order.payment().as_str()).then_some(())
    })
    .await;
    let wrong = cloud.get(&format!("{PATH}?status=unheard_of")).bearer(&manager.access_token).send().await;
    wrong.expect_problem(422, "request.invalid");
}

#[tokio::test]
async fn it_is_for_managers() {
    let cloud = Cloud::connect().await;
    refuses_others(&cloud, || cloud.get(PATH)).await;
}

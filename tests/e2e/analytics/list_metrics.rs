//! `GET /v1/analytics/metrics`

use serde_json::json;
use tests::Cloud;

use super::refuses_others;

const PATH: &str = "/v1/analytics/metrics";

#[tokio::test]
async fn managers_see_what_is_measured() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let list = cloud.get(PATH).bearer(&manager.access_token).send().await.expect(200);
    let items = list["items"].as_array().unwrap();
    let sales = items.iter().find(|metric| metric["name"] == "gross_sales").expect("sales are measured");
    assert_eq!((&sales["unit"], &sales["kind"]), (&json!("minor_units"), &json!("sum")));
    assert_eq!(sales["events"], json!(["orders.order_confirmed.v1"]));
    assert_eq!(list["nextCursor"], json!(null));
}

#[tokio::test]
async fn it_is_for_managers() {
    let cloud = Cloud::connect().await;
    refuses_others(&cloud, PATH).await;
}

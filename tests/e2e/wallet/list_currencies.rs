//! `GET /v1/community/currencies`

use serde_json::json;
use tests::Cloud;

use super::support::get;

#[tokio::test]
async fn every_deployment_has_money_and_points() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let all = get(&cloud, &user, "/v1/community/currencies").await;
    let items = all["items"].as_array().unwrap();
    let points =
        json!({ "code": "POINTS", "kind": "in_app", "name": "Points", "exponent": 0, "price": null, "version": 0 });
    assert!(items.contains(&points), "{all}");
    let euro = items.iter().find(|item| item["code"] == "EUR").unwrap();
    assert_eq!((&euro["kind"], &euro["exponent"]), (&json!("iso"), &json!(2)));
    let codes: Vec<_> = items.iter().map(|item| item["code"].as_str().unwrap()).collect();
    assert!(codes.is_sorted() && codes.contains(&"USD"), "{codes:?}");
    assert!(all["nextCursor"].is_null());
}

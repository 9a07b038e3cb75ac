//! `GET /v1/community/currencies/{code}/prices`

use serde_json::{Value, json};
use tests::Cloud;

use super::set_currency::{new_code, set};
use super::support::{eur, get};

#[tokio::test]
async fn every_price_is_kept_newest_first() {
    let cloud = Cloud::connect().await;
    let (admin, code) = (cloud.admin().await, new_code());
    for price in [eur(10), eur(12), eur(12), Value::Null] {
        assert_eq!(
            set(&cloud, &admin, &code, &json!({ "name": "Fish", "exponent": 0, "price": price })).await.status,
            200
        );
    }
    let user = cloud.sign_up().await;
    let path = format!("/v1/community/currencies/{code}/prices");
    let first = get(&cloud, &user, &format!("{path}?limit=2")).await;
    let prices =
        |page: &Value| page["items"].as_array().unwrap().iter().map(|item| item["price"].clone()).collect::<Vec<_>>();
    assert_eq!(prices(&first), [Value::Null, eur(12)]);
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = get(&cloud, &user, &format!("{path}?limit=2&cursor={cursor}")).await;
    assert_eq!(prices(&second), [eur(10)]);
    assert!(second["items"][0]["since"].as_str().unwrap() < first["items"][1]["since"].as_str().unwrap());
}

#[tokio::test]
async fn what_is_not_for_sale_has_none_and_what_is_not_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    assert_eq!(get(&cloud, &user, "/v1/community/currencies/USD/prices").await["items"], json!([]));
    let see = async |code: &str| {
        cloud.get(&format!("/v1/community/currencies/{code}/prices")).bearer(&user.access_token).send().await
    };
    see(&new_code()).await.expect_problem(404, "wallet.currency_not_found");
    see("eur").await.expect_problem(404, "request.no_such_path");
}

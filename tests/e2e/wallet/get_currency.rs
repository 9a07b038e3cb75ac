//! `GET /v1/community/currencies/{code}`

use serde_json::json;
use tests::Cloud;

use super::set_currency::{new_code, set};
use super::support::eur;

#[tokio::test]
async fn its_etag_is_the_one_that_changes_need() {
    let cloud = Cloud::connect().await;
    let (admin, user, code) = (cloud.admin().await, cloud.sign_up().await, new_code());
    let path = format!("/v1/community/currencies/{code}");
    let get = async || cloud.get(&path).bearer(&user.access_token).send().await;
    get().await.expect_problem(404, "wallet.currency_not_found");
    let body = json!({ "name": "Fish", "exponent": 1, "price": eur(25) });
    let made = set(&cloud, &admin, &code, &body).await.expect(200);
    let read = get().await;
    assert_eq!(read.header("etag"), "\"1\"");
    assert_eq!(read.body, made);
    let change = cloud.call("PUT", &path).bearer(&admin.access_token).header("if-match", read.header("etag"));
    assert_eq!(change.json(&json!({ "name": "Big fish", "exponent": 1 })).send().await.status, 200);
    let read = get().await;
    assert_eq!((read.header("etag"), &read.body["name"]), ("\"2\"", &json!("Big fish")));
}

#[tokio::test]
async fn built_in_currencies_are_there_from_the_start() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let read = cloud.get("/v1/community/currencies/USD").bearer(&user.access_token).send().await;
    assert_eq!((read.header("etag"), &read.body["kind"]), ("\"0\"", &json!("iso")));
    cloud.get("/v1/community/currencies/USD").send().await.expect_problem(401, "auth.token_missing");
    let malformed = cloud.get("/v1/community/currencies/eur").bearer(&user.access_token).send().await;
    malformed.expect_problem(404, "request.no_such_path");
}

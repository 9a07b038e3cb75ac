//! `GET /v1/community/wallet`

use serde_json::json;
use tests::{Cloud, money};

use super::support::{get, nobody, wrong_fields};

#[tokio::test]
async fn what_somebody_has_is_shown_currency_by_currency() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up_with_wallet().await;
    assert_eq!(get(&cloud, &user, "/v1/community/wallet").await, json!({ "balances": [] }));
    cloud.give(&user, money(30, "POINTS")).await;
    cloud.give(&user, money(500, "EUR")).await;
    cloud.give(&user, money(12, "POINTS")).await;
    let line = |currency: &str, amount: i64| json!({ "currency": currency, "amountMinor": amount, "heldMinor": 0, "availableMinor": amount, "owedMinor": 0 });
    assert_eq!(
        get(&cloud, &user, "/v1/community/wallet").await["balances"],
        json!([line("EUR", 500), line("POINTS", 42)])
    );
}

#[tokio::test]
async fn a_point_s_wallet_is_for_its_keeper() {
    let cloud = Cloud::connect().await;
    let (keeper, stranger) = (cloud.sign_up_with_wallet().await, cloud.sign_up().await);
    let point = cloud.point_with_wallet(&keeper, "Harbour").await;
    let path = format!("/v1/community/wallet?pointId={point}");
    assert_eq!(get(&cloud, &keeper, &path).await, json!({ "balances": [] }));
    let see = async |path: &str| cloud.get(path).bearer(&stranger.access_token).send().await;
    see(&path).await.expect_problem(404, "wallet.no_such_point");
    see(&format!("/v1/community/wallet?pointId={}", nobody())).await.expect_problem(404, "wallet.no_such_point");
    assert_eq!(wrong_fields(&see("/v1/community/wallet?pointId=x").await), ["pointId"]);
    assert_eq!(wrong_fields(&see("/v1/community/wallet?userId=x").await), ["userId"]);
}

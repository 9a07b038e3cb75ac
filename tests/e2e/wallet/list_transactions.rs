//! `GET /v1/community/wallet/transactions`

use serde_json::{Value, json};
use tests::{Cloud, money};

use super::support::{donate, eur, get, gift, rich, send, wrong_fields};

fn amounts(page: &Value) -> Vec<i64> {
    page["items"].as_array().unwrap().iter().map(|item| item["money"]["amountMinor"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_statement_adds_up_to_its_balance_and_is_filtered_and_paged() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (rich(&cloud, 1_000).await, cloud.sign_up_with_wallet().await);
    assert_eq!(send(&cloud, &ann, "a", &json!({ "recipientId": bob.id, "money": eur(100) })).send().await.status, 201);
    assert_eq!(donate(&cloud, &ann, "b", &gift("user", &bob.id, 20)).send().await.status, 201);
    cloud.give(&ann, money(7, "POINTS")).await;
    let all = get(&cloud, &ann, "/v1/community/wallet/transactions").await;
    assert_eq!(amounts(&all), [7, -20, -100, 1_000]);
    assert_eq!(
        (&all["items"][0]["kind"], &all["items"][0]["counterparty"]),
        (&json!("reward"), &json!({ "kind": "issuance", "id": null }))
    );
    let euros = get(&cloud, &ann, "/v1/community/wallet/transactions?currency=EUR").await;
    assert_eq!(amounts(&euros).iter().sum::<i64>(), cloud.available(&ann, "EUR").await);
    assert_eq!(amounts(&get(&cloud, &ann, "/v1/community/wallet/transactions?kind=donation").await), [-20]);
    assert_eq!(amounts(&get(&cloud, &ann, "/v1/community/wallet/transactions?kind=reward&currency=POINTS").await), [7]);
    assert_eq!(amounts(&get(&cloud, &ann, "/v1/community/wallet/transactions?kind=refund").await), Vec::<i64>::new());

    let (mut seen, mut path) = (Vec::new(), "/v1/community/wallet/transactions?currency=EUR&limit=1".to_owned());
    for _ in 0..5 {
        let page = get(&cloud, &ann, &path).await;
        seen.extend(amounts(&page));
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        path = format!("/v1/community/wallet/transactions?currency=EUR&limit=1&cursor={cursor}");
    }
    assert_eq!(seen, [-20, -100, 1_000]);
    assert_eq!(amounts(&get(&cloud, &bob, "/v1/community/wallet/transactions").await), [20, 100]);
}

#[tokio::test]
async fn a_point_s_statement_is_for_its_keeper() {
    let cloud = Cloud::connect().await;
    let (ann, keeper) = (rich(&cloud, 100).await, cloud.sign_up_with_wallet().await);
    let point = cloud.point_with_wallet(&keeper, "Harbour").await;
    assert_eq!(donate(&cloud, &ann, "a", &gift("point", &point.to_string(), 5)).send().await.status, 201);
    let path = format!("/v1/community/wallet/transactions?pointId={point}");
    assert_eq!(amounts(&get(&cloud, &keeper, &path).await), [5]);
    cloud.get(&path).bearer(&ann.access_token).send().await.expect_problem(404, "wallet.no_such_point");
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for (query, wrong) in [
        ("currency=euro", "currency"),
        ("kind=theft", "kind"),
        ("pointId=x", "pointId"),
        ("limit=x", "limit"),
        ("a=b", "a"),
    ] {
        let reply =
            cloud.get(&format!("/v1/community/wallet/transactions?{query}")).bearer(&user.access_token).send().await;
        assert_eq!(wrong_fields(&reply), [wrong]);
    }
}

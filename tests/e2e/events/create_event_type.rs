//! `POST /v1/community/events/types`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{ask, kind_body, make_kind, wrong};

const PATH: &str = "/v1/community/events/types";

#[tokio::test]
async fn an_admin_makes_a_kind_once_under_its_key_and_its_code_is_its_own() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let (key, body) = (Uuid::now_v7().to_string(), kind_body());
    let first = ask(&cloud, &admin, PATH, &key, &body).await;
    assert_eq!(first.header("location"), format!("{PATH}/{}", first.body["id"].as_str().unwrap()));
    let first = first.expect(201);
    assert_eq!((&first["code"], &first["retired"]), (&body["code"], &json!(false)));
    assert_eq!(ask(&cloud, &admin, PATH, &key, &body).await.expect(201), first);
    let mut other = body.clone();
    other["name"] = json!("Water");
    ask(&cloud, &admin, PATH, &key, &other).await.expect_problem(422, "request.idempotency_key_reused");
    make_kind(&cloud, &admin, &body).await.expect_problem(409, "events.code_taken");
}

#[tokio::test]
async fn all_that_is_wrong_is_named_at_once() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let reward = json!({ "amountMinor": 0, "currency": "POINTS" });
    let body = json!({ "code": "Not A Slug", "name": "", "icon": "\u{7}", "reward": reward, "cooldownMinutes": 10_081,
        "maxDistanceM": 0 });
    let fields = wrong(&make_kind(&cloud, &admin, &body).await);
    assert_eq!(fields, ["code", "cooldownMinutes", "icon", "maxDistanceM", "name", "reward"]);
    let mut body = kind_body();
    body["retired"] = json!(true);
    assert_eq!(wrong(&make_kind(&cloud, &admin, &body).await), ["retired"]);
}

#[tokio::test]
async fn nobody_else_makes_kinds() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    make_kind(&cloud, &user, &kind_body()).await.expect_problem(403, "auth.forbidden");
}

#[tokio::test]
async fn a_reward_in_a_currency_that_the_wallet_does_not_know_is_refused() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let code = format!(
        "E{}",
        &types::Uuid::now_v7().simple().to_string().to_uppercase().replace(char::is_numeric, "X")[22..31]
    );
    let body = || {
        let mut body = super::support::kind_body();
        body["reward"] = json!({ "amountMinor": 5, "currency": code });
        body
    };
    let refused = super::support::make_kind(&cloud, &admin, &body()).await;
    assert_eq!(super::support::wrong(&refused), ["reward.currency"]);
    let set = cloud.call("PUT", &format!("/v1/community/currencies/{code}")).bearer(&admin.access_token);
    assert_eq!(set.json(&json!({ "name": "Shells", "exponent": 0 })).send().await.status, 200);
    tests::eventually("the currency to be known to events", async || {
        let made = super::support::make_kind(&cloud, &admin, &body()).await;
        (made.status == 201).then_some(())
    })
    .await;
}

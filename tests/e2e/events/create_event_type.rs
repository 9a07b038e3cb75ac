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
    ask(&cloud, &admin, PATH, &key, &other).await.expect_problem(422, "events.key_reused");
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

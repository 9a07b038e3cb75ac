//! `PATCH /v1/community/events/types/{id}`

use serde_json::{Value, json};
use tests::{Cloud, Reply, User};
use types::Uuid;

use super::support::{call, kind, wrong};

async fn change(cloud: &Cloud, user: &User, id: &str, tag: Option<&str>, body: &Value) -> Reply {
    let request =
        cloud.call("PATCH", &format!("/v1/community/events/types/{id}")).bearer(&user.access_token).json(body);
    match tag {
        Some(tag) => request.header("if-match", tag).send().await,
        None => request.send().await,
    }
}

#[tokio::test]
async fn what_is_given_changes_null_clears_and_the_rest_stays() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let reward = json!({ "amountMinor": 5, "currency": "POINTS" });
    let kind = kind(&cloud, &json!({ "reward": reward, "maxDistanceM": 50 })).await;
    let reply = change(&cloud, &admin, &kind, Some("\"1\""), &json!({ "name": "Food", "reward": null })).await;
    assert_eq!(reply.header("etag"), "\"2\"");
    let body = reply.expect(200);
    assert_eq!((&body["name"], &body["reward"], &body["maxDistanceM"]), (&json!("Food"), &Value::Null, &json!(50)));
    // Nothing changes: no new version.
    assert_eq!(change(&cloud, &admin, &kind, Some("\"2\""), &json!({ "name": "Food" })).await.header("etag"), "\"2\"");
    let late = change(&cloud, &admin, &kind, Some("\"1\""), &json!({ "name": "Water" })).await;
    late.expect_problem(412, "request.version_changed");
    let blind = change(&cloud, &admin, &kind, None, &json!({ "name": "Water" })).await;
    blind.expect_problem(428, "request.if_match_missing");
}

#[tokio::test]
async fn all_that_is_wrong_is_named_and_what_is_retired_stays() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let kind = kind(&cloud, &json!({})).await;
    let body = json!({ "name": "", "icon": "", "cooldownMinutes": 20_000, "maxDistanceM": 0 });
    let reply = change(&cloud, &admin, &kind, Some("\"1\""), &body).await;
    assert_eq!(wrong(&reply), ["cooldownMinutes", "icon", "maxDistanceM", "name"]);
    let unknown = json!({ "reward": { "amountMinor": 5, "currency": "NOSUCH" } });
    assert_eq!(wrong(&change(&cloud, &admin, &kind, Some("\"1\""), &unknown).await), ["reward.currency"]);
    for body in [json!({ "code": "other" }), json!({ "name": null })] {
        wrong(&change(&cloud, &admin, &kind, Some("\"1\""), &body).await);
    }
    let nowhere = change(&cloud, &admin, &Uuid::now_v7().to_string(), Some("\"1\""), &json!({ "name": "Food" })).await;
    nowhere.expect_problem(404, "events.no_such_event_type");
    assert_eq!(call(&cloud, &admin, "DELETE", &format!("/v1/community/events/types/{kind}")).await.status, 204);
    let reply = change(&cloud, &admin, &kind, Some("\"2\""), &json!({ "name": "Food" })).await;
    reply.expect_problem(409, "events.type_retired");
}

#[tokio::test]
async fn nobody_else_changes_kinds() {
    let cloud = Cloud::connect().await;
    let (user, kind) = (cloud.sign_up().await, kind(&cloud, &json!({})).await);
    let reply = change(&cloud, &user, &kind, Some("\"1\""), &json!({ "name": "Food" })).await;
    reply.expect_problem(403, "auth.forbidden");
}

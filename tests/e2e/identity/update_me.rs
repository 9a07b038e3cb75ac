//! `PATCH /v1/users/me`

use serde_json::{Value, json};
use tests::{Cloud, Reply, User};

async fn patch(cloud: &Cloud, user: &User, tag: Option<&str>, body: &Value) -> Reply {
    let call = cloud.call("PATCH", "/v1/users/me").bearer(&user.access_token).json(body);
    match tag {
        Some(tag) => call.header("if-match", tag),
        None => call,
    }
    .send()
    .await
}

#[tokio::test]
async fn what_is_given_changes_and_the_rest_stays() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = patch(&cloud, &user, None, &json!({ "name": " Ann Winter " })).await;
    assert_eq!(reply.header("etag"), "\"2\"");
    reply.expect_calls("identity-update-me", "new name");
    let changed = reply.expect(200);
    assert_eq!((&changed["name"], &changed["email"]), (&json!("Ann Winter"), &json!(user.email)));
    // Nothing is given, or nothing else than what is there: nothing is written.
    for body in [json!({}), json!({ "name": "Ann Winter" })] {
        let reply = patch(&cloud, &user, None, &body).await;
        assert_eq!((reply.header("etag"), reply.status), ("\"2\"", 200), "{}", reply.body);
        reply.expect_calls("identity-update-me", "no change");
    }
    let me = cloud.get("/v1/users/me").bearer(&user.access_token).send().await;
    assert_eq!(me.header("etag"), "\"2\"");
    assert_eq!(me.expect(200), changed);
}

#[tokio::test]
async fn a_change_of_another_version_is_refused() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let rename = async |name: &str, tag: &str| patch(&cloud, &user, Some(tag), &json!({ "name": name })).await;
    assert_eq!(rename("Bea", "\"1\"").await.expect(200)["name"], "Bea");
    rename("Cid", "\"1\"").await.expect_problem(412, "request.version_changed");
    rename("Cid", "2").await.expect_problem(422, "request.invalid");
    assert_eq!(rename("Cid", "\"2\"").await.expect(200)["name"], "Cid");
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for (body, field) in [
        (json!({ "name": " " }), "name"),
        (json!({ "name": "a\nb" }), "name"),
        (json!({ "name": "a".repeat(101) }), "name"),
        (json!({ "name": null }), "name"),
        (json!({ "name": "Ann", "roles": ["admin"] }), "roles"),
        (json!({ "email": "other@example.com" }), "email"),
    ] {
        let reply = patch(&cloud, &user, None, &body).await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], field, "{body}");
    }
}

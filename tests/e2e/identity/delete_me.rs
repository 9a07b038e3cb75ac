//! `DELETE /v1/users/me`

use serde_json::{Value, json};
use tests::{Cloud, MiniApp, PASSWORD, Reply, TelegramUser, User};

async fn delete(cloud: &Cloud, token: &str, body: &Value) -> Reply {
    cloud.call("DELETE", "/v1/users/me").bearer(token).json(body).send().await
}

#[tokio::test]
async fn a_deleted_account_is_gone_and_its_address_is_free() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = delete(&cloud, &user.access_token, &json!({ "password": PASSWORD })).await;
    assert_eq!(reply.status, 204, "{}", reply.body);
    reply.expect_calls("identity-delete-me", "deleted");

    let me = |method: &str, path: &str| cloud.call(method, path).bearer(&user.access_token);
    me("GET", "/v1/users/me").send().await.expect_problem(404, "identity.no_such_user");
    let export = me("POST", "/v1/users/me/exports").json(&json!({ "password": PASSWORD }));
    export.send().await.expect_problem(404, "identity.no_such_user");
    me("PATCH", "/v1/users/me").json(&json!({ "name": "x" })).send().await.expect_problem(404, "identity.no_such_user");
    me("DELETE", "/v1/users/me/telegram").send().await.expect_problem(404, "identity.no_such_user");
    let telegram = MiniApp::opened_by(&TelegramUser::new()).init_data(cloud.telegram_bot_token());
    let link = me("POST", "/v1/users/me/telegram").json(&json!({ "initData": telegram }));
    link.send().await.expect_problem(404, "identity.no_such_user");
    let again = delete(&cloud, &user.access_token, &json!({ "password": PASSWORD })).await;
    again.expect_problem(404, "identity.no_such_user");

    let body = json!({ "email": user.email, "password": PASSWORD });
    cloud.post("/v1/auth/login").json(&body).send().await.expect_problem(401, "identity.bad_credentials");
    let body = json!({ "email": user.email, "password": PASSWORD, "name": "Bea" });
    let new = User::read(&cloud.post("/v1/auth/register").json(&body).send().await.expect(201));
    assert_ne!(new.id, user.id);
}

#[tokio::test]
async fn it_takes_the_password() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for body in [json!({}), json!({ "password": null })] {
        let missing = delete(&cloud, &user.access_token, &body).await;
        missing.expect_problem(422, "request.invalid");
        assert_eq!(missing.body["errors"][0]["field"], "password");
    }
    let wrong = delete(&cloud, &user.access_token, &json!({ "password": "not the password" })).await;
    wrong.expect_problem(403, "identity.wrong_password");
    let me = cloud.get("/v1/users/me").bearer(&user.access_token).send().await.expect(200);
    assert_eq!(me["status"], "active");
}

#[tokio::test]
async fn who_has_no_password_needs_none_and_telegram_forgets_them_too() {
    let (cloud, telegram) = (Cloud::connect().await, TelegramUser::new());
    let body = json!({ "initData": MiniApp::opened_by(&telegram).init_data(cloud.telegram_bot_token()) });
    let first = cloud.post("/v1/auth/telegram").json(&body).send().await.expect(200);
    let token = first["tokens"]["accessToken"].as_str().unwrap();
    let reply = delete(&cloud, token, &json!({})).await;
    assert_eq!(reply.status, 204, "{}", reply.body);
    let new = cloud.post("/v1/auth/telegram").json(&body).send().await.expect(200);
    assert_ne!(new["user"]["id"], first["user"]["id"]);
}

//! `DELETE /v1/users/me/telegram`

use serde_json::json;
use tests::{Cloud, MiniApp, PASSWORD, TelegramUser};

#[tokio::test]
async fn an_unlinked_telegram_account_signs_in_elsewhere() {
    let (cloud, telegram) = (Cloud::connect().await, TelegramUser::new());
    let user = cloud.sign_up().await;
    let body = json!({ "initData": MiniApp::opened_by(&telegram).init_data(cloud.telegram_bot_token()) });
    let link = json!({ "initData": body["initData"], "password": PASSWORD });
    let linked = cloud.post("/v1/users/me/telegram").bearer(&user.access_token).json(&link).send().await;
    assert_eq!(linked.status, 204, "{}", linked.body);
    for _ in 0..2 {
        // The second time there is nothing to do.
        let reply = cloud.call("DELETE", "/v1/users/me/telegram").bearer(&user.access_token).send().await;
        assert_eq!(reply.status, 204, "{}", reply.body);
    }
    let me = cloud.get("/v1/users/me").bearer(&user.access_token).send().await.expect(200);
    assert_eq!(me["signInMethods"], json!(["password"]));
    let elsewhere = cloud.post("/v1/auth/telegram").json(&body).send().await.expect(200);
    assert_ne!(elsewhere["user"]["id"], user.id.as_str());
}

#[tokio::test]
async fn the_only_way_in_stays() {
    let (cloud, telegram) = (Cloud::connect().await, TelegramUser::new());
    let body = json!({ "initData": MiniApp::opened_by(&telegram).init_data(cloud.telegram_bot_token()) });
    let signed_in = cloud.post("/v1/auth/telegram").json(&body).send().await.expect(200);
    let token = signed_in["tokens"]["accessToken"].as_str().unwrap();
    let reply = cloud.call("DELETE", "/v1/users/me/telegram").bearer(token).send().await;
    reply.expect_problem(409, "identity.last_sign_in_method");
}

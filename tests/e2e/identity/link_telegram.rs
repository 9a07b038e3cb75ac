//! `POST /v1/users/me/telegram`

use serde_json::{Value, json};
use tests::{Cloud, MiniApp, PASSWORD, TelegramUser};

use super::mailed::mail_about;

fn with_password(body: &Value) -> Value {
    json!({ "initData": body["initData"], "password": PASSWORD })
}

#[tokio::test]
async fn a_linked_telegram_account_signs_in_to_the_same_account() {
    let (cloud, telegram) = (Cloud::connect().await, TelegramUser::new());
    let user = cloud.sign_up().await;
    let body = json!({ "initData": MiniApp::opened_by(&telegram).init_data(cloud.telegram_bot_token()) });
    let link = with_password(&body);
    for case in ["linked", "linked before"] {
        // The second time there is nothing to do.
        let reply = cloud.post("/v1/users/me/telegram").bearer(&user.access_token).json(&link).send().await;
        assert_eq!(reply.status, 204, "{}", reply.body);
        reply.expect_calls("identity-link-telegram", case);
    }
    let signed_in = cloud.post("/v1/auth/telegram").json(&body).send().await.expect(200);
    assert_eq!(signed_in["user"]["id"], user.id.as_str());
    assert_eq!(signed_in["user"]["signInMethods"], json!(["password", "telegram"]));
}

#[tokio::test]
async fn a_telegram_account_signs_in_to_one_account_only() {
    let (cloud, telegram) = (Cloud::connect().await, TelegramUser::new());
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    let body = json!({ "initData": MiniApp::opened_by(&telegram).init_data(cloud.telegram_bot_token()) });
    let body = with_password(&body);
    let link = async |token: &str| cloud.post("/v1/users/me/telegram").bearer(token).json(&body).send().await;
    assert_eq!(link(&ann.access_token).await.status, 204);
    link(&bob.access_token).await.expect_problem(409, "identity.telegram_taken");
}

#[tokio::test]
async fn another_telegram_account_takes_the_place_of_the_first() {
    let cloud = Cloud::connect().await;
    let (user, first, second) = (cloud.sign_up().await, TelegramUser::new(), TelegramUser::new());
    let body = |telegram| json!({ "initData": MiniApp::opened_by(telegram).init_data(cloud.telegram_bot_token()) });
    for telegram in [&first, &second] {
        let link = with_password(&body(telegram));
        let reply = cloud.post("/v1/users/me/telegram").bearer(&user.access_token).json(&link).send().await;
        assert_eq!(reply.status, 204, "{}", reply.body);
    }
    let by_second = cloud.post("/v1/auth/telegram").json(&body(&second)).send().await.expect(200);
    assert_eq!(by_second["user"]["id"], user.id.as_str());
    let by_first = cloud.post("/v1/auth/telegram").json(&body(&first)).send().await.expect(200);
    assert_ne!(by_first["user"]["id"], user.id.as_str());
}

#[tokio::test]
async fn a_link_needs_proof_too() {
    let (cloud, telegram) = (Cloud::connect().await, TelegramUser::new());
    let user = cloud.sign_up().await;
    let app = MiniApp::opened_by(&telegram);
    let link = async |init_data: String| {
        let body = with_password(&json!({ "initData": init_data }));
        cloud.post("/v1/users/me/telegram").bearer(&user.access_token).json(&body).send().await
    };
    let forged = app.init_data("1000000002:the-development-bot-of-the-local-cloud");
    link(forged).await.expect_problem(401, "identity.telegram_invalid");
    let stale = app.seconds_ago(400).init_data(cloud.telegram_bot_token());
    link(stale).await.expect_problem(401, "identity.telegram_expired");
    let reply = cloud.post("/v1/users/me/telegram").bearer(&user.access_token).json(&json!({ "id": 7 })).send().await;
    reply.expect_problem(422, "request.invalid");
}

#[tokio::test]
async fn linking_requires_the_password_and_sends_an_email() {
    let (cloud, telegram) = (Cloud::connect().await, TelegramUser::new());
    let user = cloud.sign_up_proven().await;
    let init_data = MiniApp::opened_by(&telegram).init_data(cloud.telegram_bot_token());
    let link =
        async |body: Value| cloud.post("/v1/users/me/telegram").bearer(&user.access_token).json(&body).send().await;
    let missing = link(json!({ "initData": init_data })).await;
    missing.expect_problem(422, "request.invalid");
    assert_eq!(missing.body["errors"][0]["field"], "password");
    let wrong = link(json!({ "initData": init_data, "password": "not the password" })).await;
    wrong.expect_problem(403, "identity.wrong_password");
    assert_eq!(link(json!({ "initData": init_data, "password": PASSWORD })).await.status, 204);
    mail_about(&cloud, &user.email, "Telegram was linked to your account", 1).await;
}

//! `POST /v1/auth/telegram`

use serde_json::{Value, json};
use tests::{Cloud, MiniApp, Reply, TelegramUser};

async fn sign_in(cloud: &Cloud, init_data: &str) -> Reply {
    cloud.post("/v1/auth/telegram").json(&json!({ "initData": init_data })).send().await
}

fn id(answer: &Value) -> &str {
    answer["user"]["id"].as_str().unwrap()
}

#[tokio::test]
async fn the_first_sign_in_makes_an_account_and_the_next_finds_it() {
    let (cloud, ann) = (Cloud::connect().await, TelegramUser::new());
    let init_data = MiniApp::opened_by(&ann).init_data(cloud.telegram_bot_token());
    let body = json!({ "initData": init_data, "device": { "name": "phone", "platform": "ios" } });
    let reply = cloud.post("/v1/auth/telegram").json(&body).send().await;
    reply.expect_calls("identity-sign-in-with-telegram", "new account");
    let first = reply.expect(200);
    assert_eq!(first["user"]["name"], "Ann Winter");
    assert_eq!(first["user"]["email"], Value::Null);
    assert_eq!(first["user"]["signInMethods"], json!(["telegram"]));
    assert_eq!(first["tokens"]["tokenType"], "Bearer");

    // A reload of the page shows the same init data again.
    let reply = sign_in(&cloud, &init_data).await;
    reply.expect_calls("identity-sign-in-with-telegram", "signed in");
    let again = reply.expect(200);
    assert_eq!(id(&again), id(&first));
    assert_ne!(again["tokens"]["sessionId"], first["tokens"]["sessionId"]);
    let token = again["tokens"]["accessToken"].as_str().unwrap();
    let me = cloud.get("/v1/users/me").bearer(token).send().await.expect(200);
    assert_eq!(me["id"], first["user"]["id"]);
}

#[tokio::test]
async fn what_telegram_did_not_sign_for_this_bot_is_refused() {
    let (cloud, ann) = (Cloud::connect().await, TelegramUser::new());
    let token = cloud.telegram_bot_token();
    let app = MiniApp::opened_by(&ann);
    let good = app.init_data(token);
    let flipped = if good.ends_with('0') { "1" } else { "0" };
    let bob = TelegramUser::new();
    for (what, init_data) in [
        ("a changed hash", format!("{}{flipped}", &good[..good.len() - 1])),
        ("another user", good.replace(&ann.id.to_string(), &bob.id.to_string())),
        ("another bot", app.init_data("1000000002:the-development-bot-of-the-local-cloud")),
        ("no user", app.clone().without("user").init_data(token)),
        ("no date", app.clone().without("auth_date").init_data(token)),
        ("a field twice", format!("{good}&user=%7B%7D")),
        ("no hash", good.split("&hash=").next().unwrap().to_owned()),
        ("the future", app.clone().seconds_ago(-120).init_data(token)),
        ("nothing", String::new()),
    ] {
        let reply = sign_in(&cloud, &init_data).await;
        assert_eq!((reply.status, &reply.body["code"]), (401, &json!("identity.telegram_invalid")), "{what}");
    }
    sign_in(&cloud, &app.seconds_ago(400).init_data(token)).await.expect_problem(401, "identity.telegram_expired");
    // None of them left an account behind, which the first real sign-in would find.
    let reply = sign_in(&cloud, &good).await;
    reply.expect_calls("identity-sign-in-with-telegram", "new account");
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let cloud = Cloud::connect().await;
    let reply = cloud.post("/v1/auth/telegram").json(&json!({})).send().await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "initData");
    let body = json!({ "initData": "", "device": { "name": "", "platform": "ios" } });
    let reply = cloud.post("/v1/auth/telegram").json(&body).send().await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(reply.body["errors"][0]["field"], "device.name");
}

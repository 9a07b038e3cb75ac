//! `POST /v1/auth/refresh`, and `POST /v1/auth/logout` which ends what it keeps alive.

use serde_json::json;
use tests::{Cloud, MiniApp, PASSWORD, Reply, TelegramUser};

async fn refresh(cloud: &Cloud, token: &str) -> Reply {
    cloud.post("/v1/auth/refresh").json(&json!({ "refreshToken": token })).send().await
}

fn next(reply: Reply) -> String {
    reply.expect(200)["tokens"]["refreshToken"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_use_replaces_the_token_and_keeps_the_session() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = refresh(&cloud, &user.refresh_token).await;
    reply.expect_calls("identity-refresh", "new tokens");
    let tokens = reply.expect(200)["tokens"].clone();
    assert_eq!(tokens["sessionId"], user.session_id.as_str());
    assert_ne!(tokens["refreshToken"], user.refresh_token.as_str());
    let access = tokens["accessToken"].as_str().unwrap();
    assert_eq!(cloud.get("/v1/users/me").bearer(access).send().await.status, 200);
}

#[tokio::test]
async fn tabs_that_refresh_at_once_get_the_same_successor() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let tabs: Vec<_> = (0..3)
        .map(|_| {
            let (cloud, token) = (cloud.clone(), user.refresh_token.clone());
            tokio::spawn(async move { next(refresh(&cloud, &token).await) })
        })
        .collect();
    let mut successors = Vec::new();
    for tab in tabs {
        successors.push(tab.await.unwrap());
    }
    assert!(successors.windows(2).all(|pair| pair[0] == pair[1]));
    next(refresh(&cloud, &successors[0]).await);
}

#[tokio::test]
async fn what_was_not_made_here_is_refused_and_ends_nothing() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let mut forged = user.refresh_token.clone().into_bytes();
    let middle = forged.len() / 2;
    forged[middle] = if forged[middle] == b'A' { b'B' } else { b'A' };
    for token in ["", "atoll_rt_AAAA", &user.access_token, std::str::from_utf8(&forged).unwrap()] {
        refresh(&cloud, token).await.expect_problem(401, "identity.refresh_invalid");
    }
    next(refresh(&cloud, &user.refresh_token).await);
    cloud.post("/v1/auth/refresh").json(&json!({})).send().await.expect_problem(422, "request.invalid");
}

#[tokio::test]
async fn after_a_logout_neither_token_works_for_the_account() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for _ in 0..2 {
        let reply = cloud.post("/v1/auth/logout").bearer(&user.access_token).send().await;
        assert_eq!(reply.status, 204, "{}", reply.body);
    }
    refresh(&cloud, &user.refresh_token).await.expect_problem(401, "identity.refresh_invalid");
    let telegram =
        json!({ "initData": MiniApp::opened_by(&TelegramUser::new()).init_data(cloud.telegram_bot_token()) });
    for call in [
        cloud.get("/v1/users/me"),
        cloud.post("/v1/users/me/exports").json(&json!({ "password": PASSWORD })),
        cloud.get("/v1/users/me/sessions"),
        cloud.call("PATCH", "/v1/users/me").json(&json!({ "name": "Bea" })),
        cloud.post("/v1/users/me/telegram").json(&telegram),
        cloud.post("/v1/auth/mfa/totp").json(&json!({ "password": PASSWORD })),
    ] {
        call.bearer(&user.access_token).send().await.expect_problem(401, "auth.session_ended");
    }
}

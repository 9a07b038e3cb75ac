//! A write of the account takes effect and its response is lost: the SDK sends it again, and nothing is decided twice.

use serde_json::json;
use tests::{Cloud, PASSWORD, User, eventually};

/// Loses the response to the next write of a user's account.
async fn lose_next_write(cloud: &Cloud, user: &User, operation: &str) {
    cloud
        .inject(&json!({
            "service": "dynamodb", "operation": operation, "error": "InternalServerError", "status": 500,
            "when": "after", "keyPrefix": format!("identity#user#{}", user.id),
        }))
        .await;
}

/// True once the response was lost.
async fn is_lost(cloud: &Cloud) -> bool {
    cloud.local("GET", "faults").send().await.expect(200).as_array().unwrap().is_empty()
}

#[tokio::test]
async fn a_login_ends_the_other_session_and_not_its_own() {
    let cloud = Cloud::connect_for_faults().await;
    let ended = cloud.watch("identity.session_ended.v1").await;
    let first = cloud.sign_up().await;
    cloud.limit_to_one_device(&first).await;
    // The account, and the entry of the history.
    lose_next_write(&cloud, &first, "TransactWriteItems").await;
    let body = json!({ "email": first.email, "password": PASSWORD });
    let second = User::read(&cloud.post("/v1/auth/login").json(&body).send().await.expect(200));
    assert!(is_lost(&cloud).await);
    // The session is alive, for requests and for sockets.
    assert_eq!(cloud.get("/v1/users/me/sessions").bearer(&second.access_token).send().await.status, 200);
    cloud.socket(&second.access_token).await.ping().await;
    let mut sessions = Vec::new();
    eventually("the end of the first session", async || {
        let events = ended.take().await.into_iter().filter(|event| event["subject"] == first.id.as_str());
        sessions.extend(events.map(|event| event["data"]["sessionId"].as_str().unwrap().to_owned()));
        (!sessions.is_empty()).then_some(())
    })
    .await;
    assert_eq!(sessions, [first.session_id]);
}

#[tokio::test]
async fn a_password_is_changed_once_and_not_refused() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up().await;
    lose_next_write(&cloud, &user, "PutItem").await;
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "another correct horse battery" });
    let changed = cloud.post("/v1/users/me/password").bearer(&user.access_token).json(&body).send().await;
    assert_eq!(changed.status, 204, "{}", changed.body);
    assert!(is_lost(&cloud).await);
}

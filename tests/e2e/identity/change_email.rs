//! `POST /v1/users/me/email`

use serde_json::{Value, json};
use tests::{Cloud, PASSWORD, Reply};

use super::mailed::{NEW_ADDRESS, UNDO, mail_about};

async fn change(cloud: &Cloud, token: &str, body: &Value) -> Reply {
    cloud.post("/v1/users/me/email").bearer(token).json(body).send().await
}

#[tokio::test]
async fn both_addresses_hear_of_a_change_and_nothing_changes_yet() {
    let cloud = Cloud::connect().await;
    let (user, new) = (cloud.sign_up_proven().await, cloud.new_email());
    let reply = change(&cloud, &user.access_token, &json!({ "email": new, "password": PASSWORD })).await;
    assert_eq!(reply.status, 202, "{}", reply.body);
    reply.expect_calls("identity-change-email", "requested");
    let confirm = mail_about(&cloud, &new, NEW_ADDRESS, 1).await;
    assert!(confirm.text.contains("/confirm-email#token=") && confirm.text.starts_with("Hello,"), "{}", confirm.text);
    let notice = mail_about(&cloud, &user.email, UNDO, 1).await;
    assert!(notice.text.contains("/undo-email#token=") && !notice.text.contains(&new), "{}", notice.text);
    let me = cloud.get("/v1/users/me").bearer(&user.access_token).send().await.expect(200);
    assert_eq!((&me["email"], &me["emailVerified"]), (&json!(user.email), &json!(true)));
    let again = change(&cloud, &user.access_token, &json!({ "email": new, "password": PASSWORD })).await;
    again.expect_problem(429, "identity.too_soon");
}

#[tokio::test]
async fn it_takes_the_password_and_another_address() {
    let cloud = Cloud::connect().await;
    let (user, new) = (cloud.sign_up().await, cloud.new_email());
    let wrong = change(&cloud, &user.access_token, &json!({ "email": new, "password": "not the password" })).await;
    wrong.expect_problem(403, "identity.wrong_password");
    for (body, field) in [
        (json!({ "email": new }), "password"),
        (json!({ "email": "ann", "password": PASSWORD }), "email"),
        (json!({ "email": user.email, "password": PASSWORD }), "email"),
        (json!({ "email": new, "password": PASSWORD, "emailVerified": true }), "emailVerified"),
    ] {
        let reply = change(&cloud, &user.access_token, &body).await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], field);
    }
}

#[tokio::test]
async fn strangers_and_deleted_accounts_change_nothing() {
    let cloud = Cloud::connect().await;
    let (user, new) = (cloud.sign_up().await, cloud.new_email());
    let body = json!({ "email": new, "password": PASSWORD });
    let anonymous = cloud.post("/v1/users/me/email").json(&body).send().await;
    anonymous.expect_problem(401, "auth.token_missing");
    let delete = json!({ "password": PASSWORD });
    let deleted = cloud.call("DELETE", "/v1/users/me").bearer(&user.access_token).json(&delete).send().await;
    assert_eq!(deleted.status, 204, "{}", deleted.body);
    change(&cloud, &user.access_token, &body).await.expect_problem(404, "identity.no_such_user");
}

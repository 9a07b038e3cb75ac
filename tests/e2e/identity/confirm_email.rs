//! `POST /v1/auth/confirm-email`

use serde_json::{Value, json};
use tests::{Cloud, PASSWORD, Reply, User};

use super::mailed::{NEW_ADDRESS, UNDO, mail_about, sign_in, token};

async fn confirm(cloud: &Cloud, body: &Value) -> Reply {
    cloud.post("/v1/auth/confirm-email").json(body).send().await
}

/// A user who requested a change, and the link to the new address.
async fn requested(cloud: &Cloud, new: &str) -> (User, String) {
    let user = cloud.sign_up_proven().await;
    let body = json!({ "email": new, "password": PASSWORD });
    let reply = cloud.post("/v1/users/me/email").bearer(&user.access_token).json(&body).send().await;
    assert_eq!(reply.status, 202, "{}", reply.body);
    let link = token(cloud, new, NEW_ADDRESS, 1).await;
    (user, link)
}

#[tokio::test]
async fn the_mailed_link_and_the_session_change_the_address() {
    let cloud = Cloud::connect().await;
    let new = cloud.new_email();
    let (user, link) = requested(&cloud, &new).await;
    let body = json!({ "token": link });
    confirm(&cloud, &body).await.expect_problem(403, "identity.password_required");
    let stranger = cloud.sign_up().await;
    let by = |token: &str| cloud.post("/v1/auth/confirm-email").bearer(token).json(&body);
    by(&stranger.access_token).send().await.expect_problem(403, "identity.password_required");
    by("forged").send().await.expect_problem(401, "auth.token_invalid");
    let reply = by(&user.access_token).send().await;
    assert_eq!(reply.status, 204, "{}", reply.body);
    reply.expect_calls("identity-confirm-email", "confirmed");
    let me = cloud.get("/v1/users/me").bearer(&user.access_token).send().await.expect(200);
    assert_eq!((&me["email"], &me["emailVerified"]), (&json!(new), &json!(true)));
    sign_in(&cloud, &user.email, PASSWORD).await.expect_problem(401, "identity.bad_credentials");
    assert_eq!(sign_in(&cloud, &new, PASSWORD).await.status, 200);
    let register = json!({ "email": user.email, "password": PASSWORD, "name": "Eve" });
    let taken = cloud.post("/v1/auth/register").json(&register).send().await;
    taken.expect_problem(409, "identity.email_taken");
    // The copy of the address that notifications keep follows, so the next e-mails go to the new one.
    mail_about(&cloud, &new, "Your e-mail address was changed", 1).await;
    by(&user.access_token).send().await.expect_problem(422, "identity.link_invalid");
}

#[tokio::test]
async fn another_device_needs_the_password() {
    let cloud = Cloud::connect().await;
    let new = cloud.new_email();
    let (user, link) = requested(&cloud, &new).await;
    let wrong = confirm(&cloud, &json!({ "token": link, "password": "not the password" })).await;
    wrong.expect_problem(403, "identity.wrong_password");
    let undo = token(&cloud, &user.email, UNDO, 1).await;
    confirm(&cloud, &json!({ "token": undo, "password": PASSWORD })).await.expect_problem(422, "identity.link_invalid");
    assert_eq!(confirm(&cloud, &json!({ "token": link, "password": PASSWORD })).await.status, 204);
    let me = cloud.get("/v1/users/me").bearer(&user.access_token).send().await;
    me.expect_problem(401, "auth.session_ended");
}

#[tokio::test]
async fn an_address_that_has_an_account_is_not_taken_from_it() {
    let cloud = Cloud::connect().await;
    let other = cloud.sign_up().await;
    let (_, link) = requested(&cloud, &other.email).await;
    let taken = confirm(&cloud, &json!({ "token": link, "password": PASSWORD })).await;
    taken.expect_problem(409, "identity.email_taken");
    assert_eq!(sign_in(&cloud, &other.email, PASSWORD).await.status, 200);
}

#[tokio::test]
async fn a_body_without_a_token_or_with_more_is_refused() {
    let cloud = Cloud::connect().await;
    for (body, field) in [(json!({}), "token"), (json!({ "token": "x", "email": "y" }), "email")] {
        let reply = confirm(&cloud, &body).await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], field);
    }
    confirm(&cloud, &json!({ "token": "x" })).await.expect_problem(422, "identity.link_invalid");
}

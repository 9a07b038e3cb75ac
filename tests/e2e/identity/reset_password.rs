//! `POST /v1/auth/reset-password`

use tests::{Cloud, PASSWORD, User};

use super::mailed::{CHANGED, CONFIRM, RESET, age, forgot, mail_about, reset, sign_in, token};

const NEW: &str = "seven green lanterns over water";

#[tokio::test]
async fn the_mailed_link_sets_a_new_password_once() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    forgot(&cloud, &user.email).await;
    let token = token(&cloud, &user.email, RESET, 1).await;

    // A weak password is refused, and the link still works.
    let weak = reset(&cloud, &token, "password123").await;
    weak.expect_problem(422, "request.invalid");
    assert_eq!(weak.body["errors"][0]["field"], "password");
    // So is one that only its owner's name and address make up.
    reset(&cloud, &token, &user.email).await.expect_problem(422, "request.invalid");

    let reply = reset(&cloud, &token, NEW).await;
    reply.expect_calls("identity-reset-password", "new password");
    assert_eq!(reply.expect(204), "");
    reset(&cloud, &token, NEW).await.expect_problem(422, "identity.link_invalid");

    sign_in(&cloud, &user.email, PASSWORD).await.expect_problem(401, "identity.bad_credentials");
    let again = User::read(&sign_in(&cloud, &user.email, NEW).await.expect(200));
    let me = cloud.get("/v1/users/me").bearer(&again.access_token).send().await.expect(200);
    assert_eq!(me["emailVerified"], true, "the link was in a mail to the address");
    let told = mail_about(&cloud, &user.email, CHANGED, 1).await;
    assert!(told.text.contains("/forgot-password"), "{}", told.text);
}

#[tokio::test]
async fn a_newer_email_leaves_the_link_valid() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let for_the_address = token(&cloud, &user.email, CONFIRM, 1).await;
    forgot(&cloud, &user.email).await;
    let old = token(&cloud, &user.email, RESET, 1).await;
    age(&cloud, &user.id, "reset").await;
    forgot(&cloud, &user.email).await;
    assert_eq!(token(&cloud, &user.email, RESET, 2).await, old, "the same link is sent again");
    for bad in ["", "x", &for_the_address] {
        reset(&cloud, bad, NEW).await.expect_problem(422, "identity.link_invalid");
    }
    assert_eq!(sign_in(&cloud, &user.email, PASSWORD).await.status, 200);
    assert_eq!(reset(&cloud, &old, NEW).await.status, 204);
}

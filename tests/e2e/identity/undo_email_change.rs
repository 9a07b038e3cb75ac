//! `POST /v1/auth/undo-email`

use serde_json::{Value, json};
use tests::{Cloud, PASSWORD, Reply};

use super::mailed::{NEW_ADDRESS, UNDO, sign_in, token};

const NEW_PASSWORD: &str = "seven green lanterns over water";

async fn undo(cloud: &Cloud, body: &Value) -> Reply {
    cloud.post("/v1/auth/undo-email").json(body).send().await
}

#[tokio::test]
async fn the_owner_of_the_earlier_address_gets_the_account_back() {
    let cloud = Cloud::connect().await;
    let (user, new) = (cloud.sign_up_proven().await, cloud.new_email());
    let body = json!({ "email": new, "password": PASSWORD });
    let requested = cloud.post("/v1/users/me/email").bearer(&user.access_token).json(&body).send().await;
    assert_eq!(requested.status, 202, "{}", requested.body);
    let (link, notice) = (token(&cloud, &new, NEW_ADDRESS, 1).await, token(&cloud, &user.email, UNDO, 1).await);
    let body = json!({ "token": link, "password": PASSWORD });
    assert_eq!(cloud.post("/v1/auth/confirm-email").json(&body).send().await.status, 204);

    let weak = undo(&cloud, &json!({ "token": notice, "password": "password" })).await;
    weak.expect_problem(422, "request.invalid");
    let body = json!({ "token": notice, "password": NEW_PASSWORD });
    let reply = undo(&cloud, &body).await;
    assert_eq!(reply.status, 204, "{}", reply.body);
    reply.expect_calls("identity-undo-email-change", "undone");
    sign_in(&cloud, &new, PASSWORD).await.expect_problem(401, "identity.bad_credentials");
    sign_in(&cloud, &user.email, PASSWORD).await.expect_problem(401, "identity.bad_credentials");
    let signed_in = sign_in(&cloud, &user.email, NEW_PASSWORD).await.expect(200);
    assert_eq!((&signed_in["user"]["id"], &signed_in["user"]["email"]), (&json!(user.id), &json!(user.email)));
    undo(&cloud, &body).await.expect_problem(422, "identity.link_invalid");
}

#[tokio::test]
async fn what_we_did_not_send_for_this_is_refused() {
    let cloud = Cloud::connect().await;
    for bad in ["", "x"] {
        let reply = undo(&cloud, &json!({ "token": bad, "password": NEW_PASSWORD })).await;
        reply.expect_problem(422, "identity.link_invalid");
    }
    for (body, field) in [
        (json!({ "password": NEW_PASSWORD }), "token"),
        (json!({ "token": "x" }), "password"),
        (json!({ "token": "x", "password": NEW_PASSWORD, "email": "y" }), "email"),
    ] {
        let reply = undo(&cloud, &body).await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], field);
    }
}

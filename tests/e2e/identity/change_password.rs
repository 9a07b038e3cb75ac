//! `POST /v1/users/me/password`

use serde_json::json;
use tests::{Cloud, PASSWORD};

use super::mailed::{CHANGED, mail_about, sign_in};

const NEW: &str = "seven green lanterns over water";

#[tokio::test]
async fn who_knows_the_password_can_change_it() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up_proven().await;
    let change = async |current: &str, new: &str| {
        let body = json!({ "currentPassword": current, "newPassword": new });
        cloud.post("/v1/users/me/password").bearer(&user.access_token).json(&body).send().await
    };
    change("not the password", NEW).await.expect_problem(403, "identity.wrong_password");
    let weak = change(PASSWORD, "short").await;
    weak.expect_problem(422, "request.invalid");
    assert_eq!(weak.body["errors"][0]["field"], "newPassword");
    assert_eq!(sign_in(&cloud, &user.email, NEW).await.status, 401);

    let reply = change(PASSWORD, NEW).await;
    reply.expect_calls("identity-change-password", "new password");
    assert_eq!(reply.expect(204), "");
    sign_in(&cloud, &user.email, PASSWORD).await.expect_problem(401, "identity.bad_credentials");
    assert_eq!(sign_in(&cloud, &user.email, NEW).await.status, 200);
    let told = mail_about(&cloud, &user.email, CHANGED, 1).await;
    assert!(!told.text.contains("token="), "a mail that tells holds nothing that opens: {}", told.text);
}

#[tokio::test]
async fn a_body_that_lacks_a_field_or_has_more_is_refused() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let bodies = [
        (json!({ "newPassword": NEW }), "currentPassword"),
        (json!({ "currentPassword": PASSWORD, "newPassword": NEW, "userId": user.id }), "userId"),
    ];
    for (body, field) in bodies {
        let reply = cloud.post("/v1/users/me/password").bearer(&user.access_token).json(&body).send().await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], field);
    }
}

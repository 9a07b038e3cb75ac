//! `POST /v1/auth/email/complete`

use serde_json::json;
use tests::Cloud;

use super::mailed::{complete, sign_in_code};

#[tokio::test]
async fn the_mailed_code_registers_and_signs_in() {
    let cloud = Cloud::connect().await;
    let email = cloud.new_email();
    let mailed = sign_in_code(&cloud, &email).await;
    let body = json!({ "requestToken": mailed.request_token, "code": mailed.code });
    let nameless = complete(&cloud, &body).await;
    nameless.expect_problem(422, "request.invalid");
    assert_eq!(nameless.body["errors"][0]["field"], "name");
    let body = json!({ "requestToken": mailed.request_token, "code": mailed.code, "name": "Ann" });
    let reply = complete(&cloud, &body).await;
    reply.expect_calls("identity-complete-email-sign-in", "new account");
    let signed_in = reply.expect(200);
    assert_eq!((&signed_in["status"], &signed_in["user"]["email"]), (&json!("signed_in"), &json!(email)));
    assert_eq!(signed_in["user"]["signInMethods"], json!(["email"]));
    let token = signed_in["tokens"]["accessToken"].as_str().unwrap();
    let me = cloud.get("/v1/users/me").bearer(token).send().await.expect(200);
    assert_eq!((&me["emailVerified"], &me["name"]), (&json!(true), &json!("Ann")));
    complete(&cloud, &body).await.expect_problem(401, "identity.email_code_invalid");
    // An account without a password needs none while the sign-in is recent.
    let deleted = cloud.call("DELETE", "/v1/users/me").bearer(token).json(&json!({})).send().await;
    assert_eq!(deleted.status, 204, "{}", deleted.body);
}

#[tokio::test]
async fn the_mailed_link_works_with_its_request_and_verifies_the_address() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let mailed = sign_in_code(&cloud, &user.email).await;
    let scanner = json!({ "requestToken": "atoll_mail_AAAA", "linkToken": mailed.link });
    complete(&cloud, &scanner).await.expect_problem(401, "identity.email_code_invalid");
    let body = json!({ "requestToken": mailed.request_token, "linkToken": mailed.link });
    let reply = complete(&cloud, &body).await;
    reply.expect_calls("identity-complete-email-sign-in", "reclaimed");
    let signed_in = reply.expect(200);
    assert_eq!((&signed_in["user"]["id"], &signed_in["user"]["emailVerified"]), (&json!(user.id), &json!(true)));
    // Nobody had shown that the registrant reads the mailbox.
    let me = cloud.get("/v1/users/me").bearer(&user.access_token).send().await;
    me.expect_problem(401, "auth.session_ended");
}

#[tokio::test]
async fn five_wrong_codes_invalidate_the_right_one() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let mailed = sign_in_code(&cloud, &user.email).await;
    let wrong = format!("{:08}", (mailed.code.parse::<u32>().unwrap() + 1) % 100_000_000);
    for _ in 0..5 {
        let body = json!({ "requestToken": mailed.request_token, "code": wrong });
        complete(&cloud, &body).await.expect_problem(401, "identity.email_code_wrong");
    }
    let body = json!({ "requestToken": mailed.request_token, "code": mailed.code });
    complete(&cloud, &body).await.expect_problem(401, "identity.email_code_invalid");
}

#[tokio::test]
async fn a_body_with_no_proof_or_two_is_refused() {
    let cloud = Cloud::connect().await;
    for (body, field) in [
        (json!({ "requestToken": "x" }), "code"),
        (json!({ "requestToken": "x", "code": "123456" }), "code"),
        (json!({ "requestToken": "x", "code": "12345678", "linkToken": "y" }), "linkToken"),
        (json!({ "requestToken": "x", "code": "12345678", "roles": ["admin"] }), "roles"),
    ] {
        let reply = complete(&cloud, &body).await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], field);
    }
}

//! `POST /v1/users/me/mfa/recovery-codes`

use serde_json::{Value, json};
use tests::{Cloud, PASSWORD, Reply, User};

use super::mailed::mail_about;
use super::mfa_removal_support;
use super::mfa_support::{Secured, verify};

async fn replace(cloud: &Cloud, user: &User, body: &Value) -> Reply {
    cloud.post("/v1/users/me/mfa/recovery-codes").bearer(&user.access_token).json(body).send().await
}

#[tokio::test]
async fn new_codes_replace_the_old_ones() {
    let cloud = Cloud::connect().await;
    let secured = mfa_removal_support::secured(&cloud).await;
    let body = json!({ "password": PASSWORD, "code": secured.fresh_code() });
    let replaced = replace(&cloud, &secured.user, &body).await;
    replaced.expect_calls("identity-replace-recovery-codes", "replaced");
    let codes = replaced.expect(200)["recoveryCodes"].as_array().unwrap().clone();
    assert_eq!(codes.len(), 10);
    let old = verify(&cloud, &secured.challenge(&cloud).await, &secured.recovery_codes[0]).await;
    old.expect_problem(401, "identity.mfa_code_wrong");
    let new = verify(&cloud, &secured.challenge(&cloud).await, codes[0].as_str().unwrap()).await;
    assert_eq!(new.status, 200, "{}", new.body);
    mail_about(&cloud, &secured.user.email, "Your recovery codes were replaced", 1).await;
}

#[tokio::test]
async fn both_factors_are_required() {
    let cloud = Cloud::connect().await;
    let secured = Secured::sign_up(&cloud).await;
    let wrong = secured.app.wrong_code(secured.confirmed_at);
    for (body, code) in [
        (json!({ "password": "not the password", "code": secured.fresh_code() }), "identity.wrong_password"),
        (json!({ "password": PASSWORD }), "identity.mfa_code_required"),
        (json!({ "password": PASSWORD, "code": wrong }), "identity.mfa_code_wrong"),
    ] {
        replace(&cloud, &secured.user, &body).await.expect_problem(403, code);
    }
    let missing = replace(&cloud, &secured.user, &json!({ "code": secured.fresh_code() })).await;
    missing.expect_problem(422, "request.invalid");
    let extra = json!({ "password": PASSWORD, "code": "287082", "recoveryCodes": [] });
    replace(&cloud, &secured.user, &extra).await.expect_problem(422, "request.invalid");
    let without = cloud.sign_up().await;
    let body = json!({ "password": PASSWORD, "code": "287082" });
    replace(&cloud, &without, &body).await.expect_problem(409, "identity.mfa_off");
    let nobody = cloud.post("/v1/users/me/mfa/recovery-codes").json(&body).send().await;
    nobody.expect_problem(401, "auth.token_missing");
}
